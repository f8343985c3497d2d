use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::{Pid, sethostname};
use virt::connect::Connect;

use super::first_processor::FirstProcessor;
use super::lab::{OWN_FOLDERS, make};
use super::mount::{self, Shown};
use super::sanlock::{self, LEASES};
use super::setup::{HOME, NodeSetup, SHARED, Told, clean, daemon, run as tool, tail, tell, until};
use super::{drivers, exec, keys};
use crate::history::{Daemons, Lock, Transport};
use crate::installed;
use crate::lab::daemons::{COMMON_SOCKET, VIRTPROXYD};
use crate::lab::line;

/// A node's first process: takes the node's own folders and network, starts libvirt's daemons, says `ready`,
/// and from then on executes what the harness sends and reaps what ends.
pub(super) fn run(argument: &str) -> Told<()> {
    let node: NodeSetup = serde_json::from_str(argument).map_err(|error| error.to_string())?;
    tell("hello");
    mount::proc()?;
    sethostname(&node.name).map_err(|error| format!("cannot set the host name: {error}"))?;
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .map_err(|error| error.to_string())?;
    connect(&node)?;
    take_folders(&node)?;
    match node.lock {
        Some(Lock::Virtlockd) => start_lock_daemon(VIRTLOCKD)?,
        Some(Lock::Sanlock) => start_lock_daemon(SANLOCK)?,
        Some(Lock::Image | Lock::OwnImage) | None => {}
    }
    start_daemons(node.daemons())?;
    if node.transport == Transport::Ssh {
        start_sshd()?;
    }
    let listener = UnixListener::bind(exec::SOCKET)
        .map_err(|error| format!("cannot listen on {}: {error}", exec::SOCKET))?;
    tell("ready");
    exec::serve(listener)
}

fn connect(node: &NodeSetup) -> Told<()> {
    tool("ip", &["link", "set", "lo", "up"])?;
    tool(
        "ip",
        &[
            "address",
            "add",
            &format!("{}/24", node.address),
            "dev",
            "eth0",
        ],
    )?;
    tool("ip", &["link", "set", "eth0", "up"])
}

fn take_folders(node: &NodeSetup) -> Told<()> {
    let home = node.home();
    let shown: Vec<Shown> = node
        .show
        .iter()
        .map(|path| Shown::hold(path))
        .collect::<Told<_>>()?;
    mount::sys();
    if node.transport != Transport::Tcp {
        mount::complete(&keys::etc(node), Path::new("/etc"))?;
    }
    for name in ["hosts", "hostname"] {
        mount::bind(&home.join(name), &Path::new("/etc").join(name))?;
    }
    mount::bind(&Path::new(HOME).join(SHARED), &home.join("run/vrt/shared"))?;
    if node.lock == Some(Lock::Sanlock) {
        mount::bind(
            &Path::new(HOME).join(LEASES),
            &home.join("run/vrt").join(LEASES),
        )?;
    }
    make_room(node)?;
    for (name, place, _) in OWN_FOLDERS {
        mount::bind(&home.join(name), Path::new(place))?;
    }
    shown.iter().try_for_each(Shown::show)
}

/// Makes a place for those of the node's own folders that the machine lacks: where Pacemaker is not installed, its own.
fn make_room(node: &NodeSetup) -> Told<()> {
    let parent = Path::new("/var/lib");
    let mut lacking = OWN_FOLDERS.map(|(_, place, _)| Path::new(place)).to_vec();
    lacking.retain(|place| place.parent() == Some(parent) && !place.is_dir());
    if lacking.is_empty() {
        return Ok(());
    }
    let own = node.home().join("var-lib");
    for place in lacking {
        make(&own.join(place.file_name().unwrap_or_default()), 0o755)?;
    }
    mount::complete(&own, parent)
}

/// Starts libvirt's daemons of the kind that is named, those that do not run: what `__daemon` does.
pub(super) fn start_again(kind: &str) -> Told<()> {
    start_daemons(serde_json::from_str(kind).map_err(|error| error.to_string())?)
}

/// Starts libvirt's daemons and waits until they answer on their sockets.
fn start_daemons(daemons: Daemons) -> Told<()> {
    let name = daemons.of_guests();
    let log = log_of(name);
    let begins = FirstProcessor::take();
    let mut command = clean(name);
    if daemons == Daemons::Single {
        command.arg("--listen");
    }
    drivers::name_to(&mut command);
    let daemon = listening(&mut command, &log, daemons.socket())?;
    answers().map_err(|error| {
        let tail = tail(&log);
        format!(
            "{name} does not answer: {error}; {} ends with: {tail}",
            log.display()
        )
    })?;
    if daemons == Daemons::Modular && UnixStream::connect(COMMON_SOCKET).is_err() {
        listening(&mut clean(VIRTPROXYD), &log_of(VIRTPROXYD), COMMON_SOCKET)?;
    }
    begins.map_or(Ok(()), |begins| begins.free(daemon))
}

/// Where a daemon of libvirt's logs on its node.
fn log_of(daemon: &str) -> PathBuf {
    PathBuf::from(format!("/var/log/libvirt/{daemon}.log"))
}

/// Waits for libvirtd's first answer: it listens before its drivers have read their configuration, on which it may
/// still fail.
fn answers() -> Result<(), virt::error::Error> {
    // Otherwise libvirt prints every error on standard error.
    virt::error::clear_error_callback();
    let connect = Connect::open(Some("qemu:///system"))?;
    let told = connect.num_of_domains();
    line::release(connect);
    told.map(drop)
}

/// The daemons of locks.
pub(crate) const VIRTLOCKD: &str = "virtlockd";
pub(crate) const SANLOCK: &str = "sanlock";

/// Starts the daemon of that name and waits until it serves; also what `__lock-daemon` does later.
pub(super) fn start_lock_daemon(name: &str) -> Told<()> {
    if name == SANLOCK {
        return sanlock::start();
    }
    let socket = "/run/libvirt/virtlockd-sock";
    listening(&mut clean(VIRTLOCKD), &log_of(VIRTLOCKD), socket).map(drop)
}

/// Starts sshd and waits until it listens; also what `__shell-daemon` does later.
pub(super) fn start_sshd() -> Told<()> {
    let log = Path::new("/run/vrt/sshd.log");
    // It starts itself anew for everybody who comes, by the path that it was started by.
    let sshd = installed::program("sshd").ok_or("there is no sshd")?;
    daemon(clean(sshd).args(["-D", "-e"]), log)?;
    until("sshd did not listen", log, || {
        TcpStream::connect((Ipv4Addr::LOCALHOST, Transport::Ssh.port())).is_ok()
    })
}

/// Starts a daemon and waits until it listens on its socket; its process.
pub(super) fn listening(command: &mut Command, log: &Path, socket: &str) -> Told<Pid> {
    // A killed daemon leaves its socket behind, which would be taken for the new one's.
    let _ = std::fs::remove_file(socket);
    let process = daemon(command, log)?;
    let program = command.get_program().display();
    until(&format!("{program} did not listen"), log, || {
        UnixStream::connect(socket).is_ok()
    })?;
    Ok(process)
}
