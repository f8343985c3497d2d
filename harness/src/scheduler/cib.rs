//! Writes the CIB that the scheduler is given.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::case::{Add, Constraint, Create, SUBJECT as GUEST, Schedule, Word};
use crate::xml::escaped;

/// What a node's state says of one that is a member of the cluster.
pub(super) const MEMBER: &str = r#"in_ccm="true" crmd="online" join="member" expected="member""#;

/// The operations of the guest with timeouts, without which Pacemaker gives each 20 s.
const TIMEOUT: &str = "60s";

/// A cluster in which nothing has run yet.
pub(super) fn at_the_beginning(schedule: &Schedule) -> String {
    let states = schedule.names().iter().enumerate();
    let state = |(i, name): (usize, &&str)| {
        format!(r#"<node_state id="{}" uname="{name}" {MEMBER}/>"#, i + 1)
    };
    let before = Schedule {
        managed: true,
        ban: None,
        standby: None,
        ..schedule.clone()
    };
    now(&before, &states.map(state).collect::<String>())
}

/// The cluster with that status.
pub(super) fn now(schedule: &Schedule, status: &str) -> String {
    // The DC is a node that is there.
    let dc = if schedule.lost.as_ref().is_some_and(|node| node.0 == "b") {
        1
    } else {
        2
    };
    format!(
        "<cib validate-with=\"pacemaker-3.7\" admin_epoch=\"0\" epoch=\"1\" num_updates=\"0\" have-quorum=\"1\" \
         dc-uuid=\"{dc}\"><configuration><crm_config>{}</crm_config><nodes>{}</nodes><resources>{}</resources>\
         <constraints>{}</constraints></configuration><status>{status}</status></cib>",
        options(schedule),
        nodes(schedule),
        resources(schedule),
        constraints(schedule),
    )
}

fn options(schedule: &Schedule) -> String {
    let usual = [("stonith-enabled", "true"), ("no-quorum-policy", "ignore")];
    let usual = { usual.into_iter() }.filter(|(name, _)| !schedule.options.contains_key(*name));
    let own = schedule.options.iter();
    let own = own.map(|(name, value)| (name.as_str(), value.0.as_str()));
    set("cluster_property_set", "options", usual.chain(own))
}

fn nodes(schedule: &Schedule) -> String {
    let node = |(i, name): (usize, &&str)| {
        let stands_by = schedule.standby.as_ref().is_some_and(|it| it.0 == **name);
        let standby = stands_by.then_some(("standby", "on"));
        let number = i + 1;
        let own = set("instance_attributes", &format!("node-{number}"), standby);
        format!(r#"<node id="{number}" uname="{name}">{own}</node>"#)
    };
    schedule.names().iter().enumerate().map(node).collect()
}

fn resources(schedule: &Schedule) -> String {
    let mut text = r#"<primitive id="fencing" class="stonith" type="fence_vrt"/>"#.to_owned();
    text.extend(schedule.add.iter().map(added));
    text + &guest(&schedule.create, schedule.managed)
}

fn guest(create: &Create, managed: bool) -> String {
    let migrates = create.allow_migrate.then_some(("allow-migrate", "true"));
    let unmanaged = (!managed).then_some(("is-managed", "false"));
    let own = words(&create.meta);
    let meta = migrates.into_iter().chain(unmanaged).chain(own);
    let meta = set("meta_attributes", "vm-meta", meta);
    let monitor = create.monitor.map(|every| ("monitor", every.0));
    let once = ["start", "stop", "migrate_to", "migrate_from"].map(|action| (action, 0));
    let op = |(action, interval): (&str, u64)| {
        format!(
            r#"<op id="vm-{action}" name="{action}" interval="{interval}ms" timeout="{TIMEOUT}"/>"#
        )
    };
    let operations: String = monitor.into_iter().chain(once).map(op).collect();
    format!(
        r#"<primitive id="{GUEST}" class="ocf" provider="vrt" type="subject">{meta}<operations>{operations}</operations></primitive>"#
    )
}

/// Resources of `ocf:pacemaker`, each alone or in the group, and cloned if they are to be.
fn added(add: &Add) -> String {
    let stateful = add.stateful.iter().flat_map(|ids| &ids.0);
    let primitive = |id: &String| {
        let kind = if stateful.clone().any(|it| it == id) {
            "Stateful"
        } else {
            "Dummy"
        };
        let meta = set("meta_attributes", &format!("{id}-meta"), words(&add.meta));
        let id = escaped(id);
        format!(
            r#"<primitive id="{id}" class="ocf" provider="pacemaker" type="{kind}">{meta}</primitive>"#
        )
    };
    let all: Vec<_> = add.ids().map(|id| (id.clone(), primitive(id))).collect();
    let all = match &add.group {
        None => all,
        Some(group) => {
            let within: String = all.into_iter().map(|(_, text)| text).collect();
            let text = format!(r#"<group id="{}">{within}</group>"#, escaped(group));
            vec![(group.clone(), text)]
        }
    };
    all.into_iter()
        .map(|(id, text)| cloned(add, &id, text))
        .collect()
}

fn cloned(add: &Add, id: &str, of: String) -> String {
    let Some(clone) = &add.clone else {
        return of;
    };
    let id = format!("{}-clone", escaped(id));
    let mut meta = vec![("interleave", clone.interleave.to_string())];
    meta.extend(clone.max.map(|max| ("clone-max", max.to_string())));
    if let Some(promoted) = clone.promoted {
        meta.push(("promotable", "true".to_owned()));
        meta.push(("promoted-max", promoted.to_string()));
    }
    let meta = meta.iter().map(|(name, value)| (*name, value.as_str()));
    let meta = set("meta_attributes", &format!("{id}-meta"), meta);
    format!(r#"<clone id="{id}">{meta}{of}</clone>"#)
}

fn constraints(schedule: &Schedule) -> String {
    let home = schedule.create.prefers.as_ref();
    let home = home.map_or("a", |node| node.0.as_str());
    let mut text = format!(
        r#"<rsc_location id="{GUEST}-prefers" rsc="{GUEST}" node="{}" score="100"/>"#,
        escaped(home)
    );
    for (i, constraint) in schedule.constrain.iter().enumerate() {
        text += &tie(i, constraint);
    }
    for (id, node) in schedule.ban.iter().flatten() {
        let (id, node) = (escaped(id), escaped(&node.0));
        let _ = write!(
            text,
            r#"<rsc_location id="{id}-not-{node}" rsc="{id}" node="{node}" score="-INFINITY"/>"#
        );
    }
    text.extend(schedule.add.iter().map(promotions));
    text
}

/// A score that lets instances be promoted: their agent, which gives one else, does not run here.
fn promotions(add: &Add) -> String {
    let promotable = add.clone.as_ref().is_some_and(|it| it.promoted.is_some());
    let of = |id: &String| {
        let id = escaped(id);
        format!(
            r##"<rsc_location id="{id}-promotes" rsc="{id}-clone"><rule id="{id}-rule" score="10" role="Promoted"><expression id="{id}-everywhere" attribute="#uname" operation="defined"/></rule></rsc_location>"##
        )
    };
    add.ids().filter(|_| promotable).map(of).collect()
}

fn tie(i: usize, it: &Constraint) -> String {
    let score = it.score.as_ref().map_or("INFINITY", |score| &score.0);
    let (tag, own) = if let Some([first, then]) = &it.order {
        let kind = it.kind.as_deref().unwrap_or("Mandatory");
        let first_action = it.first_action.as_deref();
        let mut own = vec![("first", first.as_str()), ("then", then), ("kind", kind)];
        // Without the second one, what follows a promotion is promoted as well.
        own.extend(first_action.map(|action| ("first-action", action)));
        own.extend(first_action.map(|_| ("then-action", "start")));
        ("rsc_order", own)
    } else if let Some([one, with]) = &it.colocation {
        let mut own = vec![("rsc", one.as_str()), ("with-rsc", with), ("score", score)];
        own.extend(it.with_role.as_deref().map(|role| ("with-rsc-role", role)));
        ("rsc_colocation", own)
    } else {
        let of = it.location.as_deref().unwrap_or_default();
        let node = it.node.as_ref().map_or("", |node| node.0.as_str());
        let own = vec![("rsc", of), ("node", node), ("score", score)];
        ("rsc_location", own)
    };
    let own = own.into_iter();
    let own = own.map(|(name, value)| format!(r#" {name}="{}""#, escaped(value)));
    format!(r#"<{tag} id="tie-{i}"{}/>"#, own.collect::<String>())
}

/// A set of names and values, as several sections of a CIB have it; nothing where there is none.
fn set<'a>(tag: &str, id: &str, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pair = |(name, value): (&str, &str)| {
        let (name, value) = (escaped(name), escaped(value));
        format!(r#"<nvpair id="{id}-{name}" name="{name}" value="{value}"/>"#)
    };
    let within: String = pairs.into_iter().map(pair).collect();
    match within.is_empty() {
        true => within,
        false => format!(r#"<{tag} id="{id}">{within}</{tag}>"#),
    }
}

fn words(words: &BTreeMap<String, Word>) -> impl Iterator<Item = (&str, &str)> {
    words
        .iter()
        .map(|(name, value)| (name.as_str(), value.0.as_str()))
}
