//! What the agent is asked to do, a file for each action and one for each part that several actions share.

mod bookkeeping;
mod dump;
mod escalate;
pub(crate) mod metadata;
pub(crate) mod migrate_from;
pub(crate) mod migrate_to;
pub(crate) mod monitor;
pub(crate) mod reload;
pub(crate) mod start;
pub(crate) mod stop;
pub(crate) mod validate;
