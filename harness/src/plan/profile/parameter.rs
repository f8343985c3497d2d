//! The agent's own parameter of a role, and how a role's value is written there.

use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// What stands for a role's value.
const VALUE: &str = "${value}";

/// The agent's own parameter of a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// How a role's value is written there.
    wording: Wording,
}

/// How a role's value is written in a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Wording {
    /// As the case has it.
    Plain,
    /// Within this text, which has `${value}`.
    Within(String),
    /// By another text for each value that a case may have.
    ByWord(BTreeMap<String, String>),
}

/// A parameter whose values are not the cases' own.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Translation")]
struct Translation {
    /// The agent's own name of the parameter. Two roles may have the same: where a case sets both, their values are joined
    /// with a blank, in the order in which the case language lists the roles.
    parameter: String,
    /// The text that is set, with `${value}` where the case's value belongs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    /// The text that is set for each of a case's values. Cases with a value that is not here are skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    values: Option<BTreeMap<String, String>>,
}

impl Parameter {
    /// The parameter of that name, whose values are the cases' own.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            wording: Wording::Plain,
        }
    }

    /// Its name, where its values are the cases' own.
    #[must_use]
    pub fn plain_name(&self) -> Option<&str> {
        (self.wording == Wording::Plain).then_some(self.name.as_str())
    }

    /// How the agent writes that value of a role, unless the profile has no text for it.
    #[must_use]
    pub fn text(&self, value: &str) -> Option<String> {
        match &self.wording {
            Wording::Plain => Some(value.to_owned()),
            Wording::Within(text) => Some(text.replace(VALUE, value)),
            Wording::ByWord(texts) => texts.get(value).cloned(),
        }
    }
}

impl TryFrom<Translation> for Parameter {
    type Error = &'static str;

    fn try_from(written: Translation) -> Result<Self, Self::Error> {
        let wording = match (written.value, written.values) {
            (None, None) => Wording::Plain,
            (Some(_), Some(_)) => {
                return Err("a role has either `value` or `values`; leave one of them out");
            }
            (Some(text), None) if !text.contains(VALUE) => {
                return Err(
                    "`value` would be the same in every case; write `${value}` where the case's value belongs, or \
                     `values: {WORD: TEXT}`",
                );
            }
            (Some(text), None) => Wording::Within(text),
            (None, Some(texts)) if texts.is_empty() => {
                return Err(
                    "`values` has no value; write a text for each word that cases use, such as `values: {ssh: …}`",
                );
            }
            (None, Some(texts)) => Wording::ByWord(texts),
        };
        Ok(Self {
            name: written.parameter,
            wording,
        })
    }
}

impl<'de> Deserialize<'de> for Parameter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrMap;
        impl<'de> Visitor<'de> for NameOrMap {
            type Value = Parameter;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a parameter")
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<Parameter, E> {
                Ok(Parameter::named(name))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Parameter, A::Error> {
                let written = Translation::deserialize(MapAccessDeserializer::new(map))?;
                Parameter::try_from(written).map_err(de::Error::custom)
            }
        }
        deserializer.deserialize_any(NameOrMap)
    }
}

impl Serialize for Parameter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parameter = self.name.clone();
        let none = Translation::default();
        match &self.wording {
            Wording::Plain => serializer.serialize_str(&self.name),
            Wording::Within(text) => Translation {
                parameter,
                value: Some(text.clone()),
                ..none
            }
            .serialize(serializer),
            Wording::ByWord(texts) => Translation {
                parameter,
                values: Some(texts.clone()),
                ..none
            }
            .serialize(serializer),
        }
    }
}

impl JsonSchema for Parameter {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Parameter".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let map = generator.subschema_for::<Translation>();
        json_schema!({"anyOf": [{"type": "string"}, map]})
    }
}
