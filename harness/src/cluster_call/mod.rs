//! What a cluster calls in its nodes: this program as the resource agent `ocf:vrt:subject`, as the alert agent and as the
//! fence agent `fence_vrt`.
//!
//! Each connects to one socket of its node, which the harness serves (`lab/call_server/`), and does what it is answered.
//! Nothing else tells when an action of the cluster began, probes and recurring monitors included, and what it printed.

mod alert;
mod connection;
mod dispatch;
mod fence;
mod message;
mod place;
mod subject;

pub use dispatch::dispatch;
pub(crate) use message::{
    Agent, FenceAction, FenceAnswer, FenceRequest, Request, RunAnswer, RunBegins, RunNews, receive,
    send,
};
pub(crate) use place::{ALERT, FENCE, FOLDER, PROGRAM, SOCKET, SUBJECT};
