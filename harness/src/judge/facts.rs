use crate::case::Role;
use crate::ocf::Dialect;
use crate::plan::Profile;

/// What the judge must know about the agent. Everything else is in the case and its history.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentFacts {
    /// Which rules the agent speaks.
    pub dialect: Dialect,
    /// The agent's own name of the parameter that holds the configuration file's path.
    pub config_parameter: Option<String>,
    /// The agent's own names of parameters whose value many guests share, so that none of them can be unique.
    pub shared_parameters: Vec<String>,
    /// The file name of the agent, which its metadata must repeat.
    pub file_name: Option<String>,
}

impl AgentFacts {
    /// What many guests have in common.
    const SHARED: [Role; 3] = [Role::Hypervisor, Role::Transport, Role::ForceStop];

    /// The facts in a profile.
    #[must_use]
    pub fn of(profile: &Profile) -> Self {
        let file_name = profile.agent.rsplit(['/', ':']).next();
        let name = |role| Some(profile.parameters.get(role)?.name.clone());
        Self {
            dialect: profile.dialect,
            config_parameter: name(&Role::Config),
            shared_parameters: Self::SHARED.iter().filter_map(name).collect(),
            file_name: file_name.map(str::to_owned),
        }
    }

    /// The same facts for an agent that the user named by another path than the profile does.
    #[must_use]
    pub fn for_agent(self, agent: &str) -> Self {
        let name = agent.rsplit(['/', ':']).next();
        Self {
            file_name: name.map(str::to_owned),
            ..self
        }
    }
}
