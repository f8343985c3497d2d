//! Containers on the nodes, run by libvirt's LXC driver or by LXC's own tools.
//!
//! Each node has cgroups of its own (`cgroups.rs`), a `/dev` of its own and, for each container, a root folder of its own:
//! libvirt mounts a new `/dev/pts` for a container and would change the machine's if it were given that. In the root is
//! one program, the guest (`guest/container.c`), and the socket of its disk's server.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use nix::mount::MsFlags;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use super::libvirt::no_plugin;
use super::part::{Part, PartNode};
use crate::equipment::{Containers, PartId};
use crate::installed;
use crate::lab::cgroups;
use crate::lab::container::{self, DISK, INIT, POWER, Root};
use crate::lab::error::LabError;
use crate::lab::mount;
use crate::lab::setup::{LabResult, LabSetup, NodeSetup, VISIBLE};
use crate::lab::tools::{make_folder, wait_until, write_file};

/// Containers that are run so.
#[derive(Debug)]
pub(super) struct ContainersOf(pub(super) Containers);

/// The driver of libvirt.
const DRIVER: &str = "libvirt/connection-driver/libvirt_driver_lxc.so";

/// LXC's tools that agents and operators call.
const TOOLS: [&str; 5] = [
    "lxc-start",
    "lxc-stop",
    "lxc-info",
    "lxc-freeze",
    "lxc-unfreeze",
];

/// Where LXC keeps containers, in a node's home and in the node.
const LXC_FOLDER: [&str; 2] = ["var-lib-lxc", "/var/lib/lxc"];

/// The devices that a node with containers has.
const DEVICES: [&str; 9] = [
    "null",
    "zero",
    "full",
    "random",
    "urandom",
    "tty",
    "fuse",
    "kvm",
    "loop-control",
];

/// How a machine comes to have what no package has.
const REMEDY: &str =
    "run as root, where /sys/fs/cgroup may be written to and has the controllers cpu and memory";

impl ContainersOf {
    fn missing(&self) -> Option<String> {
        let (missing, package) = match self.0 {
            Containers::Lxc => (installed::missing(&TOOLS), "lxc"),
            Containers::Libvirt => (no_plugin(DRIVER), "libvirt-daemon-driver-lxc"),
        };
        let missing = missing.map(|why| format!("{why}, which the package {package} has"));
        missing.or_else(|| installed::missing(&["libvirtd"]))
    }

    /// Why libvirt's containers cannot have the files in `/proc` that it shows them by FUSE.
    fn no_fuse(&self) -> Option<String> {
        let is_there = self.0 != Containers::Libvirt || Path::new("/dev/fuse").exists();
        (!is_there).then(|| "there is no /dev/fuse".to_owned())
    }
}

impl Part for ContainersOf {
    fn id(&self) -> PartId {
        PartId::Containers(self.0)
    }

    fn name(&self) -> &'static str {
        match self.0 {
            Containers::Libvirt => "libvirt's containers",
            Containers::Lxc => "LXC's containers",
        }
    }

    fn lacking(&self) -> Option<String> {
        let fuse = || self.no_fuse();
        self.missing().or_else(cgroups::lacking).or_else(fuse)
    }

    fn remedy(&self) -> Option<&'static str> {
        self.missing().is_none().then_some(REMEDY)
    }

    fn lacking_across_machines(&self) -> Option<String> {
        Some("only local labs have containers".to_owned())
    }

    fn prepare(&self, lab: &LabSetup) -> LabResult<()> {
        cgroups::make(lab)
    }

    fn furnish(&self, node: &NodeSetup, _lab: &LabSetup) -> LabResult<()> {
        make_folder(&node.home().join(LXC_FOLDER[0]), 0o755)?;
        Root::ALL
            .iter()
            .try_for_each(|root| furnish_root(node, *root))
    }

    fn configure(&self, node: &NodeSetup) -> LabResult<()> {
        let settings = b"security_driver = \"none\"\n";
        write_file(&node.home().join("libvirt-etc/lxc.conf"), settings)?;
        empty(&node.home().join(LXC_FOLDER[0]))
    }

    fn join(&self, node: &NodeSetup) -> LabResult<()> {
        cgroups::join(node)
    }

    fn mount(&self, node: &NodeSetup) -> LabResult<()> {
        cgroups::show()?;
        show_devices(&node.home().join("dev"))?;
        match Path::new(LXC_FOLDER[1]).is_dir() {
            true => mount::bind(&node.home().join(LXC_FOLDER[0]), Path::new(LXC_FOLDER[1])),
            false => Ok(()),
        }
    }

    /// Gives each container the socket of its disk's server, once that serves.
    fn start(&self, _node: &NodeSetup) -> LabResult<()> {
        for (root, disk) in Root::ALL.iter().filter_map(|it| Some((it, it.disk()?))) {
            let served = Path::new(VISIBLE).join(disk);
            let log = PathBuf::from("/var/log/libvirt");
            wait_until("the disks of its containers are served", &log, || {
                served.exists()
            })?;
            match fs::hard_link(&served, Path::new(&root.folder()).join(DISK)) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                    return Err(format!("a container gets no disk: {error}"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// What controls a container, and ends with it.
    fn owns(&self, name: &str, by_init: bool) -> bool {
        match self.0 {
            Containers::Libvirt => name == "libvirt_lxc",
            Containers::Lxc => name == "lxc-start" && by_init,
        }
    }

    fn clear(&self, node: &dyn PartNode) -> Result<(), LabError> {
        match self.0 {
            // The bystander has one, too.
            Containers::Libvirt => Ok(()),
            Containers::Lxc => {
                let containers = node.all_named(INIT);
                containers.iter().for_each(|it| cgroups::thaw_one(it.pid));
                node.end_all("lxc-start")
            }
        }
    }
}

fn furnish_root(node: &NodeSetup, root: Root) -> LabResult<()> {
    let folder = node.home().join("run").join(root.below_run());
    for inside in ["dev", "proc", "sys", "run"] {
        make_folder(&folder.join(inside), 0o755)?;
    }
    let init = folder.join(INIT);
    write_file(&init, container::PROGRAM)?;
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&init, executable).map_err(|error| error.to_string())?;
    mkfifo(&folder.join(POWER), Mode::from_bits_truncate(0o600))
        .map_err(|error| format!("a container gets no {POWER}: {error}"))
}

/// Shows a `/dev` with the machine's harmless devices and with terminals of its own.
fn show_devices(own: &Path) -> LabResult<()> {
    let failed = |error: std::io::Error| format!("the node gets no devices: {error}");
    make_folder(own, 0o755)?;
    mount::tmpfs(own, "755")?;
    for device in DEVICES {
        let machines = Path::new("/dev").join(device);
        if machines.exists() {
            fs::write(own.join(device), "").map_err(failed)?;
            mount::bind(&machines, &own.join(device))?;
        }
    }
    for folder in ["pts", "shm"] {
        make_folder(&own.join(folder), 0o755)?;
    }
    nix::mount::mount(
        Some("devpts"),
        &own.join("pts"),
        Some("devpts"),
        MsFlags::MS_NOSUID | MsFlags::MS_NOEXEC,
        Some("newinstance,ptmxmode=0666,mode=620"),
    )
    .map_err(|error| format!("the node gets no terminals: {error}"))?;
    for (link, to) in [
        ("ptmx", "pts/ptmx"),
        ("fd", "/proc/self/fd"),
        ("stdin", "fd/0"),
        ("stdout", "fd/1"),
        ("stderr", "fd/2"),
    ] {
        symlink(to, own.join(link)).map_err(failed)?;
    }
    mount::bind(own, Path::new("/dev"))
}

/// Removes what is in a folder: an agent may keep the configuration of its containers there.
fn empty(folder: &Path) -> LabResult<()> {
    let failed = |error: std::io::Error| format!("{} is not emptied: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let removed = match path.is_dir() && !path.is_symlink() {
            true => fs::remove_dir_all(&path),
            false => fs::remove_file(&path),
        };
        removed.map_err(failed)?;
    }
    Ok(())
}
