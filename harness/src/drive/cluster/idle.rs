//! Whether the cluster has nothing to do, and what it believes then.

use roxmltree::Document;

use super::ask::{ask, living};
use super::belief;
use crate::drive::stage::Stage;
use crate::history::{Belief, ClusterEvent, NodeName, What};

/// Records a belief.
pub(super) fn record(stage: &Stage<'_>, belief: Belief) {
    let event = ClusterEvent::Belief(belief);
    stage.recorder.record(What::Cluster(event));
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
