//! What identifies a run: asked of this machine while its first lab comes up.

use std::collections::BTreeMap;
use std::env::consts::ARCH;
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use nix::unistd::gethostname;

use crate::digest::sha256;
use crate::installed;
use crate::lab::{self, qemu};
use crate::ocf::OCF_ROOT;
use crate::package::owner;
use crate::report::Host;

/// The shell functions that agents share, below [`OCF_ROOT`]; the package that owns them is resource-agents.
const FUNCTIONS: &str = "lib/heartbeat/ocf-shellfuncs";

/// What this machine tells of itself and of the agent's file.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) host: Host,
    /// The versions of what may matter.
    pub(super) versions: BTreeMap<String, String>,
    /// The installed package that owns the agent's file.
    pub(super) owner: Option<String>,
    /// The digest of the agent's file.
    pub(super) sha256: Option<String>,
}

/// Asks this machine in a thread, since package managers take some time.
pub(super) fn ask(agent: PathBuf) -> JoinHandle<Told> {
    thread::spawn(move || Told {
        host: host(),
        versions: versions(),
        owner: owner(&agent),
        sha256: fs::read(&agent).ok().map(|content| sha256(&content)),
    })
}

/// This machine, but for the accelerator, which a lab knows.
fn host() -> Host {
    let name = gethostname().unwrap_or_default();
    Host {
        distribution: installed::distribution().unwrap_or_default(),
        kernel: installed::kernel().unwrap_or_default(),
        architecture: ARCH.to_owned(),
        accelerator: String::new(),
        hostname: name.to_string_lossy().into_owned(),
        cpus: thread::available_parallelism().map_or(1, NonZero::get),
    }
}

/// The versions of what cases meet on this machine; what is not there is left out.
fn versions() -> BTreeMap<String, String> {
    let functions = Path::new(OCF_ROOT).join(FUNCTIONS);
    let versions = [
        ("libvirt", lab::libvirt_version()),
        ("QEMU", qemu::version()),
        ("Pacemaker", installed::version("pacemakerd")),
        ("resource-agents", owner(&functions)),
    ];
    versions
        .into_iter()
        .filter_map(|(name, version)| Some((name.to_owned(), version?)))
        .collect()
}
