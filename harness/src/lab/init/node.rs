use std::os::unix::net::UnixListener;
use std::path::Path;
use std::thread::{self, ScopedJoinHandle};

use nix::unistd::sethostname;
use tracing::{Span, debug, debug_span};

use super::laid_over::Held;
use super::started_node::NodeStage;
use super::{exec, network};
use crate::lab::command::COMMANDS_SOCKET;
use crate::lab::equipment::{self, Part};
use crate::lab::mount::{self, Shown};
use crate::lab::setup::{HOME, LabResult, NodeSetup, OWN_FOLDERS, SHARED};
use crate::lab::tools::{make_folder, write_answer};

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
    network::connect(&node)?;
    debug!("its network is connected");
    take_folders(&node)?;
    debug!("it has its own folders");
    start_parts(&node)?;
    let listener = UnixListener::bind(COMMANDS_SOCKET)
        .map_err(|error| format!("cannot listen on {COMMANDS_SOCKET}: {error}"))?;
    debug!("it is ready");
    write_answer(Ok(NodeStage::Ready));
    exec::serve(listener)
}

/// Starts the daemons of all parts, one after the other but for those that start beside the rest. Those that wait for
/// other nodes are left out in a node that is raised by itself.
fn start_parts(node: &NodeSetup) -> LabResult<()> {
    let parts = equipment::parts(&node.equipment).into_iter();
    let parts = parts.filter(|part| !(node.alone && part.waits_for_others()));
    let (beside, in_order): (Vec<_>, Vec<_>) = parts.partition(|part| part.starts_beside());
    let span = &Span::current();
    thread::scope(|scope| {
        let start = |part| scope.spawn(move || span.in_scope(|| start_part(part, node)));
        let threads: Vec<_> = beside.into_iter().map(start).collect();
        in_order
            .into_iter()
            .try_for_each(|part| start_part(part, node))?;
        let panicked = || Err("a thread panicked".to_owned());
        let mut joined = threads.into_iter().map(ScopedJoinHandle::join);
        joined.try_for_each(|done| done.unwrap_or_else(|_| panicked()))
    })
}

fn start_part(part: &dyn Part, node: &NodeSetup) -> LabResult<()> {
    part.start(node)?;
    debug!("{} serves", part.name());
    Ok(())
}

fn take_folders(node: &NodeSetup) -> LabResult<()> {
    let home = node.home();
    let shown: Vec<Shown> = node
        .show
        .iter()
        .map(|path| Shown::hold(path))
        .collect::<LabResult<_>>()?;
    let laid_over = node.laid_over.iter().map(Held::hold);
    let laid_over = laid_over.collect::<LabResult<Vec<_>>>()?;
    let parts = equipment::parts(&node.equipment);
    parts.iter().try_for_each(|part| part.join(node))?;
    mount::sys();
    parts.iter().try_for_each(|part| part.mount(node))?;
    for name in ["hosts", "hostname"] {
        mount::bind(&home.join(name), &Path::new("/etc").join(name))?;
    }
    mount::bind(&Path::new(HOME).join(SHARED), &home.join("run/vrt/shared"))?;
    make_room(node)?;
    for (number, held) in laid_over.iter().enumerate() {
        held.lay(&home.join(format!("laid-over-{number}")))?;
    }
    for (name, place, _) in OWN_FOLDERS {
        mount::bind(&home.join(name), Path::new(place))?;
    }
    laid_over.iter().try_for_each(Held::show)?;
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
