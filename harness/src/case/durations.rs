use std::collections::BTreeMap;

use super::mistake::SourceText;
use super::typed::read_typed;
use super::{CaseError, CaseId, LoadedCase, Millis};

/// What a case takes that nobody has timed, in a suite of which nothing was timed.
const USUAL: Millis = Millis(1000);

/// How long cases take, as it was measured: `cases/durations.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Durations(pub BTreeMap<CaseId, Millis>);

impl Durations {
    pub(crate) fn from_source(source: &SourceText) -> Result<Self, CaseError> {
        Ok(Self(read_typed(source)?))
    }

    /// How long a case takes; one that nobody has timed as long as those of its area do on average, or as all do.
    #[must_use]
    pub fn of(&self, case: &LoadedCase) -> Millis {
        let area = case.area();
        let of_area = |id: &CaseId| id.area() == area;
        let known = self.0.get(&case.id).copied();
        known
            .or_else(|| self.mean(of_area))
            .or_else(|| self.mean(|_| true))
            .unwrap_or(USUAL)
    }

    fn mean(&self, counts: impl Fn(&CaseId) -> bool) -> Option<Millis> {
        let timed = self.0.iter().filter(|(id, _)| counts(id));
        let times: Vec<u64> = timed.map(|(_, took)| took.0).collect();
        let count = u64::try_from(times.len()).ok().filter(|count| *count > 0)?;
        Some(Millis(times.iter().sum::<u64>() / count))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::case::load_text;

    #[test]
    fn a_case_that_nobody_timed_takes_as_long_as_its_area_does() {
        let text = "start::a: 1s\nstart::b: 2s\nstop::a: 6s\n";
        let source = SourceText::new("durations.yaml", text);
        let durations = Durations::from_source(&source).expect("it is good");
        let took = |file: &str| {
            let text = "case: x\nclause: [STOP-06]\nlevel: must\nwhen:\n  - run: {action: stop, node: a, returns: success}\n";
            let cases = load_text(Path::new(file), text, None).expect("it is good");
            durations.of(&cases[0]).0
        };
        assert_eq!(took("start/b.yaml"), 2000);
        assert_eq!(took("start/c.yaml"), 1500);
        assert_eq!(took("lock/a.yaml"), 3000);
        assert_eq!(Durations::default().0.len(), 0);
    }

    #[test]
    fn a_time_without_a_unit_is_refused() {
        let source = SourceText::new("durations.yaml", "start::a: 1\n");
        assert!(Durations::from_source(&source).is_err());
    }
}
