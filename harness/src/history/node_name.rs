use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A node's name as cases say it: `a`, `b`.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct NodeName(pub String);

impl NodeName {
    /// The nodes that a case can name.
    pub const ALL: [&'static str; 2] = ["a", "b"];
}

impl fmt::Display for NodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for NodeName {
    fn from(name: &str) -> Self {
        Self(name.to_owned())
    }
}
