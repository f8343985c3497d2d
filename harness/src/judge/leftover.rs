//! What an agent leaves behind, and which of that it leaves after every start and stop of a guest.

use std::collections::BTreeSet;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::history::{Entry, History, What};

/// Something that an agent left behind on a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Leftover {
    /// What it is.
    pub kind: LeftoverKind,
    /// A domain's UUID, a file's path or a process's command line.
    pub name: String,
}

/// What was left behind.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum LeftoverKind {
    /// A definition, or a domain that is active.
    Domain,
    /// A file or a folder.
    File,
    /// A process.
    Process,
}

impl fmt::Display for Leftover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            LeftoverKind::Domain => "domain",
            LeftoverKind::File => "file",
            LeftoverKind::Process => "process",
        };
        write!(f, "{kind} {}", self.name)
    }
}

impl Leftover {
    /// The same without what differs from run to run: numbers, and the end of a name that `mktemp` makes up.
    #[must_use]
    pub fn pattern(&self) -> String {
        let text = self.to_string();
        let stem = match text.rsplit_once('.') {
            Some((stem, end)) if is_made_up(end) => format!("{stem}.*"),
            _ => text,
        };
        let mut pattern = String::new();
        for letter in stem.chars() {
            match letter.is_ascii_digit() {
                true if pattern.ends_with('*') => {}
                true => pattern.push('*'),
                false => pattern.push(letter),
            }
        }
        pattern
    }
}

/// Whether the end of a file's name is what `mktemp` puts for its Xs: six letters or more, large ones or digits among them.
fn is_made_up(end: &str) -> bool {
    let large = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    end.len() >= 6 && end.chars().all(|c| c.is_ascii_alphanumeric()) && end.chars().any(large)
}

/// The patterns of what the agent leaves behind in any life of a guest, as far as a history says.
pub(super) fn usual(entries: &[Entry]) -> BTreeSet<&str> {
    let patterns = entries.iter().find_map(|entry| match &entry.what {
        What::Ready { lab } => Some(&lab.left_in_any_life),
        _ => None,
    });
    let patterns = patterns.into_iter().flatten();
    patterns.map(String::as_str).collect()
}

/// Writes into a history what the agent leaves behind in any life of a guest, so that a case about something else is not
/// warned about it.
pub fn note_usual_leftovers(history: &mut History, patterns: &BTreeSet<String>) {
    for entry in &mut history.entries {
        if let What::Ready { lab } = &mut entry.what {
            lab.left_in_any_life.clone_from(patterns);
        }
    }
}
