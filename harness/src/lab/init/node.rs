use std::os::unix::net::UnixListener;
use std::path::Path;

use nix::unistd::sethostname;
use tracing::{debug, debug_span};

use super::exec;
use super::started_node::NodeStage;
use crate::lab::command::COMMANDS_SOCKET;
use crate::lab::equipment;
use crate::lab::mount::{self, Shown};
use crate::lab::setup::{HOME, LabResult, NETWORK_BITS, NodeSetup, OWN_FOLDERS, SHARED};
use crate::lab::tools::{make_folder, run_tool, write_answer};

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
    for part in equipment::parts(&node.equipment) {
        part.start(&node)?;
        debug!("{} serves", part.name());
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
    for part in equipment::parts(&node.equipment) {
        part.mount(node)?;
    }
    for name in ["hosts", "hostname"] {
        mount::bind(&home.join(name), &Path::new("/etc").join(name))?;
    }
    mount::bind(&Path::new(HOME).join(SHARED), &home.join("run/vrt/shared"))?;
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
