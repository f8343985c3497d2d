//! Options that stand in `virt-ra-tester.toml`, and `config show`.

use std::fs;
use std::path::Path;
use std::process::Command;

use conformance_tests::program::{Said, program, said};
use conformance_tests::refusal;
use serde_json::Value;

/// A folder with that file of options in it.
fn folder(config: &str) -> tempfile::TempDir {
    let folder = refusal::folder();
    fs::write(folder.path().join("virt-ra-tester.toml"), config).expect("it can be written");
    folder
}

fn run_in(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Said {
    let mut command = Command::new(program());
    command.args(arguments).current_dir(folder);
    // The user's own file is none of the test's.
    command.env("XDG_CONFIG_HOME", folder.join("nowhere"));
    command.envs(variables.iter().copied());
    said(&mut command)
}

#[test]
fn a_file_is_overridden_by_a_variable_and_that_by_the_command_line() {
    let folder = folder("[list]\ncases = 'nowhere'\n");
    let list = |variables: &[_], arguments: &[&str]| {
        let said = run_in(folder.path(), variables, &[&["list"], arguments].concat());
        (said.code, said.err)
    };
    let (code, err) = list(&[], &[]);
    assert_eq!(code, Some(2));
    assert!(err.contains("nowhere: No such file"), "{err}");
    let (_, err) = list(&[("VRT_CASES", "./elsewhere")], &[]);
    assert!(err.contains("cannot read ./elsewhere"), "{err}");
    let (_, err) = list(&[("VRT_CASES", "./elsewhere")], &["--cases=./third"]);
    assert!(err.contains("cannot read ./third"), "{err}");
}

#[test]
fn the_file_is_found_upward_and_its_paths_are_relative_to_it() {
    let folder = folder("[run]\nprofile = './colourful.yaml'\n");
    let below = folder.path().join("empty");
    let said = run_in(&below, &[], &["run"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("unknown key `colour`"), "{}", said.err);
    let own = folder.path().join("own.toml");
    fs::write(&own, "[list]\nformat = 'json'\n").expect("it can be written");
    let own = own.display().to_string();
    let said = run_in(&below, &[], &["list", "=start::absent", "--config", &own]);
    assert!(said.out.starts_with('{'), "{}{}", said.out, said.err);
}

#[test]
fn flags_and_lists_are_read_from_the_file() {
    let folder = folder("[list]\nclauses = true\n[run]\nparam = ['config', 'x=y']\n");
    let said = run_in(folder.path(), &[], &["list"]);
    assert!(
        said.out.contains("clauses are decided"),
        "{}{}",
        said.out,
        said.err
    );
    let said = run_in(folder.path(), &[], &["run"]);
    assert!(
        said.err.contains("`--param config` has no `=`"),
        "{}",
        said.err
    );
}

#[test]
fn what_is_wrong_in_the_file_is_shown_at_its_place() {
    for (config, parts) in [
        (
            "[run]\nagnet = 'x'\n",
            &[
                "unknown key `agnet`",
                "virt-ra-tester.toml:2:1",
                "did you mean `agent`?",
            ][..],
        ),
        (
            "[rnu]\n",
            &["unknown key `rnu`", ":1:2", "did you mean `run`?"],
        ),
        (
            "[run]\nlevel = 'most'\n",
            &["`most` is no value of `level`", ":2:9", "must, should, may"],
        ),
        (
            "[run]\njobs = 0\n",
            &["`0` is no value of `jobs`", "whole number, at least 1"],
        ),
        (
            "[run]\nkeep = 'yes'\n",
            &["`yes` is no value of `keep`", "`true` or `false`"],
        ),
        ("run = 1\n", &["`run` is a command", "[run]"]),
        ("[run]\nlevel = {}\n", &["`level` takes a single value"]),
        ("help = true\n", &["unknown key `help`"]),
        ("[run\n", &["virt-ra-tester.toml:1:", "toml.io"]),
    ] {
        let folder = folder(config);
        let said = run_in(folder.path(), &[], &["list"]);
        assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{config}");
        for part in parts {
            assert!(said.err.contains(part), "{config}: {part}: {}", said.err);
        }
    }
    let message = refusal::refused(&["list", "--config=./nowhere"], 2);
    assert!(message.contains("cannot read ./nowhere"), "{message}");
}

#[test]
fn the_effective_values_are_shown_with_where_they_are_from() {
    let folder = folder("color = 'never'\n[run]\nlevel = 'must'\njobs = 2\n");
    let variables = [("VRT_JOBS", "3"), ("VRT_QUIET", "yes")];
    let said = run_in(folder.path(), &variables, &["config", "show"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let lines: Vec<&str> = said.out.lines().collect();
    let is_told = |setting: &str, from: &str| {
        let told = |line: &&str| line.starts_with(setting) && line.ends_with(from);
        assert!(lines.iter().any(told), "{setting} {from}: {}", said.out);
    };
    is_told("color = \"never\" ", "virt-ra-tester.toml:1");
    is_told("level = \"must\" ", "virt-ra-tester.toml:3");
    is_told("jobs = 3 ", "# VRT_JOBS");
    is_told("quiet = true ", "# VRT_QUIET");
    is_told("accel = \"auto\" ", "# default");
    let said = run_in(
        folder.path(),
        &variables,
        &["config", "show", "--format=json"],
    );
    let answer: Value = serde_json::from_str(&said.out).expect("it is JSON");
    let options = answer["options"].as_array().expect("a list");
    let level = options
        .iter()
        .find(|one| one["command"] == "run" && one["option"] == "level");
    assert_eq!(level.expect("it is there")["values"][0], "must");
}
