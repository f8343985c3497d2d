//! The commands that the pages show.

use std::fs;

use conformance_tests::book::{pages, root};
use conformance_tests::program::virt_ra_tester;
use conformance_tests::shown::{self, Shown};

use super::{none, own_pages};

/// The subcommands that need no lab.
const NO_LAB: [&str; 10] = [
    "list", "explain", "lint", "schema", "judge", "report", "results", "config", "doctor", "help",
];

/// Every command that a page shows.
fn commands() -> Vec<Shown> {
    own_pages().iter().flat_map(Shown::on).collect()
}

#[test]
fn every_command_is_one_that_the_program_understands() {
    let mut wrong = Vec::new();
    for command in commands() {
        let Some(arguments) = command.arguments() else {
            continue;
        };
        let mut words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        if !words.contains(&"--help") {
            words.push("--help");
        }
        let said = virt_ra_tester(&root(), &words);
        if said.code != Some(0) {
            wrong.push(format!("{}\n{}", command.place, said.err));
        }
    }
    none(wrong);
}

#[test]
fn every_script_and_every_target_of_make_is_there() {
    let makefile = fs::read_to_string(root().join("Makefile")).expect("it is there");
    let is_target = |word: &str| {
        makefile
            .lines()
            .any(|line| line.starts_with(&format!("{word}:")))
    };
    let is_variable = |word: &str| {
        let name = word.split('=').next().unwrap_or_default();
        makefile
            .lines()
            .any(|line| line.starts_with(&format!("{name} ?=")))
    };
    none(commands().into_iter().filter_map(|command| {
        let (program, rest) = command.words.split_first()?;
        let is_there = match program.as_str() {
            "virt-ra-tester" | "cargo" => true,
            "make" => rest
                .iter()
                .all(|word| is_target(word) || word.contains('=') && is_variable(word)),
            script => script.starts_with("scripts/") && root().join(script).is_file(),
        };
        (!is_there).then_some(command.place)
    }));
}

#[test]
fn what_needs_no_lab_runs_and_prints_what_the_page_says() {
    let folder = shown::folder(&pages());
    let mut wrong = Vec::new();
    for command in commands() {
        let arguments = command.arguments().unwrap_or_default();
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        if !words.first().is_some_and(|word| NO_LAB.contains(word)) {
            continue;
        }
        let said = virt_ra_tester(folder.path(), &words);
        // 1: the recorded run is one of an agent that does not conform. 4: it has no case of the folder that --cases
        // names. 3: this machine lacks something.
        let is_good = match words[0] {
            "judge" => matches!(said.code, Some(0 | 1 | 4)),
            "doctor" => matches!(said.code, Some(0 | 3)),
            _ => said.code == Some(0),
        };
        let lacks = command
            .output
            .iter()
            .find(|line| !said.out.contains(line.trim_end()));
        if !is_good || lacks.is_some() {
            wrong.push(format!(
                "{}: {:?}, lacks {lacks:?}\n{}",
                command.place, said.code, said.err
            ));
        }
    }
    none(wrong);
}

#[test]
fn the_cases_and_files_that_a_run_names_are_there() {
    let sandbox = shown::folder(&pages());
    let mut wrong = Vec::new();
    for command in commands() {
        let arguments = command.arguments().unwrap_or_default();
        for word in &arguments {
            let file = word.strip_prefix("ssh:").unwrap_or(word);
            if file.ends_with(".yaml") && !sandbox.path().join(file).is_file() {
                wrong.push(format!("{}: no page shows {file}", command.place));
            }
        }
        if arguments.first().is_none_or(|word| word != "run") {
            continue;
        }
        let mut list = vec!["list"];
        list.extend(filters(&arguments));
        if let Some(at) = arguments.iter().position(|word| word == "--cases") {
            list.extend(arguments[at..=at + 1].iter().map(String::as_str));
        }
        let said = virt_ra_tester(sandbox.path(), &list);
        if said.code != Some(0) {
            wrong.push(format!("{}\n{}", command.place, said.err));
        }
    }
    none(wrong);
}

/// The words of a command line that are no options nor their values.
fn filters(arguments: &[String]) -> Vec<&str> {
    let help = virt_ra_tester(&root(), &[&arguments[0], "--help"]).out;
    let takes_a_value = |word: &str| help.contains(&format!("{word} <"));
    let mut filters = Vec::new();
    let mut words = arguments[1..].iter();
    while let Some(word) = words.next() {
        match word.strip_prefix("--") {
            // No earlier run is here that one could ask.
            None if !word.starts_with("verdict:") => filters.push(word.as_str()),
            Some(name) if !name.contains('=') && takes_a_value(word) => {
                words.next();
            }
            _ => {}
        }
    }
    filters
}
