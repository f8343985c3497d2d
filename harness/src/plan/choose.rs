use super::Profile;
use super::engine::asks_of_libvirt;
use super::skip::{Ability, AgentLack, LabLack, SkipReason};
use crate::case::{CaseId, CaseSpec, LabKind, Level, LoadedCase, Needs, Role, Suite};
use crate::equipment::Equipment;
use crate::history::Transport;
use crate::lab::Lacks;
use crate::ocf::Verb;

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
    pub skipped: Vec<(CaseId, SkipReason)>,
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
) -> Option<SkipReason> {
    let needs = &case.needs;
    let agent = || lacking_in_agent(needs, profile, advertised).map(SkipReason::Agent);
    lacking_in_engine(case, profile)
        .map(SkipReason::Agent)
        .or_else(|| lacking_in_lab(needs, wanted).map(SkipReason::Lab))
        .or_else(agent)
}

/// What only libvirt can do or report, if the agent's guests are not libvirt's.
fn lacking_in_engine(case: &CaseSpec, profile: &Profile) -> Option<AgentLack> {
    let engine = profile.engine();
    let asked = asks_of_libvirt(case).filter(|_| !engine.asks_libvirt())?;
    Some(AgentLack::Libvirt {
        profile: profile.name.clone(),
        engine,
        asked: asked.to_owned(),
    })
}

fn lacking_in_lab(needs: &Needs, wanted: &Selection) -> Option<LabLack> {
    let (needed, there) = (needs.nodes, wanted.nodes);
    let kind = !wanted.labs.contains(&needs.lab);
    let node = || (needed > there).then_some(LabLack::Nodes { needed, there });
    kind.then_some(LabLack::Kind(needs.lab))
        .or_else(|| lacking_of_the_machine(needs, &wanted.lacks))
        .or_else(node)
        .or_else(|| lacking_equipment(needs, &wanted.lacks))
}

fn lacking_of_the_machine(needs: &Needs, lacks: &Lacks) -> Option<LabLack> {
    let abilities = [
        (needs.post_copy, Ability::PostCopy, &lacks.post_copy),
        (
            needs.hanging_folder,
            Ability::HangingFolder,
            &lacks.hanging_folder,
        ),
        (needs.power, Ability::Power, &lacks.power),
    ];
    abilities.into_iter().find_map(|(needed, what, why)| {
        let why = why.clone().filter(|_| needed)?;
        Some(LabLack::Ability { what, why })
    })
}

fn lacking_equipment(needs: &Needs, lacks: &Lacks) -> Option<LabLack> {
    let shell = needs.shell.and_then(|shell| {
        let why = why_lacking(&lacks.shells, &shell)?;
        Some((Ability::Shell(shell), why))
    });
    let equipment = Equipment::from(needs);
    let part = || {
        let mut parts = lacks.parts.iter();
        let (part, why) = parts.find(|(part, _)| equipment.names(*part))?;
        Some((Ability::Part(*part), why.clone()))
    };
    let lacking = shell.or_else(part);
    lacking.map(|(what, why)| LabLack::Ability { what, why })
}

/// Why something is not there, if it is not.
fn why_lacking<T: PartialEq>(lacking: &[(T, String)], wanted: &T) -> Option<String> {
    let found = lacking.iter().find(|(what, _)| what == wanted)?;
    Some(found.1.clone())
}

fn lacking_in_agent(needs: &Needs, profile: &Profile, advertised: &[String]) -> Option<AgentLack> {
    let dialect = profile.dialect.rules();
    let is_advertised = |action: &&Verb| {
        let word = dialect.advertised_as(action);
        advertised.iter().any(|advertised| advertised == word)
    };
    let mut required = needs.actions.iter();
    if let Some(action) = required.find(|action| !is_advertised(action)) {
        return Some(AgentLack::Action(action.clone()));
    }
    if let Some(action) = needs.lacks_actions.iter().find(is_advertised) {
        return Some(AgentLack::ExtraAction(action.clone()));
    }
    let name = || profile.name.clone();
    let transport = (needs.transport != Transport::Tcp).then_some(Role::Transport);
    let mut roles = needs.roles.iter().copied().chain(transport);
    if let Some(role) = roles.find(|role| !profile.parameters.contains_key(role)) {
        return Some(AgentLack::Parameter {
            profile: name(),
            role,
            named: profile.lacking.get(&role).cloned(),
        });
    }
    let of_the_lab = needs.lab.required_feature();
    let mut features = needs.features.iter().copied().chain(of_the_lab);
    if let Some(feature) = features.find(|feature| !profile.features.contains(feature)) {
        return Some(AgentLack::Feature {
            profile: name(),
            feature,
        });
    }
    let mut tools = needs.tools.iter();
    let tool = tools.find(|tool| !profile.tools.contains(tool))?.clone();
    Some(AgentLack::Tool {
        profile: name(),
        tool,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::case::{Shell, load_text};
    use crate::equipment::{Lock, PartId};
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

    fn text(lack: Option<impl ToString>) -> String {
        lack.map_or_else(String::new, |lack| lack.to_string())
    }

    #[test]
    fn without_a_wish_all_that_can_run_is_chosen() {
        let plan = plan(&Selection::default());
        assert_eq!((plan.chosen.len(), plan.filtered_out), (3, 0));
        let reason = "the profile `reference` names no parameter for `monitor_script`";
        let [(id, why)] = plan.skipped.as_slice() else {
            panic!("{:?}", plan.skipped);
        };
        assert_eq!(
            (id.0.as_str(), why.to_string().as_str()),
            ("tool::one", reason)
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
        assert_eq!(text(lacking_in_lab(&needs, &wanted)), reason);
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
        assert_eq!(text(reason), expected);
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
        assert_eq!(text(lacking("notify")), reason);
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
            .map(|(_, why)| why.to_string())
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
                parts: vec![(PartId::Lock(lock), "it is not there".to_owned())],
                ..Lacks::default()
            },
            ..Selection::default()
        };
        let reason = lacking_in_lab(&needs, &lacks(Lock::Virtlockd));
        let expected = "needs a lab with the lock `virtlockd`: it is not there";
        assert_eq!(text(reason), expected);
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
                parts: vec![(
                    PartId::Transport(Transport::Ssh),
                    "there is no sshd".to_owned(),
                )],
                ..Lacks::default()
            },
            ..Selection::default()
        };
        let expected = "needs a lab with the transport `ssh`: there is no sshd";
        assert_eq!(text(lacking_in_lab(&needs, &wanted)), expected);
        let mut profile = Profile::builtin("reference").expect("it is built in");
        assert_eq!(lacking_in_agent(&needs, &profile, &[]), None);
        profile.parameters.remove(&Role::Transport);
        let expected = "the profile `reference` names no parameter for `transport`";
        assert_eq!(text(lacking_in_agent(&needs, &profile, &[])), expected);
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
        assert_eq!(text(reason), expected);
        assert_eq!(lacking_in_lab(&needs(Shell::Dash), &wanted), None);
    }
}
