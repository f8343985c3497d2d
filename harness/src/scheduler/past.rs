//! The status section of a CIB: what the cluster recorded when everything was started, and what came after that.

use std::collections::BTreeMap;

use roxmltree::{Document, Node};

use super::cib::MEMBER;
use crate::case::{PastAction, Recorded, SUBJECT as GUEST, Schedule};
use crate::history::NodeName;
use crate::ocf::Verb;
use crate::xml::escaped;

/// What a node's state says of one that the cluster misses.
const LOST: &str = r#"in_ccm="false" crmd="offline" join="member" expected="member""#;

/// What Pacemaker records as the code of an action that it has begun (`PCMK_OCF_UNKNOWN`), and of one that overran.
const PENDING: u8 = 193;
const OVERRAN: u8 = 1;

/// The second in which everything was started. Results are compared by whole seconds: each later one has another.
const STARTED: usize = 1000;

/// The attributes of a result.
type Attributes = BTreeMap<String, String>;

/// The status section, by the CIB of the cluster that has just started everything.
pub(super) fn status(started: &str, schedule: &Schedule) -> Result<String, String> {
    let document = Document::parse(started).map_err(|error| error.to_string())?;
    let past = Past::of(&document, schedule)?;
    let nodes = schedule.names().iter().enumerate();
    nodes.map(|(i, name)| past.node(i + 1, name)).collect()
}

struct Past<'a> {
    document: &'a Document<'a>,
    schedule: &'a Schedule,
    /// A result of the guest that no interval has, and one of its monitor: what is written is written alike. Both have
    /// the digest of their parameters, which only Pacemaker knows; without it the scheduler starts the guest anew.
    once: Attributes,
    recurring: Option<Attributes>,
}

impl<'a> Past<'a> {
    fn of(document: &'a Document<'a>, schedule: &'a Schedule) -> Result<Self, String> {
        let all = { document.descendants() }.filter(|it| it.has_tag_name("lrm_rsc_op"));
        let guests = all.filter(|it| resource(*it) == Some(GUEST));
        let (once, recurring): (Vec<_>, Vec<_>) =
            guests.partition(|it| it.attribute("interval") == Some("0"));
        let once = once.first().ok_or("the guest has no history")?;
        Ok(Self {
            document,
            schedule,
            once: attributes(*once),
            recurring: recurring.first().map(|it| attributes(*it)),
        })
    }

    fn node(&self, number: usize, name: &str) -> Result<String, String> {
        let is = |node: &Option<NodeName>| node.as_ref().is_some_and(|it| it.0 == name);
        let state = if is(&self.schedule.lost) {
            LOST
        } else {
            MEMBER
        };
        let resources = self.resources(name, is(&self.schedule.cleaned))?;
        Ok(format!(
            r#"<node_state id="{number}" uname="{name}" {state}><lrm id="{number}"><lrm_resources>{resources}</lrm_resources></lrm></node_state>"#
        ))
    }

    /// What is recorded on a node of each resource.
    fn resources(&self, name: &str, cleaned: bool) -> Result<String, String> {
        let all = self.document.descendants();
        let states = { all }.filter(|it| it.has_tag_name("node_state"));
        let mut own = states.filter(|it| it.attribute("uname") == Some(name));
        let own = own.next().ok_or("a node has no state")?;
        let resources = own
            .descendants()
            .filter(|it| it.has_tag_name("lrm_resource"));
        let kept = resources.filter(|it| !cleaned || it.attribute("id") != Some(GUEST));
        kept.map(|it| self.resource(it, name)).collect()
    }

    fn resource(&self, resource: Node<'_, '_>, name: &str) -> Result<String, String> {
        let results = resource.children().filter(Node::is_element);
        let mut results: Vec<Attributes> = results.map(attributes).collect();
        if resource.attribute("id") == Some(GUEST) {
            let past = self.schedule.history.iter().enumerate();
            for (i, action) in past.filter(|(_, it)| it.node.0 == name) {
                let new = self.result(i + 1, action)?;
                results.retain(|old| old.get("operation_key") != new.get("operation_key"));
                results.push(new);
            }
        }
        let within: String = { results.iter() }
            .map(|result| element("lrm_rsc_op", result, "/>"))
            .collect();
        let own = element("lrm_resource", &attributes(resource), ">");
        Ok(format!("{own}{within}</lrm_resource>"))
    }

    /// A later result of the guest, which is the `turn`th of the case.
    fn result(&self, turn: usize, past: &PastAction) -> Result<Attributes, String> {
        let interval = past.interval.map_or(0, |interval| interval.0);
        let mut result = match interval {
            0 => self.once.clone(),
            _ => self.recurring.clone().ok_or("the guest has no monitor")?,
        };
        let action = past.action.as_str();
        let (code, status) = match past.status {
            Recorded::Done if past.returns.number() == 0 => (0, 0),
            // PCMK_EXEC_ERROR; what a monitor finds is no error of its own.
            Recorded::Done if past.action == Verb::Monitor => (past.returns.number(), 0),
            Recorded::Done => (past.returns.number(), 4),
            Recorded::TimedOut => (OVERRAN, 2),
            Recorded::Pending => (PENDING, -1),
        };
        let expected = if past.action == Verb::Monitor && interval == 0 {
            7
        } else {
            0
        };
        let key = format!("{turn}:{turn}:{expected}:00000000-0000-0000-0000-000000000000");
        let call = if past.status == Recorded::Pending {
            -1
        } else {
            100 + turn as i64
        };
        let mut set = |name: &str, value: String| result.insert(name.to_owned(), value);
        set("id", format!("{GUEST}_{action}_{interval}"));
        set("operation", action.to_owned());
        set("operation_key", format!("{GUEST}_{action}_{interval}"));
        set("transition-magic", format!("{status}:{code};{key}"));
        set("transition-key", key);
        set("rc-code", code.to_string());
        set("op-status", status.to_string());
        set("call-id", call.to_string());
        set("on_node", past.node.0.clone());
        set("last-rc-change", (STARTED + 100 * turn).to_string());
        if past.action.is_migration() {
            let (source, target) = ends(past, self.schedule.names());
            set("migrate_source", source);
            set("migrate_target", target);
        }
        Ok(result)
    }
}

/// The source and the target of a migration: the other end is the one that the case names, or the first other node.
fn ends(past: &PastAction, names: &[&str]) -> (String, String) {
    let here = past.node.0.clone();
    let named = past.to.as_ref().or(past.from.as_ref());
    let first = || names.iter().find(|name| **name != here).copied();
    let other = named.map(|node| node.0.as_str()).or_else(first);
    let other = other.unwrap_or_default().to_owned();
    match past.action {
        Verb::MigrateFrom => (other, here),
        _ => (here, other),
    }
}

/// The resource that a result is of.
fn resource<'a>(result: Node<'a, '_>) -> Option<&'a str> {
    result.parent()?.attribute("id")
}

/// The attributes of an element; of a result, with the second in which everything was started.
fn attributes(element: Node<'_, '_>) -> Attributes {
    let own = element.attributes();
    let mut own: Attributes = own
        .map(|it| (it.name().to_owned(), it.value().to_owned()))
        .collect();
    if let Some(change) = own.get_mut("last-rc-change") {
        *change = STARTED.to_string();
    }
    own
}

fn element(tag: &str, attributes: &Attributes, end: &str) -> String {
    let own = attributes.iter();
    let own = own.map(|(name, value)| format!(r#" {name}="{}""#, escaped(value)));
    format!("<{tag}{}{end}", own.collect::<String>())
}
