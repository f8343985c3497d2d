//! The standard itself, without any I/O: verbs, exit codes, metadata, and the dialects that agents speak.
//!
//! Sources: the OCF resource agent API 1.0 and 1.1 (ClusterLabs/OCF-spec) and "Resource Agents" in
//! Pacemaker Administration.

mod call;
mod code;
mod dialect;
mod fence;
pub mod metadata;
mod other_value;
mod reason;
mod returned;
mod schema;
mod verb;

pub use call::{Call, OCF_ROOT, PARAMETER, Request, Resource};
pub use code::Code;
pub use dialect::{Dialect, Reading, Rules};
pub use fence::{FenceAction, FenceCode, FenceReturned};
pub use reason::{EXIT_REASON_PREFIX, exit_reason};
pub use returned::Returned;
pub use verb::Verb;
