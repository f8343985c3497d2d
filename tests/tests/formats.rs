//! What programs read and set: `--format json`, variables, and how little a run can tell.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use conformance_tests::book::root;
use conformance_tests::finished::finished_run;
use conformance_tests::program::{Said, program, said, virt_ra_tester};
use conformance_tests::refusal;
use conformance_tests::valid::misfits;
use serde_json::Value;

/// What the program prints as JSON in a folder with everything that can be named wrongly, and its exit code.
fn json(folder: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
    let said = virt_ra_tester(folder, &[arguments, &["--format=json"]].concat());
    let value = serde_json::from_str(&said.out);
    let value = value.unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", said.out));
    assert_eq!(said.err, "", "{arguments:?}");
    (said.code, value)
}

/// The keys of all maps in a value.
fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                found.insert(key.clone());
                keys(value, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

#[test]
fn every_answer_is_json_where_it_is_asked_for_fits_its_schema_and_the_book_has_its_keys() {
    let folder = finished_run(str::to_owned);
    let book = fs::read_to_string(root().join("docs/src/json.md")).expect("it is there");
    let answers: [(&str, &[&str], Option<i32>); 10] = [
        ("list", &["list", "stop::"], Some(0)),
        ("clauses", &["list", "--clauses"], Some(0)),
        ("explain", &["explain", "STOP-06"], Some(0)),
        ("explain", &["explain", "start::absent"], Some(0)),
        ("lint", &["lint"], Some(0)),
        ("lint", &["lint", "./bad"], Some(2)),
        ("doctor", &["doctor"], None),
        ("judge", &["judge", "run"], Some(0)),
        ("config", &["config", "show"], Some(0)),
        ("diff", &["diff", "run", "run"], Some(0)),
    ];
    for (schema, arguments, code) in answers {
        let (was, mut value) = json(folder.path(), arguments);
        assert!(code.is_none() || code == was, "{arguments:?}: {was:?}");
        let misfits = misfits(schema, &value);
        assert!(misfits.is_empty(), "{arguments:?}: {misfits:#?}");
        // A verdict is as in its own file.
        for case in value["cases"].as_array_mut().into_iter().flatten() {
            if let Some(verdict) = case.get_mut("verdict") {
                *verdict = Value::Null;
            }
        }
        let mut found = BTreeSet::new();
        keys(&value, &mut found);
        let missing = |key: &&String| !book.contains(&format!("`{key}`"));
        let missing: Vec<_> = found.iter().filter(missing).collect();
        assert!(
            missing.is_empty(),
            "{arguments:?}: docs/src/json.md lacks {missing:?}"
        );
    }
}

#[test]
fn json_says_what_the_text_says() {
    let folder = refusal::folder();
    let (_, listed) = json(folder.path(), &["list", "=start::absent"]);
    let case = &listed["cases"][0];
    assert_eq!(case["id"], "start::absent");
    assert_eq!(case["level"], "must");
    let (_, linted) = json(folder.path(), &["lint", "./bad"]);
    let mistake = &linted["mistakes"][0];
    assert_eq!(mistake["file"], "./bad/hello.yaml");
    assert_eq!(
        (&mistake["line"], &mistake["column"]),
        (&1.into(), &1.into())
    );
    assert!(
        mistake["message"]
            .as_str()
            .is_some_and(|text| text.contains("`clause`"))
    );
}

/// The program in a folder with everything that can be named wrongly, with a variable.
fn with(name: &str, value: &str, arguments: &[&str]) -> Said {
    let folder = refusal::folder();
    let mut command = Command::new(program());
    command.args(arguments).env(name, value);
    said(command.current_dir(folder.path()))
}

#[test]
fn an_option_is_read_from_its_variable_unless_the_command_line_has_it() {
    let said = with("VRT_CASES", "./nowhere", &["list"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("cannot read ./nowhere"), "{}", said.err);
    let shipped = root().join("cases/start/absent.yaml").display().to_string();
    let said = with("VRT_CASES", "./nowhere", &["list", "--cases", &shipped]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let said = with("VRT_CLAUSES", "1", &["list"]);
    assert!(
        said.out.contains("clauses are decided by a case"),
        "{}",
        said.out
    );
    let said = with("VRT_COLOR", "always", &["--help"]);
    assert!(said.out.contains('\u{1b}'), "{}", said.out);
}

#[test]
fn an_empty_variable_is_not_set() {
    let said = with("VRT_CASES", "", &["list", "=start::absent"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
}

#[test]
fn a_wrong_value_is_answered_with_the_variable_that_it_is_from() {
    for (name, value, part) in [
        ("VRT_JOBS", "none", "whole number, at least 1"),
        ("VRT_LEVEL", "most", "must, should, may"),
        ("VRT_KEEP", "perhaps", "VRT_KEEP"),
        ("VRT_PRUNE_KEEP", "some", "VRT_PRUNE_KEEP"),
    ] {
        let command = match name {
            "VRT_PRUNE_KEEP" => &["results", "prune"][..],
            _ => &["run"],
        };
        let said = with(name, value, command);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{name}");
        let from = format!("the value is from {name}\n");
        assert!(said.err.contains(part), "{}", said.err);
        assert!(said.err.ends_with(&from), "{}", said.err);
    }
}

#[test]
fn one_format_serves_all_commands() {
    for format in ["pretty", "terse", "text"] {
        let said = with("VRT_FORMAT", format, &["list", "=start::absent"]);
        assert_eq!(said.code, Some(0), "{format}: {}", said.err);
        let said = with("VRT_FORMAT", format, &["run", "--help"]);
        assert_eq!(said.code, Some(0), "{format}: {}", said.err);
        let said = with("VRT_FORMAT", format, &["run", "strat::"]);
        assert_eq!(said.code, Some(4), "{format}: {}", said.err);
    }
}

/// The variables that tests of this package read.
fn own_switches() -> BTreeSet<String> {
    let mut switches = BTreeSet::new();
    for entry in fs::read_dir(root().join("tests/tests")).expect("it is there") {
        let path = entry.expect("it is readable").path();
        let text = fs::read_to_string(path).unwrap_or_default();
        let reads = text.split("env::var(\"").skip(1);
        switches.extend(reads.filter_map(|rest| rest.split('"').next().map(str::to_owned)));
    }
    assert!(switches.contains("VRT_TRY"), "{switches:?}");
    switches
}

#[test]
fn every_option_has_a_variable_of_one_meaning_and_the_help_names_it() {
    let mut commands = vec![virt_ra_tester::cli::command()];
    let mut kinds: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    while let Some(command) = commands.pop() {
        for option in command
            .get_arguments()
            .filter(|one| one.get_long().is_some())
        {
            let long = option.get_long().expect("it has one");
            let own = format!("_{}", long.to_uppercase().replace('-', "_"));
            let name = option.get_env().and_then(|name| name.to_str());
            let name = name.unwrap_or_else(|| panic!("--{long} has none"));
            assert!(name.starts_with("VRT_") && name.ends_with(&own), "{name}");
            // A flag, or what its value is called; a format is of any command that has it.
            let kind = match option.get_action().takes_values() {
                true if long == "format" => String::new(),
                true => format!("{:?}", option.get_value_names()),
                false => "a flag".to_owned(),
            };
            kinds.entry(name.to_owned()).or_default().insert(kind);
        }
        commands.extend(command.get_subcommands().cloned());
    }
    assert!(kinds.len() > 20, "{kinds:?}");
    for (name, kinds) in &kinds {
        assert_eq!(kinds.len(), 1, "{name} means several things: {kinds:?}");
    }
    for switch in own_switches() {
        assert!(!kinds.contains_key(&switch), "{switch} is an option's, too");
    }
    let help = virt_ra_tester(&root(), &["run", "--help"]).out;
    assert!(help.contains("[env: VRT_AGENT_PACKAGE]"), "{help}");
}

#[test]
fn a_run_tells_either_little_or_much() {
    let message = refusal::refused(&["run", "--quiet", "--verbose"], 2);
    assert!(message.contains("cannot be used with"), "{message}");
}

#[test]
fn a_parameter_is_also_given_as_ocf_tester_has_it() {
    let message = refusal::refused(&["run", "-o", "config"], 2);
    assert!(message.contains("`--param config` has no `=`"), "{message}");
}
