//! A sequence as the text of a case file: a step a line, so that a person reads it from top to bottom.

use std::fmt::Write as _;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::case::CaseSpec;

/// The text of a case file that says the same as the case, under a heading of comments, a line each.
///
/// What goes without saying is left out.
#[must_use]
pub fn case_file(heading: &[String], spec: &CaseSpec) -> String {
    let mut text = String::new();
    for line in heading {
        let line: Vec<_> = line.split_whitespace().collect();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "# {}", line.join(" "));
    }
    let around = CaseSpec {
        when: Vec::new(),
        ..spec.clone()
    };
    for (key, value) in ranked(shortest(&around).as_object().unwrap_or(&Map::new())) {
        let _ = match key.as_str() {
            "given" => writeln!(text, "\ngiven: {}", flow(value)),
            "when" => writeln!(text, "when:\n{}", steps(spec)),
            _ => writeln!(text, "{key}: {}", flow(value)),
        };
    }
    text
}

/// The steps, a line each.
fn steps(spec: &CaseSpec) -> String {
    let steps = spec.when.iter().map(shortest);
    let lines = steps.map(|step| match &step {
        // A one-key map without its braces.
        Value::Object(fields) if fields.len() == 1 => fields
            .iter()
            .map(|(key, value)| format!("  - {key}: {}", flow(value)))
            .collect(),
        other => format!("  - {}", flow(other)),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A value as a case file has it, without the keys that it reads the same without.
fn shortest<T: Serialize + DeserializeOwned + PartialEq>(of: &T) -> Value {
    let mut whole = serde_json::to_value(of).unwrap_or_default();
    let mut places = vec![String::new()];
    while let Some(place) = places.pop() {
        let inner: Vec<String> = match whole.pointer(&place) {
            Some(Value::Object(fields)) => fields.keys().cloned().collect(),
            Some(Value::Array(items)) => (0..items.len()).map(|at| at.to_string()).collect(),
            _ => Vec::new(),
        };
        let kept = inner
            .into_iter()
            .filter(|key| !leave_out(&mut whole, &place, key, of));
        places.extend(
            kept.map(|key| format!("{place}/{}", key.replace('~', "~0").replace('/', "~1"))),
        );
    }
    whole
}

/// Leaves a key of the map at a place out, if the whole is the same without it; whether it was left out.
fn leave_out<T: DeserializeOwned + PartialEq>(
    whole: &mut Value,
    place: &str,
    key: &str,
    of: &T,
) -> bool {
    let Some(value) = map(whole, place).and_then(|fields| fields.remove(key)) else {
        return false;
    };
    let is_same = T::deserialize(&*whole).is_ok_and(|read| read == *of);
    if !is_same && let Some(fields) = map(whole, place) {
        fields.insert(key.to_owned(), value);
    }
    is_same
}

/// The map at a place.
fn map<'a>(whole: &'a mut Value, place: &str) -> Option<&'a mut Map<String, Value>> {
    whole.pointer_mut(place)?.as_object_mut()
}

/// A value on one line, as YAML's flow style has it.
fn flow(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let written = ranked(fields).into_iter();
            let written: Vec<_> = written
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

/// A map's keys and values in the order in which cases are written by hand: what and where before how.
fn ranked(fields: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let first = [
        "case", "clause", "level", "needs", "timeout", "repeat", "given", "when", "then", "action",
        "nodes", "a", "b", "node", "to", "from", "interval", "do", "form",
    ];
    let rank = |key: &str| first.iter().position(|known| *known == key);
    let mut ranked: Vec<_> = fields.iter().collect();
    ranked.sort_by_key(|(key, _)| rank(key).unwrap_or(first.len()));
    ranked
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
