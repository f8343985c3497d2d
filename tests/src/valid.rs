//! Whether a JSON value fits a schema of ours: the words of JSON Schema that `schemars` writes, and no others.
//!
//! A key that the schema does not name is wrong, although programs have to put up with it: that it is not named shows that
//! the schema is not whole.

use serde_json::{Map, Value};
use virt_ra_tester::cli;

/// What of a value does not fit the schema of that name, a line for each.
///
/// # Panics
/// When there is no such schema, or it has a word that is not known here.
#[must_use]
pub fn misfits(name: &str, value: &Value) -> Vec<String> {
    let schemas = cli::schemas();
    let schema = schemas.iter().find(|(known, _)| known == name);
    let (_, root) = schema.unwrap_or_else(|| panic!("no schema is called {name}"));
    let schema = Schema { root, here: root };
    let mut found = schema.misfits(value, "");
    found.extend(schema.unnamed(value, ""));
    found
}

#[derive(Clone, Copy)]
struct Schema<'a> {
    root: &'a Value,
    here: &'a Value,
}

impl<'a> Schema<'a> {
    fn at(self, here: &'a Value) -> Self {
        Self { here, ..self }
    }

    fn word(self, word: &str) -> Option<&'a Value> {
        self.here.get(word)
    }

    fn list(self, word: &str) -> impl Iterator<Item = Self> {
        let list = self.word(word).and_then(Value::as_array);
        list.into_iter().flatten().map(move |one| self.at(one))
    }

    fn referred(self) -> Option<Self> {
        let name = self.word("$ref")?.as_str()?;
        let place = self.root.pointer(name.trim_start_matches('#'));
        Some(self.at(place.unwrap_or_else(|| panic!("nothing is at {name}"))))
    }

    /// What does not fit here, apart from keys that have no name.
    fn misfits(self, value: &Value, path: &str) -> Vec<String> {
        let wrong = |what: &str| vec![format!("{path}: {what}: {value}")];
        if self.here == &Value::Bool(true) {
            return Vec::new();
        }
        if self.word("type").is_some_and(|kind| !is_of(value, kind)) {
            return wrong("another type");
        }
        if self.word("const").is_some_and(|only| only != value) {
            return wrong("another value");
        }
        let words = self.word("enum").and_then(Value::as_array);
        if words.is_some_and(|words| !words.contains(value)) {
            return wrong("an unknown word");
        }
        let fits = |schema: &Self| schema.misfits(value, path).is_empty();
        if self.word("anyOf").is_some() && !self.list("anyOf").any(|one| fits(&one)) {
            return wrong("none of several forms");
        }
        if self.word("oneOf").is_some() && self.list("oneOf").filter(fits).count() != 1 {
            return wrong("not one of several forms");
        }
        let all = self.list("allOf").chain(self.referred());
        let mut found: Vec<_> = all.flat_map(|one| one.misfits(value, path)).collect();
        found.extend(self.below(value, path));
        found
    }

    /// What does not fit in what the value holds.
    fn below(self, value: &Value, path: &str) -> Vec<String> {
        match value {
            Value::Object(map) => {
                let required = self.word("required").and_then(Value::as_array);
                let required = required.into_iter().flatten().filter_map(Value::as_str);
                let lacking = required.filter(|key| !map.contains_key(*key));
                let lacking = lacking.map(|key| format!("{path}: no `{key}`"));
                let held = map.iter().flat_map(|(key, value)| {
                    let schema = self.word("properties").and_then(|all| all.get(key));
                    let schema = schema.or_else(|| self.of_others());
                    schema.map(|one| self.at(one).misfits(value, &format!("{path}.{key}")))
                });
                lacking.chain(held.flatten()).collect()
            }
            Value::Array(values) => {
                let items = self.word("items").map(|items| self.at(items));
                let held = values.iter().enumerate().flat_map(|(index, value)| {
                    items.map(|items| items.misfits(value, &format!("{path}[{index}]")))
                });
                held.flatten().collect()
            }
            _ => Vec::new(),
        }
    }

    /// The schema of values whose keys have no names.
    fn of_others(self) -> Option<&'a Value> {
        self.word("additionalProperties")
    }

    /// The forms that a value may have here, each with all that it consists of.
    fn forms(self, value: &Value) -> Vec<Self> {
        let chosen = self.list("anyOf").chain(self.list("oneOf"));
        let chosen = chosen.filter(|one| one.misfits(value, "").is_empty());
        let parts = self.list("allOf").chain(self.referred()).chain(chosen);
        let mut forms: Vec<_> = parts.flat_map(|one| one.forms(value)).collect();
        forms.push(self);
        forms
    }

    /// The keys that no form of the value names.
    fn unnamed(self, value: &Value, path: &str) -> Vec<String> {
        let forms = self.forms(value);
        match value {
            Value::Object(map) => map
                .iter()
                .flat_map(|(key, value)| {
                    let path = format!("{path}.{key}");
                    let named = forms
                        .iter()
                        .find_map(|form| Some(form.at(form.named(key)?)));
                    let unknown = || vec![format!("{path} is not named")];
                    named.map_or_else(unknown, |one| one.unnamed(value, &path))
                })
                .collect(),
            Value::Array(values) => {
                let items = forms
                    .iter()
                    .find_map(|form| Some(form.at(form.word("items")?)));
                let held = values.iter().enumerate().flat_map(|(index, value)| {
                    items.map(|items| items.unnamed(value, &format!("{path}[{index}]")))
                });
                held.flatten().collect()
            }
            _ => Vec::new(),
        }
    }

    fn named(self, key: &str) -> Option<&'a Value> {
        let properties = self.word("properties").and_then(Value::as_object);
        let own = properties.and_then(|all: &Map<String, Value>| all.get(key));
        own.or_else(|| self.of_others().filter(|others| !others.is_boolean()))
    }
}

fn is_of(value: &Value, kind: &Value) -> bool {
    let is = |kind: &Value| match kind.as_str() {
        Some("null") => value.is_null(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_u64() || value.is_i64(),
        Some("number") => value.is_number(),
        Some("string") => value.is_string(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        _ => panic!("{kind} is no type"),
    };
    kind.as_array()
        .map_or_else(|| is(kind), |kinds| kinds.iter().any(is))
}
