//! What the cluster believes, by the XML that `crm_mon` prints.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Document, Node};

use crate::case::SUBJECT;
use crate::history::{ActionResult, ActionStatus, Belief, NodeBelief, NodeName, ResourceBelief};

/// What stands below `resources`, each with an id: resources, and what holds several of them.
const RESOURCES: [&str; 4] = ["resource", "clone", "group", "bundle"];

/// The roles of a resource that is changing.
const CHANGING: [&str; 5] = ["Starting", "Stopping", "Migrating", "Promoting", "Demoting"];

/// Reads what `crm_mon --one-shot --output-as=xml` printed.
///
/// # Errors
/// When it is no XML document.
pub(super) fn read(text: &str) -> Result<Belief, String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let all = |tags: &'static [&'static str]| {
        let elements = document.root_element().descendants();
        elements.filter(move |element| tags.contains(&element.tag_name().name()))
    };
    let dc = all(&["current_dc"]).next();
    let nodes = all(&["nodes"]).flat_map(|section| section.children());
    // In a clone of its own the subject would be there several times.
    let is_subject = |element: &Node<'_, '_>| {
        element.has_tag_name("resource") && element.attribute("id") == Some(SUBJECT)
    };
    let mut others: BTreeMap<String, BTreeSet<NodeName>> = BTreeMap::new();
    let resources = all(&["resources"]).flat_map(|section| section.descendants());
    let resources = resources.filter(|it| RESOURCES.contains(&it.tag_name().name()));
    for other in resources.filter(|element| !is_subject(element)) {
        let places = others.entry(text_of(other, "id")).or_default();
        places.extend(started_on(other));
    }
    let subject = all(&["resources"]).flat_map(|section| section.descendants());
    Ok(Belief {
        version: dc.map_or_else(String::new, |dc| text_of(dc, "version")),
        nodes: nodes.filter_map(node).collect(),
        subject: subject.filter(is_subject).map(resource).next(),
        others,
        failures: all(&["failure"]).filter_map(failure).collect(),
    })
}

fn text_of(element: Node<'_, '_>, name: &str) -> String {
    element.attribute(name).unwrap_or_default().to_owned()
}

fn is(element: Node<'_, '_>, name: &str) -> bool {
    element.attribute(name) == Some("true")
}

fn node(element: Node<'_, '_>) -> Option<(NodeName, NodeBelief)> {
    let name = element.attribute("name")?;
    let belief = NodeBelief {
        // One that has left by itself is `online` and `pending` while its corosync is a member.
        online: is(element, "online") && !is(element, "pending"),
        unclean: is(element, "unclean"),
        standby: is(element, "standby"),
        dc: is(element, "is_dc"),
    };
    Some((name.into(), belief))
}

fn resource(element: Node<'_, '_>) -> ResourceBelief {
    // Of a recurring monitor that it cancelled before it began, Pacemaker remembers for ever that it is pending.
    let pending = { element.attribute("pending") }.filter(|pending| *pending != "Monitoring");
    let changing = element
        .attribute("role")
        .filter(|role| CHANGING.contains(role));
    ResourceBelief {
        started_on: started_on(element),
        failed: is(element, "failed"),
        blocked: is(element, "blocked"),
        pending: pending.or(changing).map(str::to_owned),
        managed: is(element, "managed"),
    }
}

/// The nodes on which a resource, or any of those that it holds, is active.
fn started_on(element: Node<'_, '_>) -> BTreeSet<NodeName> {
    let active = element.descendants().filter(|it| is(*it, "active"));
    { active.flat_map(|it| it.children()) }
        .filter(|it| it.has_tag_name("node"))
        .filter_map(|it| it.attribute("name").map(NodeName::from))
        .collect()
}

fn failure(element: Node<'_, '_>) -> Option<ActionResult> {
    let (key, action) = (element.attribute("op_key")?, element.attribute("task")?);
    let digits = |text: &str| -> String { text.chars().take_while(char::is_ascii_digit).collect() };
    let interval = digits(element.attribute("interval").unwrap_or_default());
    let resource = key.strip_suffix(&format!("_{action}_{interval}"))?;
    Some(ActionResult {
        node: element.attribute("node")?.into(),
        resource: resource.to_owned(),
        action: action.to_owned(),
        interval: interval.parse().unwrap_or_default(),
        code: element.attribute("exitcode")?.parse().ok()?,
        expected: 0,
        status: match element.attribute("status") {
            Some("complete") => ActionStatus::Done,
            Some("Cancelled") => ActionStatus::Cancelled,
            Some("Timed Out") => ActionStatus::TimedOut,
            _ => ActionStatus::Error,
        },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::read;
    use crate::history::{ActionStatus, Belief, NodeName};

    /// As Pacemaker 2.1.5 printed it, without the histories of nodes.
    const MIGRATING: &str = include_str!("recorded/crm_mon-migrating.xml");
    const FAILED: &str = include_str!("recorded/crm_mon-failed-start.xml");
    const BLOCKED: &str = include_str!("recorded/crm_mon-blocked.xml");

    fn belief(text: &str) -> Belief {
        read(text).expect("it is XML")
    }

    fn names(nodes: &BTreeSet<NodeName>) -> Vec<&str> {
        nodes.iter().map(|node| node.0.as_str()).collect()
    }

    #[test]
    fn a_resource_in_motion_is_where_it_was_and_says_so() {
        let belief = belief(MIGRATING);
        assert_eq!(belief.version, "2.1.5-a3f44794f94");
        let subject = belief.subject.expect("it is configured");
        assert_eq!(names(&subject.started_on), ["a"]);
        assert_eq!(subject.pending.as_deref(), Some("Migrating"));
        assert!(subject.managed && !subject.failed && !subject.blocked);
    }

    #[test]
    fn a_recurring_monitor_that_never_began_is_nothing_that_is_awaited() {
        let monitoring = MIGRATING
            .replace(r#"pending="Migrating""#, r#"pending="Monitoring""#)
            .replace(r#"role="Migrating""#, r#"role="Started""#);
        let subject = belief(&monitoring).subject.expect("it is configured");
        assert_eq!(subject.pending, None);
    }

    #[test]
    fn nodes_say_who_decides_and_who_may_run_nothing() {
        let belief = belief(MIGRATING);
        let (a, b) = (&belief.nodes[&"a".into()], &belief.nodes[&"b".into()]);
        assert!(a.dc && a.standby && a.online && !a.unclean);
        assert!(!b.dc && !b.standby && b.online);
    }

    #[test]
    fn a_clone_and_a_group_run_where_their_resources_run() {
        let belief = belief(MIGRATING);
        let on = |id: &str| names(&belief.others[id]);
        assert_eq!(on("lock-clone"), ["b"]);
        assert_eq!(on("lock"), ["b"]);
        assert_eq!((on("g"), on("one")), (vec!["b"], vec!["b"]));
    }

    #[test]
    fn a_failed_start_is_remembered_and_leaves_it_stopped() {
        let belief = belief(FAILED);
        let subject = belief.subject.expect("it is configured");
        assert!(subject.started_on.is_empty() && subject.pending.is_none());
        let [failure] = &belief.failures[..] else {
            panic!("{:?}", belief.failures);
        };
        let named = (failure.resource.as_str(), failure.action.as_str());
        assert_eq!(named, ("vm", "start"));
        assert_eq!((failure.code, failure.interval), (1, 0));
        assert_eq!(failure.status, ActionStatus::Done);
    }

    #[test]
    fn a_resource_that_the_cluster_gave_up_is_blocked() {
        let subject = belief(BLOCKED).subject.expect("it is configured");
        assert_eq!(names(&subject.started_on), ["a", "b"]);
        assert!(subject.blocked && subject.failed && !subject.managed);
    }

    #[test]
    fn what_is_no_xml_is_an_error_and_an_empty_cluster_believes_nothing() {
        assert!(read("Error: cluster is not available on this node").is_err());
        assert_eq!(belief("<pacemaker-result/>"), Belief::default());
    }
}
