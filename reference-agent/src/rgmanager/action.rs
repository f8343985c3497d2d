//! The words of rgmanager, and its codes.

use crate::ocf::{self, Answer, ExitCode};
use crate::process::Ended;

/// rgmanager's code for what it is to take no conclusion from: a migration that has changed nothing, a status that can't
/// be known.
pub(super) const NOTHING_CHANGES: i32 = 150;

/// What the agent can be asked to do about a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Start,
    Stop,
    /// Say whether the guest runs here.
    Status,
    /// Bring the guest to another node, wholly.
    Migrate,
    /// Take other values of the parameters that are marked for it.
    Reconfig,
    /// Mend a guest that is broken here.
    Recover,
    /// Stop and start a guest that is here.
    Restart,
    /// Judge the parameters.
    Validate,
}

impl Action {
    /// The action of that name.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "start" => Self::Start,
            "stop" => Self::Stop,
            "status" | "monitor" => Self::Status,
            "migrate" => Self::Migrate,
            "reconfig" => Self::Reconfig,
            "recover" => Self::Recover,
            "restart" => Self::Restart,
            "validate-all" | "verify-all" => Self::Validate,
            _ => return None,
        })
    }

    /// The same in OCF, where it has a word for it.
    pub(super) fn in_ocf(self) -> ocf::Action {
        match self {
            Self::Start | Self::Recover | Self::Restart => ocf::Action::Start,
            Self::Stop => ocf::Action::Stop,
            Self::Status => ocf::Action::Monitor,
            Self::Migrate => ocf::Action::MigrateTo,
            Self::Reconfig | Self::Validate => ocf::Action::ValidateAll,
        }
    }

    /// How long it may take where nothing says so, in seconds; advertised in the metadata.
    pub(super) fn seconds(self) -> u64 {
        match self {
            Self::Start => 90,
            Self::Stop => 180,
            Self::Status => 40,
            Self::Migrate => 600,
            Self::Reconfig | Self::Validate => 30,
            Self::Recover | Self::Restart => 300,
        }
    }

    /// An answer in rgmanager's numbers: a status alone may be unknown to it.
    pub(super) fn counted(self, answer: Answer) -> Ended {
        let number = |code: ExitCode| match (self, code) {
            (Self::Status, ExitCode::InDoubt) => NOTHING_CHANGES,
            (_, code) => code.number(),
        };
        answer
            .map(number)
            .map_err(|failure| (number(failure.code), failure))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ocf::Failure;

    #[test]
    fn words_of_pacemaker_are_unknown() {
        for word in [
            "migrate_to",
            "migrate_from",
            "reload",
            "promote",
            "STATUS",
            "",
        ] {
            assert_eq!(Action::parse(word), None, "{word}");
        }
    }

    #[test]
    fn a_doubt_is_150_of_a_status_and_a_failure_of_all_else() {
        let number = |action: Action| {
            let ended = action.counted(Err(Failure::doubt("the daemon hangs")));
            ended.unwrap_err().0
        };
        assert_eq!(number(Action::Status), 150);
        for action in [
            Action::Start,
            Action::Stop,
            Action::Recover,
            Action::Reconfig,
        ] {
            assert_eq!(number(action), 1, "{action:?}");
        }
        assert_eq!(Action::Status.counted(Ok(ExitCode::NotRunning)).unwrap(), 7);
    }
}
