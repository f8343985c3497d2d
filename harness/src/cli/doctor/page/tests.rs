use std::path::PathBuf;
use std::time::Duration;

use super::super::{
    Facts, Kvm, Manager, Memory, Namespaces, PartFacts, Program, StockAgent, Use, User,
};
use super::Page;

/// The page as a file has it, without colours.
fn text(page: &Page) -> String {
    anstream::adapter::strip_str(&page.to_string()).to_string()
}

fn program(name: &str, used_by: Use, version: Option<&str>) -> Program {
    Program {
        name: name.to_owned(),
        used_by,
        path: Some(PathBuf::from(format!("/usr/bin/{name}"))),
        version: version.map(str::to_owned),
        fault: None,
    }
}

fn part(name: &'static str, lacking: Option<&str>) -> PartFacts {
    PartFacts {
        name,
        lacking: lacking.map(str::to_owned),
        remedy: None,
    }
}

fn good() -> Facts {
    Facts {
        system: "Debian GNU/Linux 12 (bookworm), Linux 6.1.0, x86_64".to_owned(),
        manager: Some(Manager::Apt),
        unknown_packages: Vec::new(),
        cores: 2,
        memory: Memory {
            total: 24 * 1024,
            available: 20 * 1024 + 512,
        },
        user: User {
            name: "root".to_owned(),
            is_root: true,
            ordinary: None,
        },
        programs: vec![
            program("qemu-system-x86_64", Use::Lab, Some("10.0.2")),
            program("libvirtd", Use::Daemon, Some("11.3.0")),
            program("virtqemud", Use::Daemon, Some("11.3.0")),
            program("virtproxyd", Use::Daemon, Some("11.3.0")),
            program("nbdkit", Use::Lab, Some("1.32.5")),
            program("virsh", Use::Lab, Some("11.3.0")),
            program("tc", Use::Network, Some("6.1.0")),
            program("ps", Use::StockAgent, Some("4.0.2")),
            program("ssh", Use::Machines, Some("OpenSSH_9.2p1")),
            program("vagrant", Use::Machines, None),
            program("busybox", Use::Shell, Some("1.35.0")),
            program("newuidmap", Use::OrdinaryUser, None),
            program("newgidmap", Use::OrdinaryUser, None),
        ],
        qemu_driver: Some("/usr/lib64/libvirt/connection-driver/libvirt_driver_qemu.so".into()),
        has_nbdkit_filters: true,
        namespaces: Some(Namespaces::Allowed),
        user_namespaces: Namespaces::Allowed,
        forbidding: Vec::new(),
        has_subordinate_ids: false,
        parts: vec![
            part("QEMU's image lock", None),
            part("virtlockd", Some("there is no virtlockd")),
            part("sanlock", None),
            part("plain TCP", None),
            part("ssh", Some("there is no sshd")),
        ],
        test_driver: Ok("11.3.0".to_owned()),
        kvm: Kvm::Works(Duration::from_millis(120)),
        agents: vec![
            StockAgent {
                name: "ocf:heartbeat:VirtualDomain".to_owned(),
                path: Some("/usr/lib/ocf/resource.d/heartbeat/VirtualDomain".into()),
            },
            StockAgent {
                name: "ocf:heartbeat:Xen".to_owned(),
                path: None,
            },
        ],
    }
}

/// A machine of an ordinary user on which nearly everything is wrong.
fn poor() -> Facts {
    let mut facts = good();
    facts.user = User {
        name: "ann".to_owned(),
        is_root: false,
        ordinary: Some("ann".to_owned()),
    };
    facts.memory = Memory {
        total: 1024,
        available: 700,
    };
    for program in &mut facts.programs {
        program.path = None;
        program.version = None;
    }
    facts.qemu_driver = None;
    facts.has_nbdkit_filters = false;
    facts.namespaces = None;
    facts.user_namespaces = Namespaces::Refused("unshare: Operation not permitted".to_owned());
    facts.forbidding = vec!["kernel.apparmor_restrict_unprivileged_userns=0".to_owned()];
    facts.test_driver = Err("no connection driver available for test:///default".to_owned());
    facts.kvm = Kvm::Denied;
    facts
}

#[test]
fn a_machine_that_has_everything_is_ready() {
    let page = Page::of(&good());
    assert!(page.is_ready);
    insta::assert_snapshot!(text(&page));
}

#[test]
fn every_missing_thing_says_how_to_fix_it() {
    let page = Page::of(&poor());
    assert!(!page.is_ready);
    insta::assert_snapshot!(text(&page));
}

#[test]
fn what_only_ordinary_users_lack_does_not_trouble_root() {
    let mut facts = good();
    facts.user_namespaces = Namespaces::Refused("unshare: Operation not permitted".to_owned());
    assert!(Page::of(&facts).is_ready);
    facts.user.is_root = false;
    assert!(!Page::of(&facts).is_ready);
}

#[test]
fn a_refusal_that_no_setting_explains_is_laid_to_the_container() {
    let mut facts = good();
    facts.user_namespaces = Namespaces::Refused("unshare: Operation not permitted".to_owned());
    let text = text(&Page::of(&facts));
    assert!(
        text.contains("fix: run outside the container, or as root"),
        "{text}"
    );
}

#[test]
fn a_device_that_does_not_boot_a_guest_is_told_apart_from_none() {
    let mut facts = good();
    facts.kvm = Kvm::Broken;
    let text = text(&Page::of(&facts));
    assert!(text.contains("unusable: guests hang"), "{text}");
}

#[test]
fn a_device_that_only_labs_may_not_open_is_told_apart_from_one_that_nobody_may() {
    let mut facts = good();
    facts.kvm = Kvm::DeniedInLabs;
    let text = text(&Page::of(&facts));
    assert!(
        text.contains("/dev/kvm opens, but not in a lab of this user"),
        "{text}"
    );
}

#[test]
fn no_package_of_the_distribution_mends_a_libvirt_that_is_too_old() {
    let mut facts = good();
    facts.parts[0].lacking = Some("libvirt is too old".to_owned());
    facts.parts[0].remedy = Some("a newer libvirt");
    let text = text(&Page::of(&facts));
    assert!(text.contains("fix: a newer libvirt\n"), "{text}");
}

#[test]
fn of_libvirts_daemons_one_kind_is_enough() {
    let without = |names: &[&str]| {
        let mut facts = good();
        for program in &mut facts.programs {
            if names.contains(&program.name.as_str()) {
                program.path = None;
            }
        }
        Page::of(&facts)
    };
    let page = without(&["libvirtd"]);
    assert!(page.is_ready, "{page}");
    assert!(text(&page).contains("the modular daemons are used instead"));
    let page = without(&["virtqemud", "virtproxyd"]);
    assert!(page.is_ready, "{page}");
    let page = without(&["libvirtd", "virtproxyd"]);
    assert!(!page.is_ready, "{page}");
}

#[test]
fn a_program_that_does_not_run_counts_as_missing() {
    let mut facts = good();
    facts.programs[0].fault = Some("cannot open shared object file\nmore".to_owned());
    let page = Page::of(&facts);
    assert!(!page.is_ready);
    let text = text(&page);
    assert!(
        text.contains(
            "/usr/bin/qemu-system-x86_64 cannot be used: cannot open shared object file\n"
        ),
        "{text}"
    );
}
