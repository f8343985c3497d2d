use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The speed of a migration in MiB a second; a case writes `1MiB/s`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Speed(pub u32);

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}MiB/s", self.0)
    }
}

impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.strip_suffix("MiB/s").map(str::parse);
        match number {
            Some(Ok(number)) if number > 0 => Ok(Self(number)),
            _ => Err(format!("`{text}` is no speed; write it like 1MiB/s")),
        }
    }
}

impl TryFrom<String> for Speed {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Speed> for String {
    fn from(speed: Speed) -> Self {
        speed.to_string()
    }
}

impl JsonSchema for Speed {
    fn schema_name() -> Cow<'static, str> {
        "Speed".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[1-9][0-9]*MiB/s$",
            "description": "The speed of a migration in MiB a second, such as `1MiB/s`."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Speed;

    #[test]
    fn a_speed_has_its_unit_and_is_not_nothing() {
        assert_eq!("4MiB/s".parse(), Ok(Speed(4)));
        assert_eq!(Speed(4).to_string(), "4MiB/s");
        for text in ["4", "0MiB/s", "-1MiB/s", "4MB/s", "MiB/s"] {
            assert!(text.parse::<Speed>().is_err(), "{text}");
        }
    }
}
