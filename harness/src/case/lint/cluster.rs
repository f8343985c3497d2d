//! What is asked of a cluster, only where the case has one, and in an order that makes sense.

use super::walk::{At, checks, faults};
use super::wrong::{Lint, Wrong};
use crate::case::mistake::suggestion;
use crate::case::{
    ActionAt, Add, Check, CheckNeed, ClusterCheck, ClusterDo, Constraint, Create, Fault, FaultNeed,
    FencingDo, Ordered, Run, SUBJECT, Settle, Step, StepAt,
};
use crate::ocf::Verb;

/// Refuses what is about a cluster that the case doesn't have, and what its cluster can't do at that moment.
pub(super) fn check_cluster_steps(lint: &mut Lint<'_>) {
    let spec = &lint.case.spec;
    if spec.needs.cluster.is_none() {
        without_cluster(lint);
        return;
    }
    if !spec.needs.tools.is_empty() || spec.needs.shell.is_some() {
        let key = if spec.needs.tools.is_empty() {
            "needs.shell"
        } else {
            "needs.tools"
        };
        let message = "the cluster runs the agent with the node's own tools and shell";
        let help = "take it out of `needs`, or `cluster`";
        lint.at(key, Wrong::new(message, "this replaces one", help));
    }
    let mut course = Course::default();
    for at in spec.steps() {
        course.follow(lint, &at);
    }
    for At { path, item } in faults(spec) {
        fencing(lint, &path, item);
    }
    for (position, check) in spec.then.iter().enumerate() {
        judged(lint, &format!("then[{position}].cluster"), check);
    }
}

fn without_cluster(lint: &mut Lint<'_>) {
    let spec = &lint.case.spec;
    let steps = spec.steps().into_iter();
    let steps = steps.filter(|at| matches!(at.step, Step::Cluster(_)));
    let steps = steps.map(|at| at.value_path());
    let checks = checks(spec).into_iter();
    let checks = checks.filter(|at| at.item.needs().contains(&CheckNeed::Cluster));
    let faults = faults(spec).into_iter();
    let faults = faults.filter(|at| at.item.needs().contains(&FaultNeed::Cluster));
    let all = steps.chain(checks.map(|at| at.path));
    let all: Vec<String> = all.chain(faults.map(|at| at.path)).collect();
    for path in all {
        let message = "the case has no cluster";
        let help = "add `needs: {cluster: pacemaker, nodes: 2}`";
        lint.at_key(&path, Wrong::new(message, "this needs one", help));
    }
}

/// What the cluster has by now, as the case goes on.
#[derive(Default)]
struct Course<'a> {
    /// Whether the subject is a resource.
    created: bool,
    /// Whether the cluster leaves it alone.
    unmanaged: bool,
    maintenance: bool,
    /// The ids of other resources.
    others: Vec<String>,
    /// The ids that constraints were given.
    constraints: Vec<&'a str>,
    held: Vec<(&'a Verb, &'a str)>,
}

impl<'a> Course<'a> {
    fn follow(&mut self, lint: &mut Lint<'_>, at: &StepAt<'a>) {
        let path = at.value_path();
        match at.step {
            Step::Cluster(deed) => self.deed(lint, &path, deed),
            Step::Run(run) => self.run(lint, &path, run),
            Step::Settle(settle) => waited_for(lint, &path, settle),
            Step::Check(check) => judged(lint, &format!("{path}.cluster"), check),
            _ => {}
        }
    }

    fn deed(&mut self, lint: &mut Lint<'_>, path: &str, deed: &'a ClusterDo) {
        let below = format!("{path}.{}", deed.key());
        match deed {
            ClusterDo::Create(create) => self.create(lint, &below, create),
            ClusterDo::Add(add) => self.add(lint, &below, add),
            ClusterDo::Constrain(all) => {
                for (i, one) in all.iter().enumerate() {
                    self.constraint(lint, &format!("{below}[{i}]"), one);
                }
            }
            ClusterDo::Release(id) => self.release(lint, &below, id),
            ClusterDo::Maintenance(on) => self.maintenance = *on,
            ClusterDo::Hold(held) => self.held.push((&held.action, &held.node.0)),
            ClusterDo::LetGo(held) => self.let_go(lint, &below, held),
            ClusterDo::Move(_)
            | ClusterDo::Ban(_)
            | ClusterDo::Clear
            | ClusterDo::Managed(_)
            | ClusterDo::Cleanup(_)
            | ClusterDo::Refresh(_)
            | ClusterDo::Delete
            | ClusterDo::Reach(_) => self.of_subject(lint, path, deed),
            _ => {}
        }
    }

    fn let_go(&self, lint: &mut Lint<'_>, path: &str, held: &ActionAt) {
        if self.held.contains(&(&held.action, &held.node.0)) {
            return;
        }
        let message = format!("no {} on {} is held", held.action, held.node);
        let help = "hold it in an earlier step: `cluster: {hold: {action: …, node: …}}`";
        let wrong = Wrong::new(message, "there is nothing to let go", help);
        lint.at_key(path, wrong);
    }

    fn create(&mut self, lint: &mut Lint<'_>, path: &str, create: &Create) {
        if self.created {
            let message = format!("the cluster has the resource `{SUBJECT}` already");
            let help = "take this step out, or `cluster: delete` before it";
            lint.at_key(path, Wrong::new(message, "created a second time", help));
        }
        self.created = true;
        self.unmanaged = false;
        let timed = create.timeouts.keys().map(|verb| ("timeouts", verb));
        let failing = create.on_fail.keys().map(|verb| ("on_fail", verb));
        for (key, verb) in timed.chain(failing) {
            if !ACTIONS.contains(verb) {
                let message = format!("the cluster asks for no `{verb}`");
                let place = format!("{path}.{key}.{verb}");
                let help = suggestion(verb.as_str(), ACTIONS.iter().map(Verb::as_str));
                lint.at_key(
                    &place,
                    Wrong::new(message, "not an action of a resource", help),
                );
            }
        }
    }

    fn add(&mut self, lint: &mut Lint<'_>, path: &str, add: &Add) {
        let mut found = Vec::new();
        if add.ids().next().is_none() {
            let message = "`add` adds nothing";
            let help = "name a resource: `dummy: lock` or `stateful: sync`";
            found.push((
                path.to_owned(),
                Wrong::new(message, "no resource is named here", help),
            ));
        }
        if add
            .clone
            .as_ref()
            .is_some_and(|clones| clones.promoted.is_some())
            && add.stateful.is_none()
        {
            let message = "only resources of `stateful` can be promoted";
            let help = "write `stateful` for `dummy`, or take `promoted` out";
            let place = format!("{path}.clone.promoted");
            found.push((place, Wrong::new(message, "nothing here can be", help)));
        }
        if add
            .sleep
            .is_some_and(|sleep| sleep.0 % 1000 != 0 || sleep.0 == 0)
        {
            let message = "these resources sleep for whole seconds only";
            let place = format!("{path}.sleep");
            found.push((
                place,
                Wrong::new(message, "not a whole second", "write `1s` or more"),
            ));
        }
        let group = add.group.iter().cloned();
        let mut ids: Vec<String> = add.ids().cloned().chain(group).collect();
        if add.clone.is_some() {
            let clones = ids
                .iter()
                .map(|id| format!("{id}-clone"))
                .collect::<Vec<_>>();
            ids.extend(clones);
        }
        let taken = |id: &&String| *id == SUBJECT || self.others.contains(id);
        if let Some(id) = ids.iter().find(taken) {
            let message = format!("there is a resource `{id}` already");
            let help = "give each resource an id of its own";
            found.push((
                path.to_owned(),
                Wrong::new(message, "given a second time", help),
            ));
        }
        self.others.extend(ids);
        found
            .into_iter()
            .for_each(|(place, wrong)| lint.at_key(&place, wrong));
    }

    fn constraint(&mut self, lint: &mut Lint<'_>, path: &str, one: &'a Constraint) {
        let kinds = [
            one.location.is_some(),
            one.order.is_some(),
            one.colocation.is_some(),
        ];
        if kinds.iter().filter(|given| **given).count() != 1 {
            let message = "a constraint is exactly one of `location`, `order` and `colocation`";
            let help = "such as `{location: vm, node: b, score: 200}` or `{order: [lock, vm]}`";
            lint.at(path, Wrong::new(message, "which kind is meant?", help));
            return;
        }
        if one.location.is_some() != one.node.is_some() {
            let message = "a `location`, and nothing else, has a `node`";
            let help = "such as `{location: vm, node: b, score: 200}`";
            lint.at(path, Wrong::new(message, "one of the two is missing", help));
        }
        self.known_ids(lint, path, one);
        self.constraints.extend(one.id.as_deref());
    }

    /// Every resource that a constraint names is one that the cluster has by now.
    fn known_ids(&self, lint: &mut Lint<'_>, path: &str, one: &Constraint) {
        let pairs = [("order", &one.order), ("colocation", &one.colocation)];
        let pairs = pairs
            .into_iter()
            .filter_map(|(key, pair)| Some((key, pair.as_ref()?)));
        let pairs = pairs.flat_map(|(key, pair)| {
            let numbered = pair.iter().enumerate();
            numbered.map(move |(i, id)| (format!("{path}.{key}[{i}]"), id))
        });
        let location = one
            .location
            .iter()
            .map(|id| (format!("{path}.location"), id));
        for (place, id) in location.chain(pairs) {
            if (self.created && id == SUBJECT) || self.others.contains(id) {
                continue;
            }
            let message = format!("the cluster has no resource `{id}` by now");
            let subject = self.created.then_some(SUBJECT);
            let known = self.others.iter().map(String::as_str).chain(subject);
            let known: Vec<&str> = known.collect();
            let help = match known.is_empty() {
                true => "create or add it in an earlier step".to_owned(),
                false => suggestion(id, known),
            };
            lint.at(&place, Wrong::new(message, "not a resource", help));
        }
    }

    fn release(&self, lint: &mut Lint<'_>, path: &str, id: &str) {
        // Those without a name of their own are named by what they say.
        let named = |kind: &&str| id.starts_with(*kind);
        let said = ["location-", "order-", "colocation-"];
        if id == "all" || self.constraints.contains(&id) || said.iter().any(named) {
            return;
        }
        let message = format!("no constraint has the id `{id}`");
        let help = format!("give the constraint that is meant `as: {id}`, or release `all`");
        lint.at(
            path,
            Wrong::new(message, "not a constraint of this case", help),
        );
    }

    /// What is asked of the subject is asked once it is a resource.
    fn of_subject(&mut self, lint: &mut Lint<'_>, path: &str, deed: &ClusterDo) {
        if !self.created {
            let message = "the guest is no resource of the cluster yet";
            let help = "create it in an earlier step: `cluster: {create: {prefers: a}}`";
            lint.at_key(
                path,
                Wrong::new(message, "there is nothing to ask this of", help),
            );
        }
        match deed {
            ClusterDo::Managed(managed) => self.unmanaged = !managed,
            ClusterDo::Delete => self.created = false,
            _ => {}
        }
    }

    /// What the cluster does itself, nobody does beside it.
    fn run(&self, lint: &mut Lint<'_>, path: &str, run: &Run) {
        let managed = self.created && !self.unmanaged && !self.maintenance;
        let action = run.action.as_ref().filter(|verb| verb.changes_guest());
        if let Some(action) = action.filter(|_| managed) {
            let message = format!("the cluster itself has the agent do `{action}`");
            let help = "ask it of the cluster, such as `cluster: {move: b}`, or take the guest out of its hands first: \
                        `cluster: {managed: false}`";
            let place = format!("{path}.action");
            lint.at(
                &place,
                Wrong::new(message, "nobody does so beside it", help),
            );
        }
    }
}

/// The actions that the cluster asks an agent for.
const ACTIONS: [Verb; 5] = [
    Verb::Start,
    Verb::Stop,
    Verb::Monitor,
    Verb::MigrateTo,
    Verb::MigrateFrom,
];

/// What is waited for is what comes; what was ordered and believed is judged when the cluster is idle.
fn waited_for(lint: &mut Lint<'_>, path: &str, settle: &Settle) {
    let Check::Cluster(check) = &settle.until else {
        return;
    };
    let waits = matches!(
        check,
        ClusterCheck::Idle
            | ClusterCheck::Began(_)
            | ClusterCheck::Ended(_)
            | ClusterCheck::Fenced(_)
    );
    if !waits {
        let message = "what the cluster ordered or believes is known once it is idle";
        let help = "wait by `settle: {until: {cluster: idle}, within: 30s}`, and then `check` it";
        let place = format!("{path}.until.cluster");
        lint.at_key(&place, Wrong::new(message, "this is not waited for", help));
    }
}

fn judged(lint: &mut Lint<'_>, path: &str, check: &Check) {
    let Check::Cluster(check) = check else {
        return;
    };
    match check {
        ClusterCheck::Idle | ClusterCheck::Began(_) | ClusterCheck::Ended(_) => {
            let message = "this is waited for, and judged by nothing";
            let help = "write `settle: {until: {cluster: …}, within: 30s}`; `actions` judges what was ordered";
            lint.at_key(path, Wrong::new(message, "use it in a `settle`", help));
        }
        ClusterCheck::Actions(all) => {
            for (i, one) in all.iter().enumerate() {
                ordered(lint, &format!("{path}.actions[{i}]"), one);
            }
        }
        _ => {}
    }
}

fn ordered(lint: &mut Lint<'_>, path: &str, one: &Ordered) {
    if one.actions().count() != 1 {
        let message = "each item names exactly one action with its node";
        let help = "such as `{migrate_to: a}` or `{stop: a, returns: success}`";
        lint.at(path, Wrong::new(message, "which action is meant?", help));
    }
}

fn fencing(lint: &mut Lint<'_>, path: &str, fault: &Fault) {
    let Fault::Fencing { what, span, .. } = fault else {
        return;
    };
    if (*what == FencingDo::Slow) != span.is_some() {
        let message = "fencing that is `slow`, and no other, has a time";
        let help = "write `{node: b, do: slow, for: 5s}`, or take `for` out";
        lint.at(path, Wrong::new(message, "`do` and `for` do not fit", help));
    }
}
