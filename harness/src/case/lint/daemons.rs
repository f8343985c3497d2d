//! The daemons that a case needs, which only nodes with real guests have.

use super::wrong::{Lint, Wrong};

/// Refuses `needs.daemons` in a lab without daemons.
pub(super) fn check_daemons(lint: &mut Lint<'_>) {
    let needs = &lint.case.spec.needs;
    if needs.daemons.is_some() && !needs.lab.has_daemon() {
        let help = "take `daemons` or `lab: driver` out of `needs`";
        let wrong = Wrong::new(
            "libvirt's test driver has no daemon",
            "none to choose",
            help,
        );
        lint.at("needs.daemons", wrong);
    }
}
