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

/// What the cluster believes, if it has nothing to do now. `dc` is the node that decided at the last look, and is asked
/// first: its answer costs half as much as the belief does. It may be the DC no longer.
pub(super) fn idle_belief(stage: &Stage<'_>, dc: &mut Option<NodeName>) -> Option<Belief> {
    let said = dc.as_ref().and_then(|dc| state(stage, dc));
    if said.is_some_and(|state| decides(&state)) {
        return None;
    }
    let belief = belief_of_the_dc(stage)?;
    *dc = { belief.nodes.iter() }.find_map(|(node, it)| it.dc.then(|| node.clone()));
    let pending = { belief.subject.iter() }.any(|it| it.pending.is_some());
    let state = state(stage, dc.as_ref()?);
    (!pending && state.as_deref() == Some(IDLE)).then_some(belief)
}

/// The state of a controller that has nothing to do.
const IDLE: &str = "S_IDLE";

/// Whether a controller in this state is a DC that has something to do. Source: `crmd_fsa_state` in Pacemaker 2.1.5.
fn decides(state: &str) -> bool {
    matches!(state, "S_POLICY_ENGINE" | "S_TRANSITION_ENGINE")
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

/// The state of a node's controller; none where it does not answer.
fn state(stage: &Stage<'_>, dc: &NodeName) -> Option<String> {
    let node = living(stage).find(|node| node.name() == dc)?;
    let status = ["--output-as=xml", "--status", &dc.0];
    read_state(&ask(node, "crmadmin", &status)?)
}

fn read_state(said: &str) -> Option<String> {
    let document = Document::parse(said).ok()?;
    let mut all = document.descendants();
    let state = all.find_map(|element| element.attribute("state"))?;
    Some(state.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{IDLE, decides, read_state};

    #[test]
    fn a_node_that_is_the_dc_no_longer_does_not_keep_the_cluster_busy() {
        assert!(decides("S_TRANSITION_ENGINE"));
        assert!(!decides("S_NOT_DC"));
        assert!(!decides(IDLE));
    }

    #[test]
    fn a_controller_says_what_it_does() {
        let said = |state: &str| {
            format!(
                r#"<pacemaker-result><crmd node_name="a" state="{state}" result="ok"/><status code="0" message="OK"/></pacemaker-result>"#
            )
        };
        let busy = "S_TRANSITION_ENGINE";
        assert_eq!(read_state(&said(busy)).as_deref(), Some(busy));
        assert_eq!(
            read_state("crmadmin: Connection to controller failed"),
            None
        );
    }
}
