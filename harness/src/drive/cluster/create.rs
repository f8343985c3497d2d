//! The subject becomes a resource of the cluster.

use super::cib::Subject;
use super::tools::put;
use crate::case::{Create, Run};
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::drive::{advertised, environment, invocation};
use crate::history::{NodeName, What};
use crate::ocf::Verb;

/// What stands for the node's name in a profile's values, which differ by node then.
const EACH_NODE: &str = "${node}";

/// Puts it in, with all operations and the timeouts that the agent advertises.
///
/// # Errors
/// When the agent prints no metadata, or the cluster does not take the resource.
pub(super) fn create(stage: &Stage<'_>, create: &Create) -> Result<(), Trouble> {
    // A run on no node: what differs by node stays visible.
    let run = Run {
        parameters: create.parameters.clone(),
        ..Run::new(Verb::Start, NodeName::from(EACH_NODE))
    };
    let mut parameters = stage.actors.profile.set_in_cluster.clone();
    parameters.extend(environment::parameters_of(stage, &run)?);
    if let Some((name, _)) = { parameters.iter() }.find(|(_, value)| value.contains(EACH_NODE)) {
        let text = format!(
            "the profile sets `{name}` by the node's name, which no resource of a cluster can"
        );
        return Err(Trouble::Step(text));
    }
    let mut advertised = advertised_timeouts(stage)?;
    let recorded = What::Advertised(advertised.clone());
    stage.recorder.record(recorded);
    let pace = u64::from(stage.lab.pace());
    advertised.values_mut().for_each(|timeout| *timeout *= pace);
    let subject = Subject {
        create,
        parameters: &parameters,
        advertised: &advertised,
        engine: stage.actors.profile.engine(),
    };
    put(stage, &subject.configuration())
}

/// The timeouts in milliseconds that the agent advertises, of all its actions.
fn advertised_timeouts(
    stage: &Stage<'_>,
) -> Result<std::collections::BTreeMap<Verb, u64>, Trouble> {
    let Some(node) = stage.lab.nodes().first() else {
        return Err(Trouble::Step("the lab has no node".into()));
    };
    let run = Run::new(Verb::MetaData, node.name().clone());
    let call = environment::call(stage, &run)?;
    let command = invocation::command(stage, &**node, &call, "root");
    advertised::actions(&**node, &command)
        .ok_or_else(|| Trouble::Step("the agent printed no readable metadata".into()))
}
