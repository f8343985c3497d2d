//! The conformance report: what a run proves of each profile, and what was found, the worst first.

use std::fs;
use std::path::Path;

use super::{ended, identity};
use crate::case::{CaseId, ClauseId, ConformanceProfile, Register, Suite, load_text};
use crate::history::Exit;
use crate::judge::{Accused, Finding, Invariant, Origin, Severity, Verdict};
use crate::ocf::{Code, Verb};
use crate::plan::{Ability, AgentLack, LabLack, SkipReason};
use crate::report::{
    CaseEnd, Class, ConformanceReport, Event, ProfileReport, ProfileResult, RunStart, Skip, Summary,
};

const CLAUSES: &str = "
CORE-1: {text: stop stops, level: must, origin: standard, source: OCF, tier: T2, profile: core, risk: runs_twice}
CORE-2: {text: monitor looks, level: must, origin: standard, source: OCF, tier: T2, profile: core}
CORE-3: {text: words are kind, level: should, origin: standard, source: OCF, tier: T2, profile: core}
LOCK-1: {text: a lock is held, level: must, origin: safety, source: own, tier: T2, profile: locks, risk: loses_data}
XEN-1: {text: no case yet, level: must, origin: safety, source: own, tier: T2, profile: xen}
";

/// Four cases: two of `stop`, one of `monitor`, one of a lock.
fn suite() -> Suite {
    let register = Register::parse(Path::new("clauses.yaml"), CLAUSES).expect("it is good");
    let case = |file: &str, clauses: &str, level: &str, steps: usize| {
        let step = "  - run: {action: stop, node: a, returns: success}\n".repeat(steps);
        let text = format!("case: it works\nclause: [{clauses}]\nlevel: {level}\nwhen:\n{step}");
        load_text(Path::new(file), &text, Some(&register)).expect("it is good")
    };
    let cases = [
        case("stop/long.yaml", "CORE-1", "must", 3),
        case("stop/short.yaml", "CORE-1", "must", 1),
        case("monitor/one.yaml", "CORE-2", "must", 1),
        case("monitor/kind.yaml", "CORE-3", "should", 1),
        case("lock/one.yaml", "LOCK-1", "must", 1),
    ];
    Suite {
        cases: cases.concat(),
        register,
        digest: "cd".repeat(32),
        ..Suite::default()
    }
}

fn passed(id: &str) -> CaseEnd {
    ended(id, Severity::Pass)
}

/// A case in which a run of this action ended so, and broke that clause.
fn broken(id: &str, clause: &str, severity: Severity, action: Verb, code: Code) -> CaseEnd {
    let origin = Origin::Then(0);
    let finding = Finding {
        clauses: vec![ClauseId(clause.to_owned())],
        accused: Some(Accused {
            action,
            exit: Some(Exit::Code(code)),
        }),
        ..Finding::new(severity, origin, "then[0]", "no instance", "process 10")
    };
    CaseEnd {
        verdict: Verdict::of(CaseId(id.to_owned()), vec![finding], Vec::new()),
        ..passed(id)
    }
}

fn skip(id: &str, why: SkipReason) -> Skip {
    Skip::new(CaseId(id.to_owned()), why)
}

fn no_lock() -> SkipReason {
    let (what, why) = (Ability::Power, "it has none".to_owned());
    SkipReason::Lab(LabLack::Ability { what, why })
}

fn run(ends: Vec<CaseEnd>, skipped: Vec<Skip>) -> Summary {
    let start = RunStart {
        total: ends.len(),
        agent: "ocf:mine:machine".to_owned(),
        again: "virt-ra-tester run --agent ocf:mine:machine".to_owned(),
        identity: Box::new(identity()),
        skipped,
        ..RunStart::default()
    };
    let ended = ends.into_iter().map(|end| Event::CaseEnded(Box::new(end)));
    let mut summary = Summary::default();
    { std::iter::once(Event::RunStarted(start)) }
        .chain(ended)
        .for_each(|event| summary.note(&event));
    summary
}

fn report(ends: Vec<CaseEnd>, skipped: Vec<Skip>) -> ConformanceReport {
    ConformanceReport::of(&run(ends, skipped), &suite()).expect("it is about the suite")
}

fn profile(report: &ConformanceReport, name: ConformanceProfile) -> &ProfileReport {
    let found = report.profiles.iter().find(|one| one.name == name);
    found.expect("the suite has cases for it")
}

/// Every case of `core`, passed.
fn core() -> Vec<CaseEnd> {
    ["stop::long", "stop::short", "monitor::one", "monitor::kind"]
        .map(passed)
        .to_vec()
}

#[test]
fn what_the_machine_cannot_try_hinders_nothing_else_and_a_profile_without_cases_is_left_out() {
    let report = report(core(), vec![skip("lock::one", no_lock())]);
    let results: Vec<_> = { report.profiles.iter() }
        .map(|one| (one.name, one.core.result))
        .collect();
    let expected = [
        (ConformanceProfile::Core, ProfileResult::Conforms),
        (ConformanceProfile::Locks, ProfileResult::Inconclusive),
    ];
    assert_eq!(results, expected);
    let locks = profile(&report, ConformanceProfile::Locks);
    assert_eq!(locks.core.part.statistics.not_tried_here, 1);
    assert_eq!(
        report.summary,
        "ocf:mine:machine conforms to core. Nothing is proven of locks."
    );
}

#[test]
fn what_does_not_apply_to_the_agent_is_no_part_of_the_answer() {
    let lacks = SkipReason::Agent(AgentLack::Action(Verb::MigrateTo));
    let report = report(core(), vec![skip("lock::one", lacks)]);
    let locks = profile(&report, ConformanceProfile::Locks);
    assert_eq!(locks.core.result, ProfileResult::NotApplicable);
    assert_eq!(report.summary, "ocf:mine:machine conforms to core.");
}

#[test]
fn a_run_that_left_out_what_it_could_have_tried_is_no_proof_and_says_so() {
    let left = report(core().split_off(1), vec![skip("lock::one", no_lock())]);
    let core_left = profile(&left, ConformanceProfile::Core);
    assert_eq!(core_left.core.result, ProfileResult::Partial);
    let sentence = "2 of 2 tried demands met, and 1 case that could have been tried did not run.";
    assert_eq!(core_left.summary, sentence);
    assert!(
        left.summary
            .contains("The run left out 1 case that it could have tried")
    );
    let of_locks = profile(&left, ConformanceProfile::Locks);
    assert_eq!(of_locks.core.result, ProfileResult::Inconclusive);
    // A demand none of whose cases ran is not tried.
    let none = report(vec![passed("lock::one")], Vec::new());
    let core = &profile(&none, ConformanceProfile::Core).core;
    let statistics = core.part.statistics;
    assert_eq!((statistics.met, statistics.not_tried), (0, 2));
    assert_eq!(core.result, ProfileResult::Partial);
    assert!(none.summary.contains("Nothing was tried of core."));
}

#[test]
fn only_a_must_decides_and_a_known_deviation_is_one_all_the_same() {
    let wish = broken(
        "monitor::kind",
        "CORE-3",
        Severity::Warn,
        Verb::Monitor,
        Code::Success,
    );
    let mut ends = core();
    ends[3] = wish;
    let of_core = |ends: &[CaseEnd]| {
        let report = report(ends.to_vec(), Vec::new());
        let core = profile(&report, ConformanceProfile::Core).clone();
        (
            core.core.result,
            core.core.part.not_met,
            core.extended.not_met,
        )
    };
    let kind = vec![ClauseId("CORE-3".to_owned())];
    let partial = (ProfileResult::Conforms, Vec::new(), kind.clone());
    assert_eq!(of_core(&ends), partial);
    ends[2] = CaseEnd {
        known: Some("upstream".to_owned()),
        ..broken(
            "monitor::one",
            "CORE-2",
            Severity::Fail,
            Verb::Monitor,
            Code::ErrGeneric,
        )
    };
    let looks = vec![ClauseId("CORE-2".to_owned())];
    assert_eq!(of_core(&ends), (ProfileResult::DoesNotConform, looks, kind));
}

#[test]
fn a_lab_that_fails_leaves_a_demand_undecided() {
    let mut ends = core();
    ends[1] = ended("stop::short", Severity::Unknown);
    let report = report(ends, Vec::new());
    let core = profile(&report, ConformanceProfile::Core);
    assert_eq!(core.core.result, ProfileResult::Inconclusive);
    assert_eq!(core.core.part.undecided, [ClauseId("CORE-1".to_owned())]);
}

#[test]
fn findings_are_one_for_each_cause_the_worst_first_by_the_shortest_case() {
    let lied = |id: &str| broken(id, "CORE-1", Severity::Fail, Verb::Stop, Code::Success);
    let ends = vec![
        broken(
            "monitor::kind",
            "CORE-3",
            Severity::Warn,
            Verb::Monitor,
            Code::Success,
        ),
        broken(
            "monitor::one",
            "CORE-2",
            Severity::Fail,
            Verb::Monitor,
            Code::ErrGeneric,
        ),
        broken(
            "lock::one",
            "LOCK-1",
            Severity::Fail,
            Verb::Start,
            Code::ErrGeneric,
        ),
        lied("stop::long"),
        lied("stop::short"),
    ];
    let report = report(ends, Vec::new());
    let told: Vec<_> = { report.findings.iter() }
        .map(|one| (one.class, one.shortest.0.as_str(), one.cases.len()))
        .collect();
    let expected = [
        (Class::MayRunTwice, "stop::short", 2),
        (Class::LosesData, "lock::one", 1),
        (Class::WrongAnswer, "monitor::one", 1),
        (Class::Wish, "monitor::kind", 1),
    ];
    assert_eq!(told, expected);
    insta::assert_snapshot!(report.findings[0].report);
}

#[test]
fn an_error_claims_nothing_and_a_broken_invariant_speaks_for_itself() {
    let class = |end: CaseEnd| report(vec![end], Vec::new()).findings[0].class;
    let refused = broken(
        "stop::short",
        "CORE-1",
        Severity::Fail,
        Verb::Stop,
        Code::ErrGeneric,
    );
    assert_eq!(class(refused), Class::WrongAnswer);
    let mut twice = broken(
        "monitor::one",
        "CORE-2",
        Severity::Fail,
        Verb::Monitor,
        Code::Success,
    );
    twice.verdict.findings[0].origin = Origin::Invariant(Invariant::NeverTwice);
    assert_eq!(class(twice), Class::MayRunTwice);
}

#[test]
fn a_run_of_another_suite_or_of_no_case_of_it_has_no_report() {
    let mut other = run(core(), Vec::new());
    other.start.identity.digests.suite = "01".repeat(32);
    assert!(ConformanceReport::of(&other, &suite()).is_none());
    let sequences = run(vec![passed("explore::seed-1")], Vec::new());
    assert!(ConformanceReport::of(&sequences, &suite()).is_none());
}

#[test]
fn a_report_is_read_back_as_it_was_written() {
    let lied = broken(
        "stop::short",
        "CORE-1",
        Severity::Fail,
        Verb::Stop,
        Code::Success,
    );
    let written = report(vec![lied, passed("stop::long")], Vec::new()).yaml();
    let written = written.expect("it is plain data");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("conformance.yaml");
    fs::write(file, &written).expect("it can be written");
    let read = ConformanceReport::read(folder.path()).expect("it is good");
    assert_eq!(read.yaml().expect("it is plain data"), written);
}
