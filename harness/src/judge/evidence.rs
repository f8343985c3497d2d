use super::record::Record;
use super::{AgentFacts, Finding, Origin, Severity, StepPart};
use crate::case::{CaseSpec, Step};
use crate::history::StepPath;

/// What a case's own demands are judged by.
#[derive(Clone, Copy)]
pub(super) struct Evidence<'a> {
    pub(super) spec: &'a CaseSpec,
    pub(super) record: &'a Record<'a>,
    pub(super) facts: &'a AgentFacts,
    /// Whether the case was carried out to its end.
    pub(super) complete: bool,
}

impl Evidence<'_> {
    /// Whether a step began.
    pub(super) fn has_begun(&self, path: &StepPath) -> bool {
        self.record.steps().any(|(_, begun)| begun == path)
    }

    /// A demand of a step that was not met.
    pub(super) fn of_step(
        &self,
        path: &StepPath,
        part: StepPart,
        expected: impl Into<String>,
        seen: impl Into<String>,
    ) -> Finding {
        let suffix = match (part, self.spec.step(path)) {
            (StepPart::Whole, _) => String::new(),
            (StepPart::Returns, Some(Step::Fence(_))) => ".fence.returns".to_owned(),
            (StepPart::Run, _) => ".run".to_owned(),
            (StepPart::Returns, _) => ".run.returns".to_owned(),
            (StepPart::Within, _) => ".run.within".to_owned(),
            (StepPart::Settle, _) => ".settle".to_owned(),
            (StepPart::Check, Some(Step::Check(check))) => format!(".check.{}", check.key()),
            (StepPart::Check, _) => ".check".to_owned(),
        };
        let place = format!("{path}{suffix}");
        let path = path.clone();
        self.finding(Origin::Step { path, part }, place, (expected, seen))
    }

    /// A check of `then` that was not met.
    pub(super) fn of_then(
        &self,
        index: usize,
        expected: impl Into<String>,
        seen: impl Into<String>,
    ) -> Finding {
        let key = self.spec.then.get(index).map_or("", |check| check.key());
        let place = format!("then[{index}].{key}");
        self.finding(Origin::Then(index), place, (expected, seen))
    }

    fn finding(
        &self,
        origin: Origin,
        place: String,
        (expected, seen): (impl Into<String>, impl Into<String>),
    ) -> Finding {
        Finding {
            clauses: self.spec.clause.clone(),
            ..Finding::new(Severity::Fail, origin, place, expected, seen)
        }
    }
}
