//! The shape that metadata must have, by dialect: our own rules, told from the schemas that
//! resource-agents and the OCF specification bring (`ra-api-1.dtd`, `metadata.rng`, `ra-api.rng`).
//!
//! They are as lenient as the most lenient of those: what is only good manners is a rule of its own.

mod shapes;
mod walk;

use super::Dialect;
use super::metadata::document;

/// What is wrong with the metadata's shape, each fault in one sentence with its line.
#[must_use]
pub fn faults(text: &str, dialect: Dialect) -> Vec<String> {
    match document(text) {
        Ok(document) => walk::faults(&document, shapes::of(dialect)),
        Err(error) => vec![error],
    }
}
