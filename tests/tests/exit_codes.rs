//! Every table of exit codes says what `virt-ra-tester` exits with: the scripts', the book's and that of `--help`.

use std::collections::BTreeMap;
use std::fs;

use conformance_tests::book::root;
use conformance_tests::program::virt_ra_tester;
use virt_ra_tester::cli::Exit;

/// What a code is called in each table.
fn name(exit: Exit) -> &'static str {
    match exit {
        Exit::Conforms => "conforms",
        Exit::DoesNotConform => "does not conform",
        Exit::Usage => "wrong",
        Exit::Inconclusive => "inconclusive",
        Exit::NothingSelected => "no case",
        Exit::Interrupted => "interrupted",
    }
}

/// A table: what it says of each number.
type Table = BTreeMap<u8, String>;

fn is_whole(table: &Table) {
    let numbers: Vec<u8> = table.keys().copied().collect();
    assert_eq!(numbers, Exit::ALL.map(Exit::number), "{table:?}");
    says_what_the_program_means(table);
}

fn says_what_the_program_means(table: &Table) {
    for exit in Exit::ALL {
        let said = table.get(&exit.number());
        assert!(
            said.is_none_or(|said| said.contains(name(exit))),
            "{} is not \"{}\": {table:?}",
            exit.number(),
            name(exit)
        );
    }
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("it is there")
}

/// The branches of a shell script's first `case` of that word.
fn branches(script: &str, word: &str) -> Table {
    let begin = format!("case {word} in");
    let (_, rest) = text(script)
        .split_once(&begin)
        .map(|(before, rest)| (before.to_owned(), rest.to_owned()))
        .unwrap_or_else(|| panic!("{script} has no `{begin}`"));
    let lines = rest.lines().take_while(|line| line.trim() != "esac");
    let branch = |line: &str| {
        let (number, said) = line.trim().split_once(')')?;
        Some((number.parse().ok()?, said.to_owned()))
    };
    lines.filter_map(branch).collect()
}

#[test]
fn the_script_for_ci_knows_every_exit_code() {
    let mut table = branches("scripts/conformance", "$code");
    // Of an agent that conforms the run itself has said so.
    assert_eq!(
        table.insert(0, "conforms".to_owned()).unwrap(),
        " exit 0 ;;"
    );
    is_whole(&table);
}

#[test]
fn the_benchmark_times_runs_that_were_judged_and_no_others() {
    let table = branches("scripts/bench", "$1");
    let timed = [Exit::Conforms, Exit::DoesNotConform, Exit::Inconclusive];
    let numbers: Vec<u8> = table.keys().copied().collect();
    assert_eq!(numbers, timed.map(Exit::number), "{table:?}");
    says_what_the_program_means(&table);
}

#[test]
fn the_book_lists_every_exit_code() {
    let text = text("docs/src/results.md");
    let row = |line: &str| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        Some((cells.next()?.parse().ok()?, cells.next()?.to_owned()))
    };
    is_whole(&text.lines().filter_map(row).collect());
}

#[test]
fn the_help_lists_every_exit_code() {
    let help = virt_ra_tester(&root(), &["--help"]).out;
    let (_, list) = help.split_once("Exit codes: ").expect("it has a list");
    let (list, _) = list.split_once(".\n").expect("it has an end");
    let list = list.split_whitespace().collect::<Vec<_>>().join(" ");
    let entry = |entry: &str| {
        let (number, said) = entry.split_once(' ')?;
        Some((number.parse().ok()?, said.to_owned()))
    };
    is_whole(&list.split(", ").filter_map(entry).collect());
}
