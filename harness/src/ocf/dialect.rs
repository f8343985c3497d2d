use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which family of rules an agent speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Dialect {
    /// OCF resource agent API 1.0, as almost every agent of ClusterLabs.
    #[default]
    #[serde(rename = "ocf-1.0")]
    Ocf10,
    /// OCF resource agent API 1.1.
    #[serde(rename = "ocf-1.1")]
    Ocf11,
    /// rgmanager's own: `status` instead of `monitor`, `migrate TARGET` instead of two actions.
    #[serde(rename = "rgmanager")]
    Rgmanager,
}
