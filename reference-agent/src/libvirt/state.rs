//! What each of libvirt's domain states and reasons means for a cluster. The one place where states are mapped.
#![deny(clippy::wildcard_enum_match_arm)]

use std::fmt;

use virt::domain::{
    DomainPausedReason as Paused, DomainRunningReason as Running, DomainState as State,
    DomainStateEnum, DomainStateReason as Reason, DomainStateReasonEnum,
};
use virt::enumutil::Enum::{self, Known, Unknown};

/// The meaning of a domain's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// The guest runs.
    Running,
    /// The guest runs here, but part of its memory is still on the node it comes from.
    HalfArrived,
    /// The guest stands still because somebody wants it to.
    Held,
    /// The guest stands still because something is broken.
    Broken(&'static str),
    /// The guest stands still because it is about to leave, to arrive or to start: the job tells which.
    InTransit,
    /// The guest's remains after it went on elsewhere.
    LeftBehind(&'static str),
    /// The guest is ending.
    ShuttingDown,
    /// The guest doesn't run.
    Off(&'static str),
    /// The guest's kernel panicked; the emulator is still there.
    Crashed,
    /// The guest has suspended itself.
    Suspended,
    /// libvirt itself doesn't know.
    Undetermined,
}

/// Maps a state and its reason. A state or reason that a future libvirt may add is undetermined, but a new reason of
/// a known state is judged as that state is.
pub(super) fn condition(reason: DomainStateReasonEnum) -> Condition {
    match reason {
        Known(Reason::Running(Known(reason))) => running(reason),
        Known(Reason::Running(Unknown(_)) | Reason::Blocked(_)) => Condition::Running,
        Known(Reason::Paused(Known(reason))) => paused(reason),
        Known(Reason::Paused(Unknown(_))) => {
            Condition::Broken("for a reason this agent doesn't know")
        }
        Known(Reason::Shutdown(_)) => Condition::ShuttingDown,
        Known(Reason::Shutoff(Known(reason))) => Condition::Off(shutoff(reason)),
        Known(Reason::Shutoff(Unknown(_))) => {
            Condition::Off("for a reason this agent doesn't know")
        }
        Known(Reason::Crashed(_)) => Condition::Crashed,
        Known(Reason::PMSuspended(_)) => Condition::Suspended,
        Known(Reason::NoState(_)) | Unknown(_) => Condition::Undetermined,
    }
}

/// Maps a state and its reason in libvirt's numbers.
pub(super) fn condition_in(state: u32, reason: u32) -> Condition {
    let Known(state) = DomainStateEnum::from_raw(state) else {
        return Condition::Undetermined;
    };
    condition(Known(match state {
        State::NoState => Reason::NoState(Enum::from_raw(reason)),
        State::Running => Reason::Running(Enum::from_raw(reason)),
        State::Blocked => Reason::Blocked(Enum::from_raw(reason)),
        State::Paused => Reason::Paused(Enum::from_raw(reason)),
        State::Shutdown => Reason::Shutdown(Enum::from_raw(reason)),
        State::Shutoff => Reason::Shutoff(Enum::from_raw(reason)),
        State::Crashed => Reason::Crashed(Enum::from_raw(reason)),
        State::PMSuspended => Reason::PMSuspended(Enum::from_raw(reason)),
    }))
}

fn running(reason: Running) -> Condition {
    match reason {
        Running::Unknown
        | Running::Booted
        | Running::Migrated
        | Running::Restored
        | Running::FromSnapshot
        | Running::Unpaused
        | Running::MigrationCancelled
        | Running::SaveCancelled
        | Running::Wakeup
        | Running::Crashed => Condition::Running,
        Running::PostCopy => Condition::HalfArrived,
        Running::PostCopyFailed => Condition::Broken("its post-copy migration failed"),
    }
}

fn paused(reason: Paused) -> Condition {
    match reason {
        Paused::Unknown
        | Paused::User
        | Paused::Save
        | Paused::Dump
        | Paused::FromSnapshot
        | Paused::Snapshot => Condition::Held,
        Paused::Migration | Paused::StartingUp => Condition::InTransit,
        Paused::ShuttingDown => Condition::ShuttingDown,
        Paused::IOError => Condition::Broken("an I/O error"),
        Paused::Watchdog => Condition::Broken("its watchdog"),
        Paused::Crashed => Condition::Broken("a crash of the guest"),
        Paused::APIError => Condition::Broken("a failed libvirt call"),
        Paused::PostCopy => Condition::LeftBehind("it goes on elsewhere (post-copy)"),
        Paused::PostCopyFailed => Condition::LeftBehind("its post-copy migration failed"),
    }
}

fn shutoff(reason: virt::domain::DomainShutoffReason) -> &'static str {
    use virt::domain::DomainShutoffReason as Shutoff;
    match reason {
        Shutoff::Unknown => "",
        Shutoff::Shutdown => "shut down",
        Shutoff::Destroyed => "destroyed",
        Shutoff::Crashed => "crashed",
        Shutoff::Migrated => "migrated",
        Shutoff::Saved => "saved",
        Shutoff::Failed => "failed to start",
        Shutoff::FromSnapshot => "reverted to a snapshot",
        Shutoff::Daemon => "killed by the daemon",
    }
}

/// As it stands after "the guest is".
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Running => "running",
            Self::HalfArrived => "running while post-copy still fetches its memory",
            Self::Held => "paused",
            Self::Broken(why) => return write!(f, "broken: {why}"),
            Self::InTransit => "paused in a migration or start that isn't finished",
            Self::LeftBehind(why) => return write!(f, "left behind: {why}"),
            Self::ShuttingDown => "in shutdown",
            Self::Off("") => "off",
            Self::Off(why) => return write!(f, "off ({why})"),
            Self::Crashed => "crashed",
            Self::Suspended => "suspended to memory",
            Self::Undetermined => "in a state libvirt can't tell",
        };
        f.write_str(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use virt::domain::{DomainShutoffReason, DomainStateReason};

    fn of_paused(reason: Paused) -> Condition {
        condition(Known(DomainStateReason::Paused(Known(reason))))
    }

    #[test]
    fn a_guest_paused_by_its_user_is_not_a_broken_one() {
        assert_eq!(of_paused(Paused::User), Condition::Held);
        assert!(matches!(of_paused(Paused::IOError), Condition::Broken(_)));
        assert!(matches!(of_paused(Paused::Watchdog), Condition::Broken(_)));
    }

    #[test]
    fn a_guest_that_is_arriving_does_not_run() {
        assert_eq!(of_paused(Paused::Migration), Condition::InTransit);
        assert_eq!(of_paused(Paused::StartingUp), Condition::InTransit);
    }

    #[test]
    fn failed_post_copy_is_healthy_on_neither_side() {
        let target = condition(Known(DomainStateReason::Running(Known(
            Running::PostCopyFailed,
        ))));
        assert!(matches!(target, Condition::Broken(_)));
        assert!(matches!(
            of_paused(Paused::PostCopyFailed),
            Condition::LeftBehind(_)
        ));
    }

    #[test]
    fn numbers_are_the_same_states() {
        use virt::sys;
        let paused = |reason| condition_in(sys::VIR_DOMAIN_PAUSED, reason);
        assert_eq!(paused(sys::VIR_DOMAIN_PAUSED_USER), Condition::Held);
        assert_eq!(
            paused(sys::VIR_DOMAIN_PAUSED_MIGRATION),
            Condition::InTransit
        );
        assert_eq!(
            condition_in(sys::VIR_DOMAIN_RUNNING, 99),
            Condition::Running
        );
        assert_eq!(condition_in(99, 0), Condition::Undetermined);
    }

    #[test]
    fn states_of_the_future_are_undetermined() {
        assert_eq!(condition(Unknown(99)), Condition::Undetermined);
        let new_reason = condition(Known(DomainStateReason::Shutoff(Unknown(99))));
        assert!(matches!(new_reason, Condition::Off(_)));
        let off = condition(Known(DomainStateReason::Shutoff(Known(
            DomainShutoffReason::Migrated,
        ))));
        assert_eq!(off, Condition::Off("migrated"));
    }
}
