//! Nodes that are fenced. The tests do nothing on a machine without Pacemaker.

use std::time::Duration;

use virt_ra_tester::history::{Exit, FenceOutcome, NodeName};
use virt_ra_tester::lab::{
    AgentInCluster, Cable, FencingHarm, Lab, Node, RunFilter, ScriptedAnswer,
};
use virt_ra_tester::ocf::{Code, Verb};

use super::cluster::{count, in_cluster, put_resource};
use super::cluster_calls::{Heard, SUBJECT};
use super::{node, ok, sh, until};

fn dummy() -> AgentInCluster {
    AgentInCluster {
        program: "/usr/lib/ocf/resource.d/pacemaker/Dummy".to_owned(),
        provider: "pacemaker".to_owned(),
        kind: "Dummy".to_owned(),
        stand_ins: Vec::new(),
    }
}

fn b() -> NodeName {
    "b".into()
}

/// What is asked of the fence agent, by hand.
fn by_hand(node: &dyn Node, options: &str) -> (Exit, String) {
    let script = format!("printf '{options}' | /usr/sbin/fence_vrt");
    let done = sh(node, &script, 20);
    (done.exit, done.out.text + &done.err.text)
}

fn fence_b(lab: &Lab) {
    ok(
        node(lab, "a"),
        "stonith_admin",
        &["--fence", "b", "--timeout", "20"],
    );
}

fn demand_dead(lab: &Lab) {
    assert!(!lab.has_power(&b()));
    assert_eq!(node(lab, "b").processes().unwrap(), []);
    let error = lab.reset().unwrap_err().to_string();
    assert!(error.contains("the power of node b was cut"), "{error}");
}

#[test]
fn a_fenced_node_has_no_process_and_no_network_and_its_lab_is_not_reset() {
    in_cluster(|lab| {
        let heard = Heard::in_lab(lab, dummy());
        let a = node(lab, "a");
        fence_b(lab);
        demand_dead(lab);
        let [fenced] = &heard.fencings.lock().unwrap().clone()[..] else {
            panic!("{heard:?}");
        };
        assert_eq!((&fenced.node, fenced.action.as_str()), (&b(), "off"));
        assert_eq!(fenced.outcome, FenceOutcome::Done);
        // Silence, and no refusal: nobody is there to say that nobody listens.
        let reached = sh(
            a,
            "timeout 1 sh -c 'exec 3<>/dev/tcp/b/16509' || ping -c 1 -W 1 b",
            5,
        );
        assert_ne!(reached.exit, Exit::Code(Code::Success), "{reached:?}");
        lab.cable(&b(), Cable::Whole).unwrap();
        let link = ok(a, "ip", &["neighbour", "show", "192.0.2.2"]);
        assert!(!link.contains("REACHABLE"), "{link}");
    });
}

#[test]
fn a_node_that_is_raised_again_is_a_member() {
    in_cluster(|lab| {
        fence_b(lab);
        lab.raise_again(&b()).unwrap();
        node(lab, "b").revive_parts().unwrap();
        assert!(lab.has_power(&b()));
        until("all are members", || {
            count(node(lab, "a"), "node", &[("online", "true")]) == 2
        });
        // What runs there is reaped.
        ok(node(lab, "b"), "virsh", &["list"]);
        assert!(lab.reset().is_err());
    });
}

#[test]
fn the_fence_agent_answers_as_its_standard_says() {
    in_cluster(|lab| {
        let a = node(lab, "a");
        let success = Exit::Code(Code::Success);
        for options in [
            "action=monitor\\n",
            "action=status\\nport=b\\n",
            "action=metadata\\n",
        ] {
            assert_eq!(by_hand(a, options).0, success, "{options}");
        }
        for (options, why) in [
            ("action=off\\n", "no option port"),
            ("action=explode\\nport=b\\n", "no action explode"),
            ("action=off\\nport=c\\n", "no node `c`"),
        ] {
            let (exit, said) = by_hand(a, options);
            assert_eq!(exit, Exit::Code(Code::ErrGeneric), "{options}");
            assert!(said.contains(why), "{said}");
        }
        assert_eq!(by_hand(a, "action=off\\nport=b\\n").0, success);
        let is_off = Exit::Code(Code::ErrArgs);
        assert_eq!(by_hand(a, "action=status\\nport=b\\n").0, is_off);
        let listed = ok(a, "stonith_admin", &["--list-installed"]);
        assert!(listed.contains("fence_vrt"), "{listed}");
        demand_dead(lab);
    });
}

#[test]
fn a_stop_that_fails_has_the_node_fenced_before_the_resource_starts_elsewhere() {
    in_cluster(|lab| {
        let heard = Heard::in_lab(lab, dummy());
        let (a, calls) = (node(lab, "a"), lab.calls().unwrap());
        put_resource(a, SUBJECT, "b", "");
        let success = Some(Exit::Code(Code::Success));
        until("it runs", || heard.ends("start", "b") == [success]);
        let action = Verb::Stop;
        calls.answer(ScriptedAnswer {
            to: RunFilter { action, node: b() },
            code: Code::ErrGeneric,
            times: 1,
        });
        ok(a, "cibadmin", &["--delete", "--xpath", "//rsc_location"]);
        ok(
            a,
            "crm_resource",
            &["--ban", "--resource", "d", "--node", "b"],
        );
        until("it runs elsewhere", || {
            heard.ends("start", "a") == [success]
        });
        assert_eq!(heard.fencings.lock().unwrap().len(), 1);
        demand_dead(lab);
    });
}

#[test]
fn a_node_that_is_lost_is_fenced() {
    in_cluster(|lab| {
        let heard = Heard::in_lab(lab, dummy());
        lab.cut_power(&b()).unwrap();
        until("it is fenced", || heard.fencings.lock().unwrap().len() == 1);
        demand_dead(lab);
    });
}

#[test]
fn of_two_nodes_that_are_cut_off_from_each_other_the_second_survives() {
    in_cluster(|lab| {
        let heard = Heard::in_lab(lab, dummy());
        lab.cable(&b(), Cable::RingCut).unwrap();
        until("one is fenced", || {
            !heard.fencings.lock().unwrap().is_empty()
        });
        let fencings = heard.fencings.lock().unwrap().clone();
        assert_eq!(
            (fencings[0].node.0.as_str(), fencings[0].by.0.as_str()),
            ("a", "b")
        );
        until("the other decides", || {
            count(node(lab, "b"), "current_dc", &[("name", "b")]) == 1
        });
        assert_eq!(heard.fencings.lock().unwrap().len(), 1);
        assert!(lab.has_power(&b()));
    });
}

#[test]
fn a_device_that_lies_or_is_slow_is_believed_or_waited_for() {
    in_cluster(|lab| {
        let heard = Heard::in_lab(lab, dummy());
        let (a, calls) = (node(lab, "a"), lab.calls().unwrap());
        calls.harm_fencing(&b(), Some(FencingHarm::Lies));
        assert_eq!(
            by_hand(a, "action=off\\nport=b\\n").0,
            Exit::Code(Code::Success)
        );
        assert!(lab.has_power(&b()));
        calls.harm_fencing(&b(), Some(FencingHarm::Slow(Duration::from_secs(30))));
        // Nobody waits for it.
        by_hand(
            a,
            "action=off\\nport=b\\n' | timeout 1 /usr/sbin/fence_vrt; printf '",
        );
        calls.harm_fencing(&b(), None);
        assert!(lab.has_power(&b()));
        let outcomes = heard.fencings.lock().unwrap().clone();
        let outcomes: Vec<_> = outcomes.iter().map(|fenced| fenced.outcome).collect();
        assert_eq!(outcomes, [FenceOutcome::Lied]);
    });
}
