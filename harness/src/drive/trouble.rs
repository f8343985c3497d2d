//! What keeps a case from being carried out.

use thiserror::Error;

use crate::lab::LabError;

/// Why a case could not be carried out. Never the agent's fault: the case comes to `unknown`.
#[derive(Debug, Error)]
pub enum Trouble {
    /// The lab failed.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// The state of `given` was not reached.
    #[error("could not set up the `given` state: {0}")]
    Given(String),
    /// A step could not be carried out.
    #[error("could not carry out the step: {0}")]
    Step(String),
    /// A fault was injected and took no effect.
    #[error("the fault `{0}` did not take effect")]
    NoEffect(String),
    /// A moment of a migration was waited for, and the migration ended, or took too long, before it.
    #[error("the migration never reached the moment `{0}`")]
    NeverCame(String),
    /// The cluster still had something to do, or could not be asked, when it was looked at for the last time.
    #[error("the cluster did not become idle within {0:?} after the agent's last run")]
    NeverIdle(std::time::Duration),
    /// The case took longer than its own timeout.
    #[error("the case took longer than its timeout of {0}")]
    GivenUp(crate::case::Millis),
    /// The user interrupted the run.
    #[error("interrupted")]
    Interrupted,
}
