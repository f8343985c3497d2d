//! One invocation: what is asked, for which resource, with how much time.

use std::time::Duration;

use crate::clock::Deadline;
use crate::environment::Environment;
use crate::ocf::{Action, ExitCode, Failure};
use crate::parameters::Parameters;

/// Everything an action may know about its caller.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// The resource's name in the cluster; by it the record of the last start is found.
    pub(crate) instance: String,
    /// When the caller will end this process by force.
    pub(crate) deadline: Deadline,
    /// OCF_CHECK_LEVEL.
    pub(crate) check_level: u32,
    /// The resource's parameters, and what is wrong with them.
    pub(crate) parameters: Parameters,
    /// The node to migrate to, if one was named.
    pub(crate) migrate_target: Option<String>,
    /// Where the cluster keeps agents' scratch files, if it says so.
    pub(crate) scratch: Option<String>,
}

impl Call {
    /// Reads the environment as Pacemaker makes it.
    ///
    /// # Errors
    /// When the caller speaks another version of OCF, or doesn't say which resource is meant.
    pub(crate) fn read(action: Action, environment: &Environment) -> Result<Self, Failure> {
        let parameters = Parameters::read(environment);
        let total = timeout(action, environment);
        let call = Self::with(action, environment, parameters, total)?;
        Ok(Self {
            migrate_target: environment.meta("migrate_target"),
            ..call
        })
    }

    /// A call with these parameters, to be ended within that time.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) fn with(
        action: Action,
        environment: &Environment,
        parameters: Parameters,
        total: Duration,
    ) -> Result<Self, Failure> {
        let version = environment.text("OCF_RA_VERSION_MAJOR");
        if let Some(other) = version.as_deref().filter(|major| *major != "1") {
            return Err(misuse(
                action,
                format!("OCF_RA_VERSION_MAJOR is {other}, this agent speaks OCF 1"),
            ));
        }
        let instance = match (environment.text("OCF_RESOURCE_INSTANCE"), version) {
            (Some(name), _) => name,
            (None, Some(_)) => return Err(misuse(action, "OCF_RESOURCE_INSTANCE is not set")),
            // Called by hand: the configuration file stands for the resource.
            (None, None) => match &parameters.config {
                Some(path) => format!("by-hand:{}", path.display()),
                None => "by-hand".to_owned(),
            },
        };
        Ok(Self {
            instance,
            deadline: Deadline::after(total),
            check_level: environment
                .text("OCF_CHECK_LEVEL")
                .and_then(|level| level.parse().ok())
                .unwrap_or(0),
            migrate_target: None,
            scratch: environment.text("HA_RSCTMP"),
            parameters,
        })
    }

    /// Refuses a call whose parameters are wrong on every node.
    ///
    /// # Errors
    /// With code 6, naming every fault.
    pub(crate) fn demand_sound_parameters(&self) -> Result<(), Failure> {
        if self.parameters.faults.is_empty() {
            return Ok(());
        }
        Err(self.parameters.failure())
    }

    /// The same call, to be ended within that time.
    pub(crate) fn within(&self, total: Duration) -> Self {
        Self {
            deadline: Deadline::after(total),
            ..self.clone()
        }
    }
}

/// A call that can't be understood. For monitor 2 would be masked as "not running" in a probe.
fn misuse(action: Action, reason: impl Into<String>) -> Failure {
    let code = if action == Action::Monitor {
        ExitCode::InDoubt
    } else {
        ExitCode::Arguments
    };
    Failure::new(code, reason)
}

/// The caller's timeout, in milliseconds in the environment; without one, what the metadata advertise.
fn timeout(action: Action, environment: &Environment) -> Duration {
    let given = environment
        .meta("timeout")
        .and_then(|text| text.parse().ok())
        .filter(|millis| *millis > 0);
    given.map(Duration::from_millis).unwrap_or_else(|| {
        Duration::from_secs(match action {
            Action::Monitor
            | Action::ReloadAgent
            | Action::ValidateAll
            | Action::MetaData
            | Action::Usage => 30,
            Action::Start | Action::MigrateFrom => 90,
            Action::Stop => 180,
            Action::MigrateTo => 600,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_major_version_of_ocf_is_an_error() {
        let environment = Environment::from([
            ("OCF_RA_VERSION_MAJOR", "2"),
            ("OCF_RESOURCE_INSTANCE", "vm"),
        ]);
        assert_eq!(
            Call::read(Action::Start, &environment).unwrap_err().code,
            ExitCode::Arguments
        );
        assert_eq!(
            Call::read(Action::Monitor, &environment).unwrap_err().code,
            ExitCode::InDoubt
        );
    }

    #[test]
    fn a_cluster_must_name_the_resource() {
        let environment = Environment::from([("OCF_RA_VERSION_MAJOR", "1")]);
        assert!(Call::read(Action::Stop, &environment).is_err());
        assert!(Call::read(Action::Stop, &Environment::default()).is_ok());
    }

    #[test]
    fn the_timeout_is_in_milliseconds_and_has_a_default() {
        let environment = Environment::from([("OCF_RESKEY_CRM_meta_timeout", "20000")]);
        let call = Call::read(Action::Stop, &environment).unwrap();
        assert_eq!(call.deadline.total(), Duration::from_secs(20));
        let call = Call::read(Action::Stop, &Environment::default()).unwrap();
        assert_eq!(call.deadline.total(), Duration::from_secs(180));
    }
}
