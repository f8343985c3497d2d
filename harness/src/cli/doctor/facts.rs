use std::path::PathBuf;
use std::time::Duration;

/// A package manager, which tells the names of packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    /// Debian, Ubuntu and their kin.
    Apt,
    /// Fedora, RHEL and their kin.
    Dnf,
    /// SUSE.
    Zypper,
}

/// Who needs a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Every local lab.
    Lab,
    /// A local lab, as one of libvirt's daemons: the single one or the modular ones are enough.
    Daemon,
    /// A local lab of an ordinary user.
    OrdinaryUser,
    /// A stock agent under test; the lab does without.
    StockAgent,
    /// Labs on other machines.
    Machines,
    /// Cases that show it to the agent as `/bin/sh`.
    Shell,
    /// Cases that harm the network.
    Network,
    /// Cases that ask a cluster's scheduler.
    Scheduler,
}

/// A program that was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// Who needs it.
    pub used_by: Use,
    /// Where it is; none when it is missing.
    pub path: Option<PathBuf>,
    /// What it says its version is, where it says so.
    pub version: Option<String>,
    /// Why it is there but cannot be used.
    pub fault: Option<String>,
}

/// What came of booting the witness guest under KVM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kvm {
    /// It booted and wrote to its disk, in that time.
    Works(Duration),
    /// There is no `/dev/kvm`.
    Absent,
    /// `/dev/kvm` may not be opened by this user.
    Denied,
    /// This user may open it by a group, which the user's labs lose.
    DeniedInLabs,
    /// It is there and opens, but the guest, or QEMU's BIOS, did not boot within three times what TCG takes.
    Broken,
}

/// What came of making namespaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Namespaces {
    /// They were made.
    Allowed,
    /// They were refused: the words of the one who refused.
    Refused(String),
}

/// Memory in MiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// All of it.
    pub total: u64,
    /// What could be had now.
    pub available: u64,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The user's name.
    pub name: String,
    /// Whether it is root.
    pub is_root: bool,
    /// The ordinary user whose lab is spoken of: the one who asks, or for root the one behind sudo.
    pub ordinary: Option<String>,
}

/// A stock agent that was looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockAgent {
    /// Its OCF name.
    pub name: String,
    /// Where it is; none when it is not installed.
    pub path: Option<PathBuf>,
}

/// A part that some labs are equipped with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartFacts {
    /// Its name.
    pub name: &'static str,
    /// Why it cannot be had here; none when it can.
    pub lacking: Option<String>,
    /// How the machine would come to have it, where installing packages does not do.
    pub remedy: Option<&'static str>,
}

/// All that the page is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The distribution, the kernel, and the architecture.
    pub system: String,
    /// The package manager.
    pub manager: Option<Manager>,
    /// Packages that have what is missing, but which this release of the distribution has not.
    pub unknown_packages: Vec<String>,
    /// Processors that this process may use.
    pub cores: usize,
    /// Memory.
    pub memory: Memory,
    /// Who asks.
    pub user: User,
    /// Programs.
    pub programs: Vec<Program>,
    /// libvirt's driver for QEMU.
    pub qemu_driver: Option<PathBuf>,
    /// Whether nbdkit has the filters `log` and `error` and the plugin `file`.
    pub has_nbdkit_filters: bool,
    /// A node's namespaces, made without a user namespace; tried by root only.
    pub namespaces: Option<Namespaces>,
    /// A user namespace, made by an ordinary user.
    pub user_namespaces: Namespaces,
    /// Kernel settings that forbid user namespaces, as `NAME=VALUE` with the value that allows them.
    pub forbidding: Vec<String>,
    /// Whether the ordinary user has subordinate user and group ids, enough of them.
    pub has_subordinate_ids: bool,
    /// The parts that a lab can be equipped with.
    pub parts: Vec<PartFacts>,
    /// libvirt's version as told by its test driver, or why that did not open.
    pub test_driver: Result<String, String>,
    /// KVM.
    pub kvm: Kvm,
    /// Stock agents.
    pub agents: Vec<StockAgent>,
}

impl Facts {
    /// The program of that name, if it is there.
    pub(super) fn has_program(&self, name: &str) -> bool {
        self.programs
            .iter()
            .any(|program| program.name == name && program.path.is_some())
    }

    /// Whether libvirt's modular daemons are there.
    pub(super) fn has_modular_daemons(&self) -> bool {
        ["virtqemud", "virtproxyd"]
            .iter()
            .all(|name| self.has_program(name))
    }
}
