use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::event::{CaseEnd, Event, Reporter};
use super::summary::Summary;
use crate::judge::{Severity, Verdict};

/// Writes JUnit's XML when the run is over.
///
/// A `fail` is a failure and an `unknown` an error; a `warn` succeeds, with its text as output;
/// skips and known deviations are skipped, with their reason.
pub struct Junit<W> {
    out: W,
    summary: Summary,
}

impl<W: Write> Junit<W> {
    /// A report that goes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            out,
            summary: Summary::default(),
        }
    }

    fn report(&self) -> Report {
        let start = &self.summary.start;
        let mut suite = TestSuite::new(format!("{} on {}", start.agent, start.lab));
        suite.set_time(Duration::from_millis(self.summary.took));
        if let Some(package) = &start.package {
            suite.add_property(("package", package.as_str()));
        }
        for (name, version) in &start.versions {
            suite.add_property((name.as_str(), version.as_str()));
        }
        suite.add_test_cases(self.summary.ended.iter().map(test_case));
        for skip in &start.skipped {
            let mut status = TestCaseStatus::skipped();
            status.set_message(skip.reason.as_str());
            suite.add_test_case(named(&skip.id.0, status));
        }
        let mut report = Report::new("virt-ra-tester");
        report.set_time(Duration::from_millis(self.summary.took));
        report.add_test_suite(suite);
        report
    }
}

impl<W: Write> Reporter for Junit<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.summary.note(event);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let report = self.report();
        report.serialize(&mut self.out).map_err(io::Error::other)?;
        self.out.flush()
    }
}

fn test_case(end: &CaseEnd) -> TestCase {
    let verdict = &end.verdict;
    let mut case = named(&verdict.case.0, status(end));
    case.set_time(Duration::from_millis(verdict.took));
    let is_error = end.known.is_none() && end.verdict.severity > Severity::Warn;
    if let Some(diagnosis) = end.diagnosis.as_ref().filter(|_| !is_error) {
        case.set_system_out(diagnosis.as_str());
    }
    case
}

/// A test case whose class is its area, which is how most readers of JUnit group.
fn named(id: &str, status: TestCaseStatus) -> TestCase {
    let mut case = TestCase::new(id, status);
    case.set_classname(id.split("::").next().unwrap_or(id));
    case
}

fn status(end: &CaseEnd) -> TestCaseStatus {
    if let Some(reason) = &end.known {
        let mut status = TestCaseStatus::skipped();
        status.set_message(format!("known deviation: {reason}"));
        return status;
    }
    let kind = match end.verdict.severity {
        Severity::Pass | Severity::Warn => return TestCaseStatus::success(),
        Severity::Unknown => NonSuccessKind::Error,
        Severity::Fail => NonSuccessKind::Failure,
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(message(&end.verdict));
    status.set_type(clauses(&end.verdict));
    if let Some(diagnosis) = &end.diagnosis {
        status.set_description(diagnosis.as_str());
    }
    status
}

fn message(verdict: &Verdict) -> String {
    let worst = verdict.findings.first();
    worst.map_or_else(String::new, |worst| {
        format!("expected {}; seen: {}", worst.expected, worst.seen)
    })
}

fn clauses(verdict: &Verdict) -> String {
    let ids = verdict.findings.iter().flat_map(|finding| &finding.clauses);
    let mut ids: Vec<_> = ids.map(|id| id.0.as_str()).collect();
    ids.dedup();
    ids.join(" ")
}
