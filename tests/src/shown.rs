//! The commands that the README and the book show, and a folder in which those that need no lab can be run.

use std::fs;
use std::path::Path;

use virt_ra_tester::case::{LoadedCase, Suite};
use virt_ra_tester::history::History;
use virt_ra_tester::judge::{AgentFacts, Verdict, judge};
use virt_ra_tester::plan::Profile;
use virt_ra_tester::report::{RunFile, Summary};

use crate::book::{Block, Page, root};

/// A command that a page shows.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Where it is shown, and how.
    pub place: String,
    /// The program and its arguments, without what only prepares them (`sudo`, `env`, variables).
    pub words: Vec<String>,
    /// What the page says that it prints.
    pub output: Vec<String>,
}

/// Programs of the project that are shown in running text.
const OURS: [&str; 3] = ["virt-ra-tester ", "make ", "scripts/"];

impl Shown {
    /// Every command of a page: in blocks of shell, after the prompts of consoles, and in running text.
    #[must_use]
    pub fn on(page: &Page) -> Vec<Self> {
        let mut all = Vec::new();
        for block in page.blocks() {
            match block.language.as_str() {
                "sh" => all.extend(block.text.lines().filter_map(|line| Self::of(page, line))),
                "console" => all.extend(Self::in_console(page, &block)),
                _ => {}
            }
        }
        let code = page.code().into_iter();
        let ours = code.filter(|code| OURS.iter().any(|name| code.starts_with(name)));
        all.extend(ours.filter_map(|code| Self::of(page, &code)));
        all
    }

    fn in_console(page: &Page, block: &Block) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for line in block.text.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                all.extend(Self::of(page, command));
            } else if let Some(last) = all.last_mut()
                && line != "..."
            {
                last.output.push(line.to_owned());
            }
        }
        all
    }

    /// None for a line that only sets a variable, or has nothing but a comment.
    fn of(page: &Page, line: &str) -> Option<Self> {
        let command = line.split(" #").next().unwrap_or_default();
        let prepares = |word: &&str| ["sudo", "env"].contains(word) || is_variable(word);
        let words = command.split_whitespace().skip_while(prepares);
        let words: Vec<_> = words
            .map(|word| word.trim_matches('"').to_owned())
            .collect();
        if words.is_empty() || command.starts_with('#') {
            return None;
        }
        Some(Self {
            place: format!("{}: {}", page.path.display(), line.trim()),
            words,
            output: Vec::new(),
        })
    }

    /// The arguments that `virt-ra-tester` gets, by whichever way it is called.
    #[must_use]
    pub fn arguments(&self) -> Option<Vec<String>> {
        let rest = || self.words[1..].iter().cloned();
        match self.words[0].as_str() {
            "virt-ra-tester" => Some(rest().collect()),
            "scripts/conformance" => Some(["run".to_owned()].into_iter().chain(rest()).collect()),
            "make"
                if self
                    .words
                    .get(1)
                    .is_some_and(|target| target == "conformance") =>
            {
                let said = rest().skip(1).flat_map(|word| {
                    let agent = word
                        .strip_prefix("AGENT=")
                        .map(|agent| format!("--agent={agent}"));
                    agent.or(word.strip_prefix("ARGS=").map(str::to_owned))
                });
                Some(["run".to_owned()].into_iter().chain(said).collect())
            }
            _ => None,
        }
    }
}

/// Whether a word of a command line sets a variable, such as `CI=true`.
fn is_variable(word: &str) -> bool {
    let name = word
        .trim_start_matches('"')
        .split_once('=')
        .map(|(name, _)| name);
    let is_of_one = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    name.is_some_and(|name| name.bytes().all(is_of_one))
}

/// A folder with the files that the pages' blocks of YAML name in their first line, and in `results/latest` a run of
/// the stock agent, made of the recorded histories.
///
/// # Panics
/// When it cannot be made.
#[must_use]
pub fn folder(pages: &[Page]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for block in pages
        .iter()
        .filter(|page| !page.borrowed)
        .flat_map(Page::blocks)
    {
        if let Some(name) = file_name(&block) {
            write(&folder.path().join(name), &block.text);
        }
    }
    write_run(&folder.path().join("results/latest"));
    folder
}

/// The name of the file that a block of YAML shows.
#[must_use]
pub fn file_name(block: &Block) -> Option<&str> {
    let first = block.text.lines().next()?;
    let name = first
        .strip_prefix("# ")
        .filter(|_| block.language == "yaml")?;
    Some(name).filter(|name| name.ends_with(".yaml") && !name.contains(' '))
}

fn write(file: &Path, text: &str) {
    let folder = file.parent().expect("it is in a folder");
    fs::create_dir_all(folder).expect("it can be made");
    fs::write(file, text).expect("it can be written");
}

/// A run's folder, as far as `judge` and `report` read it.
fn write_run(run: &Path) {
    let suite = Suite::shipped().expect("the suite is sound");
    let profile = Profile::builtin("virtualdomain").expect("it is built in");
    let facts = AgentFacts::of(&profile);
    let mut events = vec![
        r#"{"event":"run_started","total":1,"agent":"ocf:heartbeat:VirtualDomain","profile":"virtualdomain","lab":"1 local lab","versions":{},"skipped":[],"again":""}"#.to_owned(),
    ];
    for case in &suite.cases {
        if let Some(verdict) = judged(case, &facts, run) {
            events.push(format!(
                r#"{{"event":"case_ended","verdict":{verdict},"mended":false}}"#
            ));
        }
    }
    events.push(r#"{"event":"run_ended","took":1,"results":null}"#.to_owned());
    write(
        &run.join("events.jsonl"),
        &format!("{}\n", events.join("\n")),
    );
    let file = RunFile {
        agent: "ocf:heartbeat:VirtualDomain".to_owned(),
        profile: "virtualdomain".to_owned(),
        ..RunFile::of(&Summary::default())
    };
    let file = serde_json::to_string(&file).expect("it is plain data");
    write(&run.join("run.json"), &file);
}

/// The history that was recorded of a case with the stock agent.
#[must_use]
pub fn recorded(case: &LoadedCase) -> Option<History> {
    let name = folder_of(case);
    let file = format!("tests/histories/{name}.virtualdomain.history.jsonl");
    History::read(&root().join(file)).ok()
}

/// Puts the recorded history of a case into a run's folder, and its verdict, which is returned as JSON.
fn judged(case: &LoadedCase, facts: &AgentFacts, run: &Path) -> Option<String> {
    let history = recorded(case)?;
    let verdict: Verdict = judge(&case.id, &case.spec, &history, facts);
    let verdict = serde_json::to_string(&verdict).expect("it is plain data");
    let into = run.join("cases").join(folder_of(case));
    write(&into.join("verdict.json"), &verdict);
    history
        .write(&History::file_in(&into))
        .expect("it can be written");
    Some(verdict)
}

fn folder_of(case: &LoadedCase) -> String {
    case.id.0.replace("::", "-")
}
