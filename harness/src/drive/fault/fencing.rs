//! The lab's fence device, which fails, lies or is slow.

use std::time::Duration;

use super::injection::Injection;
use crate::case::{FencingDo, Millis};
use crate::drive::script;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;
use crate::lab::FencingHarm;

/// How much longer a slow device takes, where the case does not say.
const SLOW: Duration = Duration::from_secs(5);

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

    fn inject(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        let span = self.span.map(|span| Duration::from_millis(span.0));
        let harm = match self.what {
            FencingDo::Fail => FencingHarm::Fails,
            FencingDo::Lie => FencingHarm::Lies,
            FencingDo::Slow => FencingHarm::Slow(span.unwrap_or(SLOW)),
        };
        script::calls(stage)?.harm_fencing(self.node, Some(harm));
        Ok(())
    }

    fn undo(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        script::calls(stage)?.harm_fencing(self.node, None);
        Ok(())
    }
}
