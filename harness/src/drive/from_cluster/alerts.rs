//! Alerts of the cluster, by the variables that their agent gets. Source: Pacemaker Explained, "Alerts".

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::history::{ActionResult, ActionStatus, ClusterEvent, Member, Moment, NodeName};

/// What an alert tells; none of what is known better from elsewhere. The names are without `CRM_alert_`.
pub(super) fn event(variables: &BTreeMap<String, String>) -> Option<ClusterEvent> {
    let text = |name: &str| variables.get(name).map(String::as_str);
    let number = |name: &str| text(name)?.parse().ok();
    let node = NodeName::from(text("node")?);
    match text("kind")? {
        "node" => {
            let is = text("desc")?.to_owned();
            Some(ClusterEvent::Member(Member { node, is }))
        }
        "resource" => Some(ClusterEvent::Result(ActionResult {
            node,
            resource: text("rsc")?.to_owned(),
            action: text("task")?.to_owned(),
            interval: text("interval")?.parse().ok()?,
            code: number("rc")?,
            expected: number("target_rc")?,
            status: status(number("status")?),
        })),
        // The lab's own device tells of fencings.
        _ => None,
    }
}

/// Source: Pacemaker's `enum pcmk_exec_status`.
const fn status(number: i32) -> ActionStatus {
    match number {
        0 => ActionStatus::Done,
        1 => ActionStatus::Cancelled,
        2 => ActionStatus::TimedOut,
        _ => ActionStatus::Error,
    }
}

/// When the cluster noted it: its agent is called later.
pub(super) fn moment(variables: &BTreeMap<String, String>, now: Moment) -> Moment {
    let number = |name: &str| variables.get(name)?.parse::<u128>().ok();
    let noted = || Some(number("timestamp_epoch")? * 1000 + number("timestamp_usec")? / 1000);
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).ok();
    let age = clock
        .zip(noted())
        .map(|(clock, noted)| clock.as_millis().saturating_sub(noted));
    let age = u64::try_from(age.unwrap_or_default()).unwrap_or_default();
    Moment(now.0.saturating_sub(age))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{event, moment};
    use crate::history::{ActionStatus, ClusterEvent, Moment};

    fn variables(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        pairs.iter().map(owned).collect()
    }

    #[test]
    fn a_result_and_a_lost_node_are_read_and_a_fencing_is_not() {
        let result = variables(&[
            ("kind", "resource"),
            ("node", "a"),
            ("rsc", "vm"),
            ("task", "migrate_to"),
            ("interval", "0"),
            ("rc", "1"),
            ("target_rc", "0"),
            ("status", "2"),
            ("desc", "Timed Out"),
        ]);
        let Some(ClusterEvent::Result(result)) = event(&result) else {
            panic!("it is a result");
        };
        assert_eq!((result.code, result.status), (1, ActionStatus::TimedOut));
        let lost = variables(&[("kind", "node"), ("node", "b"), ("desc", "lost")]);
        let Some(ClusterEvent::Member(member)) = event(&lost) else {
            panic!("it is about a node");
        };
        assert_eq!(member.is, "lost");
        assert_eq!(
            event(&variables(&[("kind", "fencing"), ("node", "b")])),
            None
        );
        assert_eq!(event(&BTreeMap::new()), None);
    }

    #[test]
    fn an_alert_without_a_time_is_of_now() {
        assert_eq!(moment(&BTreeMap::new(), Moment(7)), Moment(7));
        let future = variables(&[("timestamp_epoch", "99999999999"), ("timestamp_usec", "0")]);
        assert_eq!(moment(&future, Moment(7)), Moment(7));
    }
}
