use std::path::Path;

use tracing::debug;

use super::cluster;
use super::disks::{renew_equipment, serve_disks};
use super::furnish::furnish;
use super::network::{CLUSTER_SWITCH, SWITCH};
use super::started_node::{NodeStage, StartedNode};
use super::{invoker, keys, network, serve};
use crate::lab::capabilities::Capabilities;
use crate::lab::cgroups;
use crate::lab::equipment;
use crate::lab::mount;
use crate::lab::setup::{HOME, LINKS, LabResult, LabSetup, SHARED};
use crate::lab::tools::{make_folder, run_tool, write_answer};

/// The lab's first process: builds everything, says `ready`, and ends when its standard input does.
///
/// The kernel then ends every process, mount and network of the lab, whatever killed the harness.
pub(in crate::lab) fn run(argument: &str) -> LabResult<()> {
    invoker::shed()?;
    let lab: LabSetup = serde_json::from_str(argument).map_err(|error| error.to_string())?;
    let known = receive_capabilities()?;
    debug!("building {:?} of a lab", lab.part);
    mount::proc()?;
    // Before what makes all mounts read-only, and before folders of the lab's own cover where it lies.
    lab.packages.as_deref().map_or(Ok(()), mount::packages)?;
    mount::protect_host()?;
    mount::tmpfs(Path::new(HOME), "755")?;
    if lab.equipment().cluster.is_none() {
        cluster::hide()?;
    }
    debug!("the machine's files are protected");
    for folder in ["nodes", "store", "log", "fail", LINKS, SHARED] {
        make_folder(&Path::new(HOME).join(folder), 0o755)?;
    }
    network::keep_tables_small();
    make_switch(&lab)?;
    if lab.equipment().cluster.is_some() {
        network::make_bridge(CLUSTER_SWITCH)?;
    }
    debug!("the switch is there");
    keys::make_folder_of_keys(&lab)?;
    let parts = equipment::parts(&lab.equipment());
    parts.iter().try_for_each(|part| part.prepare(&lab))?;
    debug!("the equipment is prepared");
    for node in lab.raised() {
        furnish(node, &lab, &known)?;
        debug!("node {} is furnished", node.name);
    }
    renew_equipment(&lab)?;
    let mut nodes = Vec::new();
    for node in lab.raised() {
        nodes.push(StartedNode::start(node)?);
        debug!("node {} is plugged in", node.name);
    }
    serve_disks(&lab)?;
    debug!("the disks are served");
    for node in &mut nodes {
        node.expect(NodeStage::Ready)?;
    }
    debug!("every node is ready");
    write_answer(Ok(invoker::kept()));
    let served = serve::serve(&lab);
    if lab.equipment().containers.is_some() {
        cgroups::thaw();
    }
    served
}

fn receive_capabilities() -> LabResult<Capabilities> {
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    read.map_err(|error| error.to_string())?;
    serde_json::from_str(&line).map_err(|error| error.to_string())
}

fn make_switch(lab: &LabSetup) -> LabResult<()> {
    run_tool("ip", &["link", "set", "lo", "up"])?;
    network::make_bridge(SWITCH)?;
    // An address of its own, from which the nodes are tried after a reset.
    run_tool(
        "ip",
        &["address", "add", &lab.switch_address(), "dev", SWITCH],
    )
}
