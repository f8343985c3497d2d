use std::fmt::Display;

use serde::Serialize;
use serde_json::Value;

/// An answer as a relay sends it.
pub(in crate::lab) fn to_json<T: Serialize>(
    answer: Result<T, impl Display>,
) -> Result<Value, String> {
    let answer = answer.map_err(|error| error.to_string())?;
    serde_json::to_value(answer).map_err(|error| error.to_string())
}
