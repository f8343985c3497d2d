use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{EnumAccess, Error, VariantAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::code::Code;

/// One way in which a run may end, as a case says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Returned {
    /// With that code. [`Code::Degraded`] stands for [`Code::DegradedPromoted`] as well.
    Code(Code),
    /// With any of 1 to 6, or 9 of an agent that can be promoted: an error, and no claim about the guest.
    Failure,
    /// With any of 1 to 5: an error that bans the guest from no other node, as the fatal 6 does.
    LocalFailure,
    /// With any code of the standard: what must hold is said by the checks.
    Anything,
    /// rgmanager's 150 of `migrate`: it failed, and the guest still runs here.
    StillHere,
    /// rgmanager's 150 of `status`: whether the guest runs here cannot be told.
    Indeterminate,
    /// Killed by the case (`kill_after`, or a KILL or TERM to the agent in `during`).
    Killed,
}

/// Every word of a case for an end, with its meaning and what the schema says of it.
const WORDS: [(&str, Returned, &str); 15] = [
    ("success", Returned::Code(Code::Success), "0."),
    ("err_generic", Returned::Code(Code::ErrGeneric), "1."),
    ("err_args", Returned::Code(Code::ErrArgs), "2."),
    (
        "err_unimplemented",
        Returned::Code(Code::ErrUnimplemented),
        "3.",
    ),
    ("err_perm", Returned::Code(Code::ErrPerm), "4."),
    ("err_installed", Returned::Code(Code::ErrInstalled), "5."),
    ("err_configured", Returned::Code(Code::ErrConfigured), "6."),
    ("not_running", Returned::Code(Code::NotRunning), "7."),
    (
        "degraded",
        Returned::Code(Code::Degraded),
        "190, or 191 of an agent that can be promoted.",
    ),
    (
        "failure",
        Returned::Failure,
        "Any of 1 to 6, or 9 of an agent that can be promoted: an error, and no claim about the guest.",
    ),
    (
        "local_failure",
        Returned::LocalFailure,
        "Any of 1 to 5: an error that bans the guest from no other node, as the fatal 6 does.",
    ),
    (
        "anything",
        Returned::Anything,
        "Any code of the standard: what must hold is said by the checks.",
    ),
    (
        "still_here",
        Returned::StillHere,
        "rgmanager's 150 of `migrate`: it failed, and the guest still runs here.",
    ),
    (
        "indeterminate",
        Returned::Indeterminate,
        "rgmanager's 150 of `status`: whether the guest runs here cannot be told.",
    ),
    (
        "killed",
        Returned::Killed,
        "Killed by the case (`kill_after`, or a KILL or TERM to the agent in `during`).",
    ),
];

/// The words alone, for the message about any other word.
const NAMES: [&str; WORDS.len()] = {
    let mut names = [""; WORDS.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = WORDS[index].0;
        index += 1;
    }
    names
};

impl Returned {
    /// Success, the end that most runs must have.
    pub const SUCCESS: Self = Self::Code(Code::Success);

    /// Whether an agent that exits with `code` ended in this way.
    #[must_use]
    pub fn admits(self, code: Code) -> bool {
        match self {
            Self::Code(Code::Degraded) => {
                matches!(code, Code::Degraded | Code::DegradedPromoted)
            }
            Self::Code(wanted) => code == wanted,
            Self::Failure => matches!(code.number(), 1..=6 | 9),
            Self::LocalFailure => (1..=5).contains(&code.number()),
            Self::Anything => true,
            Self::StillHere | Self::Indeterminate | Self::Killed => false,
        }
    }

    /// Whether it names the code itself, and not a choice of several.
    #[must_use]
    pub const fn is_exact(self) -> bool {
        !matches!(self, Self::Anything | Self::Failure | Self::LocalFailure)
    }
}

impl fmt::Display for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Code(Code::Degraded) => "OCF_DEGRADED (190, or 191 when promoted)",
            Self::Code(code) => return code.fmt(f),
            Self::Failure => "an error code (1 to 6, or 9 when promoted)",
            Self::LocalFailure => "an error code that is not fatal (1 to 5)",
            Self::Anything => "a code of the standard",
            Self::StillHere => "150, still running here",
            Self::Indeterminate => "150, indeterminate",
            Self::Killed => "the kill by the case",
        })
    }
}

impl Serialize for Returned {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entry = WORDS.iter().find(|(_, returned, _)| returned == self);
        let (word, ..) = entry
            .ok_or_else(|| serde::ser::Error::custom(format!("no case has a word for {self}")))?;
        serializer.serialize_str(word)
    }
}

impl<'de> Deserialize<'de> for Returned {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Word;
        impl<'de> Visitor<'de> for Word {
            type Value = Returned;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a way in which a run may end, such as success")
            }

            fn visit_enum<A: EnumAccess<'de>>(self, data: A) -> Result<Returned, A::Error> {
                let (word, rest) = data.variant::<String>()?;
                rest.unit_variant()?;
                let entry = WORDS.iter().find(|(name, ..)| *name == word);
                let found = entry.map(|(_, returned, _)| *returned);
                found.ok_or_else(|| A::Error::unknown_variant(&word, &NAMES))
            }
        }
        deserializer.deserialize_enum("Returned", &NAMES, Word)
    }
}

impl JsonSchema for Returned {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Returned".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words = WORDS.map(|(word, _, description)| {
            json_schema!({"description": description, "type": "string", "const": word})
        });
        json_schema!({
            "description": "One way in which a run may end.",
            "oneOf": words,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back_as_what_it_says() {
        for (word, returned, _) in WORDS {
            let text = serde_json::to_string(&returned).expect("it has a word");
            assert_eq!(text, format!("\"{word}\""));
            let read: Returned = serde_json::from_str(&text).expect("it is a word");
            assert_eq!(read, returned);
        }
    }

    #[test]
    fn a_word_that_is_none_is_told_with_those_that_are() {
        let error = serde_json::from_str::<Returned>("\"running_promoted\"");
        let text = error.expect_err("it is none").to_string();
        assert!(text.starts_with("unknown variant `running_promoted`, expected one of `success`"));
    }
}
