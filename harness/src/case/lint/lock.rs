//! The lock that a case needs, and what only makes sense with one.

use super::walk::{At, checks, faults};
use super::wrong::{Lint, Wrong};
use crate::case::{Check, FaultNeed};
use crate::equipment::{PartFault, PartId};

/// Refuses a lock in a lab without disks, and what is about a lock where the case needs none.
pub(super) fn check_lock(lint: &mut Lint<'_>) {
    leases(lint);
    let spec = &lint.case.spec;
    if spec.needs.lock.is_some() {
        if !spec.needs.lab.has_real_guest() {
            let help = "take `lock` or `lab: driver` out of `needs`";
            let message = "no disk of the driver lab has a lock";
            lint.at(
                "needs.lock",
                Wrong::new(message, "its guest has no disk", help),
            );
        }
        return;
    }
    let mut about_it: Vec<String> = Vec::new();
    if !spec.given.rival.is_empty() {
        about_it.push("given.rival".to_owned());
    }
    for At { path, item } in checks(spec) {
        if matches!(item, Check::Locked(_)) {
            about_it.push(path);
        }
    }
    for path in about_it {
        let help = "add `needs: {lock: image}` or another lock";
        let message = "the case needs no lock, so no disk has one";
        lint.at(
            &path,
            Wrong::new(message, "this is about a locked disk", help),
        );
    }
}

/// Leases are only lost where a lock gives them.
fn leases(lint: &mut Lint<'_>) {
    let lock = lint.case.spec.needs.lock;
    if lock.is_some_and(|lock| PartId::Lock(lock).offers(PartFault::LeaseLost)) {
        return;
    }
    for At { path, item } in faults(&lint.case.spec) {
        if item.needs().contains(&FaultNeed::Sanlock) {
            let help = "add `needs: {lock: sanlock}`";
            let message = "the case does not need sanlock, so nobody has a lease";
            lint.at_key(&path, Wrong::new(message, "there is none to lose", help));
        }
    }
}
