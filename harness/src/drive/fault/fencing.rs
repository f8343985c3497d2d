//! The lab's fence device, which fails, lies or is slow.

use super::injection::Injection;
use crate::case::{FencingDo, Millis};
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;

pub(super) struct Fencing<'a> {
    pub(super) node: &'a NodeName,
    pub(super) what: FencingDo,
    pub(super) span: Option<Millis>,
}

impl Injection for Fencing<'_> {
    fn describe(&self) -> String {
        let node = self.node;
        match (self.what, self.span) {
            (FencingDo::Fail, _) => format!("fencing of node {node} fails"),
            (FencingDo::Lie, _) => format!("fencing of node {node} does nothing, and says it did"),
            (FencingDo::Slow, None) => format!("fencing of node {node} is slow"),
            (FencingDo::Slow, Some(span)) => format!("fencing of node {node} takes {span} longer"),
        }
    }

    fn inject(&self, _stage: &Stage<'_>) -> Result<(), Trouble> {
        Err(Trouble::Step(
            "harm to the fence device is not built yet".into(),
        ))
    }

    fn undo(&self, _stage: &Stage<'_>) -> Result<(), Trouble> {
        Ok(())
    }
}
