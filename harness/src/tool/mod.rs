//! Stand-ins for tools that an agent calls, such as `virsh` or `xl`: each lies first on the agent's search path, under the
//! tool's name, and is this very program.
//!
//! A stand-in logs each call, answers it, or passes it on to the real tool. A case uses one only for agents whose profile
//! says that they call the tool.

mod answer;
mod dispatch;
mod log;
mod place;
mod scripted;

pub use dispatch::dispatch;
pub(crate) use log::calls;
pub(crate) use place::{FOLDER, log_file};
pub(crate) use scripted::script;
