//! How a run of a case becomes a call of the agent: its parameters, and what the dialect makes of them.

use std::collections::BTreeMap;

use super::stage::Stage;
use super::trouble::Trouble;
use super::{advertised, furnish, path};
use crate::case::{DEFAULT_TIMEOUT, Parent, Role, Run, SUBJECT, Target};
use crate::equipment::Transport;
use crate::history::NodeName;
use crate::installed::PATH;
use crate::ocf::{Call, Dialect, Request, Resource, Verb};
use crate::plan::Profile;

/// The name of the resource where no cluster gives it one; on purpose not the domain's name.
const INSTANCE: &str = "ha-guest";

/// The locale of a node that knows all characters and no country; systemd hands the machine's own on to its services.
const LOCALE: &str = "C.UTF-8";

/// The call by which the agent's dialect makes that run.
///
/// # Errors
/// When a run is to set the advertised defaults, and no run before it has printed any.
pub(super) fn call(stage: &Stage<'_>, run: &Run) -> Result<Call, Trouble> {
    let mut parameters = parameters_of(stage, run)?;
    if run.defaults {
        for (name, value) in advertised::defaults(stage)? {
            parameters.entry(name).or_insert(value);
        }
    }
    let asked = Asked {
        run,
        instance: match stage.case.needs.cluster {
            Some(_) => SUBJECT,
            None => INSTANCE,
        },
        parameters: &parameters,
    };
    let mut call = call_for(stage, &asked);
    change(&mut call.env, &run.env);
    Ok(call)
}

/// A run with what it is about.
pub(super) struct Asked<'a> {
    pub(super) run: &'a Run,
    /// The name of what it is about.
    pub(super) instance: &'a str,
    /// All parameters, by the agent's own names.
    pub(super) parameters: &'a BTreeMap<String, String>,
}

/// The call by which the agent's dialect asks for that.
pub(super) fn call_for(stage: &Stage<'_>, asked: &Asked<'_>) -> Call {
    let (actors, run) = (&stage.actors, asked.run);
    let told = run.to.as_ref().filter(|_| run.target == Target::Told);
    let request = Request {
        verb: run.action.as_ref(),
        args: &run.args,
        resource: Resource {
            instance: asked.instance,
            provider: actors.agent.provider(),
            kind: &actors.agent.name,
            parameters: asked.parameters,
            metadata: &stage.metadata,
            folder: &folder(stage, run),
            has_parent: run.parent == Parent::Service,
        },
        node: &run.node.0,
        node_number: number(stage, &run.node),
        to: told.map(|node| node.0.as_str()),
        from: run.from.as_ref().map(|node| node.0.as_str()),
        interval: run.interval,
        depth: run.depth,
        timeout: run.timeout.unwrap_or(DEFAULT_TIMEOUT),
        path: &search_path(stage, run),
        locale: stage.lab.knows_unicode().then_some(LOCALE),
    };
    actors.profile.dialect.rules().call(&request)
}

/// The agent's parameters in a run, by its own names.
///
/// # Errors
/// When the guest's name is not known.
pub(super) fn parameters_of(
    stage: &Stage<'_>,
    run: &Run,
) -> Result<BTreeMap<String, String>, Trouble> {
    let profile = stage.actors.profile;
    let mut roles = roles(stage);
    if profile.parameters.contains_key(&Role::Name) && is_to_be_told(&roles, profile.dialect) {
        let name = furnish::guest_name(stage, &run.node)?;
        roles.insert(Role::Name, Some(name));
    }
    Ok(parameters(profile, &roles, run))
}

/// Whether the agent is told the name in the configuration file: where the case neither gives another nor takes it away.
/// rgmanager tells a name always, for it has no resource without its primary attribute.
fn is_to_be_told(roles: &BTreeMap<Role, Option<String>>, dialect: Dialect) -> bool {
    match roles.get(&Role::Name) {
        None => true,
        Some(None) => dialect == Dialect::Rgmanager,
        Some(Some(_)) => false,
    }
}

/// The values of the parameters that cases speak of, as the case's world sets them.
fn roles(stage: &Stage<'_>) -> BTreeMap<Role, Option<String>> {
    let config = stage.config.display().to_string();
    let mut roles = BTreeMap::from([(Role::Config, Some(config))]);
    if let Some(uri) = stage.format.hypervisor_uri() {
        roles.insert(Role::Hypervisor, Some(uri.to_owned()));
    }
    let transport = stage.case.needs.transport;
    if transport != Transport::Tcp {
        roles.insert(Role::Transport, Some(transport.word().to_owned()));
    }
    roles.extend(stage.case.given.parameters.clone());
    roles
}

/// The agent's parameters in that run, by its own names.
fn parameters(
    profile: &Profile,
    roles: &BTreeMap<Role, Option<String>>,
    run: &Run,
) -> BTreeMap<String, String> {
    // Metadata are asked for without any resource; a case may give parameters all the same.
    let (mut values, mut roles) = match run.action == Some(Verb::MetaData) {
        true => (BTreeMap::new(), BTreeMap::new()),
        false => (profile.set.clone(), roles.clone()),
    };
    roles.extend(run.parameters.clone());
    change(&mut values, &profile.own_parameters(&roles));
    on_node(values, &run.node)
}

/// The values with the name of the node in its place.
pub(super) fn on_node(
    values: BTreeMap<String, String>,
    node: &NodeName,
) -> BTreeMap<String, String> {
    let here = |value: String| value.replace("${node}", &node.0);
    let values = values.into_iter();
    values.map(|(name, value)| (name, here(value))).collect()
}

/// Sets values, and takes away those of which there is none.
pub(super) fn change(
    values: &mut BTreeMap<String, String>,
    changes: &BTreeMap<String, Option<String>>,
) {
    for (name, value) in changes {
        match value {
            Some(value) => values.insert(name.clone(), value.clone()),
            None => values.remove(name),
        };
    }
}

/// The number of a node in the cluster, from 1.
fn number(stage: &Stage<'_>, name: &NodeName) -> usize {
    let nodes = stage.lab.nodes().iter();
    1 + nodes.take_while(|node| node.name() != name).count()
}

/// The folder that the agent's file lies in, on the run's node.
fn folder(stage: &Stage<'_>, run: &Run) -> String {
    let path = &stage.actors.agent.path;
    let place = stage.node(&run.node).map(|node| node.place_of(path));
    let place = place.unwrap_or_else(|_| path.clone());
    let folder = place.parent().map(|folder| folder.display().to_string());
    folder.unwrap_or_default()
}

/// The search path: without the stand-ins where the tool itself is to be gone.
fn search_path(stage: &Stage<'_>, run: &Run) -> String {
    match stand_ins(stage, run).is_empty() {
        true => PATH.to_owned(),
        false => path::with_stand_ins(),
    }
}

/// The tools in whose places a run meets stand-ins: none where a tool itself is to be gone.
pub(super) fn stand_ins(stage: &Stage<'_>, run: &Run) -> Vec<String> {
    match run.without_tools.is_empty() {
        true => path::stand_ins(stage.case, stage.actors.profile),
        false => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn profile() -> Profile {
        let text = "name: x\nagent: ocf:heartbeat:X\nparameters: {config: xmlfile}\nset: {here: \"${node}\"}\n";
        Profile::parse(Path::new("x.yaml"), text).expect("it is good")
    }

    fn parameters_of(run: &Run) -> BTreeMap<String, String> {
        let roles = BTreeMap::from([(Role::Config, Some("/etc/vm.xml".to_owned()))]);
        parameters(&profile(), &roles, run)
    }

    #[test]
    fn roles_get_the_agents_own_names_and_values_their_node() {
        let found = parameters_of(&Run::new(Verb::Stop, NodeName::from("a")));
        let wanted = [("here", "a"), ("xmlfile", "/etc/vm.xml")];
        let wanted = wanted.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(found, BTreeMap::from(wanted));
    }

    #[test]
    fn the_name_is_told_unless_the_case_says_otherwise_but_by_rgmanager_always() {
        let roles = |name: Option<&str>| BTreeMap::from([(Role::Name, name.map(str::to_owned))]);
        assert!(is_to_be_told(&BTreeMap::new(), Dialect::Ocf10));
        assert!(!is_to_be_told(&roles(None), Dialect::Ocf10));
        assert!(is_to_be_told(&roles(None), Dialect::Rgmanager));
        assert!(!is_to_be_told(&roles(Some("vm2")), Dialect::Rgmanager));
    }

    #[test]
    fn metadata_are_asked_for_without_parameters() {
        let found = parameters_of(&Run::new(Verb::MetaData, NodeName::from("a")));
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn a_run_can_take_parameters_and_variables_away() {
        let mut run = Run::new(Verb::Monitor, NodeName::from("a"));
        run.parameters.insert(Role::Config, None);
        assert!(!parameters_of(&run).contains_key("xmlfile"));
        let mut env = BTreeMap::from([("OCF_ROOT".to_owned(), "/".to_owned())]);
        change(&mut env, &BTreeMap::from([("OCF_ROOT".to_owned(), None)]));
        assert!(env.is_empty());
    }
}
