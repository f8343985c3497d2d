//! What the cluster decided, did and believed, in words.

use crate::history::{
    ActionResult, ActionStatus, Belief, Decision, FenceOutcome, Fenced, Member, Order,
};

/// The lab's fence device, as the cluster has it: where that runs concerns nobody.
const FENCE_DEVICE: &str = "fencing";

/// What was ordered, with the reasons; none where it is about the fence device alone.
pub(super) fn decision(decision: &Decision) -> Option<String> {
    let is_device = |order: &&Order| order.resource.as_deref() == Some(FENCE_DEVICE);
    let orders = decision.orders.iter().filter(|order| !is_device(order));
    let orders: Vec<_> = orders.map(order).collect();
    (!orders.is_empty()).then(|| orders.join("; "))
}

fn order(order: &Order) -> String {
    let mut text = order.action.clone();
    let resource = order.resource.iter().map(|resource| format!(" {resource}"));
    text.extend(resource);
    text.push_str(&match (&order.source, &order.dest) {
        // About a node, not a resource.
        (Some(node), _) if order.resource.is_none() => format!(" {node}"),
        (Some(source), Some(dest)) if source != dest => format!(" from {source} to {dest}"),
        (Some(node), _) | (None, Some(node)) => format!(" on {node}"),
        (None, None) => String::new(),
    });
    text.extend(order.reason.iter().map(|reason| format!(" ({reason})")));
    text
}

/// Where an idle cluster believes the guest.
pub(super) fn belief(belief: &Belief) -> String {
    let Some(subject) = &belief.subject else {
        return "knows no guest".to_owned();
    };
    let started: Vec<_> = subject
        .started_on
        .iter()
        .map(|node| node.0.as_str())
        .collect();
    let mut text = match started[..] {
        [] => "believes the guest stopped".to_owned(),
        _ => format!("believes the guest on {}", started.join(" and on ")),
    };
    let signs = [
        (subject.failed, "failed"),
        (subject.blocked, "given up"),
        (!subject.managed, "not managed"),
    ];
    let away = { belief.nodes.iter() }.filter(|(_, it)| !it.online);
    let signs = signs.into_iter().filter(|(is_so, _)| *is_so);
    let signs = signs.map(|(_, word)| word.to_owned());
    let signs: Vec<_> = signs
        .chain(away.map(|(node, _)| format!("{node} away")))
        .collect();
    if !signs.is_empty() {
        text.push_str(&format!(", {}", signs.join(", ")));
    }
    text
}

/// What became of a node of the cluster.
pub(super) fn member(member: &Member) -> String {
    match member.is.as_str() {
        "member" => format!("{} joins", member.node),
        other => format!("{} is {other}", member.node),
    }
}

/// What became of a fencing.
pub(super) fn fenced(fenced: &Fenced) -> String {
    let Fenced {
        node, by, action, ..
    } = fenced;
    match fenced.outcome {
        FenceOutcome::Done => format!("{node} is fenced ({action}) for {by}"),
        FenceOutcome::Failed => format!("fencing of {node} ({action}) for {by} fails"),
        FenceOutcome::Lied => format!("fencing of {node} ({action}) for {by} is only claimed"),
    }
}

/// The result of an action, where the cluster takes it for a failure.
pub(super) fn failure(result: &ActionResult) -> Option<String> {
    let (action, resource, node) = (&result.action, &result.resource, &result.node);
    if resource == FENCE_DEVICE || is_finding(result) {
        return None;
    }
    let how = match result.status {
        ActionStatus::Done if result.code == result.expected => return None,
        ActionStatus::Cancelled => return None,
        ActionStatus::Done => format!("with {}, not {}", result.code, result.expected),
        ActionStatus::TimedOut => "at its timeout".to_owned(),
        ActionStatus::Error => "without a result of its own".to_owned(),
    };
    Some(format!(
        "takes {action} of {resource} on {node} for failed: it ended {how}"
    ))
}

/// Whether a result is a probe's that found the resource, or nothing of it, in whatever role.
fn is_finding(result: &ActionResult) -> bool {
    let is_probe = result.action == "monitor" && result.interval == 0;
    is_probe && result.status == ActionStatus::Done && [0, 7, 8].contains(&result.code)
}

#[cfg(test)]
mod tests {
    use super::{decision, failure};
    use crate::history::{ActionResult, ActionStatus, Decision, Order};

    fn order(action: &str, resource: Option<&str>, places: [&str; 2]) -> Order {
        let place = |name: &str| (!name.is_empty()).then(|| name.into());
        Order {
            action: action.to_owned(),
            resource: resource.map(str::to_owned),
            source: place(places[0]),
            dest: place(places[1]),
            reason: None,
        }
    }

    fn words(orders: Vec<Order>) -> Option<String> {
        decision(&Decision {
            by: "a".into(),
            input: "pe-input-1.bz2".to_owned(),
            orders,
        })
    }

    #[test]
    fn orders_say_where_from_and_where_to_and_why() {
        let mut fence = order("fence", None, ["b", ""]);
        fence.reason = Some("vm failed there".to_owned());
        let orders = vec![
            fence,
            order("migrate", Some("vm"), ["a", "b"]),
            order("recover", Some("vm"), ["b", "b"]),
            order("start", Some("lock:0"), ["", "b"]),
            order("move", Some("fencing"), ["a", "b"]),
        ];
        let wanted =
            "fence b (vm failed there); migrate vm from a to b; recover vm on b; start lock:0 on b";
        assert_eq!(words(orders).as_deref(), Some(wanted));
        assert_eq!(
            words(vec![order("start", Some("fencing"), ["", "a"])]),
            None
        );
    }

    #[test]
    fn only_a_result_that_was_not_expected_is_a_failure() {
        let result = |code: i32, status| ActionResult {
            node: "a".into(),
            resource: "vm".to_owned(),
            action: "monitor".to_owned(),
            interval: 1000,
            code,
            expected: 0,
            status,
        };
        assert_eq!(failure(&result(0, ActionStatus::Done)), None);
        assert_eq!(failure(&result(1, ActionStatus::Cancelled)), None);
        let found = ActionResult {
            interval: 0,
            expected: 7,
            ..result(0, ActionStatus::Done)
        };
        assert_eq!(failure(&found), None);
        let wanted = "takes monitor of vm on a for failed: it ended with 7, not 0";
        assert_eq!(
            failure(&result(7, ActionStatus::Done)).as_deref(),
            Some(wanted)
        );
    }
}
