//! The witness guest: it obeys, moves, and fails as it is told.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use virt_ra_tester::history::{Exit, Guest};
use virt_ra_tester::lab::{Command, DiskHarm, GuestDo, GuestMode, GuestOnce, MigrationLimit};

use super::{counter, in_lab, node, ok, sh, start_subject, state, until};

#[test]
fn a_guest_that_dirties_its_memory_never_ends_a_migration_that_the_lab_makes_slow() {
    in_lab(|lab| {
        let incarnation = start_subject(lab);
        let (a, b) = (node(lab, "a"), node(lab, "b"));
        lab.guest_command(GuestDo::Mode(GuestMode {
            dirty: true,
            ..Default::default()
        }))
        .unwrap();
        let limit = MigrationLimit {
            uuid: lab.subject().uuid,
            speed: 1,
        };
        lab.hypervisor().limit_migrations(a, limit).unwrap();
        let args = ["migrate", "--live", "vm1", "qemu+tcp://b/system"];
        let running = a.exec(&Command::new("virsh", args)).unwrap();
        until("it copies for the third time", || {
            let info = sh(a, "virsh domjobinfo vm1 | grep Iteration", 10).out.text;
            info.split_whitespace()
                .nth(1)
                .is_some_and(|times| times.parse::<u32>().unwrap() > 2)
        });
        running.signal(Signal::SIGKILL);
        let done = running
            .wait(Instant::now() + Duration::from_secs(10))
            .unwrap();
        assert_eq!(done.exit, Exit::Signal(9));
        until("the migration was given up", || {
            ok(b, "virsh", &["list", "--name"]) == "vm1-by" && state(a).starts_with("running")
        });
        let seen = counter(lab, incarnation);
        until("the guest goes on", || counter(lab, incarnation) > seen);
    });
}

#[test]
fn probing_for_kvm_ends_within_its_deadline() {
    // Either answer is right; that there is one matters on machines where KVM opens and hangs.
    let _ = virt_ra_tester::lab::Boots::measure(Duration::from_secs(2));
}

#[test]
fn a_migration_keeps_the_incarnation_and_a_reboot_draws_a_new_one() {
    in_lab(|lab| {
        let incarnation = start_subject(lab);
        ok(
            node(lab, "a"),
            "virsh",
            &["migrate", "--live", "vm1", "qemu+tcp://b/system"],
        );
        assert!(state(node(lab, "b")).starts_with("running"));
        let seen = counter(lab, incarnation);
        until("the guest goes on", || counter(lab, incarnation) > seen + 2);
        assert_eq!(lab.guest_records().unwrap().len(), 1);
        let log = std::fs::read_to_string(lab.write_log(&"b".into(), Guest::Subject)).unwrap();
        let place = format!("offset={:#x}", 512 * (64 + (incarnation & 0xff)));
        assert!(log.contains(&place), "{place} in {log}");
        lab.guest_command(GuestDo::Once(GuestOnce::Reboot)).unwrap();
        until("a second incarnation", || {
            lab.guest_records().unwrap().len() == 2
        });
    });
}

#[test]
fn the_guest_obeys_the_power_button_unless_it_is_deaf() {
    in_lab(|lab| {
        start_subject(lab);
        let a = node(lab, "a");
        lab.guest_command(GuestDo::Mode(GuestMode {
            deaf: true,
            ..Default::default()
        }))
        .unwrap();
        let before = lab.guest_records().unwrap()[0].counter;
        until("it has read its command", || {
            lab.guest_records().unwrap()[0].counter > before + 2
        });
        ok(a, "virsh", &["shutdown", "vm1"]);
        until("it saw the button", || {
            lab.guest_records().unwrap()[0].button_seen
        });
        assert!(state(a).starts_with("running"));
        let slow = GuestMode {
            shutdown_ticks: 5,
            ..Default::default()
        };
        lab.guest_command(GuestDo::Mode(slow)).unwrap();
        let before = lab.guest_records().unwrap()[0].counter;
        until("it has read its command", || {
            lab.guest_records().unwrap()[0].counter > before + 2
        });
        ok(a, "virsh", &["shutdown", "vm1"]);
        until("it powered itself off", || {
            lab.guest_records().unwrap()[0].clean_end
        });
        until("libvirt knows", || {
            !ok(a, "virsh", &["list", "--name"])
                .lines()
                .any(|it| it == "vm1")
        });
    });
}

#[test]
fn the_guest_panics_and_suspends_on_command() {
    in_lab(|lab| {
        start_subject(lab);
        let a = node(lab, "a");
        lab.guest_command(GuestDo::Once(GuestOnce::Suspend))
            .unwrap();
        until("it is suspended", || state(a).starts_with("pmsuspended"));
        ok(a, "virsh", &["dompmwakeup", "vm1"]);
        until("a second incarnation", || {
            lab.guest_records().unwrap().len() == 2
        });
        lab.guest_command(GuestDo::Once(GuestOnce::Panic)).unwrap();
        until("it is crashed", || state(a) == "crashed (panicked)");
    });
}

#[test]
fn a_guest_whose_disk_fails_is_paused() {
    in_lab(|lab| {
        start_subject(lab);
        lab.harm_disk(&"a".into(), DiskHarm::Fails).unwrap();
        until("it is paused", || {
            state(node(lab, "a")) == "paused (I/O error)"
        });
    });
}
