//! What a case puts into the cluster's configuration, as XML: resources and constraints.
//!
//! Each operation is written out: Pacemaker gives one that is not there 20 s, whatever the agent's metadata say.

use std::collections::BTreeMap;
use std::fmt::Display;

use super::xml::Element;
use crate::case::{Add, Clones, Constraint, Create, Millis, SUBJECT, Word};
use crate::engine::Engine;
use crate::ocf::Verb;

/// What the ids of constraints begin with by which resources prefer their nodes: `release` leaves them.
pub(super) const PREFERS: &str = "prefers-";

/// The provider and the type under which the agent under test is called in the cluster.
const SUBJECT_AGENT: [&str; 2] = ["vrt", "subject"];

/// Where other resources note that they are started: in no folder in which an agent could leave something behind.
const STATES: &str = "/var/lib/pacemaker";

/// The timeout of an operation of which nobody knows another, as Pacemaker's own.
const DEFAULT_TIMEOUT: u64 = 20_000;

/// The subject's actions for which the cluster asks, in their usual order.
const OPERATIONS: [Verb; 7] = [
    Verb::Start,
    Verb::Stop,
    Verb::Monitor,
    Verb::MigrateTo,
    Verb::MigrateFrom,
    Verb::Reload,
    Verb::ReloadAgent,
];

/// What of the agent the subject's entry takes.
pub(super) struct Subject<'a> {
    pub(super) create: &'a Create,
    /// The agent's parameters, by its own names.
    pub(super) parameters: &'a BTreeMap<String, String>,
    /// The timeouts in milliseconds that it advertises, of all its actions.
    pub(super) advertised: &'a BTreeMap<Verb, u64>,
    /// What runs its guests.
    pub(super) engine: Engine,
}

impl Subject<'_> {
    /// The subject's resource, and where it prefers to run.
    pub(super) fn configuration(&self) -> Element {
        let [provider, kind] = SUBJECT_AGENT;
        let operations = Element::new("operations").holding(self.operations());
        let sets = [
            values("instance_attributes", SUBJECT, self.parameters),
            values("meta_attributes", SUBJECT, &self.meta()),
            operations,
            values("utilization", SUBJECT, &self.create.utilization),
        ];
        let primitive = primitive(SUBJECT, provider, kind);
        let resource = primitive.holding(sets.into_iter().filter(|set| !set.is_empty()));
        configuration([resource], prefers(SUBJECT, self.create.prefers.as_ref()))
    }

    fn meta(&self) -> BTreeMap<String, Word> {
        let mut meta = self.create.meta.clone();
        let both = [Verb::MigrateTo, Verb::MigrateFrom];
        let offers = both.iter().all(|half| self.advertised.contains_key(half));
        let can = offers && self.engine.migrates();
        let allowed = Word((self.create.allow_migrate && can).to_string());
        meta.entry("allow-migrate".to_owned()).or_insert(allowed);
        meta
    }

    fn operations(&self) -> impl Iterator<Item = Element> {
        let advertised = |verb: &&Verb| self.advertised.contains_key(verb);
        let offered = OPERATIONS.iter().filter(advertised);
        offered.filter_map(|verb| {
            let interval = match verb {
                Verb::Monitor => self.create.monitor?,
                _ => Millis(0),
            };
            Some(self.operation(verb, interval))
        })
    }

    fn operation(&self, verb: &Verb, interval: Millis) -> Element {
        let given = self.create.timeouts.get(verb).map(|timeout| timeout.0);
        let advertised = self.advertised.get(verb).copied().filter(|ms| *ms > 0);
        let timeout = given.or(advertised).unwrap_or(DEFAULT_TIMEOUT);
        let on_fail = self.create.on_fail.get(verb).map(String::as_str);
        Element::new("op")
            .with("id", format!("{SUBJECT}-{verb}"))
            .with("name", verb.as_str())
            .with("interval", format!("{}ms", interval.0))
            .with("timeout", format!("{timeout}ms"))
            .with_some("on-fail", on_fail)
    }
}

/// Other resources, grouped and cloned as the case wants them.
pub(super) fn others(add: &Add) -> Element {
    let of = |kind| move |id: &String| dummy(id, kind, add);
    let dummies = add.dummy.iter().flat_map(|ids| &ids.0).map(of("Dummy"));
    let stateful = add.stateful.iter().flat_map(|ids| &ids.0);
    let all: Vec<Element> = dummies.chain(stateful.map(of("Stateful"))).collect();
    let mut named: Vec<(String, Element)> = add.ids().cloned().zip(all).collect();
    if let Some(id) = &add.group {
        let members = named.into_iter().map(|(_, member)| member);
        let group = Element::new("group").with("id", id).holding(members);
        named = vec![(id.clone(), group)];
    }
    if let Some(clones) = &add.clone {
        let of = |(id, one): (String, Element)| (format!("{id}-clone"), cloned(&id, one, clones));
        named = named.into_iter().map(of).collect();
    }
    let preferences: Vec<Element> = { named.iter() }
        .flat_map(|(id, _)| prefers(id, add.prefers.as_ref()))
        .collect();
    configuration(named.into_iter().map(|(_, one)| one), preferences)
}

fn dummy(id: &str, kind: &str, add: &Add) -> Element {
    let sleep = add.sleep.map(|sleep| (sleep.0 / 1000).to_string());
    let state = ("state", format!("{STATES}/{id}.state"));
    let sleep = sleep.map(|seconds| ("op_sleep", seconds));
    let sets = [
        values("instance_attributes", id, [state].into_iter().chain(sleep)),
        values("meta_attributes", id, &add.meta),
        values("utilization", id, &add.utilization),
    ];
    let sets = sets.into_iter().filter(|set| !set.is_empty());
    primitive(id, "pacemaker", kind).holding(sets)
}

fn cloned(of: &str, one: Element, clones: &Clones) -> Element {
    let id = format!("{of}-clone");
    let number = |name: &'static str, value: Option<u32>| Some((name, value?.to_string()));
    let promoted = clones.promoted.map(|_| ("promotable", "true".to_owned()));
    let meta = [
        Some(("interleave", clones.interleave.to_string())),
        number("clone-max", clones.max),
        promoted,
        number("promoted-max", clones.promoted),
    ];
    let meta = values("meta_attributes", &id, meta.into_iter().flatten());
    Element::new("clone").with("id", id).holding([meta, one])
}

/// Constraints of the case.
pub(super) fn constraints(all: &[Constraint]) -> Element {
    configuration([], all.iter().filter_map(constraint))
}

fn constraint(one: &Constraint) -> Option<Element> {
    let score = { one.score.as_ref() }.map_or("INFINITY", |score| score.0.as_str());
    let id = id_of(one)?;
    if let (Some(rsc), Some(node)) = (&one.location, &one.node) {
        let location = Element::new("rsc_location").with("id", id);
        let location = location.with("rsc", rsc).with("node", &node.0);
        return Some(location.with("score", score));
    }
    if let Some([first, then]) = &one.order {
        let order = Element::new("rsc_order").with("id", id);
        let order = order.with("first", first).with("then", then);
        let order = order.with_some("kind", one.kind.as_deref());
        return Some(order.with_some("first-action", one.first_action.as_deref()));
    }
    let [rsc, with] = one.colocation.as_ref()?;
    let colocation = Element::new("rsc_colocation").with("id", id);
    let colocation = colocation.with("rsc", rsc).with("with-rsc", with);
    let colocation = colocation.with_some("with-rsc-role", one.with_role.as_deref());
    Some(colocation.with("score", score))
}

/// The id of a constraint: the case's own, or what it says.
fn id_of(one: &Constraint) -> Option<String> {
    let said = || {
        let location = one.location.as_ref().zip(one.node.as_ref());
        let location = location.map(|(rsc, node)| format!("location-{rsc}-{node}"));
        let pair = |kind: &str, [one, other]: &[String; 2]| format!("{kind}-{one}-{other}");
        location
            .or_else(|| one.order.as_ref().map(|both| pair("order", both)))
            .or_else(|| one.colocation.as_ref().map(|both| pair("colocation", both)))
    };
    one.id.clone().or_else(said)
}

fn primitive(id: &str, provider: &str, kind: &str) -> Element {
    let primitive = Element::new("primitive").with("id", id);
    let primitive = primitive.with("class", "ocf").with("provider", provider);
    primitive.with("type", kind)
}

fn prefers(id: &str, node: Option<&crate::history::NodeName>) -> Option<Element> {
    let node = &node?.0;
    let location = Element::new("rsc_location").with("id", format!("{PREFERS}{id}-{node}"));
    let location = location.with("rsc", id).with("node", node);
    Some(location.with("score", "100"))
}

/// A set of named values of a resource; empty where there are none.
fn values<N: Display, V: Display>(
    tag: &'static str,
    of: &str,
    values: impl IntoIterator<Item = (N, V)>,
) -> Element {
    let set = format!("{of}-{tag}");
    let pair = |(name, value): (N, V)| {
        let pair = Element::new("nvpair").with("id", format!("{set}-{name}"));
        let pair = pair.with("name", name.to_string());
        pair.with("value", value.to_string())
    };
    let pairs: Vec<Element> = values.into_iter().map(pair).collect();
    Element::new(tag).with("id", set).holding(pairs)
}

fn configuration(
    resources: impl IntoIterator<Item = Element>,
    constraints: impl IntoIterator<Item = Element>,
) -> Element {
    let sections = [
        Element::new("resources").holding(resources),
        Element::new("constraints").holding(constraints),
    ];
    let sections = sections.into_iter().filter(|section| !section.is_empty());
    Element::new("configuration").holding(sections)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Subject, constraints, others};
    use crate::case::{Add, Constraint, Create};
    use crate::engine::Engine;
    use crate::ocf::Verb;

    fn read<T: serde::de::DeserializeOwned>(text: &str) -> T {
        serde_yaml::from_str(text).expect("it is good")
    }

    fn subject(create: &str, advertised: &[(Verb, u64)]) -> String {
        let create: Create = read(create);
        let parameters = BTreeMap::from([("config".to_owned(), "/etc/a&b.xml".to_owned())]);
        let advertised = advertised.iter().cloned().collect();
        let subject = Subject {
            create: &create,
            parameters: &parameters,
            advertised: &advertised,
            engine: Engine::Libvirt,
        };
        subject.configuration().to_string()
    }

    const ALL: [(Verb, u64); 5] = [
        (Verb::Start, 90_000),
        (Verb::Stop, 0),
        (Verb::Monitor, 30_000),
        (Verb::MigrateTo, 120_000),
        (Verb::MetaData, 5_000),
    ];

    #[test]
    fn every_operation_has_its_advertised_timeout_or_the_cases() {
        let text = subject("{prefers: a, timeouts: {migrate_to: 4s}}", &ALL);
        let wanted = concat!(
            r#"<configuration><resources><primitive id="vm" class="ocf" provider="vrt" type="subject">"#,
            r#"<instance_attributes id="vm-instance_attributes">"#,
            r#"<nvpair id="vm-instance_attributes-config" name="config" value="/etc/a&amp;b.xml"/></instance_attributes>"#,
            r#"<meta_attributes id="vm-meta_attributes">"#,
            r#"<nvpair id="vm-meta_attributes-allow-migrate" name="allow-migrate" value="false"/></meta_attributes>"#,
            r#"<operations><op id="vm-start" name="start" interval="0ms" timeout="90000ms"/>"#,
            r#"<op id="vm-stop" name="stop" interval="0ms" timeout="20000ms"/>"#,
            r#"<op id="vm-monitor" name="monitor" interval="10000ms" timeout="30000ms"/>"#,
            r#"<op id="vm-migrate_to" name="migrate_to" interval="0ms" timeout="4000ms"/></operations>"#,
            r#"</primitive></resources><constraints>"#,
            r#"<rsc_location id="prefers-vm-a" rsc="vm" node="a" score="100"/></constraints></configuration>"#,
        );
        assert_eq!(text, wanted);
    }

    #[test]
    fn an_agent_with_both_halves_may_be_migrated_and_need_not_be_monitored() {
        let mut all = ALL.to_vec();
        all.push((Verb::MigrateFrom, 60_000));
        let text = subject("{monitor: null, meta: {migration-threshold: 1}}", &all);
        assert!(
            text.contains(r#"name="allow-migrate" value="true""#),
            "{text}"
        );
        assert!(
            text.contains(r#"name="migration-threshold" value="1""#),
            "{text}"
        );
        assert!(!text.contains("vm-monitor"), "{text}");
        let text = subject("{allow_migrate: false, on_fail: {stop: block}}", &all);
        assert!(
            text.contains(r#"name="allow-migrate" value="false""#),
            "{text}"
        );
        assert!(text.contains(r#"on-fail="block""#), "{text}");
    }

    #[test]
    fn other_resources_are_grouped_and_cloned() {
        let add: Add =
            read("{dummy: [net, disk], group: storage, clone: {interleave: true}, sleep: 2s}");
        let text = others(&add).to_string();
        let document = roxmltree::Document::parse(&text).expect("it is well-formed");
        let ids = |tag: &str| -> Vec<_> {
            let found = document.descendants().filter(|node| node.has_tag_name(tag));
            found.filter_map(|node| node.attribute("id")).collect()
        };
        assert_eq!(ids("clone"), ["storage-clone"]);
        assert_eq!(ids("group"), ["storage"]);
        assert_eq!(ids("primitive"), ["net", "disk"]);
        assert!(text.contains(r#"name="op_sleep" value="2""#), "{text}");
        assert!(text.contains(r#"name="interleave" value="true""#), "{text}");
        let add: Add = read("{stateful: sync, clone: {promoted: 1}, prefers: b}");
        let text = others(&add).to_string();
        assert!(text.contains(r#"name="promoted-max" value="1""#), "{text}");
        assert!(
            text.contains(r#"rsc="sync-clone" node="b" score="100""#),
            "{text}"
        );
    }

    #[test]
    fn constraints_have_the_ids_of_the_case_or_those_that_they_say() {
        let all: Vec<Constraint> = read(
            "[{location: vm, node: b, score: 200, as: home}, {order: [lock-clone, vm], kind: Optional}, \
             {colocation: [vm, sync-clone], with_role: Promoted}]",
        );
        let wanted = concat!(
            r#"<configuration><constraints><rsc_location id="home" rsc="vm" node="b" score="200"/>"#,
            r#"<rsc_order id="order-lock-clone-vm" first="lock-clone" then="vm" kind="Optional"/>"#,
            r#"<rsc_colocation id="colocation-vm-sync-clone" rsc="vm" with-rsc="sync-clone" with-rsc-role="Promoted" "#,
            r#"score="INFINITY"/></constraints></configuration>"#,
        );
        assert_eq!(constraints(&all).to_string(), wanted);
    }
}
