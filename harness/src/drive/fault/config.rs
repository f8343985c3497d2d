//! Another form of the configuration file.

use super::injection::Injection;
use crate::case::ConfigForm;
use crate::drive::furnish;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;

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
        let Self { node, form } = self;
        format!("the configuration on {node} is {form:?}").to_lowercase()
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
