//! The world that a case begins in.

use super::invocation::invoke;
use super::stage::Stage;
use super::trouble::Trouble;
use super::{furnish, guest, outside, world};
use crate::case::{GivenState, GuestDo, Outside, Run};
use crate::history::{DomainState, Exit, NodeName, What};
use crate::lab::{DomainSpec, Entry, Node, OperatorAction};
use crate::ocf::{Code, Verb};
use crate::word::word;

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
        return show_states(stage);
    }
    for name in &given.stranger {
        create(stage, name, &world::stranger(stage.lab))?;
    }
    for name in &given.rival {
        create(stage, name, &world::rival(stage.lab))?;
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

/// Shows the subject on each node in the state that is given there.
fn show_states(stage: &Stage<'_>) -> Result<(), Trouble> {
    for node in stage.lab.nodes() {
        let state = stage.case.given.states.get(node.name());
        let state = state.copied().unwrap_or(GivenState::Absent);
        if let Some((path, text)) = stage.format.shown(&stage.lab.subject(), state) {
            node.put(&path, &Entry::File(text.into(), 0o644))?;
        }
    }
    Ok(())
}

/// Creates a foreign domain.
fn create(stage: &Stage<'_>, name: &NodeName, domain: &DomainSpec) -> Result<(), Trouble> {
    let hypervisor = stage.lab.hypervisor();
    let action = OperatorAction::Create(hypervisor.definition(domain));
    Ok(hypervisor.operate(stage.node(name)?, action)?)
}

fn reach(stage: &Stage<'_>, name: &NodeName, state: GivenState) -> Result<(), Trouble> {
    let node = stage.node(name)?;
    let uuid = stage.lab.subject().uuid;
    let hypervisor = stage.lab.hypervisor();
    let ask = |action| Ok(hypervisor.operate(node, action)?);
    match state {
        GivenState::Absent => Ok(()),
        GivenState::Running => start(stage, name),
        GivenState::Paused => {
            start(stage, name)?;
            outside::act(stage, &Outside::Suspend(name.clone()))?;
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
            let definition = furnish::operators_definition(stage, node)?;
            outside::create(stage, name, definition)?;
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
            let older = DomainSpec {
                socket: Some(format!("{}.not-there", DomainSpec::SUBJECT_SOCKET)),
                ..stage.lab.subject()
            };
            ask(OperatorAction::Define(hypervisor.definition(&older)))
        }
        GivenState::Nostate | GivenState::Blocked | GivenState::Shutdown => Err(Trouble::Given(
            format!("only the driver lab can show {}", word(&state)),
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
