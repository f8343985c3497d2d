//! The equipment that a case needs, which only nodes with real guests have, and what only makes sense with it.

use super::walk::{At, checks, faults};
use super::wrong::{Lint, Wrong};
use crate::case::{CheckNeed, FaultNeed};
use crate::equipment::{Equipment, FenceDaemon, PartFault, Transport};

/// Refuses equipment that the case's lab cannot have, and what is about equipment that the case does not need.
pub(super) fn check_equipment(lint: &mut Lint<'_>) {
    check_daemons(lint);
    check_part_faults(lint);
    check_lock(lint);
    check_transport(lint);
    check_cluster(lint);
    check_fence(lint);
}

/// Refuses `needs.daemons` in a lab without daemons.
fn check_daemons(lint: &mut Lint<'_>) {
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

/// Refuses faults of parts that the case does not need.
fn check_part_faults(lint: &mut Lint<'_>) {
    let equipment = Equipment::from(&lint.case.spec.needs);
    for At { path, item } in faults(&lint.case.spec) {
        for need in item.needs() {
            if let FaultNeed::Part(fault) = need
                && !equipment.offers(*fault)
                && let Some(wrong) = lacking_part(*fault)
            {
                lint.at_key(&path, wrong);
            }
        }
    }
}

/// What is wrong where no part of the lab's equipment offers a fault; nothing where an agent's own may.
fn lacking_part(fault: PartFault) -> Option<Wrong> {
    match fault {
        PartFault::LeaseLost => Some(Wrong::new(
            "the case does not need sanlock, so nobody has a lease",
            "there is none to lose",
            "add `needs: {lock: sanlock}`",
        )),
        PartFault::FenceDaemonFrozen | PartFault::FenceDaemonKilled => None,
    }
}

/// Refuses a lock in a lab without disks, and what is about a lock where the case needs none.
fn check_lock(lint: &mut Lint<'_>) {
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
        if item.needs().contains(&CheckNeed::Lock) {
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

/// Refuses `needs.transport` where no guest can migrate.
fn check_transport(lint: &mut Lint<'_>) {
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

/// Refuses `needs.cluster` where there is no second node, or no guest that a cluster could run.
fn check_cluster(lint: &mut Lint<'_>) {
    let needs = &lint.case.spec.needs;
    if needs.cluster.is_none() {
        return;
    }
    let (message, help) = match (needs.lab.has_real_guest(), needs.nodes) {
        (false, _) => (
            "no cluster runs in the driver lab",
            "take `cluster` or `lab: driver` out of `needs`",
        ),
        (true, 1) => (
            "the case needs one node only",
            "take `cluster` out of `needs`, or write `nodes: 2`",
        ),
        (true, _) => return,
    };
    lint.at(
        "needs.cluster",
        Wrong::new(message, "a cluster has two nodes", help),
    );
}

/// Refuses daemons of `needs.fence` that hand requests on over a cluster which the case does not need.
fn check_fence(lint: &mut Lint<'_>) {
    let needs = &lint.case.spec.needs;
    if needs.fence == Some(FenceDaemon::VirtdCpg) && needs.cluster.is_none() {
        let wrong = Wrong::new(
            "the case needs no cluster, and so no corosync",
            "nothing to hand requests on",
            "add `cluster: pacemaker` to `needs`",
        );
        lint.at("needs.fence", wrong);
    }
}
