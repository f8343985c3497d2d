use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;

/// One fault, as it is done to a lab and undone again.
pub(super) trait Injection {
    /// The harm as a person would say it.
    fn describe(&self) -> String;

    /// Does it, and returns once its effect is there.
    ///
    /// # Errors
    /// When it cannot be done or takes no effect.
    fn inject(&self, stage: &Stage<'_>) -> Result<(), Trouble>;

    /// Undoes what there is to undo, also after an `inject` that failed.
    ///
    /// # Errors
    /// When it cannot be undone: the lab must not be used again.
    fn undo(&self, stage: &Stage<'_>) -> Result<(), Trouble>;

    /// Looks at what the witnesses do not look at by themselves, once the fault is recorded.
    ///
    /// # Errors
    /// When the lab fails.
    fn look(&self, _stage: &Stage<'_>) -> Result<(), Trouble> {
        Ok(())
    }

    /// Whether a look at the configuration's folder would hang.
    fn hides_config(&self) -> bool {
        false
    }
}
