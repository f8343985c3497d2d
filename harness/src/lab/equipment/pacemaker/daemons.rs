//! The cluster's daemons in a node, in the order that saves most time.
//!
//! `pacemaker-based` starts before all others: attrd, fencer and controller ask it at once, and sleep a whole second
//! where it does not answer yet. `pacemakerd` takes the running one over. The controllers are woken (`wake.rs`).

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::unistd::{Group, User};

use super::configuration::{COROSYNC_CONF, LOGS, SEED, visible};
use super::view::View;
use super::wake::wake;
use crate::installed::PATH;
use crate::lab::process;
use crate::lab::setup::{LabResult, NodeSetup};
use crate::lab::tools::{clean_command, start_daemon, wait_for_at_most};

pub(super) const COROSYNC: &str = "corosync";

pub(super) const PACEMAKERD: &str = "pacemakerd";

/// The daemon that keeps the CIB.
const BASED: &str = "pacemaker-based";

/// Who Pacemaker's daemons run as, and own their folders by.
const USER: &str = "hacluster";

const GROUP: &str = "haclient";

/// Where Pacemaker keeps the CIB.
const CIB: &str = "/var/lib/pacemaker/cib";

/// What Pacemaker is told by variables: where it logs, what it runs on, and to end rather than to reboot the machine.
const VARIABLES: [(&str, &str); 5] = [
    ("PCMK_logfile", "/var/log/pacemaker/pacemaker.log"),
    ("PCMK_logfacility", "none"),
    ("PCMK_cluster_type", "corosync"),
    ("HA_cluster_type", "corosync"),
    ("PCMK_trace_functions", "pcmk__panic"),
];

/// The folder of Pacemaker's daemons.
pub(super) fn folder() -> LabResult<PathBuf> {
    let folders = ["/usr/lib/pacemaker", "/usr/libexec/pacemaker"].map(PathBuf::from);
    let mut folders = folders.into_iter();
    let found = folders.find(|folder| folder.join(BASED).exists());
    found.ok_or_else(|| format!("there is no {BASED}"))
}

/// The ids of Pacemaker's user and group.
pub(super) fn owner() -> LabResult<(u32, u32)> {
    let user = User::from_name(USER).ok().flatten();
    let group = Group::from_name(GROUP).ok().flatten();
    match (user, group) {
        (Some(user), Some(group)) => Ok((user.uid.as_raw(), group.gid.as_raw())),
        (None, _) => Err(format!("there is no user {USER}")),
        (_, None) => Err(format!("there is no group {GROUP}")),
    }
}

/// Gives a file or folder to Pacemaker's user.
pub(super) fn give_to_owner(path: &Path, mode: u32) -> LabResult<()> {
    let (user, group) = owner()?;
    chown(path, Some(user), Some(group))
        .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(mode)))
        .map_err(|error| format!("cannot give {} to {USER}: {error}", path.display()))
}

/// Starts them in this node, and waits until all nodes are members and there is a DC.
pub(super) fn start(node: &NodeSetup) -> LabResult<()> {
    let patience = if node.alone { ON_MACHINES } else { HERE };
    write_seed()?;
    start_corosync(patience)?;
    start_based(patience)?;
    // Only once: a cluster that is there has a DC, and a node that was lost joins it.
    let begun = Path::new(CIB).join("begun");
    if node.number > 1 && !begun.exists() {
        wait_for(patience, "another node is the DC", CIB_HERE, |cib| {
            cib.contains("\"dc-version\"")
        })?;
    }
    let log = Path::new(LOGS).join("pacemakerd.out");
    start_daemon(pacemaker_command(PACEMAKERD).arg("-f"), &log)?;
    wait_for(
        patience,
        "the cluster is whole",
        ("crm_mon", &VIEW),
        |said| View::from_crm_mon(said).is_ok_and(|view| view.is_whole()),
    )?;
    fs::write(&begun, "").map_err(|error| format!("cannot write {}: {error}", begun.display()))
}

/// What `crm_mon` is asked with.
pub(super) const VIEW: [&str; 2] = ["--one-shot", "--output-as=xml"];

/// Writes the seed in the place of the CIB, and removes the buffers that killed daemons have left.
fn write_seed() -> LabResult<()> {
    let buffers = fs::read_dir("/dev/shm").into_iter().flatten().flatten();
    for buffer in buffers {
        if buffer.file_name().to_string_lossy().starts_with("qb-") {
            // A folder on kernels and versions that have one for each connection.
            let _ = fs::remove_dir_all(buffer.path()).or_else(|_| fs::remove_file(buffer.path()));
        }
    }
    let _ = fs::remove_file(Path::new(CIB).join("cib.xml.sig"));
    let cib = Path::new(CIB).join("cib.xml");
    let seed = visible(SEED);
    fs::copy(&seed, &cib)
        .map_err(|error| format!("cannot copy {} to {CIB}: {error}", seed.display()))?;
    give_to_owner(&cib, 0o600)
}

fn start_corosync(patience: Duration) -> LabResult<()> {
    let mut command = clean_command(COROSYNC);
    command.arg("-f").arg("-c").arg(visible(COROSYNC_CONF));
    let log = Path::new(LOGS).join("corosync.out");
    start_daemon(&mut command, &log)?;
    wait_for_at_most(
        patience,
        "corosync answers",
        &Path::new(LOGS).join("corosync.log"),
        || ask("corosync-cfgtool", &["-s"]).is_some(),
    )
}

fn start_based(patience: Duration) -> LabResult<()> {
    let (user, group) = owner()?;
    let mut command = pacemaker_command(folder()?.join(BASED));
    command.uid(user).gid(group);
    start_daemon(&mut command, &Path::new(LOGS).join("based.out"))?;
    wait_for(patience, "the CIB is served", CIB_HERE, |_| true)
}

fn pacemaker_command(program: impl AsRef<std::ffi::OsStr>) -> std::process::Command {
    let mut command = clean_command(program);
    command.envs(VARIABLES);
    command
}

/// A tool with its arguments.
type Question<'a> = (&'a str, &'a [&'a str]);

/// What this node's CIB is.
const CIB_HERE: Question<'_> = ("cibadmin", &["-Q", "-l"]);

/// How long each of them may take on a node of this machine.
const HERE: Duration = Duration::from_secs(30);

/// The same on a machine of its own, which may itself be a guest without KVM.
const ON_MACHINES: Duration = Duration::from_secs(100);

/// How often nobody asks after an answer that was not the wanted one, but looks whether the controller sleeps: the tools
/// take a processor from the daemons, which all start now.
const LOOKS: u32 = 6;

/// How long each look takes at least; all of them take as long as the question did.
const PAUSE: Duration = Duration::from_millis(10);

/// Waits until a tool succeeds and has printed what is wanted.
fn wait_for(
    patience: Duration,
    what: &str,
    (tool, args): Question<'_>,
    is_wanted: impl Fn(&str) -> bool,
) -> LabResult<()> {
    let log = Path::new(LOGS).join("pacemaker.log");
    wait_for_at_most(patience, what, &log, || {
        let began = Instant::now();
        let is_there = ask(tool, args).is_some_and(|said| is_wanted(&said));
        let pause = PAUSE.max(began.elapsed() / LOOKS);
        for _ in 0..if is_there { 0 } else { LOOKS } {
            wake(process::all());
            std::thread::sleep(pause);
        }
        is_there
    })
}

/// What a tool prints; none when it fails.
fn ask(tool: &str, args: &[&str]) -> Option<String> {
    let asked = duct::cmd(tool, args).env("PATH", PATH);
    asked.stdin_null().stderr_null().read().ok()
}
