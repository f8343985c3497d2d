//! The transport that a case needs, which only two nodes with real guests have.

use super::wrong::{Lint, Wrong};
use crate::history::Transport;

/// Refuses `needs.transport` where no guest can migrate.
pub(super) fn check_transport(lint: &mut Lint<'_>) {
    let needs = &lint.case.spec.needs;
    if needs.transport == Transport::Tcp {
        return;
    }
    let (message, help) = match (needs.lab.can_migrate(), needs.nodes) {
        (false, _) => (
            "no guest of the driver lab can migrate",
            "take `transport` or `lab: driver` out of `needs`",
        ),
        (true, 1) => (
            "the case needs one node only",
            "take `transport` out of `needs`, or write `nodes: 2`",
        ),
        (true, _) => return,
    };
    lint.at(
        "needs.transport",
        Wrong::new(message, "nobody is reached by it", help),
    );
}
