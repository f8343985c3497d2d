//! The word of a value, as cases and results write it.

use serde::Serialize;

/// The word that serde writes a variant as, such as `second_name`; empty for a value that is more than a word.
pub(crate) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
