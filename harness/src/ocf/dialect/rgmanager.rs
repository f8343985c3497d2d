use std::collections::BTreeMap;

use super::attributes;
use super::rules::{Reading, Rules};
use crate::ocf::call::{CHECK_LEVEL, Call, PARAMETER, Request};
use crate::ocf::code::Code;
use crate::ocf::metadata::Parameter;
use crate::ocf::returned::Returned;
use crate::ocf::schema;
use crate::ocf::schema::shapes::{
    ACTION, ACTIONS, AGENT, Content, PARAMETER_PARTS, PARAMETERS, SPECIAL, Shape, VERSION, needed,
    optional, text, yes_no,
};
use crate::ocf::verb::Verb;

/// rgmanager's own: how its daemon calls an agent, and what it makes of a code.
///
/// Source: the environment and the arguments that `rg_test` of redhat-cluster 3.0.12, whose code is the daemon's, was seen
/// to give an agent; the Red Hat Enterprise Linux 6 cluster administration guide, "Resource agents", for the codes.
pub(super) struct Rgmanager;

/// The permissions that an agent's files lack by default.
const UMASK: u32 = 0o022;

/// The codes that OCF leaves to each agent; 150 is the one that rgmanager's agents use.
const OWN_CODES: std::ops::RangeInclusive<i32> = 150..=199;

/// `migrate`: the guest still runs here. `status`: nobody knows.
const STILL_HERE_OR_INDETERMINATE: i32 = 150;

impl Rules for Rgmanager {
    /// The environment is replaced; only metadata are asked for in the daemon's own.
    fn call(&self, request: &Request<'_>) -> Call {
        let is_meta_data = request.verb == Some(&Verb::MetaData);
        let env = match is_meta_data {
            true => of_the_daemon(request),
            false => environment(request),
        };
        Call {
            args: self.arguments(request),
            env,
            input: String::new(),
            dir: "/",
            umask: UMASK,
        }
    }

    fn advertised_as<'v>(&self, verb: &'v Verb) -> &'v str {
        match verb {
            Verb::MigrateFrom => Verb::Migrate.as_str(),
            other => self.asked_as(other),
        }
    }

    /// Nothing is called on the target of a migration but `status`, as for every guest that a node is asked for.
    fn asked_as<'v>(&self, verb: &'v Verb) -> &'v str {
        let word = match verb {
            Verb::Monitor | Verb::MigrateFrom => &Verb::Status,
            Verb::MigrateTo => &Verb::Migrate,
            Verb::Reload | Verb::ReloadAgent => &Verb::Reconfig,
            other => other,
        };
        word.as_str()
    }

    fn reloads(&self, verb: &Verb, parameter: &Parameter) -> bool {
        parameter.reconfig && self.asked_as(verb) == Verb::Reconfig.as_str()
    }

    fn other_value(&self, parameter: &Parameter, now: Option<&str>) -> Option<String> {
        let other = parameter.other_value(now);
        other.or_else(|| attributes::other_value(&parameter.name, now))
    }

    fn reads_metadata(&self) -> bool {
        true
    }

    fn binds_codes(&self) -> bool {
        false
    }

    fn kills_group(&self) -> bool {
        false
    }

    fn read(&self, number: i32) -> Reading {
        match Code::from_number(number) {
            Some(code) if (0..=7).contains(&number) => Reading::Standard(code),
            _ if OWN_CODES.contains(&number) => Reading::Own,
            _ => Reading::Unknown,
        }
    }

    /// The daemon takes every code but 0 alike. What an agent claims by it is the standard's: 7 alone denies the guest, and a
    /// `status` of 1 to 6 is as good where nothing runs, and where another of these codes is right.
    fn admits(&self, verb: Option<&Verb>, number: i32, allowed: Returned) -> bool {
        let is_look = verb.is_some_and(Verb::is_monitor);
        let moves = matches!(verb, Some(Verb::MigrateTo | Verb::Migrate));
        let own = number == STILL_HERE_OR_INDETERMINATE;
        let is_failed_look = matches!(number, 1..=6 | 150..=199);
        match allowed {
            Returned::Code(Code::NotRunning) if is_look => (1..=7).contains(&number),
            Returned::Code(code) if is_look && (1..=6).contains(&code.number()) => is_failed_look,
            Returned::Code(code) => i32::from(code.number()) == number,
            Returned::Failure | Returned::LocalFailure if is_look => is_failed_look,
            Returned::Failure | Returned::LocalFailure => matches!(number, 1..=7 | 150..=199),
            Returned::Anything => self.read(number) != Reading::Unknown,
            Returned::StillHere => moves && own,
            Returned::Indeterminate => is_look && own,
            Returned::Killed => false,
        }
    }

    /// No action is asked for that an agent does not know, its codes ban a guest from no node, a probe is a `status` like any
    /// other, `migrate` is one action for both halves of a migration, an agent's log goes to its standard output in colours,
    /// and its file may have a suffix that its type has not.
    fn exempt(&self) -> &'static [&'static str] {
        &[
            "META-04",
            "OCF-EXIT-03",
            "OCF-EXIT-11",
            "OCF-EXIT-12",
            "OCF-INST-01b",
            "OCF-OUT-01",
            "OCF-PROBE-02",
        ]
    }

    fn shape_faults(&self, metadata: &str) -> Vec<String> {
        schema::faults(metadata, SHAPES)
    }
}

impl Rgmanager {
    /// The word, a migration's target by its name in the cluster, and what the case adds.
    fn arguments(&self, request: &Request<'_>) -> Vec<String> {
        let word = request.verb.map(|verb| self.asked_as(verb));
        let target = request.to.filter(|_| word == Some(Verb::Migrate.as_str()));
        let words = word.into_iter().chain(target).map(str::to_owned);
        words.chain(request.args.iter().cloned()).collect()
    }
}

/// What the daemon itself has, and an agent whose metadata it reads.
fn of_the_daemon(request: &Request<'_>) -> BTreeMap<String, String> {
    let all = [
        ("PATH", request.path),
        ("OCF_ROOT", request.resource.folder),
    ];
    let all = all.map(|(name, value)| (name.to_owned(), value.to_owned()));
    all.into_iter().chain(set(request)).collect()
}

/// The whole environment of every other call.
fn environment(request: &Request<'_>) -> BTreeMap<String, String> {
    let metadata = request.resource.metadata;
    let kind = match metadata.name.as_str() {
        "" => request.resource.kind,
        name => name,
    };
    let values = values(request);
    let primary = metadata.parameters.iter().find(|one| one.primary);
    let name = primary.and_then(|one| values.get(&one.name));
    let name = name.map_or(request.resource.instance, String::as_str);
    let (major, minor) = metadata.version.split_once('.').unwrap_or(("1", "0"));
    let looks = request.verb.is_some_and(Verb::is_monitor);
    let level = request.depth.filter(|_| looks).unwrap_or_default();
    let seconds = request.timeout.0.div_ceil(1000);
    let fixed = [
        ("OCF_ROOT", request.resource.folder.to_owned()),
        ("OCF_RA_VERSION_MAJOR", major.to_owned()),
        ("OCF_RA_VERSION_MINOR", minor.to_owned()),
        ("OCF_RESOURCE_INSTANCE", format!("{kind}:{name}")),
        ("OCF_RESOURCE_TYPE", kind.to_owned()),
        (CHECK_LEVEL, level.to_string()),
    ];
    let meta = [
        // The other instances of this resource here: a guest has none.
        ("RGMANAGER_meta_refcnt".to_owned(), "0".to_owned()),
        ("RGMANAGER_meta_timeout".to_owned(), seconds.to_string()),
    ];
    let fixed = fixed.map(|(name, value)| (name.to_owned(), value));
    let values = values.into_iter().chain(meta);
    fixed.into_iter().chain(values.map(as_variable)).collect()
}

/// The parameters that are set, as variables.
fn set(request: &Request<'_>) -> impl Iterator<Item = (String, String)> {
    let set = request.resource.parameters.clone();
    set.into_iter().map(as_variable)
}

fn as_variable((name, value): (String, String)) -> (String, String) {
    (format!("{PARAMETER}{name}"), value)
}

/// Every parameter that is set, is inherited or has a default, which may be empty.
fn values(request: &Request<'_>) -> BTreeMap<String, String> {
    let parameters = request.resource.metadata.parameters.iter();
    let has_parent = request.resource.has_parent;
    let inherited = |one: &Parameter| has_parent.then(|| attributes::inherited(one))?;
    let value = |one: &Parameter| inherited(one).or_else(|| one.default.clone());
    let unset = parameters.filter_map(|one| Some((one.name.clone(), value(one)?)));
    let mut values: BTreeMap<_, _> = unset.collect();
    values.extend(request.resource.parameters.clone());
    values
}

const SHAPES: &[Shape] = &[
    AGENT,
    VERSION,
    text("longdesc"),
    text("shortdesc"),
    PARAMETERS,
    Shape {
        name: "parameter",
        attributes: &[
            needed("name"),
            yes_no("unique"),
            yes_no("required"),
            yes_no("primary"),
            yes_no("reconfig"),
            optional("inherit"),
        ],
        content: PARAMETER_PARTS,
    },
    Shape {
        name: "content",
        attributes: &[optional("type"), optional("default")],
        content: Content::Anything,
    },
    ACTIONS,
    ACTION,
    SPECIAL,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::millis::Millis;
    use crate::ocf::call::Resource;
    use crate::ocf::metadata::Metadata;

    const METADATA: &str = "<resource-agent name=\"vm\" version=\"2.0\"><version>1.0</version><parameters>\
        <parameter name=\"name\" primary=\"1\"><content type=\"string\"/></parameter>\
        <parameter name=\"use_virsh\"><content type=\"integer\" default=\"1\"/></parameter>\
        <parameter name=\"path\"><content type=\"string\" default=\"\"/></parameter>\
        <parameter name=\"domain\"><content type=\"string\"/></parameter>\
        <parameter name=\"service_name\" inherit=\"service%name\"><content type=\"string\"/></parameter>\
        <parameter name=\"any_name\" inherit=\"name\"><content type=\"string\"/></parameter>\
        <parameter name=\"nfslock\" inherit=\"nfslock\"><content type=\"boolean\"/></parameter>\
        <parameter name=\"fs_name\" inherit=\"clusterfs%name\"><content type=\"string\" default=\"x\"/></parameter>\
        </parameters></resource-agent>";

    fn called(verb: &Verb, change: impl FnOnce(&mut Request<'_>)) -> Call {
        let metadata = Metadata::parse(METADATA).expect("it is sound");
        let parameters = BTreeMap::from([("name".to_owned(), "vm1".to_owned())]);
        let mut request = Request {
            verb: Some(verb),
            args: &[],
            resource: Resource {
                instance: "ha-guest",
                provider: "test",
                kind: "vm.sh",
                parameters: &parameters,
                metadata: &metadata,
                folder: "/usr/share/cluster",
                has_parent: true,
            },
            node: "a",
            node_number: 1,
            to: None,
            from: None,
            interval: None,
            depth: None,
            timeout: Millis(20_000),
            path: "/bin",
            locale: Some("C.UTF-8"),
        };
        change(&mut request);
        Rgmanager.call(&request)
    }

    #[test]
    fn the_environment_is_the_parameters_with_their_defaults_and_nothing_of_pacemaker() {
        let call = called(&Verb::Start, |_| {});
        let wanted = [
            ("OCF_CHECK_LEVEL", "0"),
            ("OCF_RA_VERSION_MAJOR", "1"),
            ("OCF_RA_VERSION_MINOR", "0"),
            ("OCF_RESKEY_RGMANAGER_meta_refcnt", "0"),
            ("OCF_RESKEY_RGMANAGER_meta_timeout", "20"),
            ("OCF_RESKEY_any_name", "ha-service"),
            ("OCF_RESKEY_fs_name", "x"),
            ("OCF_RESKEY_name", "vm1"),
            ("OCF_RESKEY_path", ""),
            ("OCF_RESKEY_service_name", "ha-service"),
            ("OCF_RESKEY_use_virsh", "1"),
            ("OCF_RESOURCE_INSTANCE", "vm:vm1"),
            ("OCF_RESOURCE_TYPE", "vm"),
            ("OCF_ROOT", "/usr/share/cluster"),
        ];
        let found = call.env.iter().map(|(name, value)| (&**name, &**value));
        assert_eq!(found.collect::<Vec<_>>(), wanted);
        assert_eq!(call.args, ["start"]);
    }

    #[test]
    fn nothing_is_inherited_where_there_is_no_parent() {
        let call = called(&Verb::Start, |request| request.resource.has_parent = false);
        let inherited = ["service_name", "any_name", "fs_name"];
        let found = inherited.map(|name| call.env.get(&format!("{PARAMETER}{name}")));
        assert_eq!(found, [None, None, Some(&"x".to_owned())]);
    }

    #[test]
    fn each_verb_is_asked_for_by_rgmanagers_own_word() {
        let to_b = |request: &mut Request<'_>| request.to = Some("b");
        assert_eq!(called(&Verb::MigrateTo, to_b).args, ["migrate", "b"]);
        assert_eq!(called(&Verb::MigrateTo, |_| {}).args, ["migrate"]);
        assert_eq!(called(&Verb::MigrateFrom, |_| {}).args, ["status"]);
        assert_eq!(called(&Verb::ReloadAgent, |_| {}).args, ["reconfig"]);
        let deep = called(&Verb::Monitor, |request| request.depth = Some(10));
        assert_eq!(deep.args, ["status"]);
        assert_eq!(deep.env["OCF_CHECK_LEVEL"], "10");
    }

    #[test]
    fn metadata_are_asked_for_in_the_daemons_own_environment() {
        let call = called(&Verb::MetaData, |_| {});
        assert_eq!(call.env["PATH"], "/bin");
        assert!(!call.env.contains_key("OCF_RESKEY_use_virsh"));
    }

    #[test]
    fn a_status_of_1_is_as_good_as_7_where_nothing_runs_but_7_is_no_failure() {
        let not_running = Returned::Code(Code::NotRunning);
        let monitor = |number, allowed| Rgmanager.admits(Some(&Verb::Monitor), number, allowed);
        assert!(monitor(1, not_running) && monitor(7, not_running));
        assert!(!monitor(0, not_running) && !monitor(150, not_running));
        assert!(monitor(2, Returned::Failure) && !monitor(7, Returned::Failure));
        assert!(monitor(150, Returned::Failure) && monitor(150, Returned::Indeterminate));
        assert!(!monitor(150, Returned::StillHere));
        let generic = Returned::Code(Code::ErrGeneric);
        assert!(monitor(2, generic) && monitor(6, generic) && !monitor(7, generic));
        assert!(!Rgmanager.admits(Some(&Verb::Stop), 2, generic));
    }

    #[test]
    fn a_migrate_of_150_says_that_the_guest_is_still_here() {
        let moved = |number, allowed| Rgmanager.admits(Some(&Verb::MigrateTo), number, allowed);
        assert!(moved(150, Returned::StillHere) && moved(150, Returned::Failure));
        assert!(moved(7, Returned::Failure) && !moved(1, Returned::StillHere));
        assert!(!moved(150, Returned::Indeterminate));
    }

    #[test]
    fn the_codes_of_roles_and_those_of_init_scripts_are_unknown() {
        let read = [0, 7, 8, 150, 190, 199, 200].map(|number| Rgmanager.read(number));
        let (own, unknown) = (Reading::Own, Reading::Unknown);
        let standard = [Code::Success, Code::NotRunning].map(Reading::Standard);
        assert_eq!(
            read,
            [standard[0], standard[1], unknown, own, own, own, unknown]
        );
    }
}
