//! A sequence as the text of a case file: a step a line, so that a person reads it from top to bottom.

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use crate::case::CaseSpec;

/// The text of a case file that says the same as the case, under a heading of comments, a line each.
///
/// What is as it is by default is left out.
#[must_use]
pub fn case_file(heading: &[String], spec: &CaseSpec) -> String {
    let mut text = String::new();
    for line in heading {
        let line: Vec<_> = line.split_whitespace().collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "# {}", line.join(" "));
    }
    let fields = [
        ("case", value(&spec.case)),
        ("clause", value(&spec.clause)),
        ("level", value(&spec.level)),
        ("needs", value(&spec.needs)),
        ("timeout", value(&spec.timeout)),
    ];
    for (key, value) in fields {
        let _ = writeln!(text, "{key}: {}", flow(&value));
    }
    let _ = writeln!(text, "\ngiven: {}\nwhen:", flow(&value(&spec.given)));
    for step in &spec.when {
        let _ = match value(step) {
            // A one-key map without its braces.
            Value::Object(fields) if fields.len() == 1 => fields
                .iter()
                .try_for_each(|(key, value)| writeln!(text, "  - {key}: {}", flow(value))),
            other => writeln!(text, "  - {}", flow(&other)),
        };
    }
    if !spec.then.is_empty() {
        let _ = writeln!(text, "then: {}", flow(&value(&spec.then)));
    }
    text
}

fn value(of: &impl Serialize) -> Value {
    serde_json::to_value(of).unwrap_or_default()
}

/// A value on one line, as YAML's flow style has it.
fn flow(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let written = fields.iter().filter(|(key, value)| !is_default(key, value));
            let mut written: Vec<_> = written.collect();
            written.sort_by_key(|(key, _)| rank(key));
            let written: Vec<_> = written
                .into_iter()
                .map(|(key, value)| format!("{key}: {}", flow(value)))
                .collect();
            format!("{{{}}}", written.join(", "))
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Value::String(text) if is_plain(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The order in which cases are written by hand: what and where before how.
fn rank(key: &str) -> usize {
    let first = [
        "action", "nodes", "a", "b", "node", "to", "from", "interval", "do", "form",
    ];
    let at = first.iter().position(|known| *known == key);
    at.unwrap_or(first.len())
}

/// Whether a key may be left out: the model fills it in as it is.
fn is_default(key: &str, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => match key {
            "maintenance" | "managed" => false,
            "allow_migrate" => *value,
            _ => !value,
        },
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Number(number) => key == "times" && number.as_u64() == Some(1),
        Value::String(text) => {
            let defaults = [
                ("lab", "qemu"),
                ("config", "plain"),
                ("target", "told"),
                ("parent", "service"),
            ];
            defaults.contains(&(key, text.as_str()))
        }
    }
}

/// Whether a text needs no quotes: a word that nothing takes for something else.
fn is_plain(text: &str) -> bool {
    let mut letters = text.chars();
    let begins = letters.next().is_some_and(char::is_alphanumeric);
    let number = text.parse::<f64>().is_ok();
    let word = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let rest = |c: char| c.is_alphanumeric() || " _-.".contains(c);
    begins && !number && !word.contains(&text.to_lowercase().as_str()) && letters.all(rest)
}
