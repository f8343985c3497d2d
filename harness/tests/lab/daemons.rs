//! The daemons of a node, and a reset that mends them.

use std::path::Path;

use virt_ra_tester::equipment::{Daemons, Equipment, Lock, PartId};
use virt_ra_tester::lab::{Cable, DaemonAction, Entry, LabPool, lacking};

use super::{in_lab, node, ok, spec, start_subject};

#[test]
fn a_reset_mends_dead_and_frozen_daemons_and_pulled_cables() {
    in_lab(|lab| {
        start_subject(lab);
        node(lab, "a").control_daemon(DaemonAction::Freeze).unwrap();
        node(lab, "b").control_daemon(DaemonAction::Kill).unwrap();
        lab.cable(&"b".into(), Cable::Cut).unwrap();
        node(lab, "b")
            .put(
                Path::new("/etc/libvirt/qemu.conf"),
                &Entry::File(b"nonsense".to_vec(), 0o644),
            )
            .unwrap();
    });
}

#[test]
fn a_lab_with_another_lock_takes_an_idle_ones_place_and_is_reset_with_its_own_daemon() {
    if lacking(PartId::Lock(Lock::Virtlockd)).is_some() {
        return;
    }
    let pool = LabPool::new(1, spec());
    let plain = pool.lease(Equipment::default()).unwrap();
    assert!(plain.lock(&"a".into()).is_none());
    drop(plain);
    let with_lock = Equipment {
        lock: Some(Lock::Virtlockd),
        ..Equipment::default()
    };
    let lab = pool.lease(with_lock).unwrap();
    let definition = lab.hypervisor().definition(&lab.subject());
    let (a, xml) = (node(&lab, "a"), definition);
    a.put(
        Path::new("/run/vm1.xml"),
        &Entry::File(xml.as_bytes().to_vec(), 0o644),
    )
    .unwrap();
    ok(a, "virsh", &["create", "/run/vm1.xml"]);
    a.kill_parts().unwrap();
    lab.reset().unwrap();
    let b = node(&lab, "b");
    b.put(
        Path::new("/run/vm1.xml"),
        &Entry::File(xml.as_bytes().to_vec(), 0o644),
    )
    .unwrap();
    ok(b, "virsh", &["create", "/run/vm1.xml"]);
    lab.reset().unwrap();
}

#[test]
fn modular_daemons_are_harmed_and_mended_like_the_single_one() {
    if lacking(PartId::Daemons(Daemons::Modular)).is_some() {
        return;
    }
    let pool = LabPool::new(1, spec());
    let modular = Equipment {
        daemons: Some(Daemons::Modular),
        ..Equipment::default()
    };
    let lab = pool.lease(modular).unwrap();
    let a = node(&lab, "a");
    let daemon = || a.daemon_process().unwrap();
    assert_eq!(daemon().unwrap().name, "virtqemud");
    let processes = a.processes().unwrap();
    assert!(processes.iter().all(|process| process.name != "libvirtd"));
    for what in [DaemonAction::Stop, DaemonAction::Kill] {
        a.control_daemon(what).unwrap();
        assert!(daemon().is_none());
        a.control_daemon(DaemonAction::Start).unwrap();
        assert!(daemon().is_some());
    }
    a.control_daemon(DaemonAction::Freeze).unwrap();
    assert_eq!(daemon().unwrap().state, 'T');
    lab.reset().unwrap();
    assert_ne!(daemon().unwrap().state, 'T');
    ok(a, "virsh", &["-c", "qemu+tcp://b/system", "list"]);
}

#[test]
fn a_daemon_that_stopped_starts_again() {
    in_lab(|lab| {
        let a = node(lab, "a");
        a.control_daemon(DaemonAction::Stop).unwrap();
        a.control_daemon(DaemonAction::Start).unwrap();
        assert_eq!(ok(a, "virsh", &["list", "--name"]), "vm1-by");
    });
}
