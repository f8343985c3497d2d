//! The step `cluster`: what an operator asks of the cluster, by its own tools.

mod ask;
mod belief;
mod cib;
mod conclude;
mod create;
mod decisions;
mod idle;
mod members;
mod orders;
mod reach;
mod settle;
mod tools;
mod xml;

use std::collections::BTreeMap;

pub(super) use conclude::conclude;
pub(super) use settle::IdleWatch;

use self::tools::{call, put, speaker, take_out};
use super::stage::Stage;
use super::trouble::Trouble;
use super::{phase, script};
use crate::case::{ClusterDo, FaultKind, SUBJECT, Where, Word};
use crate::history::NodeName;

/// The deed as a person would say it.
pub(super) fn describe(deed: &ClusterDo) -> String {
    match deed {
        ClusterDo::Create(_) => "the cluster gets the guest as a resource".to_owned(),
        ClusterDo::Add(add) => {
            let ids: Vec<_> = add.ids().map(String::as_str).collect();
            format!("the cluster gets the resources {}", ids.join(", "))
        }
        ClusterDo::Constrain(all) => format!("the cluster gets {} constraints", all.len()),
        ClusterDo::Release(id) => format!("constraints are taken out: {id}"),
        ClusterDo::Move(node) => format!("the cluster is to move the guest to {node}"),
        ClusterDo::Ban(node) => format!("the guest is banned from {node}"),
        ClusterDo::Clear => "what moved or banned the guest is cleared".to_owned(),
        ClusterDo::Standby(node) => format!("node {node} goes to standby"),
        ClusterDo::Online(node) => format!("node {node} comes back from standby"),
        ClusterDo::Maintenance(on) => format!("maintenance mode: {on}"),
        ClusterDo::Managed(managed) => format!("the guest is managed: {managed}"),
        ClusterDo::Leave(node) => format!("Pacemaker on {node} is shut down"),
        ClusterDo::Join(node) => format!("the cluster on {node} is started again"),
        ClusterDo::Cleanup(place) => format!("failures are forgotten on {}", place_text(place)),
        ClusterDo::Refresh(place) => format!("the guest is probed anew on {}", place_text(place)),
        ClusterDo::Delete => "the guest is taken out of the cluster".to_owned(),
        ClusterDo::Touch => "something unrelated is changed".to_owned(),
        ClusterDo::Fence(node) => format!("an operator fences node {node}"),
        ClusterDo::Options(options) => {
            let names: Vec<_> = options.keys().map(String::as_str).collect();
            format!("cluster properties: {}", names.join(", "))
        }
        ClusterDo::Capacity(_) => "the nodes get a capacity".to_owned(),
        ClusterDo::Answer(answer) => {
            let (action, node) = (&answer.action, &answer.node);
            format!("{action} on {node} is answered with {}", answer.returns)
        }
        ClusterDo::Hold(at) => format!("{} on {} is held", at.action, at.node),
        ClusterDo::LetGo(at) => format!("{} on {} is let go", at.action, at.node),
        ClusterDo::Reach(reach) => {
            format!(
                "wait until the migration is at {}",
                phase::describe(reach.phase)
            )
        }
    }
}

fn place_text(place: &Where) -> &str {
    match place {
        Where::All => "all nodes",
        Where::Node(node) => &node.0,
    }
}

/// Asks it of the cluster.
///
/// # Errors
/// When the cluster does not take it.
pub(super) fn ask(stage: &Stage<'_>, deed: &ClusterDo) -> Result<(), Trouble> {
    let subject = |args: &[&str]| {
        let args = [&["--resource", SUBJECT], args].concat();
        call(stage, "crm_resource", &args)
    };
    match deed {
        ClusterDo::Create(new) => create::create(stage, new),
        ClusterDo::Add(add) => put(stage, &cib::others(add)),
        ClusterDo::Constrain(all) => put(stage, &cib::constraints(all)),
        ClusterDo::Release(id) => release(stage, id),
        ClusterDo::Move(node) => subject(&["--move", "--node", &node.0]),
        ClusterDo::Ban(node) => subject(&["--ban", "--node", &node.0]),
        ClusterDo::Clear => subject(&["--clear"]),
        ClusterDo::Standby(node) => of_node(stage, node, ("standby", "on")),
        ClusterDo::Online(node) => of_node(stage, node, ("standby", "off")),
        ClusterDo::Maintenance(on) => {
            let value = Word(on.to_string());
            property(stage, "maintenance-mode", Some(&value))
        }
        ClusterDo::Managed(managed) => {
            let value = managed.to_string();
            let set = [
                "--meta",
                "--set-parameter",
                "is-managed",
                "--parameter-value",
            ];
            subject(&[&set[..], &[&value]].concat())
        }
        ClusterDo::Leave(node) => members::leave(stage, node),
        ClusterDo::Join(node) => members::join(stage, node),
        ClusterDo::Cleanup(place) => subject(&at_place("--cleanup", place)),
        ClusterDo::Refresh(place) => subject(&at_place("--refresh", place)),
        ClusterDo::Delete => delete(stage),
        ClusterDo::Touch => touch(stage),
        ClusterDo::Fence(node) => fence(stage, node),
        ClusterDo::Options(options) => {
            { options.iter() }.try_for_each(|(name, value)| property(stage, name, value.as_ref()))
        }
        ClusterDo::Capacity(nodes) => capacity(stage, nodes),
        ClusterDo::Answer(answer) => script::answer(stage, answer),
        ClusterDo::Hold(at) => script::hold(stage, at),
        ClusterDo::LetGo(at) => script::let_go(stage, at),
        ClusterDo::Reach(moment) => reach::reach(stage, moment),
    }
}

fn at_place<'a>(deed: &'a str, place: &'a Where) -> Vec<&'a str> {
    match place {
        Where::All => vec![deed],
        Where::Node(node) => vec![deed, "--node", &node.0],
    }
}

/// Takes constraints out, but for those by which resources prefer nodes and those of `move` and `ban`.
fn release(stage: &Stage<'_>, id: &str) -> Result<(), Trouble> {
    let prefers = cib::PREFERS;
    let which = match id {
        "all" => format!("not(starts-with(@id,'cli-')) and not(starts-with(@id,'{prefers}'))"),
        id => format!("@id='{id}'"),
    };
    take_out(
        stage,
        "such constraint",
        &format!("//constraints/*[{which}]"),
    )
}

/// Takes the subject out, with the constraints that name it.
fn delete(stage: &Stage<'_>) -> Result<(), Trouble> {
    let names = ["id", "rsc", "with-rsc", "first", "then"];
    let named: Vec<_> = { names.iter() }
        .map(|name| format!("@{name}='{SUBJECT}'"))
        .collect();
    let xpath = format!("//configuration//*[{}]", named.join(" or "));
    take_out(stage, "subject", &xpath)
}

/// Changes an attribute of a node that nobody uses.
fn touch(stage: &Stage<'_>) -> Result<(), Trouble> {
    let node = speaker(stage, None)?.name().clone();
    let now = stage.recorder.now().0.to_string();
    of_node(stage, &node, ("touched", &now))
}

/// Has a node fenced, and waits for the end of it.
fn fence(stage: &Stage<'_>, node: &NodeName) -> Result<(), Trouble> {
    let by = speaker(stage, Some(node))?;
    let ended = by.run("stonith_admin", &["--fence", &node.0]);
    let faults = stage.active_faults();
    let harmed = faults
        .iter()
        .any(|fault| fault.kind() == FaultKind::Fencing);
    match ended {
        Err(error) if !harmed => Err(error.into()),
        _ => Ok(()),
    }
}

/// Sets a permanent attribute of a node.
fn of_node(stage: &Stage<'_>, node: &NodeName, (name, value): (&str, &str)) -> Result<(), Trouble> {
    let set = ["--node", &node.0, "--name", name, "--update", value];
    call(stage, "crm_attribute", &set)
}

fn property(stage: &Stage<'_>, name: &str, value: Option<&Word>) -> Result<(), Trouble> {
    let what = match value {
        Some(value) => vec!["--update", &value.0],
        None => vec!["--delete"],
    };
    let set = ["--type", "crm_config", "--name", name];
    call(stage, "crm_attribute", &[&set[..], &what].concat())
}

fn capacity(
    stage: &Stage<'_>,
    nodes: &BTreeMap<NodeName, BTreeMap<String, u32>>,
) -> Result<(), Trouble> {
    for (node, amounts) in nodes {
        for (name, amount) in amounts {
            let amount = amount.to_string();
            let set = ["--node", &node.0, "--utilization", "--name", name];
            let set = [&set[..], &["--update", &amount]].concat();
            call(stage, "crm_attribute", &set)?;
        }
    }
    Ok(())
}
