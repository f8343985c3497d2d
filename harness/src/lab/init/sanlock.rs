//! sanlock: its daemon in a node, without a watchdog, and the leases that all nodes share.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use nix::libc;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};

use super::tools::{clean_command, start_listening};
use crate::lab::setup::{HOME, LEASE, LEASES, LabResult, NodeSetup};
use crate::lab::subcommand::Hidden;
use crate::lab::tool::run_tool;

/// The lockspace in which libvirt's plugin takes its leases, and the name of its file.
const LOCKSPACE: &str = "__LIBVIRT__DISKS__";

/// libvirt's settings for it, which also tell which host a node is.
const SETTINGS: &str = "/etc/libvirt/qemu-sanlock.conf";
const HOST_ID: &str = "host_id = ";

/// Seconds that a request to the disk may take. All of sanlock's waits are multiples of it: 10 is the default, with
/// which a node comes up in half a minute.
const IO_TIMEOUT: &str = "1";

/// The folder in which the daemon listens.
const FOLDER: &str = "/run/sanlock";

/// Writes the lockspace, before any node asks for it.
pub(super) fn write_lockspace() -> LabResult<()> {
    let file = leases().join(LOCKSPACE);
    init("-s", &format!("{LOCKSPACE}:0:{}:0", file.display()), &file)
}

/// Writes the lease on the subject's disk anew: nobody has it.
pub(super) fn write_lease() -> LabResult<()> {
    let file = leases().join(LEASE);
    let lease = format!("{LOCKSPACE}:{LEASE}:{}:0", file.display());
    init("-r", &lease, &file)
}

fn leases() -> std::path::PathBuf {
    Path::new(HOME).join(LEASES)
}

fn init(kind: &str, what: &str, file: &Path) -> LabResult<()> {
    let made = fs::File::create(file).and_then(|file| file.set_len(1 << 20));
    made.map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    run_tool("sanlock", &["direct", "init", kind, what, "-o", IO_TIMEOUT])
}

/// libvirt's settings for a node.
pub(super) fn settings(node: &NodeSetup) -> String {
    format!(
        "auto_disk_leases = 1\ndisk_lease_dir = \"/run/vrt/{LEASES}\"\n{HOST_ID}{}\n\
         require_lease_for_disks = 0\nio_timeout = {IO_TIMEOUT}\nuser = \"root\"\ngroup = \"root\"\n",
        node.number
    )
}

/// Starts the daemon and waits until it has joined the lockspace.
pub(super) fn start() -> LabResult<()> {
    let settings = fs::read_to_string(SETTINGS).map_err(|error| format!("{SETTINGS}: {error}"))?;
    let host = settings
        .lines()
        .find_map(|line| line.strip_prefix(HOST_ID))
        .ok_or_else(|| format!("{SETTINGS} names no host"))?;
    fs::create_dir_all(FOLDER).map_err(|error| format!("cannot make {FOLDER}: {error}"))?;
    let log = Path::new("/var/log/libvirt/sanlock.log");
    let socket = format!("{FOLDER}/sanlock.sock");
    start_listening(
        clean_command("/proc/self/exe").args([Hidden::Sanlock.word(), host]),
        log,
        &socket,
    )?;
    let lockspace = format!("{LOCKSPACE}:{host}:/run/vrt/{LEASES}/{LOCKSPACE}:0");
    let join = [
        "client",
        "add_lockspace",
        "-s",
        &lockspace,
        "-o",
        IO_TIMEOUT,
    ];
    run_tool("sanlock", &join)
}

/// Becomes the daemon of that host.
pub(in crate::lab) fn become_daemon(host: &str) -> LabResult<()> {
    answer_for_limits().map_err(|error| format!("cannot filter system calls: {error}"))?;
    // No watchdog, no priority, no memory locked; whoever lost a lease has ten seconds until it is killed.
    let mut command = Command::new("sanlock");
    command.args(["daemon", "-D", "-w", "0", "-h", "0", "-l", "0", "-g", "10"]);
    command.args(["-U", "root", "-G", "root", "-e", &format!("host{host}")]);
    let error = command.exec();
    Err(format!("cannot run sanlock: {error}"))
}

/// Lets this process and what it executes be told that their limits of locked memory and of priority were raised.
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
