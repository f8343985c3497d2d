//! The daemons of a node, and a reset that mends them.

use std::path::Path;

use virt_ra_tester::history::Lock;
use virt_ra_tester::lab::{Cable, DaemonDo, Entry, Equipment, LabPool, locks};

use super::{in_lab, node, ok, spec, start_subject};

#[test]
fn a_reset_mends_dead_and_frozen_daemons_and_pulled_cables() {
    in_lab(|lab| {
        start_subject(lab);
        node(lab, "a").daemon(DaemonDo::Freeze).unwrap();
        node(lab, "b").daemon(DaemonDo::Kill).unwrap();
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
    if locks::lacking(Lock::Virtlockd).is_some() {
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
    let (a, xml) = (node(&lab, "a"), lab.subject().xml());
    a.put(
        Path::new("/run/vm1.xml"),
        &Entry::File(xml.as_bytes().to_vec(), 0o644),
    )
    .unwrap();
    ok(a, "virsh", &["create", "/run/vm1.xml"]);
    a.kill_lock_daemon().unwrap();
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
fn a_daemon_that_stopped_starts_again() {
    in_lab(|lab| {
        let a = node(lab, "a");
        a.daemon(DaemonDo::Stop).unwrap();
        a.daemon(DaemonDo::Start).unwrap();
        assert_eq!(ok(a, "virsh", &["list", "--name"]), "vm1-by");
    });
}
