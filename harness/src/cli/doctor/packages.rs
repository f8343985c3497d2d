//! The packages that have what labs need, in each family of distributions. `scripts/deps`, which installs the same from a
//! checkout, names them too; a test compares the two.

use super::{Facts, Manager, Use};
use crate::installed;

impl Manager {
    /// This machine's.
    pub(super) fn here() -> Option<Self> {
        [
            (Self::Apt, "apt-get"),
            (Self::Dnf, "dnf"),
            (Self::Zypper, "zypper"),
        ]
        .into_iter()
        .find_map(|(manager, program)| installed::program(program).map(|_| manager))
    }

    /// The command that installs packages.
    fn install(self) -> &'static str {
        match self {
            Self::Apt => "apt-get install --no-install-recommends",
            Self::Dnf => "dnf install --setopt=install_weak_deps=False",
            Self::Zypper => "zypper install --no-recommends",
        }
    }
}

/// What a machine may lack, by the name of its line, and the packages that have it: apt's, dnf's, zypper's.
const PACKAGES: [(&str, [&str; 3]); 27] = [
    (
        "qemu-system-x86_64",
        [
            "qemu-system-x86",
            "qemu-system-x86-core",
            "qemu-x86 qemu-accel-tcg-x86",
        ],
    ),
    // Its user and folders come with it.
    (
        "libvirtd",
        ["libvirt-daemon-system", "libvirt-daemon", "libvirt-daemon"],
    ),
    (QEMU_DRIVER, ["libvirt-daemon-driver-qemu"; 3]),
    ("nbdkit", NBDKIT),
    (NBDKIT_FILTERS, NBDKIT),
    ("unshare", ["util-linux"; 3]),
    ("nsenter", ["util-linux"; 3]),
    ("ip", ["iproute2", "iproute", "iproute2"]),
    (
        "virsh",
        ["libvirt-clients", "libvirt-client", "libvirt-client"],
    ),
    ("tc", TC),
    ("bridge", TC),
    ("ss", TC),
    ("ps", ["procps", "procps-ng", "procps"]),
    ("busybox", ["busybox"; 3]),
    (ID_MAPPING[0], UIDMAP),
    (ID_MAPPING[1], UIDMAP),
    (
        "crm_simulate",
        ["pacemaker-cli-utils", "pacemaker-cli", "pacemaker-cli"],
    ),
    (
        "virtlockd",
        ["libvirt-daemon-lock libvirt-daemon-plugin-lockd"; 3],
    ),
    ("sanlock", ["sanlock libvirt-daemon-plugin-sanlock"; 3]),
    ("TLS", ["openssl"; 3]),
    (
        "ssh",
        [
            "openssh-server openssh-client",
            "openssh-server openssh-clients",
            "openssh-server openssh-clients",
        ],
    ),
    (
        "Pacemaker",
        [
            "pacemaker pacemaker-cli-utils corosync",
            "pacemaker pacemaker-cli corosync",
            "pacemaker pacemaker-cli corosync",
        ],
    ),
    ("fence_virtd over corosync", FENCE_VIRTD),
    ("fence_virtd for one node", FENCE_VIRTD),
    ("vagrant", ["vagrant vagrant-libvirt"; 3]),
    ("libvirt's containers", ["libvirt-daemon-driver-lxc"; 3]),
    ("LXC's containers", ["lxc"; 3]),
];

/// The name of the line about libvirt's driver for QEMU.
pub(super) const QEMU_DRIVER: &str = "libvirt's QEMU driver";
/// The name of the line about nbdkit's filters.
pub(super) const NBDKIT_FILTERS: &str = "nbdkit's filters";
/// The programs that map the ids of an ordinary user.
pub(super) const ID_MAPPING: [&str; 2] = ["newuidmap", "newgidmap"];

const UIDMAP: [&str; 3] = ["uidmap", "shadow-utils", "shadow"];
const TC: [&str; 3] = ["iproute2", "iproute-tc", "iproute2"];
const NBDKIT: [&str; 3] = [
    "nbdkit",
    "nbdkit-server nbdkit-basic-plugins nbdkit-basic-filters",
    "nbdkit-server nbdkit-basic-plugins nbdkit-basic-filters",
];
const FENCE_VIRTD: [&str; 3] = [
    "fence-virtd fence-virt",
    "fence-virtd fence-virtd-libvirt fence-virtd-multicast fence-virtd-cpg fence-virt",
    "fence-virtd fence-virt",
];

/// The packages that have it; none that are known by that name.
fn packages(what: &str, manager: Manager) -> Option<&'static str> {
    let (_, names) = PACKAGES.iter().find(|(name, _)| *name == what)?;
    Some(names[manager as usize])
}

/// How a machine comes to have what it lacks.
pub(super) fn fix(what: &str, facts: &Facts) -> String {
    // Debian's names are those that people know best.
    let manager = facts.manager.unwrap_or(Manager::Apt);
    let known =
        packages(what, manager).map(|names| format!("install {}", names.replace(' ', ", ")));
    known.unwrap_or_else(|| "install its package".to_owned())
}

/// The command that installs all that labs on this machine lack, if packages have it.
pub(super) fn command(facts: &Facts) -> Option<String> {
    let manager = facts.manager?;
    let mut names: Vec<&str> = Vec::new();
    for what in lacking(facts) {
        names.extend(packages(what, manager).unwrap_or_default().split(' '));
    }
    names.retain(|name| !name.is_empty() && !facts.unknown_packages.iter().any(|one| one == name));
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| format!("{} {}", manager.install(), names.join(" ")))
}

/// The names of what is not there and a package has.
fn lacking(facts: &Facts) -> Vec<&str> {
    let has_modular = facts.has_modular_daemons();
    let is_wanted = |used_by| match used_by {
        Use::Machines => false,
        Use::Daemon => !has_modular,
        _ => true,
    };
    let programs = facts.programs.iter();
    let programs = programs.filter(|it| it.path.is_none() && is_wanted(it.used_by));
    let parts = facts.parts.iter();
    let parts = parts.filter(|it| it.lacking.is_some() && it.remedy.is_none());
    let driver = facts.qemu_driver.is_none().then_some(QEMU_DRIVER);
    let filters = (!facts.has_nbdkit_filters).then_some(NBDKIT_FILTERS);
    let names = programs.map(|it| it.name.as_str());
    names
        .chain(parts.map(|it| it.name))
        .chain(driver)
        .chain(filters)
        .collect()
}

/// Those of the packages that labs lack here which apt's lists do not have: releases split libvirt differently.
pub(super) fn unknown(facts: &Facts) -> Vec<String> {
    if facts.manager != Some(Manager::Apt) {
        return Vec::new();
    }
    let missing = lacking(facts)
        .into_iter()
        .filter_map(|what| packages(what, Manager::Apt));
    let names: Vec<&str> = missing.flat_map(|names| names.split(' ')).collect();
    let (known, unknown): (Vec<&str>, Vec<&str>) =
        names.into_iter().partition(|name| is_known(name));
    // Where apt knows none of them it has no lists yet.
    match known.is_empty() {
        true => Vec::new(),
        false => unknown.into_iter().map(str::to_owned).collect(),
    }
}

fn is_known(package: &str) -> bool {
    let asked = duct::cmd!("apt-cache", "show", package).stdin_null();
    let asked = asked.stdout_null().stderr_null().unchecked().run();
    asked.is_ok_and(|asked| asked.status.success())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::{Manager, PACKAGES, packages};
    use crate::lab::EQUIPMENT;

    #[test]
    fn the_packages_are_those_that_the_script_installs() {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/deps");
        let script = fs::read_to_string(script).expect("it is there");
        let words: BTreeSet<&str> = script.split([' ', ',', '\n']).collect();
        for (what, names) in PACKAGES {
            for name in names.iter().flat_map(|names| names.split(' ')) {
                assert!(words.contains(name), "{what}: {name}");
            }
        }
    }

    #[test]
    fn every_part_that_a_machine_can_lack_has_its_packages() {
        let daemons_and_what_all_have = [
            "libvirtd",
            "libvirt's modular daemons",
            "QEMU's image lock",
            "plain TCP",
            "images that a migration copies",
        ];
        for part in EQUIPMENT {
            let known = packages(part.name(), Manager::Apt).is_some();
            assert!(
                known || daemons_and_what_all_have.contains(&part.name()),
                "{}",
                part.name()
            );
        }
    }
}
