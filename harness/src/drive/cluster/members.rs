//! Nodes that leave the cluster on purpose, and join it again.

use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::tools::{finds, has_controller, speaker};
use crate::drive::furnish::raise_again;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;
use crate::lab::{Node, Process};

const PACEMAKERD: &str = "pacemakerd";

/// How long the cluster may take to hear of it.
const PATIENCE: Duration = Duration::from_secs(20);

const PAUSE: Duration = Duration::from_millis(15);

/// Has Pacemaker of a node end, and waits until the cluster knows of it: it moves the resources first.
///
/// # Errors
/// When it does not run, or nobody hears of it.
pub(super) fn leave(stage: &Stage<'_>, name: &NodeName) -> Result<(), Trouble> {
    let node = stage.node(name)?;
    let first = |process: &&Process| process.name == PACEMAKERD && process.state != 'Z';
    let Some(daemon) = node.processes()?.iter().find(first).cloned() else {
        return Err(Trouble::Step(format!(
            "{PACEMAKERD} does not run on {name}"
        )));
    };
    node.signal(daemon.pid, Signal::SIGTERM)?;
    let wish = format!("//node_state[@uname='{name}']//nvpair[@name='shutdown']");
    let until = Instant::now() + PATIENCE * stage.lab.pace();
    loop {
        let runs = node.processes()?.iter().any(|process| first(&process));
        if !runs || speaker(stage, None).is_ok_and(|node| finds(node, &wish)) {
            return Ok(());
        }
        if Instant::now() > until {
            let text = format!("the cluster did not hear that {name} leaves");
            return Err(Trouble::Step(text));
        }
        stage.check_deadline()?;
        thread::sleep(PAUSE);
    }
}

/// Starts the cluster's software of a node again, and waits until the cluster is whole. A node without power gets it, and
/// starts with nothing but its daemons: that is for cases in which both networks are whole.
///
/// # Errors
/// When it does not come up.
pub(super) fn join(stage: &Stage<'_>, name: &NodeName) -> Result<(), Trouble> {
    match stage.lab.has_power(name) {
        true => await_end(stage, stage.node(name)?)?,
        false => raise_again(stage, name)?,
    }
    Ok(stage.node(name)?.revive_parts()?)
}

/// Waits for the end of a Pacemaker that is shutting down: the cluster has it for gone as soon as its controller is.
fn await_end(stage: &Stage<'_>, node: &dyn Node) -> Result<(), Trouble> {
    let ends = |process: &Process| process.name == PACEMAKERD && process.state != 'Z';
    let until = Instant::now() + PATIENCE * stage.lab.pace();
    while !has_controller(stage, node) && node.processes()?.iter().any(ends) {
        if Instant::now() > until {
            let text = format!("{PACEMAKERD} on {} does not end", node.name());
            return Err(Trouble::Step(text));
        }
        stage.check_deadline()?;
        thread::sleep(PAUSE);
    }
    Ok(())
}
