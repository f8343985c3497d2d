//! Paths that an agent could not write because the lab shows the machine's files read-only, recognised by what it
//! printed.
//!
//! A note names the path, and where that run failed, what the case found is `unknown`. An agent that is silent about it
//! is not noticed: no cheap way was found that works for ordinary users.

use super::record::{Ran, Record};
use crate::history::Outcome;

/// What programs print for EROFS. Agents run in a locale without translations.
const MARK: &str = "Read-only file system";

/// One note for each path that a run could not write.
pub(super) fn notes(record: &Record<'_>) -> Vec<String> {
    let mut notes = Vec::new();
    for ran in &record.runs {
        for path in ran.outcome().map(refused).unwrap_or_default() {
            let note = format!(
                "{} tried to write {path}, which is read-only in a lab",
                ran.name()
            );
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    notes
}

/// Whether a run failed after a write to a read-only path. On a real node that write might have succeeded.
pub(super) fn is_to_blame(record: &Record<'_>) -> bool {
    let failed = |ran: &&Ran<'_>| !ran.succeeded();
    let mut outcomes = record.runs.iter().filter(failed).filter_map(Ran::outcome);
    outcomes.any(|outcome| !refused(outcome).is_empty())
}

/// The paths that a run could not write.
fn refused(outcome: &Outcome) -> Vec<String> {
    let lines = outcome
        .stderr
        .text
        .lines()
        .chain(outcome.stdout.text.lines());
    lines.filter_map(path).collect()
}

/// The path in a line that says so: a shell puts it before the mark and its own script's before that, and others put it
/// behind. `sh: 3: cannot create /usr/x: Read-only file system`; `[Errno 30] Read-only file system: '/usr/x'`.
fn path(line: &str) -> Option<String> {
    let (before, behind) = line.split_once(MARK)?;
    let paths = |text: &str| -> Vec<String> {
        let words = text
            .split_whitespace()
            .map(|word| word.trim_matches(DECORATION));
        words
            .filter(|word| word.starts_with('/'))
            .map(str::to_owned)
            .collect()
    };
    paths(before)
        .pop()
        .or_else(|| paths(behind).into_iter().next())
}

/// What stands around a path in messages.
const DECORATION: [char; 9] = ['\'', '"', '`', ':', ',', '‘', '’', '(', ')'];

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn the_path_is_found_however_a_program_words_it() {
        for line in [
            "/root/agent: 5: /root/agent: cannot create /usr/share/x: Read-only file system",
            "/root/agent: line 5: /usr/share/x: Read-only file system",
            "touch: cannot touch '/usr/share/x': Read-only file system",
            "OSError: [Errno 30] Read-only file system: '/usr/share/x'",
            "Can't open /usr/share/x: Read-only file system at /root/agent line 3.",
        ] {
            assert_eq!(path(line).as_deref(), Some("/usr/share/x"), "{line}");
        }
        assert_eq!(path("cannot write x: Read-only file system"), None);
        assert_eq!(path("/usr/share/x: No space left on device"), None);
    }
}
