//! The shape that metadata must have: our own rules, derived from the schemas of resource-agents and of the OCF
//! specification (`ra-api-1.dtd`, `metadata.rng`, `ra-api.rng`).
//!
//! They are as lenient as the most lenient of those: what is only good style is a rule of its own. Each dialect has
//! its shapes in its own file.

pub(super) mod shapes;
mod walk;

use self::shapes::Shape;
use super::metadata::document;

/// Where the metadata differ from the shapes, each fault in one sentence with its line. The first shape is the document's.
pub(super) fn faults(metadata: &str, shapes: &[Shape]) -> Vec<String> {
    match document(metadata) {
        Ok(document) => walk::faults(&document, shapes),
        Err(error) => vec![error],
    }
}
