use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use crate::drive::trouble::Trouble;
use crate::lab::{MigrationSide, NoAnswer, Node};

/// Asks and tells by hand what runs the subject.
pub(in crate::drive) trait Control: Debug + Send + Sync {
    /// Starts the subject on a node by hand from a definition.
    ///
    /// # Errors
    /// When it is refused.
    fn create(&self, node: &dyn Node, definition: String) -> Result<(), Trouble>;

    /// Gives an order on a node.
    ///
    /// # Errors
    /// When the subject is not there, or the order is refused or not answered in time.
    fn order(&self, node: &dyn Node, order: Order) -> Result<(), Trouble>;

    /// Lets the subject's live migrations away from a node go no faster than so many MiB a second, unless the agent asks
    /// for a speed of its own.
    ///
    /// # Errors
    /// When it is refused or not answered in time.
    fn limit_migrations(&self, node: &dyn Node, speed: u32) -> Result<(), Trouble>;

    /// What tells how far the subject's migration is on a node's side of it, to be asked often.
    fn migration_side(&self, node: &Arc<dyn Node>) -> AskSide;

    /// How long to wait between two such questions, at the least.
    fn pause(&self) -> Duration;
}

/// What an operator orders of the subject, whoever runs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::drive) enum Order {
    /// Stop its processors.
    Suspend,
    /// Let them go on.
    Resume,
    /// End it at once.
    Destroy,
    /// Call its migration off.
    AbortMigration,
}

/// Tells how far a migration is on one side of it; whether the share of the memory is asked for as well. None where that
/// side has no such guest.
pub(in crate::drive) type AskSide =
    Box<dyn FnMut(bool) -> Result<Option<MigrationSide>, NoAnswer> + Send>;
