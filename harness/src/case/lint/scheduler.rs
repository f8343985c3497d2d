//! Cases of the lab `scheduler`, which has neither a node nor an agent, and what only they have.

use super::walk::{At, checks};
use super::wrong::{Lint, Wrong};
use crate::case::mistake::suggestion;
use crate::case::{
    CaseSpec, Check, CheckNeed, Given, LabKind, Needs, OneOrMany, PastAction, Planned, SUBJECT,
    Schedule, Step,
};
use crate::history::NodeName;
use crate::ocf::Verb;

/// Refuses what the lab `scheduler` has not, in a case for it.
pub(super) fn check_scheduler(lint: &mut Lint<'_>) {
    let spec = &lint.case.spec;
    let needs = Needs {
        nodes: spec.needs.nodes,
        lab: LabKind::Scheduler,
        ..Needs::default()
    };
    if spec.needs != needs {
        let help = "write `needs: {lab: scheduler}`";
        let message = "the lab `scheduler` is a program and a file";
        lint.at_key("needs", Wrong::new(message, "it needs nothing else", help));
    }
    if spec.given != Given::default() {
        let help = "say in the step `schedule` what cluster is meant";
        let message = "the lab `scheduler` has no world to begin in";
        lint.at_key("given", Wrong::new(message, "nothing runs here", help));
    }
    for at in spec.steps() {
        match at.step {
            Step::Schedule(asked) => {
                let path = at.value_path();
                schedule(lint, &path, asked);
                nodes(lint, &path, asked.nodes(), asked.names());
            }
            Step::Check(_) => {}
            _ => {
                let help = "write `schedule`, and checks of what it orders";
                let message = "nothing can be done in the lab `scheduler`";
                lint.at_key(
                    &at.value_path(),
                    Wrong::new(message, "it has no nodes", help),
                );
            }
        }
    }
    let names = most_nodes(spec);
    for At { path, item } in checks(spec) {
        nodes(lint, &path, item.nodes(), names);
        match item {
            Check::Ordered(stages) => stages_of(lint, &path, stages),
            Check::Unordered(both) => {
                for (i, it) in both.iter().enumerate() {
                    planned(lint, &format!("{path}[{i}]"), it);
                }
            }
            _ => {
                let help = "write `ordered` or `unordered`";
                let message = "the lab `scheduler` shows nothing but what is ordered";
                lint.at_key(&path, Wrong::new(message, "nobody sees this there", help));
            }
        }
    }
}

/// The nodes of the largest cluster that the case is about.
fn most_nodes(spec: &CaseSpec) -> &'static [&'static str] {
    let asked = spec.when.iter().filter_map(|step| match step {
        Step::Schedule(asked) => Some(asked.names()),
        _ => None,
    });
    asked.max_by_key(|names| names.len()).unwrap_or_default()
}

/// Refuses nodes that the cluster does not have.
fn nodes(lint: &mut Lint<'_>, path: &str, named: Vec<(String, &NodeName)>, known: &[&str]) {
    for (below, node) in named {
        if !known.contains(&node.0.as_str()) {
            let message = format!("there is no node `{node}`");
            let help = "nodes are `a` and `b`, and `c` with `nodes: 3` in `schedule`";
            lint.at(
                &format!("{path}{below}"),
                Wrong::new(message, "not a node", help),
            );
        }
    }
}

/// Refuses what only the lab `scheduler` has, in a case for another one.
pub(super) fn only_scheduled(lint: &mut Lint<'_>) {
    let spec = &lint.case.spec;
    let asked = { spec.steps().into_iter() }
        .filter(|at| matches!(at.step, Step::Schedule(_)))
        .map(|at| at.value_path());
    let judged = { checks(spec).into_iter() }
        .filter(|it| it.item.needs().contains(&CheckNeed::Scheduler))
        .map(|it| it.path);
    for path in asked.chain(judged).collect::<Vec<_>>() {
        let help = "add `needs: {lab: scheduler}`";
        let message = "only the lab `scheduler` asks a scheduler";
        lint.at_key(
            &path,
            Wrong::new(message, "the case is for another lab", help),
        );
    }
}

fn schedule(lint: &mut Lint<'_>, path: &str, asked: &Schedule) {
    if !(2..=3).contains(&asked.nodes) {
        let message = format!("a cluster of {} nodes", asked.nodes);
        let help = "write `nodes: 3`, or leave `nodes` out for two";
        let path = format!("{path}.nodes");
        lint.at(&path, Wrong::new(message, "it has 2 or 3", help));
    }
    let known = ids(asked);
    let mut named: Vec<(String, &str)> = Vec::new();
    for id in asked.ban.iter().flatten().map(|(id, _)| id) {
        named.push((format!("{path}.ban.{id}"), id));
    }
    for (i, it) in asked.constrain.iter().enumerate() {
        let path = format!("{path}.constrain[{i}]");
        named.extend({ it.location.iter() }.map(|id| (format!("{path}.location"), id.as_str())));
        for (key, pair) in [("order", &it.order), ("colocation", &it.colocation)] {
            let pair = pair.iter().flatten().enumerate();
            named.extend(pair.map(|(i, id)| (format!("{path}.{key}[{i}]"), id.as_str())));
        }
    }
    for (path, id) in named {
        if !known.iter().any(|known| known == id) {
            let message = format!("there is no resource `{id}`");
            let help = suggestion(id, known.iter().map(String::as_str));
            lint.at(
                &path,
                Wrong::new(message, "not a resource of this case", help),
            );
        }
    }
    for (i, it) in asked.history.iter().enumerate() {
        past(lint, &format!("{path}.history[{i}]"), it, asked);
    }
}

/// The ids of everything that a constraint can be about.
fn ids(asked: &Schedule) -> Vec<String> {
    let mut ids = vec![SUBJECT.to_owned()];
    for add in &asked.add {
        let own = add.ids().chain(&add.group);
        let own: Vec<_> = own.cloned().collect();
        if add.clone.is_some() {
            ids.extend(own.iter().map(|id| format!("{id}-clone")));
        }
        ids.extend(own);
    }
    ids
}

fn past(lint: &mut Lint<'_>, path: &str, it: &PastAction, asked: &Schedule) {
    let recorded = [
        Verb::Start,
        Verb::Stop,
        Verb::Monitor,
        Verb::MigrateTo,
        Verb::MigrateFrom,
    ];
    if !recorded.contains(&it.action) {
        let help = "write start, stop, monitor, migrate_to or migrate_from";
        let message = format!("no cluster records `{}` of the guest", it.action);
        let path = format!("{path}.action");
        lint.at(&path, Wrong::new(message, "not in its history", help));
    }
    let known = it.action == Verb::Monitor && it.interval == asked.create.monitor;
    if it.interval.is_some() && !known {
        let help = "write the interval that `create` gives the monitor; it is 10s unless said";
        let message = "the guest has no action with this interval";
        let path = format!("{path}.interval");
        lint.at(&path, Wrong::new(message, "nothing recurs like this", help));
    }
}

fn stages_of(lint: &mut Lint<'_>, path: &str, stages: &[OneOrMany<Planned>]) {
    for (i, stage) in stages.iter().enumerate() {
        for (j, it) in stage.0.iter().enumerate() {
            let below = if stage.0.len() > 1 {
                format!("[{j}]")
            } else {
                String::new()
            };
            planned(lint, &format!("{path}[{i}]{below}"), it);
        }
    }
}

fn planned(lint: &mut Lint<'_>, path: &str, it: &Planned) {
    if it.actions().count() != 1 {
        let help = "write one action with its node, such as `{stop: a}` or `{stop: a, of: lock}`";
        let message = "exactly one action belongs here";
        lint.at(path, Wrong::new(message, "which one is meant?", help));
    }
    if it.fence.is_some() && it.of.is_some() {
        let help = "take `of` out";
        let message = "a fencing is an action of no resource";
        lint.at(&format!("{path}.of"), Wrong::new(message, "of none", help));
    }
}
