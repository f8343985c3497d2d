use super::{Finding, Severity, Verdict};
use crate::plan::Deviation;

/// Whether a verdict is covered by the profile's known deviations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known<'a> {
    /// At least one finding is not covered.
    No,
    /// These deviations cover every finding.
    Yes(Vec<&'a Deviation>),
    /// A known deviation no longer occurs.
    Mended(&'a Deviation),
}

impl Known<'_> {
    /// Compares a verdict with the known deviations.
    ///
    /// A finding is covered if a deviation of its case names one of its clauses. An `unknown` finding never is.
    #[must_use]
    pub fn of<'a>(verdict: &Verdict, deviations: &'a [Deviation]) -> Known<'a> {
        let own = || deviations.iter().filter(|one| one.case == verdict.case.0);
        if verdict.severity == Severity::Pass {
            return own().next().map_or(Known::No, Known::Mended);
        }
        let covers = |one: &Deviation, finding: &Finding| {
            let mut clauses = finding.clauses.iter();
            finding.severity != Severity::Unknown
                && clauses.any(|clause| one.clauses.contains(clause))
        };
        let mut findings = verdict.findings.iter();
        if !findings.all(|finding| own().any(|one| covers(one, finding))) {
            return Known::No;
        }
        let by = own().filter(|one| verdict.findings.iter().any(|finding| covers(one, finding)));
        Known::Yes(by.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{CaseId, ClauseId};
    use crate::judge::Origin;

    fn verdict(clauses: &[&str]) -> Verdict {
        let finding = |clause: &&str| Finding {
            clauses: vec![ClauseId((*clause).to_owned())],
            ..Finding::new(Severity::Fail, Origin::Then(0), "", "", "")
        };
        let findings = clauses.iter().map(finding).collect();
        Verdict::of(CaseId("stop::x".to_owned()), findings, Vec::new())
    }

    fn deviation() -> Deviation {
        Deviation {
            case: "stop::x".to_owned(),
            clauses: vec![ClauseId("STOP-06".to_owned())],
            reason: "upstream".to_owned(),
            link: None,
        }
    }

    #[test]
    fn a_deviation_covers_only_the_demands_it_names() {
        let known = [deviation()];
        assert_eq!(
            Known::of(&verdict(&["STOP-06"]), &known),
            Known::Yes(vec![&known[0]])
        );
        assert_eq!(
            Known::of(&verdict(&["STOP-06", "DBL-01"]), &known),
            Known::No
        );
    }

    #[test]
    fn what_one_deviation_does_not_cover_another_of_the_same_case_may() {
        let other = Deviation {
            clauses: vec![ClauseId("DBL-01".to_owned())],
            ..deviation()
        };
        let known = [deviation(), other];
        let found = verdict(&["STOP-06", "DBL-01"]);
        let both = known.iter().collect();
        assert_eq!(Known::of(&found, &known), Known::Yes(both));
    }

    #[test]
    fn a_deviation_that_no_longer_occurs_is_mended() {
        let known = [deviation()];
        assert_eq!(Known::of(&verdict(&[]), &known), Known::Mended(&known[0]));
    }
}
