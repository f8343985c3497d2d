//! Another form of the configuration file.

use super::injection::Injection;
use crate::case::ConfigForm;
use crate::drive::furnish;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;
use crate::word::word;

pub(super) struct Config<'a> {
    pub(super) node: &'a NodeName,
    pub(super) form: ConfigForm,
}

impl Config<'_> {
    fn write(&self, stage: &Stage<'_>, form: ConfigForm) -> Result<(), Trouble> {
        furnish::write_config(stage, stage.node(self.node)?, form)
    }
}

impl Injection for Config<'_> {
    fn describe(&self) -> String {
        let form = word(&self.form);
        format!("the configuration on {} is {form}", self.node)
    }

    fn inject(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        self.write(stage, self.form)
    }

    fn undo(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        self.write(stage, stage.case.given.config)?;
        self.look(stage)
    }

    fn look(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        stage.look_at_config(stage.node(self.node)?);
        Ok(())
    }
}
