use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::installed;
use crate::lab::accel::{Accel, Boots};
use crate::lab::domain::DomainSpec;
use crate::lab::equipment;
use crate::lab::lacks::Lacks;
use crate::lab::process;
use crate::lab::qemu;
use crate::lab::required;

/// How long the witness guest may take to boot on a machine, which may itself be a guest without KVM.
const BOOT_PATIENCE: Duration = Duration::from_secs(30);

/// By how many milliseconds a machine's clock may be off before the report mentions it.
const CLOCKS: i64 = 1000;

/// What a machine is, by its own words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineFacts {
    /// What runs guests' processors there: KVM only where a guest has been seen to run under it.
    pub accel: Accel,
    /// What it lacks for a node, as a sentence.
    pub lacks: Option<String>,
    /// The path of its emulator.
    pub emulator: String,
    /// What it cannot give to a node, of what only some cases need.
    pub cannot: Lacks,
    /// The command lines of emulators whose guests are none of the suite's.
    pub foreign: Vec<String>,
    /// Its clock, in milliseconds since 1970.
    pub clock: i64,
    /// By how many milliseconds its clock is behind the harness's, as well as the connection lets it be told. No
    /// history needs it: the harness's clock alone is written down.
    #[serde(default)]
    pub behind: i64,
    /// The distribution, the kernel, libvirt and QEMU, as they name themselves.
    pub versions: Vec<String>,
}

impl MachineFacts {
    /// What the machine is, in a line for people.
    #[must_use]
    pub fn summary(&self) -> String {
        let clock = self
            .is_apart()
            .then(|| format!("its clock is {} ms behind", self.behind));
        let parts: Vec<&str> = self
            .versions
            .iter()
            .chain(&clock)
            .map(String::as_str)
            .collect();
        parts.join(", ")
    }

    /// Whether its clock and the harness's differ so much that it shows.
    pub(super) const fn is_apart(&self) -> bool {
        self.behind.abs() > CLOCKS
    }

    /// The facts of the machine that this runs on.
    pub(super) fn gather() -> Self {
        let foreign = process::all().filter(|found| {
            found
                .domain_uuid()
                .is_some_and(|uuid| !DomainSpec::is_ours(uuid))
        });
        let accel = Boots::measure(BOOT_PATIENCE).best();
        Self {
            accel,
            lacks: required::check_node().err().map(|error| error.to_string()),
            emulator: qemu::path(),
            cannot: Lacks::here(),
            foreign: foreign.map(|found| found.command_line()).collect(),
            versions: versions(),
            // Last: what takes long after it would count as a clock that is behind.
            clock: now(),
            behind: 0,
        }
    }
}

/// This machine's clock, in milliseconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

fn versions() -> Vec<String> {
    [
        installed::distribution(),
        installed::kernel().map(|kernel| format!("Linux {kernel}")),
        equipment::libvirt_version(),
        qemu::version(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
