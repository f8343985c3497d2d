//! A tool that answers as the case says.

use super::injection::Injection;
use crate::case::ToolAnswer;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;
use crate::lab::Entry;
use crate::tool;

pub(super) struct Tool<'a> {
    pub(super) node: &'a NodeName,
    pub(super) name: &'a str,
    pub(super) answers: &'a [ToolAnswer],
}

impl Injection for Tool<'_> {
    fn describe(&self) -> String {
        format!("{} on {} answers as told", self.name, self.node)
    }

    fn inject(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        self.write(stage, self.answers)
    }

    fn undo(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        self.write(stage, &[])
    }
}

impl Tool<'_> {
    fn write(&self, stage: &Stage<'_>, answers: &[ToolAnswer]) -> Result<(), Trouble> {
        let (file, text) = tool::script(self.name, answers)
            .map_err(|error| Trouble::Step(format!("the tool's answers: {error}")))?;
        let node = stage.node(self.node)?;
        Ok(node.put(&file, &Entry::File(text, 0o644))?)
    }
}
