//! The environment in which Pacemaker's executor runs an agent, and no other variable.
//!
//! Source: what the executor of Pacemaker 2.1.5 was seen to give to an agent in each of its actions; Pacemaker
//! Administration, "Resource agents", the table of environment variables; OCF 1.1, "Global OCF Attributes";
//! Pacemaker's `pcmk__create_migration_actions` for who gets `migrate_*`.

use std::collections::BTreeMap;

use super::invocation::REASON;
use crate::case::{DEFAULT_TIMEOUT, Role, Run};
use crate::history::NodeName;
use crate::plan::{OCF_ROOT, Profile};

/// The search path of Pacemaker's daemons under systemd.
pub(super) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The name of the resource in the cluster; on purpose not the domain's name.
pub const INSTANCE: &str = "ha-guest";

/// The locale of a node that knows all characters and no country; systemd hands the machine's own on to its services.
pub(super) const LOCALE: &str = "C.UTF-8";

/// What `pacemakerd` sets for its daemons, each under `HA_` and `PCMK_`; agents inherit it. Source: its `main` and
/// `pcmkd_corosync.c` in 2.1.5. Nothing reads the log of a node without syslog, so the facility is none.
const OF_DAEMONS: [(&str, &str); 5] = [
    ("cluster_type", "corosync"),
    ("quorum_type", "corosync"),
    ("mcp", "true"),
    ("logfacility", "none"),
    ("logfile", "/var/log/pacemaker/pacemaker.log"),
];

/// The set of features of Pacemaker 2.1.5.
const FEATURES: &str = "3.16.2";

/// Everything the environment of a run is made of.
#[derive(Debug)]
pub(super) struct Setting<'a> {
    /// How the agent is spoken to.
    pub(super) profile: &'a Profile,
    /// `PROVIDER` and `TYPE` of the agent.
    pub(super) provider: &'a str,
    /// The agent's file name.
    pub(super) kind: &'a str,
    /// Values of the parameters that cases speak of, where they are set.
    pub(super) parameters: &'a BTreeMap<Role, Option<String>>,
    /// The search path.
    pub(super) path: String,
    /// The locale, where the nodes have one that is not plain C.
    pub(super) locale: Option<&'a str>,
    /// The node's number in the cluster.
    pub(super) number: usize,
}

impl Setting<'_> {
    /// The whole environment of that run.
    #[must_use]
    pub(super) fn environment(&self, run: &Run) -> BTreeMap<String, String> {
        let mut env = BTreeMap::new();
        let mut set = |name: &str, value: &str| env.insert(name.to_owned(), value.to_owned());
        set("PATH", &self.path);
        set("OCF_ROOT", OCF_ROOT);
        set("OCF_RA_VERSION_MAJOR", "1");
        set("OCF_RA_VERSION_MINOR", "1");
        set("OCF_RESOURCE_INSTANCE", INSTANCE);
        set("OCF_RESOURCE_PROVIDER", self.provider);
        set("OCF_RESOURCE_TYPE", self.kind);
        set("OCF_EXIT_REASON_PREFIX", REASON);
        set("OCF_OUTPUT_FORMAT", "text");
        if let Some(locale) = self.locale {
            set("LANG", locale);
        }
        for (name, value) in OF_DAEMONS {
            set(&format!("HA_{name}"), value);
            set(&format!("PCMK_{name}"), value);
        }
        env.extend(self.parameters_of(run));
        if !is_metadata(run) {
            env.extend(meta(run, self.number));
        }
        for (name, value) in &run.env {
            match value {
                Some(value) => env.insert(name.clone(), value.clone()),
                None => env.remove(name),
            };
        }
        env
    }

    fn parameters_of(&self, run: &Run) -> BTreeMap<String, String> {
        // Pacemaker asks for metadata without knowing of any resource; a case may give parameters all the same.
        let (mut values, given) = match is_metadata(run) {
            true => (BTreeMap::new(), None),
            false => (self.profile.set.clone(), Some(self.parameters)),
        };
        for (role, value) in given.into_iter().flatten().chain(&run.parameters) {
            let Some(name) = self.profile.parameters.get(role) else {
                continue;
            };
            match value {
                Some(value) => values.insert(name.clone(), value.clone()),
                None => values.remove(name),
            };
        }
        let variable = |(name, value): (String, String)| {
            let value = value.replace("${node}", &run.node.0);
            (format!("OCF_RESKEY_{name}"), value)
        };
        values.into_iter().map(variable).collect()
    }
}

fn is_metadata(run: &Run) -> bool {
    run.action.as_deref() == Some("meta-data")
}

/// The variables of an action that the cluster itself sets among the parameters.
fn meta(run: &Run, number: usize) -> BTreeMap<String, String> {
    let mut meta = BTreeMap::from([("OCF_RESKEY_crm_feature_set".to_owned(), FEATURES.to_owned())]);
    let mut set = |name: &str, value: String| {
        meta.insert(format!("OCF_RESKEY_CRM_meta_{name}"), value);
    };
    let timeout = run.timeout.unwrap_or(DEFAULT_TIMEOUT);
    set("timeout", timeout.0.to_string());
    set("on_node", run.node.0.clone());
    set("on_node_uuid", number.to_string());
    let action = run.action.as_deref().unwrap_or_default();
    // A monitor without an interval is a probe, which is not even told its name.
    let is_probe = action == "monitor" && run.interval.is_none();
    if !is_probe && !matches!(action, "" | "validate-all") {
        set("name", action.to_owned());
    }
    if let Some(interval) = run.interval {
        set("interval", interval.0.to_string());
    }
    if action == "migrate_to" {
        set("record_pending", "true".to_owned());
    }
    let ends: Option<(&NodeName, &NodeName)> = match (&run.from, &run.to) {
        (None, Some(to)) => Some((&run.node, to)),
        (Some(from), None) => Some((from, &run.node)),
        _ => None,
    };
    if let Some((source, target)) = ends {
        set("migrate_source", source.0.clone());
        set("migrate_target", target.0.clone());
    }
    meta
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{OneOrMany, Returned};
    use crate::ocf::Dialect;

    fn profile() -> Profile {
        Profile {
            engine: None,
            lacking: BTreeMap::new(),
            name: "x".into(),
            agent: "ocf:heartbeat:X".into(),
            dialect: Dialect::Ocf10,
            parameters: BTreeMap::from([(Role::Config, "xmlfile".to_owned())]),
            set: BTreeMap::from([("here".to_owned(), "${node}".to_owned())]),
            features: vec![],
            tools: vec![],
            deviations: vec![],
        }
    }

    fn run(action: &str) -> Run {
        Run {
            action: Some(action.into()),
            node: NodeName::from("a"),
            to: None,
            from: None,
            label: None,
            args: vec![],
            parameters: BTreeMap::new(),
            env: BTreeMap::new(),
            interval: None,
            timeout: None,
            unprivileged: false,
            without_tools: vec![],
            times: 1,
            kill_after: None,
            during: Vec::new(),
            returns: OneOrMany(vec![Returned::Success]),
            within: None,
            defaults: false,
        }
    }

    fn environment(run: &Run) -> BTreeMap<String, String> {
        let parameters = BTreeMap::from([(Role::Config, Some("/etc/vm.xml".to_owned()))]);
        let profile = profile();
        let setting = Setting {
            profile: &profile,
            provider: "heartbeat",
            kind: "X",
            parameters: &parameters,
            path: PATH.into(),
            locale: Some(LOCALE),
            number: 1,
        };
        setting.environment(run)
    }

    #[test]
    fn a_stop_gets_its_timeout_in_milliseconds_and_nothing_of_a_migration() {
        let env = environment(&run("stop"));
        assert_eq!(env["OCF_RESKEY_CRM_meta_timeout"], "20000");
        assert_eq!(env["OCF_RESKEY_xmlfile"], "/etc/vm.xml");
        assert_eq!(env["OCF_RESKEY_here"], "a");
        assert!(
            !env.keys()
                .any(|name| name.contains("migrate") || name.contains("interval"))
        );
    }

    #[test]
    fn a_probe_is_told_neither_its_name_nor_an_interval_nor_what_is_hoped_for() {
        let env = environment(&run("monitor"));
        for name in ["name", "interval", "op_target_rc"] {
            assert!(
                !env.contains_key(&format!("OCF_RESKEY_CRM_meta_{name}")),
                "{name}"
            );
        }
        assert_eq!(env["OCF_RESKEY_CRM_meta_on_node_uuid"], "1");
        let recurring = Run {
            interval: Some(DEFAULT_TIMEOUT),
            ..run("monitor")
        };
        let env = environment(&recurring);
        assert_eq!(env["OCF_RESKEY_CRM_meta_name"], "monitor");
        assert_eq!(env["OCF_RESKEY_CRM_meta_interval"], "20000");
    }

    #[test]
    fn metadata_are_asked_for_without_any_resource() {
        let env = environment(&run("meta-data"));
        assert!(
            !env.keys().any(|name| name.starts_with("OCF_RESKEY_")),
            "{env:?}"
        );
        assert_eq!(env["OCF_EXIT_REASON_PREFIX"], "ocf-exit-reason:");
    }

    #[test]
    fn both_migration_actions_get_source_and_target() {
        let to = Run {
            to: Some(NodeName::from("b")),
            ..run("migrate_to")
        };
        let from = Run {
            node: NodeName::from("b"),
            from: Some(NodeName::from("a")),
            ..run("migrate_from")
        };
        let pending = "OCF_RESKEY_CRM_meta_record_pending";
        assert_eq!(environment(&to)[pending], "true");
        assert!(!environment(&from).contains_key(pending));
        for env in [environment(&to), environment(&from)] {
            assert_eq!(env["OCF_RESKEY_CRM_meta_migrate_source"], "a");
            assert_eq!(env["OCF_RESKEY_CRM_meta_migrate_target"], "b");
        }
    }

    #[test]
    fn a_run_can_take_parameters_and_variables_away() {
        let mut run = run("monitor");
        run.parameters.insert(Role::Config, None);
        run.env.insert("OCF_RESOURCE_INSTANCE".into(), None);
        let env = environment(&run);
        assert!(!env.contains_key("OCF_RESKEY_xmlfile"));
        assert!(!env.contains_key("OCF_RESOURCE_INSTANCE"));
    }
}
