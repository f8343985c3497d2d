//! Histories written by hand, each with what it must come to.

mod accused;
mod agents_own;
mod claims;
mod cluster;
mod cluster_checks;
mod cluster_mistakes;
mod conditions;
mod dialects;
mod doubles;
mod engines;
mod expectations;
mod fencing;
mod lab_trouble;
mod lacking;
mod lifecycle;
mod metadata_rules;
mod side_effects;
pub(crate) mod tale;
mod tools;

use super::{AgentFacts, Severity, Verdict, judge};
use crate::case::{CaseId, CaseSpec};
use tale::Tale;

/// A case from its text.
pub(crate) fn case(text: &str) -> CaseSpec {
    let document = serde_yaml::Deserializer::from_str(text);
    serde_yaml::with::singleton_map_recursive::deserialize(document).expect("a good case")
}

/// A case of `must` level with these steps.
fn steps(steps: &str) -> CaseSpec {
    case(&format!(
        "case: it holds\nclause: [X-01]\nlevel: must\nwhen:\n{steps}\n"
    ))
}

pub(crate) fn decide(spec: &CaseSpec, tale: &Tale) -> Verdict {
    judge(
        &CaseId("area::case".to_owned()),
        spec,
        &tale.history(),
        &AgentFacts::default(),
    )
}

/// The places of the findings, worst first.
fn places(verdict: &Verdict) -> Vec<&str> {
    verdict
        .findings
        .iter()
        .map(|finding| finding.place.as_str())
        .collect()
}

#[track_caller]
fn assert_passes(spec: &CaseSpec, tale: &Tale) {
    let verdict = decide(spec, tale);
    assert_eq!(verdict.findings, Vec::new());
    assert_eq!(verdict.severity, Severity::Pass);
}

#[track_caller]
fn assert_finds(spec: &CaseSpec, tale: &Tale, place: &str) {
    let verdict = decide(spec, tale);
    assert_eq!(places(&verdict), [place], "{:#?}", verdict.findings);
}
