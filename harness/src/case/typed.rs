//! From a tree to a typed value. Serde's errors become messages for people who write cases.

use serde::de::DeserializeOwned;

use super::mistake::{Mistake, SourceText, suggestion};
use super::reader;
use super::span_index::{SpanIndex, last_word};
use super::yaml::Yaml;
use crate::ocf::Code;

/// Why a tree is no value of a type.
pub(crate) struct Misread {
    path: String,
    message: String,
}

impl Misread {
    /// The same for people.
    pub(crate) fn explained(&self, source: &SourceText, places: &SpanIndex) -> Mistake {
        explain_error(source, places, &self.path, &self.message)
    }
}

/// Makes a file's tree a typed value; enums are maps of one key.
pub(crate) fn typed<T: DeserializeOwned>(root: Yaml) -> Result<T, Misread> {
    let mut track = serde_path_to_error::Track::new();
    let deserializer = serde_path_to_error::Deserializer::new(root.into_value(), &mut track);
    serde_yaml::with::singleton_map_recursive::deserialize(deserializer).map_err(
        |error: serde_yaml::Error| {
            let path = track.path().to_string();
            Misread {
                path: if path == "." { String::new() } else { path },
                message: error.to_string(),
            }
        },
    )
}

/// A mistake with a message made of serde's; a message that is not recognised stays as it is.
fn explain_error(source: &SourceText, places: &SpanIndex, path: &str, message: &str) -> Mistake {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let (first, others) = quoted.split_first().unwrap_or((&"", &[]));
    if message.starts_with("unknown field") {
        return unknown_key(source, places, (path, first), others);
    }
    if message.starts_with("unknown variant") {
        return match last_word(path) == *first && places.find_key(path).is_some() {
            true => unknown_key(source, places, (path, first), others),
            false => unknown_word(source, places, (path, first), others),
        };
    }
    if message.starts_with("missing field") {
        return missing_key(source, places, path, first);
    }
    let typed = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "));
    match typed.and_then(|rest| rest.rsplit_once(", expected ")) {
        Some((_, "map with a single key" | "map containing 1 entry")) => {
            several_keys(source, places, path)
        }
        Some(("unit variant", _)) => bare_word(source, places, path),
        Some((found, expected)) => wrong_type(source, places, path, (found, expected)),
        None => unrecognised_error(source, places, path, message),
    }
}

/// The model's own messages: what is wrong, and after a semicolon how to write it.
fn unrecognised_error(
    source: &SourceText,
    places: &SpanIndex,
    path: &str,
    message: &str,
) -> Mistake {
    let (message, help) = message.split_once("; ").unwrap_or((message, ""));
    let mistake = source.mistake(places.nearest(path), message, "not understood");
    if help.is_empty() {
        mistake
    } else {
        mistake.with_help(help)
    }
}

fn several_keys(source: &SourceText, places: &SpanIndex, path: &str) -> Mistake {
    let message = format!("one key too many or too few{}", within(path));
    source
        .mistake(
            places.nearest(path),
            message,
            "a map of exactly one key belongs here",
        )
        .with_help("each step and each check is an item of its own, and begins with `- `")
}

fn bare_word(source: &SourceText, places: &SpanIndex, path: &str) -> Mistake {
    source
        .mistake(
            places.nearest(path),
            format!("a word says too little{}", within(path)),
            "only a word is here",
        )
        .with_help("a step or a check is a map of one key, such as `run: {…}` or `heal: daemon`")
}

fn unknown_key(
    source: &SourceText,
    places: &SpanIndex,
    (path, key): (&str, &str),
    known: &[&str],
) -> Mistake {
    let full = if last_word(path) == key {
        path.to_owned()
    } else {
        super::span_index::join(path, key)
    };
    let parent = full[..full.len() - key.len()].trim_end_matches('.');
    // The model does not know `table`: it is filled in before.
    let table = (parent.is_empty() && known.contains(&"given")).then_some("table");
    source
        .mistake(
            places.nearest_key(&full),
            format!("unknown key `{key}`{}", within(parent)),
            "not known here",
        )
        .with_help(suggestion(key, known.iter().copied().chain(table)))
}

fn unknown_word(
    source: &SourceText,
    places: &SpanIndex,
    (path, word): (&str, &str),
    known: &[&str],
) -> Mistake {
    source
        .mistake(
            places.nearest(path),
            format!("unknown word `{word}`{}", within(path)),
            "not known here",
        )
        .with_help(suggestion(word, known.iter().copied()))
}

fn missing_key(source: &SourceText, places: &SpanIndex, path: &str, key: &str) -> Mistake {
    let span = match path {
        "" => places.nearest(path),
        path => places.nearest_key(path),
    };
    source
        .mistake(
            span,
            format!("the key `{key}` is missing{}", within(path)),
            format!("this has no `{key}`"),
        )
        .with_help(format!("add `{key}: {}`", example(path, key)))
}

fn wrong_type(
    source: &SourceText,
    places: &SpanIndex,
    path: &str,
    (found, expected): (&str, &str),
) -> Mistake {
    let found = describe_found(found);
    let (expected, help) = describe_expected(expected, &found);
    let span = places.find(path).filter(|span| span.length > 0);
    let span = span.unwrap_or_else(|| places.nearest_key(path));
    let message = format!("{expected} belongs here{}, not {found}", within(path));
    let mistake = source.mistake(span, message, format!("this is {found}"));
    mistake.with_help(code_by_number(path, &found).unwrap_or(help))
}

/// `7` under `returns` was meant to be a code.
fn code_by_number(path: &str, found: &str) -> Option<String> {
    let returns = last_word(path).split('[').next() == Some("returns");
    let number: u8 = found.trim_matches('`').parse().ok().filter(|_| returns)?;
    let code = Code::ALL.into_iter().find(|code| code.number() == number)?;
    let word = serde_json::to_value(code).ok()?;
    Some(format!("codes are written by name: `{}`", word.as_str()?))
}

/// ` in `returns``: the nearest key above, for a message.
fn within(path: &str) -> String {
    match last_word(path).split('[').next() {
        Some("") | None => String::new(),
        Some(word) => format!(" in `{word}`"),
    }
}

fn describe_found(found: &str) -> String {
    match found.split_once(' ').unwrap_or((found, "")) {
        ("string", text) => format!("the text {}", text.replace('"', "`")),
        ("integer" | "boolean", value) => value.to_owned(),
        ("floating", value) => value.trim_start_matches("point ").to_owned(),
        ("sequence", _) => "a list".to_owned(),
        ("map", _) => "a map".to_owned(),
        ("unit" | "Option", _) => "nothing".to_owned(),
        _ => found.to_owned(),
    }
}

/// What belongs there, and how to write it.
fn describe_expected(expected: &str, found: &str) -> (String, String) {
    let (expected, help) = match expected {
        "a string" if found == "a list" || found == "a map" => ("text", "write one value"),
        "a string" => ("text", "quote it if it is meant as text"),
        "a sequence" => (
            "a list",
            "put each item on a line that begins with `- `, or into [ ]",
        ),
        "the name of a parameter" => (
            expected,
            "write the name, or a map such as `{parameter: NAME, value: \"… ${value} …\"}`",
        ),
        "a boolean" => ("`true` or `false`", "no other word and no quotes"),
        "u8" => (
            "a whole number from 0 to 255",
            "write digits alone, without quotes",
        ),
        "u16" | "u32" | "u64" => (
            "a whole number",
            "write digits alone, without quotes or a sign",
        ),
        "unit variant" => ("one word", "this word takes no value"),
        "one value or a list of values" => ("a word or a list of words", "write words"),
        _ if expected.starts_with("a span of time") => (expected, "units are always written"),
        _ if expected.starts_with("struct ") || expected.contains("map") => (
            "a map of keys",
            "write keys with values, such as `{node: a, …}`",
        ),
        _ if expected.contains("struct ") => ("a list", "write a list, such as `[first, second]`"),
        _ => (expected, "see the schema: `virt-ra-tester schema`"),
    };
    (expected.to_owned(), help.to_owned())
}

/// What the value of a key that must be there may look like.
fn example<'a>(path: &str, key: &'a str) -> &'a str {
    match key {
        "case" if !path.is_empty() => "stop::running",
        "returns" => {
            "success`, or what else may be answered, such as `returns: [success, not_running]"
        }
        "case" => "<a sentence that is true of a conforming agent>",
        "clause" | "clauses" => "[STOP-06]",
        "reason" => "<why it is so, and why it is tolerated>",
        "level" => "must",
        "when" => "<a list of steps>",
        "node" => "a",
        "within" => "10s",
        "of" => "<the label of a run>",
        "are" => "{exactly: 1}",
        "action" => "monitor",
        "until" => "{running: {exactly: 1}}",
        _ => "…",
    }
}

/// Reads a whole file as one value.
pub(crate) fn read_typed<T: DeserializeOwned>(source: &SourceText) -> Result<T, Mistake> {
    let read = typed(reader::parse(source)?);
    read.map_err(|misread| misread.explained(source, &places(source)))
}

/// As [`read_typed`], with the place of each value.
pub(crate) fn read_placed<T: DeserializeOwned>(
    source: &SourceText,
) -> Result<(T, SpanIndex), Mistake> {
    Ok((read_typed(source)?, places(source)))
}

/// Where each value of a file stands; nothing of one that is no YAML.
pub(crate) fn places(source: &SourceText) -> SpanIndex {
    reader::parse(source).map_or_else(|_| SpanIndex::default(), SpanIndex::new)
}
