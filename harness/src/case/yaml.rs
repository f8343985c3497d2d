//! A file's YAML as a tree: every value knows where it stands.

use serde_yaml::Value;

use super::span::Span;

/// A value in a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Yaml {
    pub(crate) kind: YamlKind,
    pub(crate) span: Span,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum YamlKind {
    Null,
    Bool(bool),
    Whole(i64),
    Float(f64),
    Text(String),
    List(Vec<Yaml>),
    Map(Vec<YamlEntry>),
}

/// A key of a map with its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct YamlEntry {
    pub(crate) key: String,
    pub(crate) span: Span,
    pub(crate) value: Yaml,
}

impl Yaml {
    /// The same tree for serde, without the places.
    pub(crate) fn into_value(self) -> Value {
        match self.kind {
            YamlKind::Null => Value::Null,
            YamlKind::Bool(truth) => Value::Bool(truth),
            YamlKind::Whole(number) => Value::from(number),
            YamlKind::Float(number) => Value::from(number),
            YamlKind::Text(text) => Value::String(text),
            YamlKind::List(items) => {
                Value::Sequence(items.into_iter().map(Self::into_value).collect())
            }
            YamlKind::Map(entries) => Value::Mapping(
                entries
                    .into_iter()
                    .map(|entry| (Value::String(entry.key), entry.value.into_value()))
                    .collect(),
            ),
        }
    }
}
