//! Why a case cannot run, decided before anything runs.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::written::written;
use crate::case::{Family, Feature, LabKind, Role, Shell};
use crate::engine::Engine;
use crate::equipment::PartId;
use crate::ocf::Verb;

/// Why a case cannot run. Its `Display` is a sentence without a full stop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// The case does not apply to the agent.
    Agent(AgentLack),
    /// The lab, or the machine that it is on, cannot carry the case out.
    Lab(LabLack),
}

/// What an agent or its profile lacks for a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentLack {
    /// Only libvirt can do or report what the case is about, and the agent's guests are not libvirt's.
    Libvirt {
        /// The profile.
        profile: String,
        /// What the agent runs its guests with.
        engine: Engine,
        /// What the case asks of libvirt.
        asked: String,
    },
    /// No container has what the case is about.
    Container {
        /// The profile.
        profile: String,
        /// What the case asks for.
        asked: String,
    },
    /// The case is for agents with another engine.
    Engine {
        /// The profile.
        profile: String,
        /// The engine that it is for.
        engine: Engine,
    },
    /// It speaks another dialect than the case is for.
    Dialect {
        /// The profile.
        profile: String,
        /// Whether the case is for fence agents; otherwise it is for resource agents.
        for_fence_agents: bool,
    },
    /// The case is for agents of other dialects.
    Family {
        /// The profile.
        profile: String,
        /// The dialects that it is for.
        family: Family,
    },
    /// The agent's dialect makes none of the case's demands.
    NotDemanded {
        /// The profile.
        profile: String,
    },
    /// The case is for agents that Pacemaker runs, and the agent is of another dialect.
    NotForPacemaker {
        /// The profile.
        profile: String,
    },
    /// The profile names no daemon that the case could harm.
    FenceDaemon {
        /// The profile.
        profile: String,
    },
    /// The agent does not advertise this action.
    Action(Verb),
    /// The agent advertises this action, and the case is for agents without it.
    ExtraAction(Verb),
    /// The agent has no parameter for this role.
    Parameter {
        /// The profile.
        profile: String,
        /// The role.
        role: Role,
        /// The parameter that the profile names for it, and that the agent's metadata does not have.
        named: Option<String>,
    },
    /// The profile has no text of the agent's for this value of a role.
    Value {
        /// The profile.
        profile: String,
        /// The role.
        role: Role,
        /// The case's value.
        value: String,
    },
    /// The profile does not list this feature.
    Feature {
        /// The profile.
        profile: String,
        /// The feature.
        feature: Feature,
    },
    /// The profile does not list this tool.
    Tool {
        /// The profile.
        profile: String,
        /// The tool.
        tool: String,
    },
}

/// What a lab lacks for a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LabLack {
    /// No lab of this kind is at hand.
    Kind(LabKind),
    /// The lab has too few nodes.
    Nodes {
        /// How many the case needs.
        needed: u8,
        /// How many there are.
        there: u8,
    },
    /// The lab's machines lack an ability.
    Ability {
        /// What.
        what: Ability,
        /// Why it is not there, as the end of a sentence.
        why: String,
    },
}

/// Something that only some cases need of a lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// Migration by post-copy.
    PostCopy,
    /// A folder that hangs whoever looks into it.
    HangingFolder,
    /// Nodes whose power can be cut.
    Power,
    /// A cluster's scheduler, which is asked without a cluster.
    Scheduler,
    /// This shell as `/bin/sh`.
    Shell(Shell),
    /// This part of a lab's equipment.
    #[serde(untagged)]
    Part(PartId),
}

/// Who lacks what a case needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SkipKind {
    /// The agent: the case does not apply to it.
    AgentLacks,
    /// The lab, or the machine that it is on.
    MachineLacks,
}

impl SkipReason {
    /// Who lacks something.
    #[must_use]
    pub const fn kind(&self) -> SkipKind {
        match self {
            Self::Agent(_) => SkipKind::AgentLacks,
            Self::Lab(_) => SkipKind::MachineLacks,
        }
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agent(lack) => lack.fmt(f),
            Self::Lab(lack) => lack.fmt(f),
        }
    }
}

impl fmt::Display for AgentLack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Libvirt {
                profile,
                engine,
                asked,
            } => write!(
                f,
                "needs libvirt for {asked}; the profile `{profile}` has the engine `{}`",
                engine.word()
            ),
            Self::Container { profile, asked } => write!(
                f,
                "needs {asked}, which containers do not have, and the profile `{profile}` is for containers"
            ),
            Self::Engine { profile, engine } => write!(
                f,
                "is for agents with the engine `{}`; the profile `{profile}` has another",
                engine.word()
            ),
            Self::Dialect { .. }
            | Self::Family { .. }
            | Self::NotDemanded { .. }
            | Self::NotForPacemaker { .. } => of_another_kind(f, self),
            Self::FenceDaemon { profile } => {
                write!(
                    f,
                    "the profile `{profile}` names no fence daemon in `equipment`"
                )
            }
            Self::Action(action) => write!(
                f,
                "the agent's metadata does not advertise the action `{action}`"
            ),
            Self::ExtraAction(action) => write!(
                f,
                "the agent's metadata advertise the action `{action}`, and the case is for agents without it"
            ),
            Self::Parameter {
                profile,
                role,
                named,
            } => parameter(f, profile, *role, named.as_deref()),
            Self::Value {
                profile,
                role,
                value,
            } => no_text(f, profile, (*role, value)),
            Self::Feature { profile, feature } => write!(
                f,
                "the profile `{profile}` does not list the feature `{}`",
                written(feature)
            ),
            Self::Tool { profile, tool } => {
                write!(f, "the profile `{profile}` does not list the tool `{tool}`")
            }
        }
    }
}

/// That the case is for agents of other dialects.
fn of_another_kind(f: &mut fmt::Formatter<'_>, lack: &AgentLack) -> fmt::Result {
    match lack {
        AgentLack::Dialect {
            profile,
            for_fence_agents: true,
        } => write!(
            f,
            "is for fence agents; the profile `{profile}` has the dialect of a resource agent"
        ),
        AgentLack::Dialect { profile, .. } => write!(
            f,
            "is for resource agents; the profile `{profile}` has the dialect `fence`"
        ),
        AgentLack::Family { profile, family } => write!(
            f,
            "is for agents of the dialect `{}`; the profile `{profile}` has another",
            written(family)
        ),
        AgentLack::NotDemanded { profile } => write!(
            f,
            "demands what the dialect of the profile `{profile}` does not"
        ),
        AgentLack::NotForPacemaker { profile } => write!(
            f,
            "has a cluster of Pacemaker, which runs agents of OCF; the profile `{profile}` has another dialect"
        ),
        _ => Ok(()),
    }
}

fn parameter(
    f: &mut fmt::Formatter<'_>,
    profile: &str,
    role: Role,
    named: Option<&str>,
) -> fmt::Result {
    let role = written(&role);
    match named {
        Some(parameter) => write!(
            f,
            "this agent has no parameter `{parameter}`, which the profile `{profile}` names for `{role}`"
        ),
        None => write!(f, "the profile `{profile}` names no parameter for `{role}`"),
    }
}

fn no_text(f: &mut fmt::Formatter<'_>, profile: &str, of: (Role, &str)) -> fmt::Result {
    let (role, value) = (written(&of.0), of.1);
    write!(
        f,
        "the profile `{profile}` has no text for the value `{value}` of `{role}`"
    )
}

impl fmt::Display for LabLack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Kind(kind) => {
                write!(f, "needs the lab `{}`, which is not at hand", written(kind))
            }
            Self::Nodes { needed, there } => {
                write!(f, "needs {needed} nodes, the lab has {there}")
            }
            Self::Ability { what, why } => write!(f, "needs {what}: {why}"),
        }
    }
}

impl fmt::Display for Ability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PostCopy => f.write_str("post-copy"),
            Self::HangingFolder => f.write_str("a folder that can hang"),
            Self::Power => f.write_str("nodes whose power can be cut"),
            Self::Scheduler => f.write_str("Pacemaker's scheduler"),
            Self::Shell(shell) => write!(f, "`{}` as /bin/sh", written(shell)),
            Self::Part(part) => write!(f, "a lab with {part}"),
        }
    }
}
