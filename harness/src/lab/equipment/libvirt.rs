//! libvirt's daemons on the nodes, and what the machine's libvirt can do.

use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::LazyLock;

use super::drivers;
use super::first_processor::FirstProcessor;
use super::part::Part;
use crate::equipment::{Daemons, PartId};
use crate::installed;
use crate::lab::hypervisor::first_answer;
use crate::lab::setup::{LabResult, LabSetup, NodeSetup};
use crate::lab::tools::{clean_command, last_lines, start_listening};

/// Where other nodes and older programs reach the modular daemons, and every program the single one.
pub(super) const COMMON_SOCKET: &str = "/run/libvirt/libvirt-sock";

/// A kind of libvirt's daemons.
#[derive(Debug)]
pub(crate) struct LibvirtDaemons {
    pub(super) kind: Daemons,
    pub(super) name: &'static str,
    /// The programs, first that of the daemon that has the guests.
    pub(super) programs: &'static [&'static str],
    /// What that one is started with.
    pub(super) args: &'static [&'static str],
    /// Where it listens on its node.
    pub(super) socket: &'static str,
}

impl LibvirtDaemons {
    /// Their programs, first that of the daemon that has the guests.
    pub(crate) const fn programs(&self) -> &'static [&'static str] {
        self.programs
    }

    /// The program of the daemon that has the guests.
    pub(crate) const fn of_guests(&self) -> &'static str {
        self.programs[0]
    }

    /// Where that one listens on its node.
    pub(crate) const fn socket(&self) -> &'static str {
        self.socket
    }
}

impl Part for LibvirtDaemons {
    fn id(&self) -> PartId {
        PartId::Daemons(self.kind)
    }

    fn name(&self) -> &'static str {
        self.name
    }

    fn lacking(&self) -> Option<String> {
        installed::missing(self.programs)
    }

    fn furnish(&self, node: &NodeSetup, _lab: &LabSetup) -> LabResult<()> {
        let folder = node.home().join("run/vrt").join(drivers::FOLDER);
        drivers::choose(&folder, &node.equipment)
    }

    /// Waits until they answer on their sockets.
    fn start(&self, _node: &NodeSetup) -> LabResult<()> {
        let name = self.of_guests();
        let log = log_of(name);
        let begins = FirstProcessor::take();
        let mut command = clean_command(name);
        command.args(self.args);
        drivers::name_to(&mut command);
        let daemon = start_listening(&mut command, &log, self.socket)?;
        first_answer().map_err(|error| {
            let tail = last_lines(&log);
            format!(
                "{name} does not answer: {error}; {} ends with: {tail}",
                log.display()
            )
        })?;
        for proxy in self.programs.iter().skip(1) {
            if UnixStream::connect(COMMON_SOCKET).is_err() {
                start_listening(&mut clean_command(proxy), &log_of(proxy), COMMON_SOCKET)?;
            }
        }
        begins.map_or(Ok(()), |begins| begins.free(daemon))
    }

    fn owns(&self, name: &str, _by_init: bool) -> bool {
        self.programs.contains(&name)
    }
}

/// Where a daemon of libvirt's logs on its node.
pub(super) fn log_of(daemon: &str) -> PathBuf {
    PathBuf::from(format!("/var/log/libvirt/{daemon}.log"))
}

/// The driver of libvirt that starts guests.
const QEMU_DRIVER: &str = "libvirt/connection-driver/libvirt_driver_qemu.so";

/// Where the driver lies that starts guests; none when it is not installed.
pub(crate) fn qemu_driver() -> Option<PathBuf> {
    library_folders()
        .map(|folder| folder.join(QEMU_DRIVER))
        .find(|driver| driver.exists())
}

/// Why libvirt cannot be told that the nodes share a folder, which only a newer one can; none when it can.
pub(super) fn no_shared_folders() -> Option<String> {
    (!*SHARES_FOLDERS)
        .then(|| "libvirt is too old to be told that the nodes share a folder".to_owned())
}

/// Why libvirt cannot use a plugin, by its path below a folder of libraries; none when it is there.
pub(super) fn no_plugin(plugin: &str) -> Option<String> {
    let is_there = library_folders().any(|folder| folder.join(plugin).exists());
    (!is_there).then(|| format!("libvirt has no {plugin}"))
}

/// The folders that hold shared libraries: `/usr/lib64`, `/usr/lib`, and Debian's one per architecture.
fn library_folders() -> impl Iterator<Item = PathBuf> {
    let debian = std::fs::read_dir("/usr/lib")
        .into_iter()
        .flatten()
        .flatten();
    ["/usr/lib64", "/usr/lib"]
        .map(PathBuf::from)
        .into_iter()
        .chain(debian.map(|entry| entry.path()))
}

/// Whether libvirt knows the option by which it is told which folders the nodes share: the driver has its name
/// in it. Without that libvirt takes the file of a lab for a node's own, and refuses to migrate its guest.
/// The driver is some megabytes long, and read once for all locks.
static SHARES_FOLDERS: LazyLock<bool> = LazyLock::new(|| {
    let Ok(option) = regex::bytes::Regex::new("shared_filesystems") else {
        return false;
    };
    let mut drivers = library_folders().filter_map(|it| std::fs::read(it.join(QEMU_DRIVER)).ok());
    drivers.any(|driver| option.is_match(&driver))
});
