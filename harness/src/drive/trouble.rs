use thiserror::Error;

use crate::lab::LabError;

/// Why a case could not be carried out. Never the agent's fault: the case comes to `unknown`.
#[derive(Debug, Error)]
pub enum Trouble {
    /// The lab failed.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// The world of `given` did not come about.
    #[error("the world that the case begins in did not come about: {0}")]
    Given(String),
    /// A fault was injected and took no effect.
    #[error("the fault `{0}` did not take effect")]
    NoEffect(String),
    /// A moment of a migration was waited for, and never came while the migration ran.
    #[error("the migration's moment `{0}` never came")]
    NeverCame(String),
    /// The case took longer than its own timeout.
    #[error("the case was given up after its timeout of {0}")]
    GivenUp(crate::case::Millis),
    /// The user interrupted the run.
    #[error("interrupted")]
    Interrupted,
}
