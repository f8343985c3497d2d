//! What an agent leaves behind, and what of that it leaves in any life of a guest.

use std::collections::BTreeSet;

use super::invariant;
use super::record::Record;
use crate::case::CaseSpec;
use crate::history::{Entry, History, What};

/// The name of the fact that says what the agent leaves behind in any life of a guest: kinds, a line each.
pub(super) const USUAL: &str = "left_in_any_life";

/// Something that was left behind without what differs from run to run: numbers, and the end of a name that
/// `mktemp` makes up.
#[must_use]
pub fn kind_of_leftover(left: &str) -> String {
    let stem = match left.rsplit_once('.') {
        Some((stem, end)) if is_made_up(end) => format!("{stem}.*"),
        _ => left.to_owned(),
    };
    let mut kind = String::new();
    for letter in stem.chars() {
        match letter.is_ascii_digit() {
            true if kind.ends_with('*') => {}
            true => kind.push('*'),
            false => kind.push(letter),
        }
    }
    kind
}

/// Whether the end of a file's name is what `mktemp` puts for its Xs: six letters or more, large ones or digits among them.
fn is_made_up(end: &str) -> bool {
    let large = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    end.len() >= 6 && end.chars().all(|c| c.is_ascii_alphanumeric()) && end.chars().any(large)
}

/// The kinds of what the agent leaves behind in any life of a guest, as far as a history tells.
pub(super) fn usual(entries: &[Entry]) -> BTreeSet<&str> {
    let told = entries.iter().find_map(|entry| match &entry.what {
        What::Ready { lab } => lab.get(USUAL),
        _ => None,
    });
    told.map(|kinds| kinds.lines().collect())
        .unwrap_or_default()
}

/// The kinds of what was left behind in a history of a case.
#[must_use]
pub fn leftovers(spec: &CaseSpec, history: &History) -> BTreeSet<String> {
    let record = Record::of(&history.entries);
    invariant::remains(spec, &record)
        .iter()
        .map(|one| kind_of_leftover(one))
        .collect()
}

/// Writes into a history what the agent leaves behind in any life of a guest, so that a case about something else is not
/// warned about it.
pub fn note_usual_leftovers(history: &mut History, kinds: &BTreeSet<String>) {
    for entry in &mut history.entries {
        if let What::Ready { lab } = &mut entry.what {
            let lines: Vec<_> = kinds.iter().map(String::as_str).collect();
            lab.insert(USUAL.to_owned(), lines.join("\n"));
        }
    }
}
