//! The terms of the OCF standard: actions, exit codes, and a failure with its reason.

/// What the agent can be asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Make the guest run here.
    Start,
    /// Make sure that the guest doesn't run here.
    Stop,
    /// Say whether the guest runs here.
    Monitor,
    /// Push the running guest to another node.
    MigrateTo,
    /// Confirm that the guest arrived here.
    MigrateFrom,
    /// Take over changed parameters.
    ReloadAgent,
    /// Judge the parameters.
    ValidateAll,
    /// Describe the agent.
    MetaData,
    /// Explain how to call the agent.
    Usage,
}

impl Action {
    /// The action of that name; `None` for one that this agent doesn't implement.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "start" => Self::Start,
            "stop" => Self::Stop,
            "monitor" => Self::Monitor,
            "migrate_to" => Self::MigrateTo,
            "migrate_from" => Self::MigrateFrom,
            "reload-agent" => Self::ReloadAgent,
            "validate-all" => Self::ValidateAll,
            "meta-data" => Self::MetaData,
            "usage" | "help" => Self::Usage,
            _ => return None,
        })
    }
}

/// The exit codes this agent uses: a subset of OCF 1.1, "Exit Status Codes", and a doubt, which OCF has no code for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ExitCode {
    /// Done, or running.
    Success = 0,
    /// Failed, or in doubt.
    Generic = 1,
    /// Called wrongly, or a value that can't work on this node.
    Arguments = 2,
    /// The action doesn't exist.
    Unimplemented = 3,
    /// The agent lacks privileges.
    Permission = 4,
    /// Something needed isn't on this node.
    Installed = 5,
    /// The configuration is wrong on every node.
    Configured = 6,
    /// Proven not to run here; an answer of monitor alone.
    NotRunning = 7,
    /// Whether it runs here can't be known. In OCF that is [`Generic`](Self::Generic).
    InDoubt = 150,
}

impl ExitCode {
    /// The number for the operating system, as OCF counts.
    pub(crate) fn number(self) -> i32 {
        match self {
            Self::InDoubt => Self::Generic as i32,
            code => code as i32,
        }
    }
}

/// An action's end without success: the code, and why, in one sentence for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What the process exits with.
    pub(crate) code: ExitCode,
    /// The true cause.
    pub(crate) reason: String,
}

impl Failure {
    /// A failure with any code.
    pub(crate) fn new(code: ExitCode, reason: impl Into<String>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }

    /// Code 1.
    pub(crate) fn generic(reason: impl Into<String>) -> Self {
        Self::new(ExitCode::Generic, reason)
    }

    /// That nothing can be known.
    pub(crate) fn doubt(reason: impl Into<String>) -> Self {
        Self::new(ExitCode::InDoubt, reason)
    }

    /// Code 2.
    pub(crate) fn arguments(reason: impl Into<String>) -> Self {
        Self::new(ExitCode::Arguments, reason)
    }

    /// Code 6.
    pub(crate) fn configured(reason: impl Into<String>) -> Self {
        Self::new(ExitCode::Configured, reason)
    }

    /// The reason as Pacemaker can take it: one line, of bounded length.
    pub(crate) fn one_line(&self) -> String {
        self.reason
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .chars()
            .take(500)
            .collect()
    }
}

/// How an action ends.
pub(crate) type Answer = Result<ExitCode, Failure>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_of_other_kinds_of_agents_are_unknown() {
        for name in [
            "promote", "demote", "notify", "reload", "status", "START", "",
        ] {
            assert_eq!(Action::parse(name), None, "{name}");
        }
    }

    #[test]
    fn a_reason_is_one_line_of_bounded_length() {
        let failure = Failure::generic(format!("first\nsecond\t{}", "x".repeat(2000)));
        let line = failure.one_line();
        assert!(line.starts_with("first second x") && line.chars().count() == 500);
    }
}
