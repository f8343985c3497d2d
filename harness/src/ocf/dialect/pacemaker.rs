//! How Pacemaker's executor runs an agent: its arguments, and its whole environment.
//!
//! Source: what the executor of Pacemaker 2.1.5 was seen to give to an agent in each of its actions; Pacemaker
//! Administration, "Resource agents", the table of environment variables; OCF 1.1, "Global OCF Attributes";
//! Pacemaker's `pcmk__create_migration_actions` for who gets `migrate_*`.

use std::collections::BTreeMap;

use crate::ocf::call::{CHECK_LEVEL, Call, OCF_ROOT, PARAMETER, Request};
use crate::ocf::reason::EXIT_REASON_PREFIX;
use crate::ocf::verb::Verb;

/// Where agents run. Source: Pacemaker's `crm_log_init`, which moves every daemon of root's there.
const WORKING_DIRECTORY: &str = "/var/lib/pacemaker/cores";

/// The permissions that an agent's files lack by default. Source: Pacemaker's `pacemakerd.c`, which sets it for all of
/// its daemons.
const UMASK: u32 = 0o026;

/// What `pacemakerd` sets for its daemons, each under `HA_` and `PCMK_`; agents inherit it. Source: its `main` and
/// `pcmkd_corosync.c` in 2.1.5. Nothing reads the log of a node without syslog, so the facility is none. Version 3 sets
/// neither `mcp` nor `quorum_type`.
const OF_DAEMONS: [(&str, &str); 5] = [
    ("cluster_type", "corosync"),
    ("quorum_type", "corosync"),
    ("mcp", "true"),
    ("logfacility", "none"),
    ("logfile", "/var/log/pacemaker/pacemaker.log"),
];

/// The set of features of Pacemaker 2.1.5.
const FEATURES: &str = "3.16.2";

/// The call by which Pacemaker's executor makes that request.
pub(super) fn call(request: &Request<'_>) -> Call {
    let verb = request.verb.map(ToString::to_string);
    let mut env = globals(request);
    env.extend(parameters(request));
    // Pacemaker asks for metadata without knowing of any resource.
    if request.verb != Some(&Verb::MetaData) {
        env.extend(attributes(request));
    }
    if let Some(depth) = request.depth {
        env.insert(CHECK_LEVEL.to_owned(), depth.to_string());
    }
    Call {
        args: verb
            .into_iter()
            .chain(request.args.iter().cloned())
            .collect(),
        env,
        input: String::new(),
        dir: WORKING_DIRECTORY,
        umask: UMASK,
    }
}

/// The variables that every action gets.
fn globals(request: &Request<'_>) -> BTreeMap<String, String> {
    let resource = &request.resource;
    let fixed = [
        ("PATH", request.path),
        ("OCF_ROOT", OCF_ROOT),
        ("OCF_RA_VERSION_MAJOR", "1"),
        ("OCF_RA_VERSION_MINOR", "1"),
        ("OCF_RESOURCE_INSTANCE", resource.instance),
        ("OCF_RESOURCE_PROVIDER", resource.provider),
        ("OCF_RESOURCE_TYPE", resource.kind),
        ("OCF_EXIT_REASON_PREFIX", EXIT_REASON_PREFIX),
        ("OCF_OUTPUT_FORMAT", "text"),
    ];
    let locale = request.locale.map(|locale| ("LANG", locale));
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let mut env: BTreeMap<_, _> = fixed.into_iter().chain(locale).map(owned).collect();
    for (name, value) in OF_DAEMONS {
        env.insert(format!("HA_{name}"), value.to_owned());
        env.insert(format!("PCMK_{name}"), value.to_owned());
    }
    env
}

/// The resource's own parameters.
fn parameters(request: &Request<'_>) -> impl Iterator<Item = (String, String)> {
    let parameters = request.resource.parameters.iter();
    parameters.map(|(name, value)| (format!("{PARAMETER}{name}"), value.clone()))
}

/// What the cluster itself sets among the parameters.
fn attributes(request: &Request<'_>) -> BTreeMap<String, String> {
    let mut env = BTreeMap::from([(format!("{PARAMETER}crm_feature_set"), FEATURES.to_owned())]);
    let mut set = |name: &str, value: String| {
        env.insert(format!("{PARAMETER}CRM_meta_{name}"), value);
    };
    set("timeout", request.timeout.0.to_string());
    set("on_node", request.node.to_owned());
    set("on_node_uuid", request.node_number.to_string());
    if let Some(verb) = request.verb.filter(|verb| has_name(verb, request)) {
        set("name", verb.to_string());
    }
    if let Some(interval) = request.interval {
        set("interval", interval.0.to_string());
    }
    if request.verb == Some(&Verb::MigrateTo) {
        set("record_pending", "true".to_owned());
    }
    let (source, target) = match (request.verb, request.from) {
        (Some(Verb::MigrateTo), _) => (Some(request.node), request.to),
        (_, Some(from)) => (Some(from), Some(request.node)),
        _ => (None, None),
    };
    let ends = [("migrate_source", source), ("migrate_target", target)];
    for (name, node) in ends {
        if let Some(node) = node {
            set(name, node.to_owned());
        }
    }
    env
}

/// Whether the action gets its own name. A probe does not, and no validation.
fn has_name(verb: &Verb, request: &Request<'_>) -> bool {
    let is_probe = *verb == Verb::Monitor && request.interval.is_none();
    !is_probe && *verb != Verb::ValidateAll
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::millis::Millis;
    use crate::ocf::call::Resource;
    use crate::ocf::metadata::Metadata;

    const TIMEOUT: Millis = Millis(20_000);

    fn environment(verb: &Verb, change: impl FnOnce(&mut Request<'_>)) -> BTreeMap<String, String> {
        let parameters = BTreeMap::from([("xmlfile".to_owned(), "/etc/vm.xml".to_owned())]);
        let nothing = BTreeMap::new();
        let mut request = Request {
            verb: Some(verb),
            args: &[],
            resource: Resource {
                instance: "vm",
                provider: "heartbeat",
                kind: "X",
                parameters: match verb {
                    Verb::MetaData => &nothing,
                    _ => &parameters,
                },
                metadata: &Metadata::default(),
                folder: "/",
                has_parent: false,
            },
            node: "a",
            node_number: 1,
            to: None,
            from: None,
            interval: None,
            depth: None,
            timeout: TIMEOUT,
            path: "/bin",
            locale: Some("C.UTF-8"),
        };
        change(&mut request);
        let call = call(&request);
        assert_eq!(call.args, [verb.to_string()]);
        call.env
    }

    #[test]
    fn a_stop_gets_its_timeout_in_milliseconds_and_nothing_of_a_migration() {
        let env = environment(&Verb::Stop, |_| {});
        assert_eq!(env["OCF_RESKEY_CRM_meta_timeout"], "20000");
        assert_eq!(env["OCF_RESKEY_xmlfile"], "/etc/vm.xml");
        assert!(
            !env.keys()
                .any(|name| name.contains("migrate") || name.contains("interval"))
        );
    }

    #[test]
    fn a_probe_gets_neither_its_name_nor_an_interval_nor_the_expected_code() {
        let env = environment(&Verb::Monitor, |_| {});
        for name in ["name", "interval", "op_target_rc"] {
            let name = format!("OCF_RESKEY_CRM_meta_{name}");
            assert!(!env.contains_key(&name), "{name}");
        }
        assert_eq!(env["OCF_RESKEY_CRM_meta_on_node_uuid"], "1");
        let env = environment(&Verb::Monitor, |request| request.interval = Some(TIMEOUT));
        assert_eq!(env["OCF_RESKEY_CRM_meta_name"], "monitor");
        assert_eq!(env["OCF_RESKEY_CRM_meta_interval"], "20000");
    }

    #[test]
    fn metadata_are_asked_for_without_any_resource() {
        let env = environment(&Verb::MetaData, |_| {});
        let names = env.keys();
        assert_eq!(names.filter(|name| name.starts_with(PARAMETER)).count(), 0);
        assert_eq!(env["OCF_EXIT_REASON_PREFIX"], "ocf-exit-reason:");
    }

    #[test]
    fn both_migration_actions_get_source_and_target() {
        let to = environment(&Verb::MigrateTo, |request| request.to = Some("b"));
        let from = environment(&Verb::MigrateFrom, |request| {
            request.node = "b";
            request.from = Some("a");
        });
        let pending = "OCF_RESKEY_CRM_meta_record_pending";
        assert_eq!(to[pending], "true");
        assert!(!from.contains_key(pending));
        for env in [to, from] {
            assert_eq!(env["OCF_RESKEY_CRM_meta_migrate_source"], "a");
            assert_eq!(env["OCF_RESKEY_CRM_meta_migrate_target"], "b");
        }
    }
}
