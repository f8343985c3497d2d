use super::{Finding, Severity};
use crate::case::Level;
use crate::history::Moment;

/// The findings and notes of a case while it is judged. Its level decides how its own demands weigh.
pub(super) struct Weighing {
    level: Level,
    pub(super) findings: Vec<Finding>,
    pub(super) notes: Vec<String>,
    pub(super) unmet_may: usize,
}

impl Weighing {
    pub(super) const fn new(level: Level) -> Self {
        Self {
            level,
            findings: Vec::new(),
            notes: Vec::new(),
            unmet_may: 0,
        }
    }

    /// How many findings and notes there are.
    pub(super) fn count(&self) -> usize {
        self.findings.len() + self.notes.len()
    }

    /// Adds a demand of the case that was not met, at the case's level.
    pub(super) fn unmet(&mut self, mut finding: Finding) {
        match self.level {
            Level::Must => finding.severity = Severity::Fail,
            Level::Should => finding.severity = Severity::Warn,
            Level::May => {
                let Finding {
                    place,
                    expected,
                    seen,
                    ..
                } = &finding;
                self.unmet_may += 1;
                self.notes.push(format!(
                    "{place}: optional, not met: expected {expected}; seen: {seen}"
                ));
                return;
            }
        }
        self.findings.push(finding);
    }

    /// Adds something that the cluster does otherwise, which says nothing of the agent: what the suite assumes of clusters does
    /// not hold here, if the case is a `must`.
    pub(super) fn unmet_by_the_cluster(&mut self, finding: Finding) {
        let Finding {
            place,
            expected,
            seen,
            ..
        } = &finding;
        match self.level {
            Level::Must => self.unknown(finding),
            Level::Should | Level::May => {
                self.notes
                    .push(format!("{place}: expected {expected}; seen: {seen}"));
            }
        }
    }

    /// Adds something that could not be judged.
    pub(super) fn unknown(&mut self, mut finding: Finding) {
        finding.severity = Severity::Unknown;
        self.findings.push(finding);
    }

    /// Whether the agent is known to have failed before a moment.
    pub(super) fn has_failed_by(&self, by: Moment) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|one| one.severity == Severity::Fail && one.at.is_some_and(|at| at <= by))
    }

    /// Makes every finding so far `unknown`.
    pub(super) fn doubt(&mut self) {
        for finding in &mut self.findings {
            finding.severity = Severity::Unknown;
        }
    }

    /// Makes every finding that came after a moment `unknown`.
    pub(super) fn doubt_since(&mut self, since: Moment) {
        let later = |finding: &&mut Finding| finding.at.is_none_or(|at| at >= since);
        for finding in self.findings.iter_mut().filter(later) {
            finding.severity = Severity::Unknown;
        }
    }
}
