//! What a case needs and an agent, its profile or the labs at hand do not have.

use super::Profile;
use super::engine::lacking_in_engine;
use super::selection::Selection;
use super::skip::{Ability, AgentLack, LabLack, SkipReason};
use crate::case::{CaseSpec, Family, Fault, LabKind, Needs, Role, Step};
use crate::engine::Engine;
use crate::equipment::Equipment;
use crate::lab::Lacks;
use crate::ocf::{Dialect, Verb};

/// The first thing that a case needs and that is not there.
pub(super) fn lacking(
    case: &CaseSpec,
    profile: &Profile,
    advertised: &[String],
    wanted: &Selection,
) -> Option<SkipReason> {
    let needs = &case.needs;
    let agent = || lacking_in_agent(case, profile, advertised).map(SkipReason::Agent);
    lacking_in_kind(case, profile)
        .map(SkipReason::Agent)
        .or_else(|| lacking_in_lab(needs, wanted).map(SkipReason::Lab))
        .or_else(agent)
}

/// Whether the agent has what a case needs of it, wherever it runs.
pub(super) fn applies(case: &CaseSpec, profile: &Profile, advertised: &[String]) -> bool {
    lacking_in_kind(case, profile).is_none()
        && lacking_in_agent(case, profile, advertised).is_none()
}

/// That the case is for agents of another kind, or of another engine.
fn lacking_in_kind(case: &CaseSpec, profile: &Profile) -> Option<AgentLack> {
    lacking_in_dialect(case, profile)
        .or_else(|| lacking_fence_daemon(case, profile))
        .or_else(|| lacking_stand_in(&case.needs, profile))
        .or_else(|| lacking_in_engine(case, profile))
}

/// That the case is for agents of another kind.
fn lacking_in_dialect(case: &CaseSpec, profile: &Profile) -> Option<AgentLack> {
    let for_fence_agents = case.is_for_fence_agents();
    let profile_name = || profile.name.clone();
    let of_another = || AgentLack::NotForPacemaker {
        profile: profile_name(),
    };
    let of_ocf = Family::Ocf.has(profile.dialect);
    let has_cluster = case.needs.cluster.is_some() || case.needs.lab == LabKind::Scheduler;
    let run_by_cluster = has_cluster && !for_fence_agents;
    let is_fence_agent = profile.dialect == Dialect::Fence;
    let of_other_kind = (for_fence_agents != is_fence_agent).then(|| AgentLack::Dialect {
        profile: profile_name(),
        for_fence_agents,
    });
    of_other_kind
        .or_else(|| (run_by_cluster && !of_ocf).then(of_another))
        .or_else(|| lacking_in_family(case, profile))
}

/// That the case is for agents of other dialects, or demands what this one does not.
fn lacking_in_family(case: &CaseSpec, profile: &Profile) -> Option<AgentLack> {
    let other = case.needs.dialect;
    if let Some(family) = other.filter(|family| !family.has(profile.dialect)) {
        return Some(AgentLack::Family {
            profile: profile.name.clone(),
            family,
        });
    }
    let rules = profile.dialect.rules();
    let demanded = case.clause.iter().any(|clause| rules.demands(&clause.0));
    (!demanded).then(|| AgentLack::NotDemanded {
        profile: profile.name.clone(),
    })
}

/// That the case harms a daemon that the agent does not have.
fn lacking_fence_daemon(case: &CaseSpec, profile: &Profile) -> Option<AgentLack> {
    let harms = |step: &Step| matches!(step, Step::Fault(Fault::FenceDaemon { .. }));
    let lacks = case.needs.fence.is_none() && case.any_step(harms);
    let profile = profile.name.clone();
    lacks.then_some(AgentLack::FenceDaemon { profile })
}

/// That the case is about the tool of another engine: an agent for libvirt may call that, too, where it is there.
fn lacking_stand_in(needs: &Needs, profile: &Profile) -> Option<AgentLack> {
    let mut others = Engine::WITH_STAND_INS.into_iter();
    let engine = others.find(|other| {
        let tool = other.stand_in().unwrap_or_default();
        *other != profile.engine() && needs.tools.iter().any(|needed| needed == tool)
    })?;
    Some(AgentLack::Engine {
        profile: profile.name.clone(),
        engine,
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
        (
            needs.lab == LabKind::Scheduler,
            Ability::Scheduler,
            &lacks.scheduler,
        ),
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

fn lacking_in_agent(
    case: &CaseSpec,
    profile: &Profile,
    advertised: &[String],
) -> Option<AgentLack> {
    lacking_of_needs(&case.needs, profile, advertised).or_else(|| lacking_value(case, profile))
}

/// A value that the case gives a role, and that the profile has no text of the agent's for.
fn lacking_value(case: &CaseSpec, profile: &Profile) -> Option<AgentLack> {
    let transport = case.needs.transport;
    let is_asked = transport != profile.equipment.transport;
    let transport = is_asked.then(|| (Role::Transport, transport.word()));
    let mut values = case.role_values().into_iter().chain(transport);
    let is_lacking = |(role, value): &(Role, &str)| {
        let parameter = profile.parameters.get(role);
        parameter.is_some_and(|parameter| parameter.text(value).is_none())
    };
    let (role, value) = values.find(is_lacking)?;
    Some(AgentLack::Value {
        profile: profile.name.clone(),
        role,
        value: value.to_owned(),
    })
}

fn lacking_of_needs(needs: &Needs, profile: &Profile, advertised: &[String]) -> Option<AgentLack> {
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
    // What every lab for the agent has is the agent's own business.
    let is_asked = needs.transport != profile.equipment.transport;
    let transport = is_asked.then_some(Role::Transport);
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
mod tests;
