//! The reference of the YAML files, as Markdown made from their JSON schemas.
//!
//! A schema's titles, descriptions and words are the doc comments and names of the types, so the reference says what the
//! code does and is never written by hand.

use std::fmt::Write as _;

use serde_json::Value;

/// The chapter of one kind of file: its keys, then every type that they lead to, in the order in which they come up.
#[must_use]
pub fn chapter(heading: &str, schema: &Value) -> String {
    let mut text = format!("## {heading}\n\n{}", body(schema));
    let mut names = Vec::new();
    types_of(schema, &mut names);
    let mut next = 0;
    while let Some(name) = names.get(next).cloned() {
        let of = &schema["$defs"][&name];
        let _ = write!(text, "\n### {name}\n\n{}", body(of));
        types_of(of, &mut names);
        next += 1;
    }
    text
}

/// What a type is, and a table of its keys or words.
fn body(schema: &Value) -> String {
    let mut text = format!("{}\n", description(schema));
    if let Some(branches) = branches(schema) {
        let words = branches
            .iter()
            .all(|branch| !branch["properties"].is_object());
        let head = if words {
            "| word | means |\n| --- | --- |"
        } else {
            "| key | value | says |\n| --- | --- | --- |"
        };
        let _ = write!(
            text,
            "\n{head}\n{}",
            branches
                .iter()
                .map(|one| branch(one, words))
                .collect::<String>()
        );
    } else if let Some(keys) = schema["properties"].as_object() {
        let _ = write!(text, "\n| key | value | says |\n| --- | --- | --- |\n");
        for (name, key) in keys {
            let needed = required(schema, name);
            let _ = writeln!(
                text,
                "| `{name}` | {}{} | {} |",
                value_of_key(key),
                default(key, needed),
                cell(key)
            );
        }
    } else {
        let _ = writeln!(text, "\nWritten as {}.", value(schema));
    }
    text
}

/// One word of an enum, or one key of which a map has exactly one.
fn branch(schema: &Value, among_words: bool) -> String {
    if let Some(word) = schema["const"].as_str() {
        let middle = if among_words { "" } else { " |" };
        return format!("| `{word}` |{middle} {} |\n", cell(schema));
    }
    if let Some(words) = schema["enum"].as_array() {
        return words
            .iter()
            .map(|word| format!("| `{}` | |\n", word.as_str().unwrap_or_default()))
            .collect();
    }
    let keys = schema["properties"].as_object();
    let row = |(name, key): (&String, &Value)| {
        let says = if schema["description"].is_string() {
            cell(schema)
        } else {
            cell(key)
        };
        format!("| `{name}` | {} | {says} |\n", value(key))
    };
    keys.into_iter().flatten().map(row).collect()
}

/// The alternatives of an enum, without `${column}`; nothing for anything else.
fn branches(schema: &Value) -> Option<Vec<&Value>> {
    if let Some(branches) = schema["oneOf"].as_array() {
        return Some(branches.iter().collect());
    }
    let narrow = schema["anyOf"].as_array()?.first()?;
    if narrow["enum"].is_array() {
        return Some(vec![narrow]);
    }
    Some(narrow["oneOf"].as_array()?.iter().collect())
}

/// How a key's value is written. `null` says no more than to leave the key out, but where it is required.
fn value_of_key(key: &Value) -> String {
    let written = value(key);
    match written.strip_suffix(" or `null`") {
        Some(rest) if key.get("default").is_some_and(Value::is_null) => rest.to_owned(),
        _ => written,
    }
}

/// How a value is written: `a list of [Step](#step)`.
fn value(schema: &Value) -> String {
    if let Some(name) = schema["$ref"]
        .as_str()
        .and_then(|path| path.rsplit('/').next())
    {
        return match name.strip_prefix("OneOrMany_") {
            Some(one) => format!("one or a list of {}", link(one)),
            None => link(name),
        };
    }
    if let Some(branches) = schema["anyOf"].as_array() {
        let written: Vec<_> = branches
            .iter()
            .filter(|branch| !is_column(branch))
            .map(value)
            .collect();
        return written.join(" or ");
    }
    if let Some(keys) = schema["properties"].as_object() {
        let written: Vec<_> = keys
            .iter()
            .map(|(name, key)| field(schema, name, key))
            .collect();
        return format!("a map: {}", written.join(", "));
    }
    match &schema["type"] {
        Value::String(kind) => plain(kind, schema),
        Value::Array(kinds) => {
            let written: Vec<_> = kinds
                .iter()
                .filter_map(Value::as_str)
                .map(|kind| plain(kind, schema))
                .collect();
            written.join(" or ")
        }
        _ => "anything".to_owned(),
    }
}

/// A key within a map that is written out in a cell.
fn field(map: &Value, name: &str, key: &Value) -> String {
    let optional = if required(map, name) {
        ""
    } else {
        ", optional"
    };
    format!("`{name}` ({}{optional})", value(key))
}

fn plain(kind: &str, schema: &Value) -> String {
    match kind {
        "array" => format!("a list of {}", value(&schema["items"])),
        "object" if schema["additionalProperties"].is_object() => {
            format!("a map of {}", value(&schema["additionalProperties"]))
        }
        "object" => "a map".to_owned(),
        "boolean" => "`true` or `false`".to_owned(),
        "integer" | "number" => "a number".to_owned(),
        "string" => "text".to_owned(),
        other => format!("`{other}`"),
    }
}

/// What holds where the key is not written. `null` and empty defaults say nothing that "optional" doesn't.
fn default(key: &Value, needed: bool) -> String {
    match &key["default"] {
        _ if needed => ", required".to_owned(),
        Value::String(word) if !word.is_empty() => format!(", `{word}` by default"),
        Value::Number(number) => format!(", {number} by default"),
        Value::Bool(flag) => format!(", `{flag}` by default"),
        _ => String::new(),
    }
}

fn required(map: &Value, name: &str) -> bool {
    let names = map["required"].as_array();
    names.is_some_and(|names| names.iter().any(|one| one == name))
}

fn is_column(schema: &Value) -> bool {
    schema["$ref"]
        .as_str()
        .is_some_and(|path| path.ends_with("/Column"))
}

fn link(name: &str) -> String {
    format!("[{name}](#{})", name.to_lowercase())
}

fn description(schema: &Value) -> String {
    schema["description"]
        .as_str()
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// A description as one line that cannot end its cell.
fn cell(schema: &Value) -> String {
    description(schema)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace('|', "\\|")
}

/// The types that a schema names, added to those that are known.
fn types_of(schema: &Value, known: &mut Vec<String>) {
    match schema {
        Value::Object(map) => {
            if let Some(name) = map
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|path| path.rsplit('/').next())
            {
                let name = name.trim_start_matches("OneOrMany_").to_owned();
                if name != "Column" && !known.contains(&name) {
                    known.push(name);
                }
            }
            map.iter()
                .filter(|(key, _)| *key != "$defs")
                .for_each(|(_, value)| types_of(value, known));
        }
        Value::Array(items) => items.iter().for_each(|item| types_of(item, known)),
        _ => {}
    }
}
