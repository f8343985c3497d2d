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

/// What openQA's modules do in its place: each call is a line, and the command ends with the code in CODE.
const TESTAPI: &str = r#"
package testapi;
use Exporter 'import';
our @EXPORT = qw(select_console get_var script_run upload_logs record_soft_failure parse_extra_log);
sub select_console { print "select_console\n" }
sub get_var { $_[1] }
sub script_run { print "$_[0]\n"; $ENV{CODE} }
sub upload_logs { print "upload_logs $_[0]\n" }
sub record_soft_failure { print "record_soft_failure\n" }
sub parse_extra_log { print "parse_extra_log @_\n" }
1;
"#;

#[test]
fn the_module_of_openqa_reads_the_results_only_where_there_are_some() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text);
    put("testapi.pm", TESTAPI).expect("it can be written");
    put(
        "opensusebasetest.pm",
        "package opensusebasetest;\nsub new {}\n1;\n",
    )
    .expect("it can be written");
    let ended_with = |code: &str| {
        let mut perl = Command::new("perl");
        perl.args(["-w", "-I"]).arg(folder.path());
        perl.args(["-e", "require $ARGV[0]; main->can('run')->()"]);
        perl.arg(root().join("docs/ci/openqa.pm")).env("CODE", code);
        said(&mut perl)
    };
    for (code, last) in [
        ("0", "parse_extra_log XUnit /tmp/results/latest/junit.xml\n"),
        ("1", "parse_extra_log XUnit /tmp/results/latest/junit.xml\n"),
        ("3", "record_soft_failure\n"),
    ] {
        let said = ended_with(code);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{code}");
        assert!(said.out.ends_with(last), "{code}: {}", said.out);
    }
    for code in ["2", "4"] {
        let said = ended_with(code);
        assert!(said.err.contains(&format!("ended with exit code {code}")));
        assert!(
            said.out.ends_with("--report /tmp/results\n"),
            "{}",
            said.out
        );
    }
}
