//! The schema of a case file, for editors: the model's own, with tables and repeated steps.

use schemars::transform::{Transform, transform_subschemas};
use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Value, json};

use super::CaseSpec;
use super::repeat::TIMES;

/// The JSON schema of a case file, with `table` and `repeat`, and with `${column}` wherever a value may stand.
#[must_use]
pub fn schema() -> Value {
    let mut schema = SchemaGenerator::default().into_root_schema_for::<CaseSpec>();
    transform_subschemas(&mut Columns, &mut schema);
    let mut schema = schema.to_value();
    schema["title"] = json!("A case of virt-ra-tester");
    schema["$defs"]["Column"] = json!({
        "description": "Filled in from the row: `${column}`.",
        "type": "string",
        "pattern": "\\$\\{[^}]+\\}",
    });
    schema["properties"]["table"] = json!({
        "description": "Rows, each of which makes a case; a row's id is the value of its first column.",
        "type": "array",
        "minItems": 1,
        "items": {"type": "object", "minProperties": 1},
    });
    let repeat = json!({
        "description": "Do these steps again and again; `${round}` is the number of the round, from 1.",
        "type": "object",
        "properties": {
            "repeat": {
                "type": "object",
                "properties": {
                    "times": {"type": "integer", "minimum": TIMES.start(), "maximum": TIMES.end()},
                    "steps": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/Step"}},
                },
                "required": ["times", "steps"],
                "additionalProperties": false,
            },
        },
        "required": ["repeat"],
        "additionalProperties": false,
    });
    schema["properties"]["when"]["items"] = json!({"anyOf": [{"$ref": "#/$defs/Step"}, repeat]});
    schema
}

/// Lets `${column}` stand for every word, number and list.
struct Columns;

impl Transform for Columns {
    fn transform(&mut self, schema: &mut Schema) {
        if is_words(schema) {
            or_column(schema);
            return;
        }
        transform_subschemas(self, schema);
        if is_narrow(schema) {
            or_column(schema);
        }
    }
}

/// Whether these are the words of an enum, which fit or do not fit as a whole.
fn is_words(schema: &Schema) -> bool {
    let word = |branch: &Value| branch.get("const").is_some() || branch.get("enum").is_some();
    let branches = schema.get("oneOf").and_then(Value::as_array);
    schema.get("enum").is_some() || branches.is_some_and(|branches| branches.iter().all(word))
}

/// Whether `${column}` would not fit, and some value of a row would.
fn is_narrow(schema: &Schema) -> bool {
    let is = |kind: &str| match schema.get("type") {
        Some(Value::String(one)) => one == kind,
        Some(Value::Array(several)) => several.iter().any(|one| one == kind),
        _ => false,
    };
    let items = schema
        .get("items")
        .and_then(|items| items["$ref"].as_str())
        .unwrap_or_default();
    if ["Step", "Check", "ToolAnswer"]
        .iter()
        .any(|steps| items.ends_with(steps))
    {
        return false;
    }
    let any_text = is("string") && schema.get("pattern").is_none();
    !any_text
        && ["string", "integer", "boolean", "array"]
            .into_iter()
            .any(is)
}

fn or_column(schema: &mut Schema) {
    let description = schema.remove("description");
    let default = schema.remove("default");
    let narrow = std::mem::take(schema);
    *schema = json_schema!({"anyOf": [narrow, {"$ref": "#/$defs/Column"}]});
    for (key, kept) in [("description", description), ("default", default)] {
        if let Some(kept) = kept {
            schema.insert(key.to_owned(), kept);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn takes_columns(schema: &Value) -> bool {
        schema["anyOf"][1]["$ref"] == "#/$defs/Column"
    }

    #[test]
    fn words_numbers_and_lists_may_come_from_a_row() {
        let schema = schema();
        assert!(takes_columns(&schema["$defs"]["Level"]));
        assert!(takes_columns(&schema["$defs"]["Millis"]));
        assert!(takes_columns(&schema["properties"]["repeat"]));
        assert!(takes_columns(&schema["properties"]["clause"]));
    }

    #[test]
    fn a_table_may_be_written_and_other_keys_may_not() {
        let schema = schema();
        assert_eq!(schema["properties"]["table"]["type"], "array");
        assert_eq!(schema["additionalProperties"], false);
    }
}
