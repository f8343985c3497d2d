//! Reads a transition graph: which action waits for which others.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Document, Node};

use crate::case::FENCE;
use crate::history::{NodeName, Scheduled, ScheduledAction};

/// What a plan is not about: they look, and change nothing.
const LEFT_OUT: [&str; 3] = ["monitor", "notify", "delete"];

/// One action of the graph, and the numbers of those that it waits for.
struct Step {
    action: Option<ScheduledAction>,
    inputs: Vec<u32>,
}

/// The plan that a graph is of.
pub(super) fn plan(graph: &str, by: String) -> Result<Scheduled, String> {
    let document = Document::parse(graph).map_err(|error| error.to_string())?;
    let synapses = { document.root_element().children() }.filter(|it| it.has_tag_name("synapse"));
    let steps: BTreeMap<u32, Step> = synapses.map(step).collect::<Result<_, _>>()?;
    let ancestors = |number: &u32| {
        let mut found = BTreeSet::new();
        waits_for(&steps, *number, &mut found);
        found
    };
    let wanted = steps.iter().filter(|(_, step)| step.action.is_some());
    let mut wanted: Vec<_> = wanted
        .map(|(number, _)| (ancestors(number), *number))
        .collect();
    // What waits for another one has more to wait for than that.
    wanted.sort_by_key(|(ancestors, number)| (ancestors.len(), *number));
    let place = |number: &u32| wanted.iter().position(|(_, known)| known == number);
    let action = |(ancestors, number): &(BTreeSet<u32>, u32)| {
        let mut after: Vec<_> = ancestors.iter().filter_map(place).collect();
        after.sort_unstable();
        let action = steps[number].action.clone()?;
        Some(ScheduledAction { after, ..action })
    };
    let actions = wanted.iter().filter_map(action).collect();
    Ok(Scheduled { by, actions })
}

fn waits_for(steps: &BTreeMap<u32, Step>, number: u32, found: &mut BTreeSet<u32>) {
    let inputs = steps.get(&number).map_or(&[][..], |step| &step.inputs);
    for input in inputs {
        if found.insert(*input) {
            waits_for(steps, *input, found);
        }
    }
}

fn step(synapse: Node<'_, '_>) -> Result<(u32, Step), String> {
    let below = |tag: &str| {
        let all = synapse.descendants().filter(|it| it.is_element());
        let within = all.filter(|it| it.parent().is_some_and(|up| up.has_tag_name(tag)));
        within.collect::<Vec<_>>()
    };
    let own = below("action_set");
    let own = own.first().ok_or("a synapse without an action")?;
    let inputs = below("trigger").into_iter().map(number);
    let step = Step {
        action: action(*own),
        inputs: inputs.collect::<Result<_, _>>()?,
    };
    Ok((number(*own)?, step))
}

fn number(action: Node<'_, '_>) -> Result<u32, String> {
    let id = action.attribute("id").and_then(|id| id.parse().ok());
    id.ok_or_else(|| format!("<{}> has no number", action.tag_name().name()))
}

/// What really happens on a node, unlike the marks that a graph has between actions.
fn action(element: Node<'_, '_>) -> Option<ScheduledAction> {
    let operation = element.attribute("operation")?;
    let node = NodeName(element.attribute("on_node")?.to_owned());
    let resource = element.children().find(|it| it.has_tag_name("primitive"));
    let (action, of) = match element.tag_name().name() {
        "crm_event" if operation == "stonith" => (FENCE, None),
        "rsc_op" if !LEFT_OUT.contains(&operation) => (operation, Some(resource?)),
        _ => return None,
    };
    if of.is_some_and(|of| of.attribute("class") == Some("stonith")) {
        return None;
    }
    Some(ScheduledAction {
        action: action.to_owned(),
        of: of.and_then(|of| of.attribute("id")).map(str::to_owned),
        node,
        after: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::plan;

    /// As Pacemaker 2.1.5 writes it, shortened.
    fn synapse(own: &str, inputs: &str) -> String {
        format!(
            "<synapse><action_set>{own}</action_set><inputs><trigger>{inputs}</trigger></inputs></synapse>"
        )
    }

    fn op(id: u32, task: &str, node: &str) -> String {
        format!(
            r#"<rsc_op id="{id}" operation="{task}" on_node="{node}"><primitive id="vm" class="ocf"/><attributes/></rsc_op>"#
        )
    }

    #[test]
    fn an_action_waits_for_what_is_behind_a_mark_too() {
        let mark = r#"<pseudo_event id="5" operation="stop"/>"#;
        let fence = r#"<crm_event id="9" operation="stonith" on_node="a"/>"#;
        let all = [
            synapse(&op(1, "start", "b"), mark),
            synapse(mark, fence),
            synapse(fence, "").replace("<trigger></trigger>", ""),
            synapse(&op(3, "monitor", "b"), &op(1, "start", "b")),
        ];
        let graph = format!("<transition_graph>{}</transition_graph>", all.concat());
        let plan = plan(&graph, "Pacemaker".to_owned()).expect("it is a graph");
        let named = plan.actions.iter();
        let named: Vec<_> = named
            .map(|it| (it.action.as_str(), it.node.0.as_str(), it.after.clone()))
            .collect();
        assert_eq!(named, [("fence", "a", vec![]), ("start", "b", vec![0])]);
    }

    #[test]
    fn what_is_no_graph_is_an_error() {
        for text in ["", "<transition_graph><synapse/></transition_graph>"] {
            assert!(plan(text, String::new()).is_err(), "{text}");
        }
    }
}
