use std::collections::BTreeSet;

use super::Profile;
use super::engine::asks_of_libvirt;
use crate::case::{CaseId, CaseSpec, LabKind, Level, LoadedCase, Needs, Role, Suite};
use crate::history::Transport;
use crate::lab::{Equipment, Lacks};

/// What the user wants to run, and where it could run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Parts of ids, any of which is enough; `=id` is the whole id. None chooses every case.
    pub filters: Vec<String>,
    /// The weakest level that is run: `should` runs `must` and `should`.
    pub level: Option<Level>,
    /// The labs at hand.
    pub labs: Vec<LabKind>,
    /// How many nodes a lab has.
    pub nodes: u8,
    /// What those labs lack.
    pub lacks: Lacks,
}

impl Default for Selection {
    fn default() -> Self {
        let labs = LabKind::ALL.to_vec();
        Self {
            filters: Vec::new(),
            level: None,
            labs,
            nodes: 2,
            lacks: Lacks::default(),
        }
    }
}

impl From<&Needs> for Equipment {
    fn from(needs: &Needs) -> Self {
        Self {
            lock: needs.lock,
            transport: needs.transport,
            daemons: needs.daemons,
        }
    }
}

/// Which cases run, and why others do not.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The cases that run, in the suite's order.
    pub chosen: Vec<LoadedCase>,
    /// The cases that were asked for but cannot run, each with its reason.
    pub skipped: Vec<(CaseId, String)>,
    /// How many cases were not asked for, by filter or level.
    pub filtered_out: usize,
}

impl Plan {
    /// Chooses from the suite by what the agent can do, what the user wants, and what the labs have.
    ///
    /// `advertised` are the actions in the agent's own metadata.
    #[must_use]
    pub fn new(
        suite: &Suite,
        profile: &Profile,
        advertised: &[String],
        wanted: &Selection,
    ) -> Self {
        let mut plan = Self::default();
        for case in &suite.cases {
            if !wanted.asks_for(case) {
                plan.filtered_out += 1;
            } else if let Some(reason) = lacking(&case.spec, profile, advertised, wanted) {
                plan.skipped.push((case.id.clone(), reason));
            } else {
                plan.chosen.push(case.clone());
            }
        }
        plan
    }
}

impl Selection {
    /// Whether a case is asked for, wherever it could run.
    pub(crate) fn asks_for(&self, case: &LoadedCase) -> bool {
        let id = case.id.0.as_str();
        let fits = |filter: &String| match filter.strip_prefix('=') {
            Some(exact) => id == exact,
            None => id.contains(filter.as_str()),
        };
        let by_filter = self.filters.is_empty() || self.filters.iter().any(fits);
        by_filter && self.level.is_none_or(|weakest| case.spec.level >= weakest)
    }
}

/// The first thing that a case needs and that is not there.
fn lacking(
    case: &CaseSpec,
    profile: &Profile,
    advertised: &[String],
    wanted: &Selection,
) -> Option<String> {
    let needs = &case.needs;
    lacking_in_engine(case, profile)
        .or_else(|| lacking_in_lab(needs, wanted))
        .or_else(|| lacking_in_agent(needs, profile, advertised))
}

/// What only libvirt can make or tell, where the agent's guests are not libvirt's.
fn lacking_in_engine(case: &CaseSpec, profile: &Profile) -> Option<String> {
    let (name, engine) = (&profile.name, profile.engine());
    let asked = asks_of_libvirt(case).filter(|_| !engine.asks_libvirt())?;
    Some(format!(
        "needs libvirt for {asked}; the profile `{name}` has the engine `{}`",
        engine.word()
    ))
}

fn lacking_in_lab(needs: &Needs, wanted: &Selection) -> Option<String> {
    if !wanted.labs.contains(&needs.lab) {
        return Some(format!(
            "needs the lab `{}`, which is not at hand",
            written(&needs.lab)
        ));
    }
    let lacks = &wanted.lacks;
    if let (true, Some(why)) = (needs.post_copy, &lacks.post_copy) {
        return Some(format!("needs post-copy: {why}"));
    }
    if let (true, Some(why)) = (needs.hanging_folder, &lacks.hanging_folder) {
        return Some(format!("needs a folder that can hang: {why}"));
    }
    if let (true, Some(why)) = (needs.power, &lacks.power) {
        return Some(format!("needs nodes whose power can be cut: {why}"));
    }
    let (wants, has) = (needs.nodes, wanted.nodes);
    if wants > has {
        return Some(format!("needs {wants} nodes, the lab has {has}"));
    }
    let mut no_shells = lacks.shells.iter();
    if let Some((shell, why)) = no_shells.find(|(shell, _)| needs.shell == Some(*shell)) {
        return Some(format!("needs `{}` as /bin/sh: {why}", written(shell)));
    }
    let mut no_ways = lacks.transports.iter();
    if let Some((way, why)) = no_ways.find(|(way, _)| needs.transport == *way) {
        let way = written(way);
        return Some(format!("needs a lab with the transport `{way}`: {why}"));
    }
    let mut no_daemons = lacks.daemons.iter();
    if let Some((daemons, why)) = no_daemons.find(|(kind, _)| needs.daemons == Some(*kind)) {
        let kind = written(daemons);
        return Some(format!("needs a lab with {kind} libvirt daemons: {why}"));
    }
    let mut no_locks = lacks.locks.iter();
    let (lock, why) = no_locks.find(|(lock, _)| needs.lock == Some(*lock))?;
    Some(format!(
        "needs a lab with the lock `{}`: {why}",
        written(lock)
    ))
}

fn lacking_in_agent(needs: &Needs, profile: &Profile, advertised: &[String]) -> Option<String> {
    let dialect = profile.dialect.rules();
    let advertised: BTreeSet<&str> = advertised.iter().map(String::as_str).collect();
    if let Some(action) = needs
        .actions
        .iter()
        .find(|action| !advertised.contains(dialect.advertised_as(action)))
    {
        return Some(format!(
            "the agent's metadata does not advertise the action `{action}`"
        ));
    }
    let mut unwanted = needs.lacks_actions.iter();
    if let Some(action) = unwanted.find(|action| advertised.contains(dialect.advertised_as(action)))
    {
        return Some(format!(
            "the agent's metadata advertise the action `{action}`, and the case is for agents without it"
        ));
    }
    let name = &profile.name;
    let told = (needs.transport != Transport::Tcp).then_some(&Role::Transport);
    if let Some(role) = needs
        .roles
        .iter()
        .chain(told)
        .find(|role| !profile.parameters.contains_key(role))
    {
        let role: &Role = role;
        let wanted = written(role);
        return Some(match profile.lacking.get(role) {
            Some(parameter) => format!(
                "this agent has no parameter `{parameter}`, which the profile `{name}` names for `{wanted}`"
            ),
            None => format!("the profile `{name}` names no parameter for `{wanted}`"),
        });
    }
    let of_the_lab = needs.lab.required_feature();
    let mut features = needs.features.iter().copied().chain(of_the_lab);
    if let Some(feature) = features.find(|feature| !profile.features.contains(feature)) {
        return Some(format!(
            "the profile `{name}` does not list the feature `{}`",
            written(&feature)
        ));
    }
    let tool = needs
        .tools
        .iter()
        .find(|tool| !profile.tools.contains(tool))?;
    Some(format!(
        "the profile `{name}` does not list the tool `{tool}`"
    ))
}

/// A word of the case language as cases write it.
pub(super) fn written(word: &impl serde::Serialize) -> String {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::case::{Shell, load_text};
    use crate::history::Lock;
    use crate::ocf::Verb;

    fn suite() -> Suite {
        let case = |file: &str, level: &str, needs: &str| {
            let text = format!(
                "case: stop of a stopped VM succeeds\nclause: [STOP-06]\nlevel: {level}\n\
                 needs: {needs}\nwhen:\n  - run: {{action: stop, node: a, returns: success}}\n"
            );
            load_text(Path::new(file), &text, None).expect("it is good")
        };
        let cases = [
            case("stop/one.yaml", "must", "{}"),
            case(
                "stop/two.yaml",
                "should",
                "{nodes: 2, actions: [migrate_to]}",
            ),
            case("driver/one.yaml", "may", "{lab: driver}"),
            case(
                "tool/one.yaml",
                "must",
                "{roles: [monitor_script], tools: [virsh]}",
            ),
        ];
        Suite {
            cases: cases.concat(),
            ..Suite::default()
        }
    }

    fn plan(wanted: &Selection) -> Plan {
        let profile = Profile::builtin("reference").expect("it is built in");
        Plan::new(&suite(), &profile, &["migrate_to".to_owned()], wanted)
    }

    fn chosen(wanted: &Selection) -> Vec<String> {
        plan(wanted)
            .chosen
            .into_iter()
            .map(|case| case.id.0)
            .collect()
    }

    fn filtered(filters: &[&str]) -> Selection {
        Selection {
            filters: filters.iter().map(|&f| f.to_owned()).collect(),
            ..Selection::default()
        }
    }

    #[test]
    fn without_a_wish_all_that_can_run_is_chosen() {
        let plan = plan(&Selection::default());
        assert_eq!((plan.chosen.len(), plan.filtered_out), (3, 0));
        let reason = "the profile `reference` names no parameter for `monitor_script`";
        assert_eq!(
            plan.skipped,
            [(CaseId("tool::one".into()), reason.to_owned())]
        );
    }

    #[test]
    fn filters_are_parts_of_ids_and_any_is_enough() {
        assert_eq!(chosen(&filtered(&["stop"])), ["stop::one", "stop::two"]);
        assert_eq!(
            chosen(&filtered(&["two", "driver"])),
            ["driver::one", "stop::two"]
                .map(String::from)
                .into_iter()
                .rev()
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn an_equals_sign_asks_for_the_whole_id() {
        assert_eq!(chosen(&filtered(&["=stop::one"])), ["stop::one"]);
        assert_eq!(plan(&filtered(&["=stop"])).filtered_out, 4);
    }

    #[test]
    fn post_copy_that_this_user_may_not_use_is_a_skip_with_a_reason() {
        let (post_copy, wanted) = (true, Selection::default());
        let needs = Needs {
            post_copy,
            ..Needs::default()
        };
        assert_eq!(lacking_in_lab(&needs, &wanted), None);
        let lacks = Lacks {
            post_copy: Some("this user may not use userfaultfd".to_owned()),
            ..Lacks::default()
        };
        let wanted = Selection { lacks, ..wanted };
        let reason = "needs post-copy: this user may not use userfaultfd";
        assert_eq!(lacking_in_lab(&needs, &wanted).as_deref(), Some(reason));
    }

    #[test]
    fn power_that_cannot_be_cut_is_a_skip_with_a_reason() {
        let needs = Needs {
            power: true,
            ..Needs::default()
        };
        let local = Selection {
            lacks: Lacks::here(),
            ..Selection::default()
        };
        let reason = lacking_in_lab(&needs, &local);
        let expected = "needs nodes whose power can be cut: the nodes of a local lab have no machines of their own";
        assert_eq!(reason.as_deref(), Some(expected));
        assert_eq!(lacking_in_lab(&needs, &Selection::default()), None);
    }

    #[test]
    fn a_case_for_agents_without_an_action_is_skipped_where_it_is_advertised() {
        let needs = Needs {
            lacks_actions: vec![Verb::from("notify")],
            ..Needs::default()
        };
        let profile = Profile::builtin("reference").expect("it is built in");
        let lacking = |action: &str| lacking_in_agent(&needs, &profile, &[action.to_owned()]);
        assert_eq!(lacking("reload"), None);
        let reason = "the agent's metadata advertise the action `notify`, and the case is for agents without it";
        assert_eq!(lacking("notify").as_deref(), Some(reason));
    }

    #[test]
    fn a_level_leaves_out_the_weaker_ones() {
        let wanted = Selection {
            level: Some(Level::Should),
            ..Selection::default()
        };
        assert_eq!(chosen(&wanted), ["stop::one", "stop::two"]);
    }

    #[test]
    fn what_the_lab_has_not_is_a_skip_with_a_reason() {
        let wanted = Selection {
            labs: vec![LabKind::Qemu],
            nodes: 1,
            ..Selection::default()
        };
        let reasons: Vec<String> = plan(&wanted)
            .skipped
            .into_iter()
            .map(|(_, why)| why)
            .collect();
        assert_eq!(reasons[0], "needs 2 nodes, the lab has 1");
        assert_eq!(reasons[1], "needs the lab `driver`, which is not at hand");
    }

    #[test]
    fn a_lock_that_the_machine_lacks_is_a_skip_with_its_reason() {
        let needs = Needs {
            lock: Some(Lock::Virtlockd),
            ..Needs::default()
        };
        let lacks = |lock| Selection {
            lacks: Lacks {
                locks: vec![(lock, "it is not there".to_owned())],
                ..Lacks::default()
            },
            ..Selection::default()
        };
        let reason = lacking_in_lab(&needs, &lacks(Lock::Virtlockd));
        let expected = "needs a lab with the lock `virtlockd`: it is not there";
        assert_eq!(reason.as_deref(), Some(expected));
        assert_eq!(lacking_in_lab(&needs, &lacks(Lock::Image)), None);
    }

    #[test]
    fn a_transport_that_the_machine_or_the_profile_lacks_is_a_skip_with_its_reason() {
        let transport = Transport::Ssh;
        let needs = Needs {
            transport,
            ..Needs::default()
        };
        let wanted = Selection {
            lacks: Lacks {
                transports: vec![(Transport::Ssh, "there is no sshd".to_owned())],
                ..Lacks::default()
            },
            ..Selection::default()
        };
        let expected = "needs a lab with the transport `ssh`: there is no sshd";
        assert_eq!(lacking_in_lab(&needs, &wanted).as_deref(), Some(expected));
        let mut profile = Profile::builtin("reference").expect("it is built in");
        assert_eq!(lacking_in_agent(&needs, &profile, &[]), None);
        profile.parameters.remove(&Role::Transport);
        let expected = "the profile `reference` names no parameter for `transport`";
        assert_eq!(
            lacking_in_agent(&needs, &profile, &[]).as_deref(),
            Some(expected)
        );
    }

    #[test]
    fn a_shell_that_the_machine_lacks_is_a_skip_with_its_reason() {
        let needs = |shell| Needs {
            shell: Some(shell),
            ..Needs::default()
        };
        let wanted = Selection {
            lacks: Lacks {
                shells: vec![(Shell::Busybox, "there is no busybox".to_owned())],
                ..Lacks::default()
            },
            ..Selection::default()
        };
        let reason = lacking_in_lab(&needs(Shell::Busybox), &wanted);
        let expected = "needs `busybox` as /bin/sh: there is no busybox";
        assert_eq!(reason.as_deref(), Some(expected));
        assert_eq!(lacking_in_lab(&needs(Shell::Dash), &wanted), None);
    }
}
