//! The recipes for engines of CI: what they name is there, and each can be read.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use conformance_tests::book::root;
use conformance_tests::program::said;
use serde_yaml::Value;
use virt_ra_tester::case::Suite;

fn text(file: &str) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn yaml(file: &str) -> Value {
    serde_yaml::from_str(&text(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn the_workflow_for_runners_runs_every_area_once() {
    let workflow = yaml("docs/ci/github.yml");
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

/// The keys that an engine reads; linters of the engines themselves are run by hand, as the book says.
#[test]
fn every_recipe_is_yaml_that_has_what_its_engine_reads() {
    let of_recipes: [(&str, &[&str]); 5] = [
        (".github/workflows/ci.yml", &["jobs", "test", "steps"]),
        ("docs/ci/github.yml", &["jobs", "conformance", "steps"]),
        ("docs/ci/gitlab.yml", &["conformance", "script"]),
        ("action.yml", &["runs", "steps"]),
        ("plans/installed.fmf", &["discover", "tests"]),
    ];
    for (file, path) in of_recipes {
        let recipe = yaml(file);
        let found = path.iter().fold(&recipe, |value, key| &value[*key]);
        assert!(found.is_sequence(), "{file} has no {}", path.join("."));
    }
}

#[test]
fn the_action_uses_the_inputs_that_it_has() {
    let action = yaml("action.yml");
    let inputs = action["inputs"].as_mapping().expect("it has some");
    let text = text("action.yml");
    let used: BTreeSet<&str> = text
        .split("${{ inputs.")
        .skip(1)
        .filter_map(|rest| rest.split(' ').next())
        .collect();
    let known: BTreeSet<&str> = inputs.keys().filter_map(Value::as_str).collect();
    assert_eq!(used, known);
}

#[test]
fn every_script_of_the_recipes_is_one_for_a_shell() {
    let action = yaml("action.yml");
    let steps = action["runs"]["steps"].as_sequence().expect("a list");
    let mut scripts: Vec<String> = steps
        .iter()
        .filter_map(|step| step["run"].as_str())
        .map(str::to_owned)
        .collect();
    let plan = yaml("plans/installed.fmf");
    let test = plan["discover"]["tests"][0]["test"].as_str();
    scripts.push(test.expect("it has one").to_owned());
    scripts.push(text("debian/tests/installed"));
    for script in scripts {
        let said = said(Command::new("bash").args(["-n", "-c", &script]));
        assert_eq!(said.code, Some(0), "{}\n{script}", said.err);
    }
}

#[test]
fn every_test_of_the_package_is_a_script() {
    let control = text("debian/tests/control");
    let names = control
        .lines()
        .find_map(|line| line.strip_prefix("Tests: "));
    for name in names.expect("it names some").split_whitespace() {
        let script = Path::new("debian/tests").join(name);
        assert!(root().join(script).is_file(), "{name}");
    }
}
