use std::path::Path;

use super::*;
use crate::case::{Shell, load_text};
use crate::equipment::{Lock, PartId, Transport};

fn text(lack: Option<impl ToString>) -> String {
    lack.map_or_else(String::new, |lack| lack.to_string())
}

#[test]
fn post_copy_that_this_user_may_not_use_is_a_skip_with_a_reason() {
    let (post_copy, wanted) = (true, Selection::default());
    let needs = Needs {
        post_copy,
        ..Needs::default()
    };
    assert_eq!(lacking_in_lab(&needs, &wanted), None);
    let lacks = Lacks {
        post_copy: Some("this user may not use userfaultfd".to_owned()),
        ..Lacks::default()
    };
    let wanted = Selection { lacks, ..wanted };
    let reason = "needs post-copy: this user may not use userfaultfd";
    assert_eq!(text(lacking_in_lab(&needs, &wanted)), reason);
}

#[test]
fn power_that_cannot_be_cut_is_a_skip_with_a_reason() {
    let needs = Needs {
        power: true,
        ..Needs::default()
    };
    let local = Selection {
        lacks: Lacks::here(),
        ..Selection::default()
    };
    let reason = lacking_in_lab(&needs, &local);
    let expected = "needs nodes whose power can be cut: the nodes of a local lab have no machines of their own";
    assert_eq!(text(reason), expected);
    assert_eq!(lacking_in_lab(&needs, &Selection::default()), None);
}

#[test]
fn a_case_for_agents_without_an_action_is_skipped_where_it_is_advertised() {
    let needs = Needs {
        lacks_actions: vec![Verb::from("notify")],
        ..Needs::default()
    };
    let profile = Profile::builtin("reference").expect("it is built in");
    let lacking = |action: &str| lacking_of_needs(&needs, &profile, &[action.to_owned()]);
    assert_eq!(lacking("reload"), None);
    let reason =
        "the agent's metadata advertise the action `notify`, and the case is for agents without it";
    assert_eq!(text(lacking("notify")), reason);
}

#[test]
fn a_case_with_a_cluster_is_for_agents_that_pacemaker_runs() {
    let text_of = "case: it holds\nclause: [CLU-08]\nlevel: must\nneeds: {nodes: 2, cluster: pacemaker}\n\
                   when:\n  - cluster: {create: {}}\n";
    let cases = load_text(Path::new("cluster/one.yaml"), text_of, None);
    let case = cases.expect("it is good").remove(0).spec;
    let of = |dialect| Profile {
        dialect,
        ..Profile::builtin("reference").expect("it is built in")
    };
    assert_eq!(lacking_in_dialect(&case, &of(Dialect::Ocf10)), None);
    let reason = "has a cluster of Pacemaker, which runs agents of OCF; the profile `reference` has another dialect";
    let lacks = lacking_in_dialect(&case, &of(Dialect::Rgmanager));
    assert_eq!(text(lacks), reason);
    let mut asked = case;
    asked.needs = Needs {
        lab: LabKind::Scheduler,
        ..Needs::default()
    };
    let lacks = lacking_in_dialect(&asked, &of(Dialect::Rgmanager));
    assert_eq!(text(lacks), reason);
}

#[test]
fn a_lock_that_the_machine_lacks_is_a_skip_with_its_reason() {
    let needs = Needs {
        lock: Some(Lock::Virtlockd),
        ..Needs::default()
    };
    let lacks = |lock| Selection {
        lacks: Lacks {
            parts: vec![(PartId::Lock(lock), "it is not there".to_owned())],
            ..Lacks::default()
        },
        ..Selection::default()
    };
    let reason = lacking_in_lab(&needs, &lacks(Lock::Virtlockd));
    let expected = "needs a lab with the lock `virtlockd`: it is not there";
    assert_eq!(text(reason), expected);
    assert_eq!(lacking_in_lab(&needs, &lacks(Lock::Image)), None);
}

#[test]
fn a_transport_that_the_machine_or_the_profile_lacks_is_a_skip_with_its_reason() {
    let transport = Transport::Ssh;
    let needs = Needs {
        transport,
        ..Needs::default()
    };
    let wanted = Selection {
        lacks: Lacks {
            parts: vec![(
                PartId::Transport(Transport::Ssh),
                "there is no sshd".to_owned(),
            )],
            ..Lacks::default()
        },
        ..Selection::default()
    };
    let expected = "needs a lab with the transport `ssh`: there is no sshd";
    assert_eq!(text(lacking_in_lab(&needs, &wanted)), expected);
    let mut profile = Profile::builtin("reference").expect("it is built in");
    assert_eq!(lacking_of_needs(&needs, &profile, &[]), None);
    profile.parameters.remove(&Role::Transport);
    let expected = "the profile `reference` names no parameter for `transport`";
    assert_eq!(text(lacking_of_needs(&needs, &profile, &[])), expected);
}

#[test]
fn a_value_that_the_profile_has_no_text_for_is_a_skip_with_its_reason() {
    let case = |value: &str| {
        let text = format!(
            "case: it holds\nclause: [STOP-06]\nlevel: must\nneeds: {{roles: [shutdown_mode]}}\n\
             when:\n  - run: {{action: stop, node: a, parameters: {{shutdown_mode: {value}}}, returns: success}}\n"
        );
        let cases = load_text(Path::new("stop/one.yaml"), &text, None);
        cases.expect("it is good").remove(0).spec
    };
    let text_of = "name: mine\nagent: ocf:mine:machine\nparameters:\n  shutdown_mode: {parameter: how, values: {acpi: button}}\n";
    let mine = Profile::parse(Path::new("mine.yaml"), text_of).expect("it is good");
    assert_eq!(lacking_in_agent(&case("acpi"), &mine, &[]), None);
    let reason = "the profile `mine` has no text for the value `agent` of `shutdown_mode`";
    assert_eq!(text(lacking_in_agent(&case("agent"), &mine, &[])), reason);
}

#[test]
fn a_shell_that_the_machine_lacks_is_a_skip_with_its_reason() {
    let needs = |shell| Needs {
        shell: Some(shell),
        ..Needs::default()
    };
    let wanted = Selection {
        lacks: Lacks {
            shells: vec![(Shell::Busybox, "there is no busybox".to_owned())],
            ..Lacks::default()
        },
        ..Selection::default()
    };
    let reason = lacking_in_lab(&needs(Shell::Busybox), &wanted);
    let expected = "needs `busybox` as /bin/sh: there is no busybox";
    assert_eq!(text(reason), expected);
    assert_eq!(lacking_in_lab(&needs(Shell::Dash), &wanted), None);
}

#[test]
fn a_machine_without_a_scheduler_skips_the_cases_that_ask_one() {
    let needs = |lab| Needs {
        lab,
        ..Needs::default()
    };
    let wanted = Selection {
        lacks: Lacks {
            scheduler: Some("there is no crm_simulate".to_owned()),
            ..Lacks::default()
        },
        ..Selection::default()
    };
    let reason = lacking_in_lab(&needs(LabKind::Scheduler), &wanted);
    let expected = "needs Pacemaker's scheduler: there is no crm_simulate";
    assert_eq!(text(reason), expected);
    assert_eq!(lacking_in_lab(&needs(LabKind::Qemu), &wanted), None);
}

#[test]
fn a_case_about_the_tool_of_another_engine_is_skipped_though_the_profile_lists_it() {
    let profile = |lines: &str| {
        let yaml = format!("name: mine\nagent: x\ntools: [virsh, xl]\n{lines}");
        Profile::parse(Path::new("mine.yaml"), &yaml).expect("it is a profile")
    };
    let needs = Needs {
        tools: vec!["xl".to_owned()],
        ..Needs::default()
    };
    let reason = "is for agents with the engine `xl`; the profile `mine` has another";
    assert_eq!(text(lacking_stand_in(&needs, &profile(""))), reason);
    assert_eq!(lacking_stand_in(&needs, &profile("engine: xl\n")), None);
    let shim = Needs {
        tools: vec!["virsh".to_owned()],
        ..Needs::default()
    };
    assert_eq!(lacking_stand_in(&shim, &profile("")), None);
}
