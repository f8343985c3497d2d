//! A shell in which an agent is tried by hand, as a person opens it.

use conformance_tests::program::{binaries, lab_shell as shell};
use conformance_tests::refusal::{check, refused};

fn reference() -> String {
    let agent = binaries().join("virt-reference-agent");
    format!("--agent={}", agent.display())
}

#[test]
fn the_history_of_the_shell_is_a_life_of_the_guest_that_can_be_typed() {
    let typed = "while read -r line; do case $line in *migrate*) continue; esac\n\
                 sh -c \"$line\" >/tmp/out 2>&1; echo \"code $? of ${line##* }\"; done <\"$HISTFILE\"\n\
                 echo \"it is ${OCF_RESKEY_config##*/} on $OCF_RESKEY_CRM_meta_on_node in $PWD\"\n";
    let said = shell(&[&reference()], typed);
    assert_eq!(said.code, Some(0), "{}", said.err);
    for part in [
        "node a of a new lab, without the guest",
        "CRM_meta_migrate_target=b",
        "code 0 of start\ncode 0 of monitor\ncode 0 of stop\n",
        "it is vm1.xml on a in /var/lib/pacemaker/cores\n",
    ] {
        assert!(
            said.out.contains(part),
            "{part}: {}\n{}",
            said.out,
            said.err
        );
    }
}

#[test]
fn the_shell_of_a_case_begins_in_its_world() {
    let typed = "virsh domstate vm1; cat \"$HISTFILE\"\n";
    let said = shell(&["b", &reference(), "--case=monitor::state::paused"], typed);
    // What the case gives is on node a; this is the other one.
    assert!(
        said.out
            .contains("node b of a new lab, in the world of monitor::state::paused"),
        "{}",
        said.out
    );
    let said = shell(&[&reference(), "--case=monitor::state::paused"], typed);
    assert!(said.out.contains("paused\n"), "{}\n{}", said.out, said.err);
}

#[test]
fn what_cannot_be_tried_by_hand_is_refused() {
    check(
        &["lab", "shell", "--case=monitor::state::puased"],
        2,
        "virt-ra-tester: there is no case `monitor::state::puased`; did you mean `monitor::state::paused`?",
    );
    let message = refused(&["lab", "shell", "--case=fencing::monitor"], 2);
    assert!(
        message.contains("fencing::monitor cannot begin: it is for fence agents"),
        "{message}"
    );
}
