use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::event::{CaseEnd, Event, Reporter};
use super::summary::Summary;
use crate::case::{CaseId, LoadedCase, Suite};
use crate::judge::{Severity, Verdict};

/// Writes JUnit's XML when the run is over: a suite for each area, which openQA shows as a module each.
///
/// A `fail` is a failure and an `unknown` an error; a `warn` succeeds, with its text as output;
/// skips and known deviations are skipped, with their reason.
pub struct Junit<W> {
    out: W,
    summary: Summary,
    cases: BTreeMap<CaseId, About>,
}

/// What the suite says of a case.
struct About {
    level: String,
    clauses: String,
    file: String,
}

impl From<&LoadedCase> for About {
    fn from(case: &LoadedCase) -> Self {
        let clauses = case.spec.clause.iter().map(|id| id.0.as_str());
        Self {
            level: format!("{:?}", case.spec.level).to_lowercase(),
            clauses: clauses.collect::<Vec<_>>().join(" "),
            file: case.file.display().to_string(),
        }
    }
}

impl<W: Write> Junit<W> {
    /// A report that goes to `out`; the suite has the cases' levels and clauses.
    pub fn new(out: W, suite: &Suite) -> Self {
        let cases = suite.cases.iter();
        Self {
            out,
            summary: Summary::default(),
            cases: cases.map(|case| (case.id.clone(), case.into())).collect(),
        }
    }

    fn report(&self) -> Report {
        let mut areas: BTreeMap<&str, Vec<TestCase>> = BTreeMap::new();
        for end in &self.summary.ended {
            let id = &end.verdict.case;
            let area = areas.entry(area(id)).or_default();
            area.push(self.ended(end));
        }
        for skip in &self.summary.start.skipped {
            let mut status = TestCaseStatus::skipped();
            status.set_message(skip.reason.as_str());
            let area = areas.entry(area(&skip.id)).or_default();
            area.push(self.named(&skip.id, status));
        }
        let mut report = Report::new("virt-ra-tester");
        report.set_time(Duration::from_millis(self.summary.took));
        report.add_test_suites(
            areas
                .into_iter()
                .map(|(area, cases)| self.suite(area, cases)),
        );
        report
    }

    /// The suite of an area; its time is the sum of its cases'.
    fn suite(&self, area: &str, cases: Vec<TestCase>) -> TestSuite {
        let start = &self.summary.start;
        let mut suite = TestSuite::new(area);
        suite.set_time(cases.iter().filter_map(|case| case.time).sum());
        let identity = &start.identity;
        for (name, value) in [
            ("timestamp", &identity.began),
            ("hostname", &identity.host.hostname),
        ] {
            if !value.is_empty() {
                let value = value.as_str();
                suite.extra.insert(name.into(), value.into());
            }
        }
        let facts = [
            ("agent", &start.agent),
            ("profile", &start.profile),
            ("lab", &start.lab),
        ];
        suite.add_properties(facts.map(|(name, value)| (name, value.as_str())));
        if let Some(package) = &start.package {
            suite.add_property(("package", package.as_str()));
        }
        for (name, version) in &start.versions {
            suite.add_property((name.as_str(), version.as_str()));
        }
        suite.add_test_cases(cases);
        suite
    }

    fn ended(&self, end: &CaseEnd) -> TestCase {
        let verdict = &end.verdict;
        let mut case = self.named(&verdict.case, status(end));
        case.set_time(Duration::from_millis(verdict.took));
        let is_error = end.known.is_none() && verdict.severity > Severity::Warn;
        if let Some(diagnosis) = end.diagnosis.as_ref().filter(|_| !is_error) {
            case.set_system_out(diagnosis.as_str());
        }
        case
    }

    /// A test case whose class is its area, which is how most readers of JUnit group.
    fn named(&self, id: &CaseId, status: TestCaseStatus) -> TestCase {
        let mut case = TestCase::new(id.0.as_str(), status);
        case.set_classname(area(id));
        if let Some(about) = self.cases.get(id) {
            let file = about.file.as_str();
            case.extra.insert("file".into(), file.into());
            case.add_property(("clause", about.clauses.as_str()));
            case.add_property(("level", about.level.as_str()));
        }
        case
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

/// The first part of a case's id.
fn area(id: &CaseId) -> &str {
    id.0.split("::").next().unwrap_or(&id.0)
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
