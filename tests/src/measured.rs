//! What was measured of faulty agents: cases that catch them although they do not name them, in
//! `tests/faulty/measured.tsv`.
//!
//! A line is an agent, the digest of its file, a case, and the digest of its file. It counts as long as both are what they
//! were.

use std::fs;
use std::io;
use std::path::PathBuf;

use virt_ra_tester::case::LoadedCase;
use virt_ra_tester::digest::sha256;

use crate::faulty::{FaultyAgent, Kind};

/// What a line begins with that is none.
const HEAD: &str = "\
# Cases that catch a faulty agent although it does not name them: agent, digest of its file, case, digest of its file.
# Measured by `VRT_MEASURE=1 cargo test -p conformance-tests --test quick measure`; CONTRIBUTING.md says how.
";

/// A case that caught an agent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Catch {
    /// The agent's name.
    pub agent: String,
    agent_was: String,
    /// The case's id.
    pub case: String,
    case_was: String,
}

impl Catch {
    /// That this case caught this agent, as both are now.
    #[must_use]
    pub fn now(agent: &FaultyAgent, case: &LoadedCase) -> Self {
        Self {
            agent: agent.name.clone(),
            agent_was: short(&agent.script),
            case: case.id.0.clone(),
            case_was: short(&case.source),
        }
    }

    fn read(line: &str) -> Option<Self> {
        let mut words = line.split('\t').map(str::to_owned);
        let mut word = || words.next();
        Some(Self {
            agent: word()?,
            agent_was: word()?,
            case: word()?,
            case_was: word()?,
        })
    }

    fn line(&self) -> String {
        let Self {
            agent,
            agent_was,
            case,
            case_was,
        } = self;
        format!("{agent}\t{agent_was}\t{case}\t{case_was}\n")
    }

    /// Whether agent and case are what they were.
    #[must_use]
    pub fn holds(&self, agents: &[FaultyAgent], cases: &[LoadedCase]) -> bool {
        let agent = agents.iter().find(|agent| agent.name == self.agent);
        let case = cases.iter().find(|case| case.id.0 == self.case);
        agent
            .zip(case)
            .is_some_and(|(agent, case)| Self::now(agent, case) == *self)
    }
}

/// A digest that is long enough to tell two versions of a file apart.
fn short(text: &str) -> String {
    sha256(text.as_bytes()).chars().take(10).collect()
}

fn file() -> PathBuf {
    Kind::Faulty.folder().join("measured.tsv")
}

/// Everything that was measured, in its order.
///
/// # Panics
/// When the file has a line that is none.
#[must_use]
pub fn all() -> Vec<Catch> {
    let text = fs::read_to_string(file()).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let read = |line| Catch::read(line).unwrap_or_else(|| panic!("measured.tsv: `{line}`"));
    lines.map(read).collect()
}

/// Writes the file anew.
///
/// # Errors
/// It cannot be written.
pub fn write(mut catches: Vec<Catch>) -> io::Result<()> {
    catches.sort();
    catches.dedup();
    let lines: String = catches.iter().map(Catch::line).collect();
    fs::write(file(), format!("{HEAD}{lines}"))
}
