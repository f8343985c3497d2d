//! One invocation by rgmanager.
//!
//! Its environment holds every parameter that is set or has a default, all of them, but neither a PATH nor a HOME; and its
//! timeouts are in seconds, where they are told at all.

use std::time::Duration;

use super::action::Action;
use super::mapping::Mapping;
use super::{parameters, program};
use crate::budget::monitor as budget;
use crate::call::Call;
use crate::environment::Environment;
use crate::ocf::Failure;

/// Everything an action may know about its caller.
#[derive(Debug)]
pub(super) struct Request {
    /// What OCF knows, too.
    pub(super) call: Call,
    /// Which host stands for which member of the cluster, where they have other names.
    pub(super) mapping: Option<Mapping>,
    /// The operator's program, which says whether the guest is well.
    program: Option<String>,
}

impl Request {
    /// Reads the environment.
    ///
    /// # Errors
    /// As [`Call::with`].
    pub(super) fn read(action: Action, environment: &Environment) -> Result<Self, Failure> {
        let total = timeout(action, environment);
        let (parameters, mapping) = parameters::read(environment);
        Ok(Self {
            call: Call::with(action.in_ocf(), environment, parameters, total)?,
            mapping,
            program: environment.parameter("status_program"),
        })
    }

    /// Asks the operator's program, if there is one, whether the guest is well.
    ///
    /// # Errors
    /// Code 1, if it is not, and if the program doesn't end in time.
    pub(super) fn check_program(&self) -> Result<(), Failure> {
        let program = self.program.as_deref();
        program.map_or(Ok(()), |program| {
            program::check(program, self.call.deadline.end_of(budget::PROGRAM))
        })
    }
}

/// The caller's timeout: rgmanager tells seconds; Pacemaker, which can run such an agent too, milliseconds. Without one, what
/// the metadata advertise.
fn timeout(action: Action, environment: &Environment) -> Duration {
    let told = |name: &str| {
        let number = environment.parameter(name)?.parse::<u32>().ok();
        number.filter(|number| *number > 0).map(u64::from)
    };
    let seconds = told("RGMANAGER_meta_timeout").map(Duration::from_secs);
    seconds
        .or_else(|| told("CRM_meta_timeout").map(Duration::from_millis))
        .unwrap_or(Duration::from_secs(action.seconds()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total<const N: usize>(pairs: [(&str, &str); N]) -> Duration {
        let request = Request::read(Action::Stop, &Environment::from(pairs)).unwrap();
        request.call.deadline.total()
    }

    #[test]
    fn rgmanager_counts_in_seconds_and_pacemaker_in_milliseconds() {
        let of_rgmanager = ("OCF_RESKEY_RGMANAGER_meta_timeout", "20");
        let of_pacemaker = ("OCF_RESKEY_CRM_meta_timeout", "20000");
        assert_eq!(total([of_rgmanager]), Duration::from_secs(20));
        assert_eq!(total([of_pacemaker]), Duration::from_secs(20));
        assert_eq!(
            total([("OCF_RESKEY_RGMANAGER_meta_timeout", "0")]),
            Duration::from_secs(180)
        );
        assert_eq!(total([]), Duration::from_secs(180));
    }

    #[test]
    fn the_depth_is_the_check_level() {
        let environment = Environment::from([("OCF_CHECK_LEVEL", "10")]);
        let request = Request::read(Action::Status, &environment).unwrap();
        assert_eq!(request.call.check_level, 10);
    }
}
