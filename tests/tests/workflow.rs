//! The workflow that the book shows for runners of CI.

use std::collections::BTreeSet;
use std::fs;

use conformance_tests::book::root;
use virt_ra_tester::case::Suite;

#[test]
fn the_workflow_for_runners_runs_every_area_once() {
    let text = fs::read_to_string(root().join("docs/ci-example.yml")).expect("it is there");
    let workflow: serde_yaml::Value = serde_yaml::from_str(&text).expect("it is YAML");
    let matrix = &workflow["jobs"]["conformance"]["strategy"]["matrix"]["cases"];
    let shares = matrix.as_sequence().expect("it is a list").iter();
    let mut areas: Vec<&str> = shares
        .filter_map(|share| share.as_str())
        .flat_map(str::split_whitespace)
        .collect();
    areas.sort_unstable();
    let suite = Suite::shipped().expect("the suite is sound");
    let of_suite: BTreeSet<String> = suite
        .cases
        .iter()
        .filter_map(|case| case.id.0.split_once("::"))
        .map(|(area, _)| format!("{area}::"))
        .collect();
    assert_eq!(
        areas,
        of_suite.iter().map(String::as_str).collect::<Vec<_>>()
    );
}
