//! The world that a case begins in.

use std::path::Path;

use super::invocation::invoke;
use super::operator::{self, OperatorAction};
use super::stage::Stage;
use super::trouble::Trouble;
use super::{furnish, guest, world};
use crate::case::{GivenState, GuestDo, Run};
use crate::history::{DomainState, Exit, NodeName, What};
use crate::lab::{Entry, Node};
use crate::ocf::{Code, Verb};

/// Makes the world of `given`.
///
/// # Errors
/// When it does not come about.
pub(super) fn make(stage: &Stage<'_>) -> Result<(), Trouble> {
    let given = &stage.case.given;
    for node in stage.lab.nodes() {
        furnish::furnish(stage, &**node)?;
    }
    if stage.case.needs.lab.shows_any_state() {
        return show_driver_state(stage);
    }
    for name in &given.stranger {
        let xml = world::stranger_xml(stage.lab);
        operator::ask(stage.node(name)?, OperatorAction::Create(xml))?;
    }
    for name in &given.rival {
        let xml = world::rival_xml(stage.lab);
        operator::ask(stage.node(name)?, OperatorAction::Create(xml))?;
    }
    let by_hand = |node: &NodeName| {
        let state = given.states.get(node);
        state.is_some_and(|state| is_made_by_hand(*state))
    };
    // What the agent's own start leaves is the agent's, so those nodes are looked at before it.
    for node in stage
        .lab
        .nodes()
        .iter()
        .filter(|node| !by_hand(node.name()))
    {
        look_at_remains(stage, &**node)?;
    }
    for (name, state) in &given.states {
        reach(stage, name, *state)?;
        if by_hand(name) {
            look_at_remains(stage, stage.node(name)?)?;
        }
    }
    match given.guest {
        Some(command) => guest::command(stage, command),
        None => Ok(()),
    }
}

/// Whether the lab makes the state by itself, without the agent.
const fn is_made_by_hand(state: GivenState) -> bool {
    use GivenState::{
        Absent, Autostart, Blocked, Crashed, Managedsave, Nostate, Outdated, Outside, Paused,
        Pmsuspended, Running, Shutdown, Shutoff,
    };
    match state {
        Outside | Shutoff | Autostart | Managedsave | Outdated => true,
        Nostate | Blocked | Shutdown => true,
        Absent | Running | Paused | Crashed | Pmsuspended => false,
    }
}

/// Records what lies around on a node.
fn look_at_remains(stage: &Stage<'_>, node: &dyn Node) -> Result<(), Trouble> {
    let remains = world::remains(stage.lab, node)?;
    stage.recorder.record(What::Saw(remains));
    Ok(())
}

/// Writes the test driver's node file of each node with the subject in the state that is given there.
fn show_driver_state(stage: &Stage<'_>) -> Result<(), Trouble> {
    for node in stage.lab.nodes() {
        let state = stage.case.given.states.get(node.name());
        let shown = driver_node(stage, state.copied().unwrap_or(GivenState::Absent));
        for (path, text) in [
            (Path::new("/run/vrt/driver.xml"), shown),
            (&stage.config, test_xml(stage)),
        ] {
            node.put(path, &Entry::File(text.into(), 0o644))?;
        }
    }
    Ok(())
}

/// The test driver's node with the subject in that state.
fn driver_node(stage: &Stage<'_>, state: GivenState) -> String {
    // libvirt's numbers of virDomainState, which <test:runstate> takes.
    let number = match state {
        GivenState::Nostate => Some(0),
        GivenState::Running | GivenState::Outside => Some(1),
        GivenState::Blocked => Some(2),
        GivenState::Paused => Some(3),
        GivenState::Shutdown => Some(4),
        GivenState::Shutoff
        | GivenState::Autostart
        | GivenState::Managedsave
        | GivenState::Outdated => Some(5),
        GivenState::Crashed => Some(6),
        GivenState::Pmsuspended => Some(7),
        GivenState::Absent => None,
    };
    let domain = number.map_or(String::new(), |number| {
        let state = format!(
            "<test:runstate xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>{number}</test:runstate>\n</domain>"
        );
        test_xml(stage).replace("</domain>", &state)
    });
    format!("<node>\n{domain}\n</node>\n")
}

/// The subject's definition as libvirt's test driver takes it.
fn test_xml(stage: &Stage<'_>) -> String {
    let subject = stage.lab.subject();
    format!(
        "<domain type='test'>\n  <name>{}</name>\n  <uuid>{}</uuid>\n  <memory unit='MiB'>{}</memory>\n  \
         <os>\n    <type>hvm</type>\n  </os>\n</domain>\n",
        subject.name, subject.uuid, subject.memory
    )
}

fn reach(stage: &Stage<'_>, name: &NodeName, state: GivenState) -> Result<(), Trouble> {
    let node = stage.node(name)?;
    let uuid = stage.lab.subject().uuid;
    let ask = |action| Ok(operator::ask(node, action)?);
    match state {
        GivenState::Absent => Ok(()),
        GivenState::Running => start(stage, name),
        GivenState::Paused => {
            start(stage, name)?;
            ask(OperatorAction::Suspend(uuid))?;
            stage.await_state(name, DomainState::Paused)
        }
        GivenState::Crashed => {
            start(stage, name)?;
            guest::command(stage, GuestDo::Panic)?;
            stage.await_state(name, DomainState::Crashed)
        }
        GivenState::Pmsuspended => {
            start(stage, name)?;
            guest::command(stage, GuestDo::Suspend)?;
            stage.await_state(name, DomainState::Pmsuspended)
        }
        GivenState::Outside => {
            ask(OperatorAction::Create(furnish::operators_definition(
                stage, node,
            )?))?;
            stage.await_writes(name)
        }
        GivenState::Shutoff => ask(OperatorAction::Define(furnish::operators_definition(
            stage, node,
        )?)),
        GivenState::Autostart => {
            ask(OperatorAction::Define(furnish::operators_definition(
                stage, node,
            )?))?;
            ask(OperatorAction::Autostart(uuid))
        }
        GivenState::Managedsave => {
            ask(OperatorAction::Define(furnish::plain(stage)))?;
            ask(OperatorAction::Save(uuid))?;
            stage.await_state(name, DomainState::Shutoff)
        }
        GivenState::Outdated => {
            let socket = stage.lab.subject().socket;
            let older = furnish::plain(stage).replace(&socket, &format!("{socket}.not-there"));
            ask(OperatorAction::Define(older))
        }
        GivenState::Nostate | GivenState::Blocked | GivenState::Shutdown => Err(Trouble::Given(
            format!("only the driver lab can show {state:?}"),
        )),
    }
}

/// Starts the guest by the agent itself, as the cluster would, and waits for its first writes.
fn start(stage: &Stage<'_>, node: &NodeName) -> Result<(), Trouble> {
    let run = Run::new(Verb::Start, node.clone());
    let run = run.stretched(stage.lab.pace());
    let outcome = invoke(stage, &run, None, &|_, _, _| Ok(()))?;
    if outcome.exit != Exit::Code(Code::Success) {
        let reason = outcome.reason.map(|reason| format!(": {reason}"));
        return Err(Trouble::Given(format!(
            "the agent's own start on {node} answered {}{}",
            outcome.exit,
            reason.unwrap_or_default()
        )));
    }
    stage.await_writes(node)
}
