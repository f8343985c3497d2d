//! How a case is written: its keys' order, its length, its sentence, and the ids of its clauses.

use super::wrong::{Lint, Wrong};
use crate::case::Register;
use crate::case::mistake::{Mistake, SourceText, nearest};
use crate::case::span::Span;
use crate::case::yaml::{Yaml, YamlEntry, YamlKind};

/// The order in which every case says things.
const ORDER: [&str; 10] = [
    "case", "clause", "level", "needs", "timeout", "repeat", "table", "given", "when", "then",
];

/// How many lines a case may have, comments and blank lines not counted.
const MAX_LINES: usize = 40;

/// Rules on the text of a file as it stands.
pub(crate) fn check_file(source: &SourceText, root: &Yaml) -> Vec<Mistake> {
    let YamlKind::Map(entries) = &root.kind else {
        return Vec::new();
    };
    let mut mistakes: Vec<Mistake> = check_order(source, entries).into_iter().collect();
    mistakes.extend(check_length(source));
    if let Some(then) = entries.iter().find(|entry| entry.key == "then") {
        mistakes.extend(check_then(source, then));
    }
    mistakes
}

/// The first key that stands after one that follows it in the order.
fn check_order(source: &SourceText, entries: &[YamlEntry]) -> Option<Mistake> {
    let rank = |key: &str| ORDER.iter().position(|known| *known == key);
    let ranked: Vec<(usize, &YamlEntry)> = entries
        .iter()
        .filter_map(|entry| Some((rank(&entry.key)?, entry)))
        .collect();
    let pair = ranked.windows(2).find(|pair| pair[0].0 > pair[1].0)?;
    let (before, late) = (&pair[0].1.key, pair[1].1);
    let message = format!("`{}` stands after `{before}`", late.key);
    let span = late.span;
    let mistake = source.mistake(span, message, format!("this belongs before `{before}`"));
    Some(mistake.with_help(format!("the order of all cases is {}", ORDER.join(", "))))
}

fn check_length(source: &SourceText) -> Option<Mistake> {
    let mut offset = 0;
    let mut counted = 0;
    let mut first_too_many = None;
    for (position, line) in source.text.split_inclusive('\n').enumerate() {
        let text = line.trim_start();
        if !text.trim_end().is_empty() && !text.starts_with('#') {
            counted += 1;
            if counted == MAX_LINES + 1 {
                let indent = line.len() - text.len();
                let (line, column) = (position + 1, indent + 1);
                let (offset, length) = (offset + indent, text.len());
                first_too_many = Some(Span {
                    line,
                    column,
                    length,
                    offset,
                });
            }
        }
        offset += line.len();
    }
    let message = format!("this case has {counted} lines, {MAX_LINES} are allowed");
    let mistake = source.mistake(first_too_many?, message, "this line is one too many");
    Some(mistake.with_help("split it into cases that each decide one thing; comments do not count"))
}

/// An empty `then` reads as if something were judged.
fn check_then(source: &SourceText, then: &YamlEntry) -> Option<Mistake> {
    let nothing = matches!(&then.value.kind, YamlKind::List(items) if items.is_empty());
    nothing.then(|| {
        source
            .mistake(then.span, "`then` is empty", "nothing is judged here")
            .with_help("say what must hold, or take `then` out: invariants are judged anyway")
    })
}

/// The case's sentence says what a conforming agent does.
pub(super) fn check_sentence(lint: &mut Lint<'_>) {
    let sentence = lint.case.spec.case.trim();
    let word = |wanted: &str| {
        sentence
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word.eq_ignore_ascii_case(wanted))
    };
    let such = "such as `monitor of a stopped guest answers not_running`";
    let (message, label, help) = if sentence.is_empty() {
        let help = format!("write what is true of a conforming agent, {such}");
        ("is empty", "nothing is said here", help)
    } else if word("should") {
        let help = format!("say what a conforming agent does, {such}");
        (
            "says `should`",
            "how strong the demand is, is said by `level`",
            help,
        )
    } else if word("test") || word("tests") {
        let help = format!("say what a conforming agent does, {such}");
        ("says `test`", "that is what every case does", help)
    } else if sentence.ends_with('.') {
        (
            "ends in a full stop",
            "it is a title",
            "take the full stop out".to_owned(),
        )
    } else {
        return;
    };
    lint.at(
        "case",
        Wrong::new(format!("the case's sentence {message}"), label, help),
    );
}

/// Every clause is in the register.
pub(super) fn check_clauses(lint: &mut Lint<'_>, register: Option<&Register>) {
    let spec = &lint.case.spec;
    if spec.clause.is_empty() {
        let help = "name the demands of cases/clauses.yaml that this case decides";
        lint.at_key(
            "clause",
            Wrong::new("the case decides no clause", "this list is empty", help),
        );
    }
    let Some(register) = register else { return };
    for (position, id) in spec.clause.iter().enumerate() {
        if register.find(id).is_some() {
            continue;
        }
        let ids = register.clauses.keys().map(|known| known.0.as_str());
        let help = match nearest(&id.0, ids) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "add it to cases/clauses.yaml, with its source".to_owned(),
        };
        let message = format!("there is no clause `{}`", id.0);
        lint.at(
            &format!("clause[{position}]"),
            Wrong::new(message, "not in the register", help),
        );
    }
}
