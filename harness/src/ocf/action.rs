use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an agent is asked to do: its first argument, such as `start` or `meta-data`.
///
/// Any word is allowed, since an agent must also answer words it does not know.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Action(pub String);

impl Action {
    /// The word itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is that action.
    #[must_use]
    pub fn is(&self, word: &str) -> bool {
        self.0 == word
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Action {
    fn from(word: &str) -> Self {
        Self(word.to_owned())
    }
}
