//! Whether the cluster has nothing to do, and what it believes then.

use std::time::{Duration, Instant};

use roxmltree::Document;

use super::ask::{ask, living};
use super::{belief, decisions};
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::{AskedBy, Belief, ClusterEvent, Entry, NodeName, What};

/// How long the cluster may be busy at the end of a case while no run of the agent is under way.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long nobody asks again. A change is with the controller by then, so that it is no longer idle.
const PAUSE: Duration = Duration::from_millis(100);

/// Ends a case that came to `done`, as far as the cluster goes: waits until it is idle, and records what it believes then
/// and what it decided in the whole case. Nothing where the case has none.
///
/// # Errors
/// Those of the case, and that it did not become idle.
pub(in crate::drive) fn conclude(
    stage: &Stage<'_>,
    done: Result<(), Trouble>,
) -> Result<(), Trouble> {
    if stage.case.needs.cluster.is_none() {
        return done;
    }
    let ended = done.and_then(|()| await_idle(stage));
    // Also of a case that failed: it may say why.
    decisions::record(stage);
    ended
}

/// Waits until it is idle at two looks with the same belief, and records that.
fn await_idle(stage: &Stage<'_>) -> Result<(), Trouble> {
    let patience = PATIENCE * stage.lab.pace();
    let mut until = Instant::now() + patience;
    let mut before = None;
    loop {
        let now = idle_belief(stage);
        if now.is_some() && now == before {
            record(stage, now);
            return Ok(());
        }
        before = now;
        if stage.recorder.read(is_agent_running) {
            until = Instant::now() + patience;
        }
        if Instant::now() > until {
            return Err(Trouble::NeverIdle(patience));
        }
        stage.check_deadline()?;
        std::thread::sleep(PAUSE);
    }
}

/// Records a belief, if there is one.
pub(super) fn record(stage: &Stage<'_>, belief: Option<Belief>) {
    let event = belief.map(|belief| What::Cluster(ClusterEvent::Belief(belief)));
    event
        .into_iter()
        .for_each(|what| stage.recorder.record(what));
}

/// Whether a run that the cluster asked for is under way.
fn is_agent_running(entries: &[Entry]) -> bool {
    let mut under_way = Vec::new();
    for entry in entries {
        match &entry.what {
            What::Began(run) if run.by == AskedBy::Cluster => under_way.push(run.id),
            What::Ended(outcome) => under_way.retain(|id| *id != outcome.id),
            _ => {}
        }
    }
    !under_way.is_empty()
}

/// What the cluster believes, if it has nothing to do now.
pub(super) fn idle_belief(stage: &Stage<'_>) -> Option<Belief> {
    let belief = belief_of_the_dc(stage)?;
    let dc = { belief.nodes.iter() }.find_map(|(node, it)| it.dc.then_some(node))?;
    let pending = { belief.subject.iter() }.any(|it| it.pending.is_some());
    (!pending && controller_is_idle(stage, dc)).then_some(belief)
}

/// What the node that decides believes; where none does, the first one that answers.
fn belief_of_the_dc(stage: &Stage<'_>) -> Option<Belief> {
    let mut first = None;
    for node in living(stage) {
        let said = ask(node, "crm_mon", &["--one-shot", "--output-as=xml"]);
        let Some(belief) = said.and_then(|said| belief::read(&said).ok()) else {
            continue;
        };
        if belief.nodes.get(node.name()).is_some_and(|it| it.dc) {
            return Some(belief);
        }
        first = first.or(Some(belief));
    }
    first
}

/// Whether a node's controller says that it is idle.
fn controller_is_idle(stage: &Stage<'_>, dc: &NodeName) -> bool {
    let node = living(stage).find(|node| node.name() == dc);
    let status = ["--output-as=xml", "--status", &dc.0];
    let said = node.and_then(|node| ask(node, "crmadmin", &status));
    said.is_some_and(|said| is_idle(&said))
}

fn is_idle(said: &str) -> bool {
    let document = Document::parse(said);
    document.is_ok_and(|document| {
        let mut all = document.descendants();
        all.any(|element| element.attribute("state") == Some("S_IDLE"))
    })
}

#[cfg(test)]
mod tests {
    use super::is_idle;

    #[test]
    fn a_controller_says_when_it_is_idle() {
        let said = |state: &str| {
            format!(
                r#"<pacemaker-result><crmd node_name="a" state="{state}" result="ok"/><status code="0" message="OK"/></pacemaker-result>"#
            )
        };
        assert!(is_idle(&said("S_IDLE")));
        assert!(!is_idle(&said("S_TRANSITION_ENGINE")));
        assert!(!is_idle("crmadmin: Connection to controller failed"));
    }
}
