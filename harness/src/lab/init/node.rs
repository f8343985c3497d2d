use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use nix::unistd::sethostname;
use tracing::{debug, debug_span};
use virt::connect::Connect;

use super::first_processor::FirstProcessor;
use super::mount::{self, Shown};
use super::started_node::NodeStage;
use super::tools::{
    clean_command, last_lines, make_folder, start_daemon, start_listening, wait_until, write_answer,
};
use super::{drivers, exec, keys, sanlock};
use crate::history::{Daemons, Lock, Transport};
use crate::installed;
use crate::lab::command::COMMANDS_SOCKET;
use crate::lab::connection;
use crate::lab::daemons::{COMMON_SOCKET, VIRTPROXYD};
use crate::lab::setup::{
    HOME, LEASES, LabResult, NETWORK_BITS, NodeSetup, OWN_FOLDERS, SANLOCK, SHARED, VIRTLOCKD,
};
use crate::lab::tool::run_tool;

/// A node's first process: takes the node's own folders and network, starts libvirt's daemons, says `ready`,
/// and from then on executes what the harness sends and reaps what ends.
pub(in crate::lab) fn run() -> LabResult<()> {
    write_answer(Ok(NodeStage::Unshared));
    let mut line = String::new();
    std::io::stdin()
        .read_line(&mut line)
        .map_err(|error| error.to_string())?;
    let node: NodeSetup = serde_json::from_str(&line).map_err(|error| error.to_string())?;
    let _node = debug_span!("node", name = node.name).entered();
    mount::proc()?;
    sethostname(&node.name).map_err(|error| format!("cannot set the host name: {error}"))?;
    connect(&node)?;
    debug!("its network is connected");
    take_folders(&node)?;
    debug!("it has its own folders");
    match node.lock {
        Some(Lock::Virtlockd) => start_lock_daemon(VIRTLOCKD)?,
        Some(Lock::Sanlock) => start_lock_daemon(SANLOCK)?,
        Some(Lock::Image | Lock::OwnImage) | None => {}
    }
    start_daemons(node.daemons())?;
    if node.transport == Transport::Ssh {
        start_sshd()?;
    }
    let listener = UnixListener::bind(COMMANDS_SOCKET)
        .map_err(|error| format!("cannot listen on {COMMANDS_SOCKET}: {error}"))?;
    debug!("it is ready");
    write_answer(Ok(NodeStage::Ready));
    exec::serve(listener)
}

fn connect(node: &NodeSetup) -> LabResult<()> {
    run_tool("ip", &["link", "set", "lo", "up"])?;
    run_tool(
        "ip",
        &[
            "address",
            "add",
            &format!("{}/{NETWORK_BITS}", node.address()),
            "dev",
            "eth0",
        ],
    )?;
    run_tool("ip", &["link", "set", "eth0", "up"])
}

fn take_folders(node: &NodeSetup) -> LabResult<()> {
    let home = node.home();
    let shown: Vec<Shown> = node
        .show
        .iter()
        .map(|path| Shown::hold(path))
        .collect::<LabResult<_>>()?;
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
fn make_room(node: &NodeSetup) -> LabResult<()> {
    let parent = Path::new("/var/lib");
    let mut lacking = OWN_FOLDERS.map(|(_, place, _)| Path::new(place)).to_vec();
    lacking.retain(|place| place.parent() == Some(parent) && !place.is_dir());
    if lacking.is_empty() {
        return Ok(());
    }
    let own = node.home().join("var-lib");
    for place in lacking {
        make_folder(&own.join(place.file_name().unwrap_or_default()), 0o755)?;
    }
    mount::complete(&own, parent)
}

/// Starts libvirt's daemons of the kind that is named, those that do not run: what `__daemon` does.
pub(in crate::lab) fn start_again(kind: &str) -> LabResult<()> {
    start_daemons(serde_json::from_str(kind).map_err(|error| error.to_string())?)
}

/// Starts libvirt's daemons and waits until they answer on their sockets.
fn start_daemons(daemons: Daemons) -> LabResult<()> {
    let name = daemons.of_guests();
    let log = log_of(name);
    let begins = FirstProcessor::take();
    let mut command = clean_command(name);
    if daemons == Daemons::Single {
        command.arg("--listen");
    }
    drivers::name_to(&mut command);
    let daemon = start_listening(&mut command, &log, daemons.socket())?;
    answers().map_err(|error| {
        let tail = last_lines(&log);
        format!(
            "{name} does not answer: {error}; {} ends with: {tail}",
            log.display()
        )
    })?;
    if daemons == Daemons::Modular && UnixStream::connect(COMMON_SOCKET).is_err() {
        start_listening(
            &mut clean_command(VIRTPROXYD),
            &log_of(VIRTPROXYD),
            COMMON_SOCKET,
        )?;
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
    let answer = connect.num_of_domains();
    connection::release(connect);
    answer.map(drop)
}

/// Starts the daemon of that name and waits until it serves; also what `__lock-daemon` does later.
pub(in crate::lab) fn start_lock_daemon(name: &str) -> LabResult<()> {
    if name == SANLOCK {
        return sanlock::start();
    }
    let socket = "/run/libvirt/virtlockd-sock";
    start_listening(&mut clean_command(VIRTLOCKD), &log_of(VIRTLOCKD), socket).map(drop)
}

/// Starts sshd and waits until it listens; also what `__shell-daemon` does later.
pub(in crate::lab) fn start_sshd() -> LabResult<()> {
    let log = Path::new("/run/vrt/sshd.log");
    // It starts itself anew for everybody who comes, by the path that it was started by.
    let sshd = installed::program("sshd").ok_or("there is no sshd")?;
    start_daemon(clean_command(sshd).args(["-D", "-e"]), log)?;
    wait_until("sshd did not listen", log, || {
        TcpStream::connect((Ipv4Addr::LOCALHOST, Transport::Ssh.port())).is_ok()
    })
}
