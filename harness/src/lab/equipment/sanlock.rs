//! sanlock: its daemon in a node, and the leases that all nodes share.
//!
//! The daemon raises its limits of locked memory and of real-time priority before all else, and ends where it may not,
//! whatever its options (3.8.5). That takes CAP_SYS_RESOURCE over the host's own user namespace, which neither an
//! ordinary user's lab has nor root's in most containers. It runs without a watchdog, locks no memory and asks for no
//! priority (`-w 0 -l 0 -h 0`), so it uses neither; a seccomp filter answers these two requests with success.
//!
//! Lockspace and leases are files in a folder that all nodes share. sanlock's unit of time is one second instead of
//! ten, so a node joins in three seconds, and a reset starts the daemon again only where it does not run or still holds
//! a lease. The witness reads the owner of a lease from the lease's own file.
//!
//! A lost node's lease outlives it until sanlock takes the host for dead (eight units and a watchdog's minute), and a
//! start elsewhere fails while it does. How it fails is chance: sanlock refuses at once where it has not yet seen the
//! lost node's last sign of life, and elsewhere lets libvirt wait until the lease has expired, in which time libvirt
//! does not even tell the domain's state. The cases stop the guest after the failed start, as the cluster would, and
//! hold either way. Whoever loses a lease is killed, sanlock's default; with `on_lockfailure` at `pause` the domain
//! would be paused as by its operator.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use nix::libc;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

use super::image::NOTHING_SHARED;
use super::libvirt::{no_plugin, no_shared_folders};
use super::part::{LockFile, LockSite, Part, PartNode};
use super::virtlockd::remedy;
use crate::equipment::{Lock, PartFault, PartId};
use crate::installed;
use crate::lab::domain::LockedDisk;
use crate::lab::error::LabError;
use crate::lab::mount;
use crate::lab::setup::{HOME, LabResult, LabSetup, NodeSetup};
use crate::lab::subcommand::{Hidden, PartCall};
use crate::lab::tools::{clean_command, make_folder, run_tool, start_listening, write_file};

/// The lease on the image that libvirt takes from sanlock.
#[derive(Debug)]
pub(super) struct Sanlock;

const PROGRAM: &str = "sanlock";

/// The folder of the lab's tmpfs with the leases, which every node sees as /run/vrt/leases.
const LEASES: &str = "leases";

/// The lease on the subject's disk: libvirt names it by the MD5 of the disk's path.
const LEASE: &str = "fd5ba9ccff0f077f34cfc427635acf6b";

/// The lockspace in which libvirt's plugin takes its leases, and the name of its file.
const LOCKSPACE: &str = "__LIBVIRT__DISKS__";

/// Seconds that a request to the disk may take. All of sanlock's waits are multiples of it: 10 is the default, with
/// which a node comes up in half a minute.
const IO_TIMEOUT: &str = "1";

/// The folder in which the daemon listens.
const FOLDER: &str = "/run/sanlock";

/// How long sanlock may take to let go what somebody held who has ended.
const LETTING_GO: Duration = Duration::from_secs(2);

/// Size of a lease's leader record, which names its owner, in bytes.
const SECTOR: usize = 512;

impl Part for Sanlock {
    fn id(&self) -> PartId {
        PartId::Lock(Lock::Sanlock)
    }

    fn name(&self) -> &'static str {
        PROGRAM
    }

    fn lacking(&self) -> Option<String> {
        no_shared_folders()
            .or_else(|| installed::missing(&[PROGRAM]))
            .or_else(|| no_plugin("libvirt/lock-driver/sanlock.so"))
    }

    fn remedy(&self) -> Option<&'static str> {
        remedy()
    }

    fn lacking_across_machines(&self) -> Option<String> {
        Some(NOTHING_SHARED.to_owned())
    }

    fn prepare(&self, _lab: &LabSetup) -> LabResult<()> {
        make_folder(&leases(), 0o755)?;
        let file = leases().join(LOCKSPACE);
        init("-s", &format!("{LOCKSPACE}:0:{}:0", file.display()), &file)
    }

    /// Writes the lease on the subject's disk: nobody has it.
    fn renew(&self, _lab: &LabSetup) -> LabResult<()> {
        let file = leases().join(LEASE);
        let lease = format!("{LOCKSPACE}:{LEASE}:{}:0", file.display());
        init("-r", &lease, &file)
    }

    fn furnish(&self, node: &NodeSetup, _lab: &LabSetup) -> LabResult<()> {
        make_folder(&node.home().join("run/vrt").join(LEASES), 0o755)
    }

    fn configure(&self, node: &NodeSetup) -> LabResult<()> {
        let settings = format!(
            "auto_disk_leases = 1\ndisk_lease_dir = \"/run/vrt/{LEASES}\"\nhost_id = {}\n\
             require_lease_for_disks = 0\nio_timeout = {IO_TIMEOUT}\nuser = \"root\"\ngroup = \"root\"\n",
            node.number
        );
        let file = node.home().join("libvirt-etc/qemu-sanlock.conf");
        write_file(&file, settings.as_bytes())
    }

    fn qemu_settings(&self) -> &'static str {
        "lock_manager = \"sanlock\"\n"
    }

    fn mount(&self, node: &NodeSetup) -> LabResult<()> {
        mount::bind(&leases(), &node.home().join("run/vrt").join(LEASES))
    }

    /// Starts the daemon and waits until it has joined the lockspace.
    fn start(&self, node: &NodeSetup) -> LabResult<()> {
        fs::create_dir_all(FOLDER).map_err(|error| format!("cannot make {FOLDER}: {error}"))?;
        let log = Path::new("/var/log/libvirt/sanlock.log");
        let socket = format!("{FOLDER}/sanlock.sock");
        let call = PartCall::new(self.id(), node).argument();
        let mut daemon = clean_command("/proc/self/exe");
        daemon.args([Hidden::BecomePart.word(), &call]);
        start_listening(&mut daemon, log, &socket)?;
        let host = node.number;
        let lockspace = format!("{LOCKSPACE}:{host}:/run/vrt/{LEASES}/{LOCKSPACE}:0");
        let join = ["client", "add_lockspace", "-s", &lockspace];
        run_tool(PROGRAM, &[&join[..], &["-o", IO_TIMEOUT]].concat())
    }

    fn become_daemon(&self, node: &NodeSetup) -> LabResult<()> {
        answer_for_limits().map_err(|error| format!("cannot filter system calls: {error}"))?;
        // No watchdog, no priority, no memory locked; whoever lost a lease has ten seconds until it is killed.
        let mut command = Command::new(PROGRAM);
        command.args(["daemon", "-D", "-w", "0", "-h", "0", "-l", "0", "-g", "10"]);
        let host = format!("host{}", node.number);
        command.args(["-U", "root", "-G", "root", "-e", &host]);
        let error = command.exec();
        Err(format!("cannot run sanlock: {error}"))
    }

    fn owns(&self, name: &str, _by_init: bool) -> bool {
        name.contains(PROGRAM)
    }

    /// To start it anew takes three seconds, so that is done only where it does not let go by itself.
    fn release(&self, node: &dyn PartNode) -> Result<(), LabError> {
        if holds_no_lease(node) {
            return Ok(());
        }
        self.kill(node)?;
        self.revive(node)
    }

    fn holder(&self) -> Option<&'static str> {
        Some(PROGRAM)
    }

    fn inject(&self, fault: PartFault, node: &dyn PartNode) -> Result<(), LabError> {
        match fault {
            PartFault::LeaseLost => {
                let shutdown = ["client", "shutdown", "-f", "1"];
                node.run_command(PROGRAM, &shutdown).map(drop)
            }
            PartFault::FenceDaemonFrozen | PartFault::FenceDaemonKilled => {
                Err(LabError::NoSuchFault { fault })
            }
        }
    }

    fn locked_disk(&self) -> Option<LockedDisk> {
        Some(LockedDisk {
            is_shared: true,
            has_image_lock: false,
        })
    }

    fn lock_file(&self) -> Option<LockFile> {
        Some(LockFile::Lab(format!("{LEASES}/{LEASE}")))
    }

    fn is_held(&self, site: &LockSite) -> io::Result<bool> {
        let mut leader = [0; SECTOR];
        File::open(&site.file)?.read_exact(&mut leader)?;
        Ok(owner(&leader) == Some(site.host))
    }
}

fn leases() -> PathBuf {
    Path::new(HOME).join(LEASES)
}

fn init(kind: &str, what: &str, file: &Path) -> LabResult<()> {
    let made = File::create(file).and_then(|file| file.set_len(1 << 20));
    made.map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    run_tool(PROGRAM, &["direct", "init", kind, what, "-o", IO_TIMEOUT])
}

/// Whether sanlock runs and, within two seconds, holds no lease any more.
fn holds_no_lease(node: &dyn PartNode) -> bool {
    let runs = node
        .own_daemon(PROGRAM)
        .is_some_and(|daemon| !daemon.is_stopped());
    if !runs {
        return false;
    }
    let deadline = Instant::now() + LETTING_GO;
    while Instant::now() < deadline {
        let Ok(status) = node.run_command(PROGRAM, &["client", "status"]) else {
            return false;
        };
        // A line for each lockspace that it has joined begins with `s`, and one for each lease with `r`.
        let has = |kind: &str| status.out.text.lines().any(|line| line.starts_with(kind));
        if has("s ") && !has("r ") {
            return true;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

/// The host that owns a lease, from the first sector of its file; none if it is free.
///
/// Source: `struct leader_record` in sanlock's `leader.h`, in the little-endian order that is written to disk.
fn owner(lease: &[u8]) -> Option<u64> {
    const OWNER: usize = 32;
    const TIMESTAMP: usize = 152;
    let number = |at: usize| Some(u64::from_le_bytes(*lease.get(at..)?.first_chunk()?));
    let taken = number(TIMESTAMP)? != 0;
    number(OWNER).filter(|_| taken)
}

/// Makes attempts to raise the limits of locked memory and of priority succeed without effect, in this process and what
/// it executes.
///
/// sanlock raises both before all else, whatever its options, and ends where it may not: that takes `CAP_SYS_RESOURCE`
/// over the host, which no ordinary user has, nor root in most containers. It uses neither as it is called here.
fn answer_for_limits() -> Result<(), seccompiler::Error> {
    let raises = |limit: u32| {
        SeccompRule::new(vec![
            SeccompCondition::new(1, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, limit.into())?,
            SeccompCondition::new(2, SeccompCmpArgLen::Qword, SeccompCmpOp::Ne, 0)?,
        ])
    };
    let rules = vec![raises(libc::RLIMIT_MEMLOCK)?, raises(libc::RLIMIT_RTPRIO)?];
    let filter = SeccompFilter::new(
        BTreeMap::from([(libc::SYS_prlimit64, rules)]),
        SeccompAction::Allow,
        SeccompAction::Errno(0),
        std::env::consts::ARCH.try_into()?,
    )?;
    let program: BpfProgram = filter.try_into()?;
    seccompiler::apply_filter(&program)
}

#[cfg(test)]
mod tests {
    use super::{SECTOR, owner};

    #[test]
    fn a_lease_names_its_owner_until_it_is_let_go() {
        let mut lease = [0; SECTOR];
        assert_eq!(owner(&lease), None);
        lease[32] = 2;
        lease[152] = 9;
        assert_eq!(owner(&lease), Some(2));
        lease[152] = 0;
        assert_eq!(owner(&lease), None);
        assert_eq!(owner(b"short"), None);
    }
}
