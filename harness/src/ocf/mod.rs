//! The standard itself, without any I/O: actions, exit codes, dialects.
//!
//! Sources: the OCF resource agent API 1.0 and 1.1 (ClusterLabs/OCF-spec) and "Resource Agents" in
//! Pacemaker Administration.

mod action;
mod code;
mod dialect;
pub mod metadata;
pub mod schema;

pub use action::Action;
pub use code::Code;
pub use dialect::Dialect;
