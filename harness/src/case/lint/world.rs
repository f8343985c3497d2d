//! The world of a case: its nodes, its lab, its tools, and the faults in it.

use super::walk::{At, checks, faults, fences, runs};
use super::wrong::{Lint, Wrong};
use crate::case::mistake::suggestion;
use crate::case::{
    Check, CheckNeed, ConfigForm, Family, Fault, FaultKind, FaultNeed, GivenState, Needs, Parent,
    Returned, Role, Run, Step, Target,
};
use crate::history::NodeName;
use crate::ocf::Verb;

/// Refuses what the lab that the case needs cannot do.
pub(super) fn check_world(lint: &mut Lint<'_>) {
    nodes(lint);
    for At { path, item } in runs(&lint.case.spec) {
        migration(lint, &path, item);
        parent(lint, &path, item);
    }
    tools(lint);
    heals(lint);
    equipment(lint);
    advertised(lint);
    dumps(lint);
    without_uuid(lint);
    let lab = lint.case.spec.needs.lab;
    if !lab.shows_any_state() {
        only_shown(lint);
    }
    if !lab.has_real_guest() {
        only_real(lint);
    }
}

fn nodes(lint: &mut Lint<'_>) {
    let spec = &lint.case.spec;
    if !(1..=2).contains(&spec.needs.nodes) {
        let message = format!("{} nodes are needed", spec.needs.nodes);
        let wrong = Wrong::new(
            message,
            "a lab has 1 or 2",
            "write `nodes: 1` or `nodes: 2`",
        );
        lint.at("needs.nodes", wrong);
    }
    for (path, node) in named_nodes(lint) {
        let needed = usize::from(lint.case.spec.needs.nodes.max(1));
        match NodeName::ALL.iter().position(|known| *known == node.0) {
            Some(position) if position < needed => {}
            Some(position) => {
                let help = format!("add `needs: {{nodes: {}}}`", position + 1);
                let message = format!("node `{node}` is used, but the case needs one node only");
                lint.at(&path, Wrong::new(message, "there is no such node", help));
            }
            None => {
                let message = format!("there is no node `{node}`");
                let nodes = NodeName::ALL.map(|known| format!("`{known}`"));
                let help = format!("nodes are {}", nodes.join(" and "));
                lint.at(&path, Wrong::new(message, "not a node", help));
            }
        }
    }
}

/// Nobody can save a guest's memory in a folder that nobody has named.
fn dumps(lint: &mut Lint<'_>) {
    let spec = &lint.case.spec;
    let folder = spec.given.parameters.get(&Role::DumpDirectory);
    if folder.is_some_and(Option::is_some) {
        return;
    }
    for At { path, item } in checks(spec) {
        if item.needs().contains(&CheckNeed::DumpDirectory) {
            let help = "add `dump_directory` to `given.parameters`";
            let message = "the agent is given no folder for a crashed guest's memory";
            lint.at_key(
                &path,
                Wrong::new(message, "there is no folder to look into", help),
            );
        }
    }
}

/// A guest that the agent starts from a definition without a UUID is one that the witness doesn't know.
fn without_uuid(lint: &mut Lint<'_>) {
    let given = &lint.case.spec.given;
    let present = given.states.values();
    let present: Vec<_> = { present }
        .filter(|state| **state != GivenState::Absent)
        .collect();
    if given.config == ConfigForm::NoUuid && present != [&GivenState::Outside] {
        let message = "the witness knows the guest by its UUID, and the definition has none";
        let help = "write `outside` for one node: what is started by hand has the suite's UUID";
        lint.at(
            "given.config",
            Wrong::new(message, "nothing is started by hand", help),
        );
    }
}

/// Every node that the case names, with the path of the name.
fn named_nodes(lint: &Lint<'_>) -> Vec<(String, NodeName)> {
    let spec = &lint.case.spec;
    let mut found = Vec::new();
    let mut name = |path: String, node: &NodeName| found.push((path, node.clone()));
    for node in spec.given.states.keys() {
        name(format!("given.{node}"), node);
    }
    for (position, node) in spec.given.stranger.iter().enumerate() {
        name(format!("given.stranger[{position}]"), node);
    }
    for (position, node) in spec.given.rival.iter().enumerate() {
        name(format!("given.rival[{position}]"), node);
    }
    for At { path, item } in runs(spec) {
        name(format!("{path}.node"), &item.node);
        item.to
            .iter()
            .for_each(|node| name(format!("{path}.to"), node));
        item.from
            .iter()
            .for_each(|node| name(format!("{path}.from"), node));
    }
    for At { path, item } in fences(spec) {
        name(format!("{path}.node"), &item.node);
    }
    for at in spec.steps() {
        match at.step {
            Step::Outside(outside) => {
                let path = format!("{}.{}", at.value_path(), outside.key());
                name(path, outside.node());
            }
            Step::Cluster(deed) => {
                let path = at.value_path();
                let named = deed.nodes().into_iter();
                named.for_each(|(below, node)| name(format!("{path}{below}"), node));
            }
            _ => {}
        }
    }
    for At { path, item } in faults(spec) {
        let below = item.node_key();
        let below = below.map_or(String::new(), |key| format!(".{key}"));
        name(format!("{path}{below}"), item.node());
    }
    for At { path, item } in checks(spec) {
        for (below, node) in item.nodes() {
            name(format!("{path}{below}"), node);
        }
    }
    found
}

/// Pacemaker has no resource that inherits.
fn parent(lint: &mut Lint<'_>, path: &str, run: &Run) {
    let dialect = lint.case.spec.needs.dialect;
    if run.parent == Parent::None && dialect != Some(Family::Rgmanager) {
        let message = "only rgmanager has resources that inherit from a service";
        let (label, help) = (
            "this case is for others, too",
            "add `needs: {dialect: rgmanager}`",
        );
        lint.at_key(&format!("{path}.parent"), Wrong::new(message, label, help));
    }
}

/// A migration names its other node, and nothing else does; one that may not succeed may leave it out.
fn migration(lint: &mut Lint<'_>, path: &str, run: &Run) {
    let action = run.action.as_ref();
    if run.target == Target::None && action != Some(&Verb::MigrateTo) {
        let message = "`target` is about the target of a migrate_to";
        let (label, help) = ("this run is no migrate_to", "take `target` out");
        lint.at_key(&format!("{path}.target"), Wrong::new(message, label, help));
    }
    let succeeds = |returned| matches!(returned, Returned::SUCCESS | Returned::Killed);
    let may_succeed = run.returns.0.iter().copied().any(succeeds);
    let ends = [
        ("to", run.to.as_ref(), Verb::MigrateTo, "target"),
        ("from", run.from.as_ref(), Verb::MigrateFrom, "source"),
    ];
    for (key, other, its_action, what) in ends {
        let path = format!("{path}.{key}");
        match other {
            None if action == Some(&its_action) && may_succeed => {
                let message = format!("this {its_action} has no {what}");
                let label = format!("`{key}` is missing");
                let mut others = NodeName::ALL.iter().rev();
                let other = others.find(|name| **name != run.node.0).unwrap_or(&"b");
                lint.at_key(
                    &path,
                    Wrong::new(
                        message,
                        label,
                        format!("add `{key}: {other}`, or do not let it return success"),
                    ),
                );
            }
            Some(node) if action == Some(&its_action) && *node == run.node => {
                let message = format!("this {its_action} has its own node as its {what}");
                lint.at(
                    &path,
                    Wrong::new(message, "the same node", "name the other node"),
                );
            }
            Some(_) if action != Some(&its_action) => {
                let message = format!("`{key}` is the {what} of a {its_action}");
                let label = format!("this run is no {its_action}");
                lint.at_key(
                    &path,
                    Wrong::new(message, label, format!("take `{key}` out")),
                );
            }
            _ => {}
        }
    }
}

fn tools(lint: &mut Lint<'_>) {
    let spec = &lint.case.spec;
    let mut used: Vec<(String, &str)> = Vec::new();
    for At { path, item } in runs(spec) {
        for (position, tool) in item.without_tools.iter().enumerate() {
            used.push((format!("{path}.without_tools[{position}]"), tool));
        }
    }
    for At { path, item } in faults(spec) {
        if let Fault::Tool { name, .. } = item {
            used.push((format!("{path}.name"), name));
        }
    }
    for At { path, item } in checks(spec) {
        if let Check::Calls(calls) = item {
            used.push((format!("{path}.tool"), &calls.tool));
        }
    }
    for (path, tool) in used {
        if !spec.needs.tools.iter().any(|needed| needed == tool) {
            let message = format!("the tool `{tool}` is not in `needs.tools`");
            let help = format!(
                "add `needs: {{tools: [{tool}]}}`: an agent that does not use it is skipped"
            );
            lint.at(&path, Wrong::new(message, "it is put under the shim", help));
        }
    }
}

/// A fault is healed by its kind, and only after it was done.
fn heals(lint: &mut Lint<'_>) {
    let mut done: Vec<FaultKind> = Vec::new();
    for at in lint.case.spec.steps() {
        match at.step {
            Step::Fault(fault) => done.push(fault.kind()),
            Step::Heal(kind) if !done.contains(kind) => {
                let message = format!("there is no fault `{kind}` to heal");
                let help = match done.is_empty() {
                    true => {
                        "a fault is healed by its kind: `fault: {daemon: …}`, then `heal: daemon`"
                            .to_owned()
                    }
                    false => suggestion(kind.key(), done.iter().map(|kind| kind.key())),
                };
                lint.at(
                    &at.value_path(),
                    Wrong::new(message, "no earlier step did it", help),
                );
            }
            _ => {}
        }
    }
}

/// What not every lab can do is done only where the lab was chosen for that.
fn equipment(lint: &mut Lint<'_>) {
    let needs = &lint.case.spec.needs;
    for At { path, item } in faults(&lint.case.spec) {
        for (message, help) in item
            .needs()
            .iter()
            .filter_map(|need| undeclared(*need, needs))
        {
            lint.at(&path, Wrong::new(message, "this needs one", help));
        }
    }
}

/// What is wrong where a case doesn't say that it needs what a fault of it does.
const fn undeclared(need: FaultNeed, needs: &Needs) -> Option<(&'static str, &'static str)> {
    match need {
        FaultNeed::Power if !needs.power && needs.cluster.is_none() => Some((
            "not every lab has machines whose power can be cut",
            "add `needs: {power: true}`",
        )),
        FaultNeed::HangingFolder if !needs.hanging_folder => Some((
            "not every lab has folders that can hang",
            "add `needs: {hanging_folder: true}`",
        )),
        _ => None,
    }
}

/// What is advertised is known once meta-data was run.
fn advertised(lint: &mut Lint<'_>) {
    let mut told = false;
    for At { path, item } in runs(&lint.case.spec) {
        let asked = [
            (item.defaults, "defaults", "advertised defaults"),
            (
                item.each_reloadable,
                "each_reloadable",
                "reloadable parameters",
            ),
        ];
        for (_, key, what) in asked.iter().filter(|(asked, ..)| *asked && !told) {
            let message = format!("no run before this one tells the {what}");
            let help = "let the case run meta-data first";
            lint.at(
                &format!("{path}.{key}"),
                Wrong::new(message, "they are not known yet", help),
            );
        }
        told |= item.action == Some(Verb::MetaData);
    }
}

const ONLY_SHOWN: [GivenState; 3] = [
    GivenState::Nostate,
    GivenState::Blocked,
    GivenState::Shutdown,
];
const ONLY_REAL: [GivenState; 4] = [
    GivenState::Outdated,
    GivenState::Outside,
    GivenState::Autostart,
    GivenState::Managedsave,
];

fn given_among(lint: &Lint<'_>, states: &[GivenState]) -> Vec<String> {
    let given = lint.case.spec.given.states.iter();
    given
        .filter(|(_, state)| states.contains(state))
        .map(|(node, _)| format!("given.{node}"))
        .collect()
}

/// States that a domain can only be shown in.
fn only_shown(lint: &mut Lint<'_>) {
    for path in given_among(lint, &ONLY_SHOWN) {
        let message = "no real guest can be put into this state";
        let help = "add `needs: {lab: driver}`";
        lint.at(
            &path,
            Wrong::new(message, "only the driver lab shows it", help),
        );
    }
}

/// What takes a real guest or its daemon.
fn only_real(lint: &mut Lint<'_>) {
    let mut real = given_among(lint, &ONLY_REAL);
    if lint.case.spec.given.guest.is_some() {
        real.push("given.guest".to_owned());
    }
    for at in lint.case.spec.steps() {
        if matches!(at.step, Step::Guest(_)) {
            real.push(at.value_path());
        }
    }
    for At { path, item } in faults(&lint.case.spec) {
        if item.needs().contains(&FaultNeed::RealGuest) {
            real.push(path);
        }
    }
    for At { path, item } in checks(&lint.case.spec) {
        if item.needs().contains(&CheckNeed::RealGuest) {
            real.push(path);
        }
    }
    for path in real {
        let message = "the driver lab has no real guest and no daemon";
        let help = "take `lab: driver` out of `needs`, or this out of the case";
        lint.at(&path, Wrong::new(message, "this needs one", help));
    }
}
