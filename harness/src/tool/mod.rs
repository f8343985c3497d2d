//! Stand-ins for tools that an agent calls, such as `virsh` or `xl`: each is this very program under the tool's name. It
//! lies first on the agent's search path, and is shown to the agent in the place of the tool's own file (`in_place`).
//!
//! A stand-in logs each call, answers it, or passes it on to the real tool. A case uses one only for agents whose profile
//! says that they call the tool. Where a lab has another engine than libvirt, the engine's tool is not real either: what
//! no case has scripted is answered by `xl/` or `vzctl/`.

mod answer;
mod dispatch;
mod engine;
mod host;
mod in_place;
mod log;
mod pass_on;
mod place;
mod print;
mod scripted;
mod vzctl;
mod xl;

pub use dispatch::dispatch;
pub(crate) use host::{Down, down_file, template_file};
pub(crate) use in_place::put_in_place;
pub(crate) use log::calls;
pub(crate) use place::{BESIDE, FOLDER, log_file};
pub(crate) use scripted::script;
pub(crate) use vzctl::known_file as containers_file;
pub(crate) use xl::is_whole as is_whole_xl_config;
