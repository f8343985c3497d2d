//! The README and the book are true: their links lead somewhere, their commands are understood or run, their files are
//! read by the program, and what they name is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use conformance_tests::book::{Page, fits, folder, is_clause, pages, root, variants};
use conformance_tests::faulty::{self, Kind};
use conformance_tests::program::virt_ra_tester;
use conformance_tests::shown::{self, Shown, file_name};
use virt_ra_tester::case::{Clause, ClauseId, Suite};
use virt_ra_tester::judge::{AgentFacts, judge};
use virt_ra_tester::lab::Inventory;
use virt_ra_tester::plan::{Baseline, Profile};
use virt_ra_tester::report::{Demand, Diagnosis, SourceLine};

/// The most lines of the README.
const README: usize = 150;
/// The subcommands that need no lab.
const NO_LAB: [&str; 10] = [
    "list", "explain", "lint", "schema", "judge", "report", "results", "config", "doctor", "help",
];

/// The pages that are written for the book, and the README.
fn own_pages() -> Vec<Page> {
    let pages = pages().into_iter();
    pages.filter(|page| !page.borrowed).collect()
}

fn shown() -> Vec<Shown> {
    own_pages().iter().flat_map(Shown::on).collect()
}

/// What is wrong, a line each; none of it may be.
fn none(wrong: impl IntoIterator<Item = String>) {
    let wrong: Vec<String> = wrong.into_iter().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_link_leads_to_a_file_and_a_heading_in_it() {
    let mut wrong = Vec::new();
    for page in pages() {
        for link in page.links() {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => page.path.clone(),
                file => folder(&page.path).join(file),
            };
            let is_good = link.contains("://")
                || root().join(&target).exists()
                    && (anchor.is_empty()
                        || Page::read(&target).anchors().contains(&anchor.to_owned()));
            if !is_good {
                wrong.push(format!("{}: {link}", page.path.display()));
            }
        }
    }
    none(wrong);
}

#[test]
fn every_page_is_in_the_summary() {
    let summary = Page::read(Path::new("docs/src/SUMMARY.md")).links();
    let names = pages().into_iter().filter_map(|page| {
        let name = page.path.strip_prefix("docs/src").ok()?.to_owned();
        Some(name.display().to_string())
    });
    none(names.filter(|name| name != "SUMMARY.md" && !summary.contains(name)));
}

#[test]
fn the_readme_is_short() {
    let readme = Page::read(Path::new("README.md"));
    assert!(readme.text.lines().count() <= README);
}

#[test]
fn the_readme_counts_what_the_commands_count() {
    let suite = Suite::shipped().expect("the suite is sound");
    let faulty = faulty::all(Kind::Faulty).expect("every header is sound");
    let clauses = virt_ra_tester(&root(), &["list", "--clauses"]).out;
    let decided = clauses
        .lines()
        .find_map(|line| line.strip_suffix(" clauses are decided by a case"));
    let readme = Page::read(Path::new("README.md")).text;
    let counts = [
        ("| cases |", suite.cases.len().to_string()),
        (
            "| clauses decided by a case |",
            decided.expect("it says so").to_owned(),
        ),
        ("| faulty agents,", faulty.len().to_string()),
    ];
    none(counts.into_iter().filter_map(|(row, count)| {
        let line = readme
            .lines()
            .find(|line| line.starts_with(row))
            .unwrap_or_default();
        let is_said = line.ends_with(&format!("| {count} |"));
        (!is_said).then(|| format!("README.md, Status: `{row}` is {count} now"))
    }));
}

#[test]
fn every_command_is_one_that_the_program_understands() {
    let mut wrong = Vec::new();
    for command in shown() {
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
    none(shown().into_iter().filter_map(|command| {
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
    for command in shown() {
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

/// A text with single blanks between its words.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a run says of a case whose history was recorded with the stock agent.
fn explained(id: &str) -> String {
    let suite = Suite::shipped().expect("the suite is sound");
    let case = suite.case(id).expect("it is in the suite");
    let profile = Profile::builtin("virtualdomain").expect("it is built in");
    let history = shown::recorded(case).expect("it was recorded");
    let demand = |id: &ClauseId| {
        let Clause { text, source, .. } = suite.register.find(id)?.clone();
        Some(Demand { text, source })
    };
    let diagnosis = Diagnosis {
        verdict: &judge(&case.id, &case.spec, &history, &AgentFacts::of(&profile)),
        sentence: &case.spec.case,
        history: &history,
        demand: &demand,
        locate: &|place| SourceLine::of(case, place),
        again: &format!("virt-ra-tester run --agent ocf:heartbeat:VirtualDomain ={id}"),
    };
    diagnosis.text()
}

#[test]
fn a_failure_is_explained_in_the_words_that_the_page_shows() {
    let page = Page::read(Path::new("docs/src/first-verdict.md"));
    let is = plain(&explained("stop::broken-config-while-running::missing"));
    let blocks = page.blocks();
    let shown = blocks
        .iter()
        .find(|block| block.language == "text")
        .expect("it shows a failure");
    let parts = shown.text.split("     ...\n").map(plain);
    none(parts.filter(|part| !is.contains(part)));
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

#[test]
fn the_cases_and_files_that_a_run_names_are_there() {
    let sandbox = shown::folder(&pages());
    let mut wrong = Vec::new();
    for command in shown() {
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

#[test]
fn every_yaml_block_is_read_as_the_file_that_it_shows() {
    let pages = own_pages();
    let sandbox = shown::folder(&pages);
    let suite = Suite::shipped().expect("the suite is sound");
    let blocks = pages.iter().flat_map(Page::blocks);
    none(
        blocks
            .filter(|block| block.language == "yaml")
            .filter_map(|block| {
                let file = sandbox
                    .path()
                    .join(file_name(&block).unwrap_or("included.yaml"));
                fs::write(&file, &block.text).expect("it can be written");
                let value: serde_yaml::Value =
                    serde_yaml::from_str(&block.text).expect("it is YAML");
                let mistake = if value.get("case").is_some() {
                    let said =
                        virt_ra_tester(sandbox.path(), &["lint", &file.display().to_string()]);
                    (said.code != Some(0)).then_some(said.err)
                } else if value.get("agent").is_some() {
                    Profile::parse(&file, &block.text)
                        .err()
                        .map(|error| error.to_string())
                } else if value.get("deviations").is_some() {
                    Baseline::read(&file, &suite)
                        .err()
                        .map(|error| error.to_string())
                } else if value.get("nodes").is_some() {
                    Inventory::read(&file).err().map(|error| error.to_string())
                } else {
                    value
                        .get("jobs")
                        .is_none()
                        .then(|| "nobody knows what it is".to_owned())
                };
                mistake.map(|mistake| format!("{mistake}\n{}", block.text))
            }),
    );
}

#[test]
fn every_case_and_clause_that_a_page_names_is_in_the_suite() {
    let suite = Suite::shipped().expect("the suite is sound");
    let ids: Vec<&str> = suite.cases.iter().map(|case| case.id.0.as_str()).collect();
    let areas: BTreeSet<&str> = ids.iter().filter_map(|id| id.split("::").next()).collect();
    let own: BTreeSet<String> = shown_cases();
    let is_case = |pattern: &str| {
        own.contains(pattern)
            || variants(pattern)
                .iter()
                .all(|one| ids.iter().any(|id| fits(one, id)))
    };
    let mut wrong = Vec::new();
    for page in own_pages() {
        for code in page.code() {
            let area = code.split_once("::").map(|(area, _)| area);
            if area.is_some_and(|area| areas.contains(area)) && !is_case(&code) {
                wrong.push(format!("{}: {code}", page.path.display()));
            }
        }
        let words = page
            .text
            .split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '-');
        let clauses: BTreeSet<&str> = words.filter(|word| is_clause(word)).collect();
        let known = |id: &str| suite.register.clauses.keys().any(|clause| clause.0 == id);
        wrong.extend(
            clauses
                .iter()
                .filter(|id| !known(id))
                .map(|id| format!("{}: {id}", page.path.display())),
        );
    }
    none(wrong);
}

/// The ids of the cases that the pages themselves show.
fn shown_cases() -> BTreeSet<String> {
    let sandbox = shown::folder(&pages());
    let said = virt_ra_tester(sandbox.path(), &["list", "--cases", "my-cases"]);
    let ids = said
        .out
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    ids.map(str::to_owned).collect()
}

#[test]
fn every_path_of_the_repository_that_a_page_names_is_there() {
    let folders = [
        "cases/", "docs/", "harness/", "scripts/", "tests/", "vagrant/", "fuzz/",
    ];
    let mut wrong = Vec::new();
    for page in own_pages() {
        for code in page.code() {
            let path = code.split_whitespace().next().unwrap_or_default();
            // `cases/ID/` is a place in the results, and `docs/book` is built.
            let is_ours = folders.iter().any(|folder| path.starts_with(folder));
            let is_elsewhere = path.starts_with("cases/ID") || path == "docs/book";
            if is_ours && !is_elsewhere && !root().join(path).exists() {
                wrong.push(format!("{}: {path}", page.path.display()));
            }
        }
    }
    none(wrong);
}

#[test]
fn every_file_that_the_design_names_is_there() {
    let text = fs::read_to_string(root().join("DESIGN.md")).expect("it is text");
    let folders = ["", "harness/", "harness/src/"].map(|folder| root().join(folder));
    let is_path = |code: &&str| {
        let ends = [".rs", ".S", ".yaml"].iter().any(|end| code.ends_with(end));
        ends && code.contains('/') && !code.contains('<')
    };
    let named: Vec<_> = { text.split('`').skip(1).step_by(2) }
        .filter(is_path)
        .collect();
    assert!(named.len() > 20, "only {named:?}");
    let is_there = |code: &&str| folders.iter().any(|folder| folder.join(code).exists());
    none(
        named
            .into_iter()
            .filter(|code| !is_there(code))
            .map(|code| format!("DESIGN.md: {code}")),
    );
}
