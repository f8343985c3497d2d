//! Pacemaker in the nodes. The tests do nothing on a machine without it.

use std::path::Path;

use nix::sys::signal::Signal;
use roxmltree::{Document, Node as Element};
use virt_ra_tester::equipment::{Cluster, Equipment, PartId};
use virt_ra_tester::lab::{Cable, Entry, FencingHarm, Lab, LabSpec, Node, lacking};

use super::{in_lab, node, ok, sh, spec, state, until};

/// Runs a test in a lab with a cluster, where there can be one.
pub(super) fn in_cluster(test: impl FnOnce(&Lab)) {
    in_cluster_of(spec(), test);
}

/// The same in a lab that is also as `spec` says.
pub(super) fn in_cluster_of(spec: LabSpec, test: impl FnOnce(&Lab)) {
    if lacking(PartId::Cluster(Cluster::Pacemaker)).is_some() {
        return;
    }
    let lab = Lab::start(&LabSpec {
        equipment: Equipment {
            cluster: Some(Cluster::Pacemaker),
            ..Equipment::default()
        },
        ..spec
    });
    test(&lab.unwrap_or_else(|error| panic!("{error}")));
}

fn crm_mon(node: &dyn Node) -> String {
    ok(node, "crm_mon", &["--one-shot", "--output-as=xml"])
}

/// The elements of that tag in what `crm_mon` prints, as far as `wanted` takes them.
pub(super) fn count(node: &dyn Node, tag: &str, wanted: &[(&str, &str)]) -> usize {
    let said = crm_mon(node);
    let document = Document::parse(&said).unwrap();
    let fits = |found: &Element<'_, '_>| {
        let mut wanted = wanted.iter();
        found.has_tag_name(tag) && wanted.all(|(name, value)| found.attribute(*name) == Some(value))
    };
    document.descendants().filter(fits).count()
}

/// Puts a resource in that does nothing, with parameters, and prefers one node.
fn put_dummy(from: &dyn Node, on: &str, parameters: &str) {
    let agent = r#"provider="pacemaker" type="Dummy""#;
    put_resource(from, agent, on, parameters);
}

pub(super) fn put_resource(from: &dyn Node, agent: &str, on: &str, parameters: &str) {
    let xml = format!(
        r#"<configuration><resources><primitive id="d" class="ocf" {agent}><instance_attributes id="d-p">{parameters}</instance_attributes></primitive></resources><constraints><rsc_location id="d-on-{on}" rsc="d" node="{on}" score="INFINITY"/></constraints></configuration>"#
    );
    ok(
        from,
        "cibadmin",
        &["--modify", "--allow-create", "--xml-text", &xml],
    );
}

pub(super) fn demand_quiet(lab: &Lab) {
    lab.reset().unwrap_or_else(|error| panic!("{error}"));
    for name in ["a", "b"] {
        let node = node(lab, name);
        assert_eq!(count(node, "node", &[("online", "true")]), 2);
        assert_eq!(count(node, "current_dc", &[("name", "a")]), 1);
        // The device that fences.
        assert_eq!(count(node, "resource", &[]), 1);
        assert_eq!(count(node, "failure", &[]), 0);
    }
}

#[test]
fn a_cluster_is_whole_runs_a_resource_and_is_empty_again_after_a_reset() {
    in_cluster(|lab| {
        demand_quiet(lab);
        let a = node(lab, "a");
        put_dummy(a, "a", "");
        until("the resource has started", || {
            count(a, "resource", &[("id", "d"), ("role", "Started")]) == 1
        });
        demand_quiet(lab);
    });
}

#[test]
fn a_reset_takes_out_failures_and_all_that_was_configured() {
    in_cluster(|lab| {
        let a = node(lab, "a");
        ok(
            a,
            "crm_attribute",
            &[
                "--type",
                "op_defaults",
                "--name",
                "timeout",
                "--update",
                "7s",
            ],
        );
        let fails = r#"<nvpair id="d-f" name="fail_start_on" value="b"/>"#;
        put_dummy(a, "b", fails);
        until("its start has failed", || count(a, "failure", &[]) > 0);
        let set = |kind: &[&str], name: &str, value: &str| {
            let set = ["--name", name, "--update", value];
            ok(a, "crm_attribute", &[kind, &set[..]].concat());
        };
        set(&["--type", "crm_config"], "maintenance-mode", "true");
        set(&["--type", "crm_config"], "load-threshold", "80%");
        set(&["--type", "nodes", "--node", "b"], "standby", "on");
        // The attempt is remembered.
        let calls = lab.calls().unwrap();
        calls.harm_fencing(&"b".into(), Some(FencingHarm::Fails));
        let fence = ["--fence", "b", "--timeout", "9"];
        assert!(a.run("stonith_admin", &fence).is_err());
        demand_quiet(lab);
    });
}

#[test]
fn a_reset_ends_a_guest_that_the_cluster_runs() {
    in_cluster(|lab| {
        let a = node(lab, "a");
        let definition = lab.hypervisor().definition(&lab.subject());
        for name in ["a", "b"] {
            let file = Entry::File(definition.clone().into_bytes(), 0o644);
            { node(lab, name).put(Path::new("/tmp/vm1.xml"), &file) }.unwrap();
        }
        let config = r#"<nvpair id="d-c" name="config" value="/tmp/vm1.xml"/>"#;
        let agent = r#"provider="heartbeat" type="VirtualDomain""#;
        put_resource(a, agent, "b", config);
        until("the cluster has started the guest", || {
            count(a, "resource", &[("id", "d"), ("role", "Started")]) == 1
        });
        assert_eq!(state(node(lab, "b")), "running (booted)");
        demand_quiet(lab);
        assert_eq!(lab.guest_records().unwrap(), []);
    });
}

#[test]
fn a_reset_waits_for_an_action_that_has_begun() {
    in_cluster(|lab| {
        let slow = r#"<nvpair id="d-s" name="op_sleep" value="2"/>"#;
        put_dummy(node(lab, "a"), "b", slow);
        until("an action has begun", || {
            let processes = node(lab, "b").processes().unwrap();
            processes.iter().any(|it| it.name == "Dummy")
        });
        demand_quiet(lab);
    });
}

#[test]
fn the_guests_network_is_cut_and_the_cluster_stays_whole() {
    in_cluster(|lab| {
        let (a, b) = (node(lab, "a"), node(lab, "b"));
        lab.cable(&"b".into(), Cable::Cut).unwrap();
        assert!(
            a.run("virsh", &["-c", "qemu+tcp://b/system", "list"])
                .is_err()
        );
        put_dummy(a, "b", "");
        until("the other node has started what this one asked for", || {
            count(b, "resource", &[("id", "d"), ("role", "Started")]) == 1
        });
        assert_eq!(count(a, "node", &[("online", "true")]), 2);
        demand_quiet(lab);
    });
}

// The controller that was killed comes back, and the election that it calls may make its node the DC again.
#[test]
fn no_lab_whose_cluster_has_another_dc_counts_as_reset() {
    in_cluster(|lab| {
        let a = node(lab, "a");
        let processes = a.processes().unwrap();
        let controller = { processes.iter() }.find(|it| it.name.starts_with("pacemaker-cont"));
        a.signal(controller.unwrap().pid, Signal::SIGKILL).unwrap();
        until("the other node is the DC", || {
            count(node(lab, "b"), "current_dc", &[("name", "b")]) == 1
        });
        match lab.reset() {
            Ok(()) => assert_eq!(count(node(lab, "a"), "current_dc", &[("name", "a")]), 1),
            Err(error) => {
                let error = error.to_string();
                assert!(error.contains("the DC is b and not a"), "{error}");
            }
        }
    });
}

#[test]
fn nothing_in_a_node_reaches_the_machines_sysrq() {
    in_lab(|lab| {
        // The null device's numbers.
        let script = "for key in /proc/sysrq-trigger /proc/sys/kernel/sysrq; do\n\
                      if [ -e $key ]; then stat -c %t:%T $key; fi; done";
        let said = sh(node(lab, "a"), script, 5);
        assert!(said.out.text.lines().all(|line| line == "1:3"), "{said:?}");
    });
}

#[test]
fn a_lab_without_a_cluster_has_none_of_its_programs() {
    in_lab(|lab| {
        for program in ["crm_mon", "cibadmin", "pacemakerd", "corosync"] {
            assert!(node(lab, "a").run(program, &["--version"]).is_err());
        }
    });
}
