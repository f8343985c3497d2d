//! The cluster's configuration: corosync's file, and the CIB that every cluster of a lab begins with.

use std::path::{Path, PathBuf};

use crate::cluster_call::{ALERT, FOLDER};
use crate::lab::setup::NodeSetup;

pub(super) const COROSYNC_CONF: &str = "corosync.conf";

pub(super) const SEED: &str = "cib.xml";

/// Where both daemons log.
pub(super) const LOGS: &str = "/var/log/pacemaker";

/// Where a node sees one of the files in [`FOLDER`].
pub(super) fn visible(name: &str) -> PathBuf {
    Path::new(FOLDER).join(name)
}

/// The set of the cluster's options. By this name Pacemaker adds its own to it.
pub(super) const OPTIONS_SET: &str = "cib-bootstrap-options";

/// The cluster's options.
///
/// - `dc-deadtime`: how long the first node waits for a DC before it becomes one; 20 s by default.
/// - `no-quorum-policy`: a node that is alone goes on, as two nodes with fencing do.
/// - `load-threshold`: or Pacemaker does less at once the more the machine has to do.
pub(super) const OPTIONS: [(&str, &str); 6] = [
    ("dc-deadtime", "100ms"),
    ("stonith-enabled", "true"),
    ("startup-fencing", "false"),
    ("no-quorum-policy", "ignore"),
    ("stonith-timeout", "10s"),
    ("load-threshold", "10000%"),
];

/// Options that Pacemaker writes by itself.
pub(super) const OPTIONS_OF_PACEMAKER: [&str; 5] = [
    "have-watchdog",
    "dc-version",
    "cluster-infrastructure",
    "cluster-name",
    "last-lrm-refresh",
];

/// corosync.conf(5): over the cluster's network, without encryption, priority or cgroups, with room for Pacemaker's user.
///
/// `udpu` and not knet, whose links take half a second to come up. `uidgid` lets `pacemaker-based` connect before
/// `pacemakerd`, which would only ask for it later.
pub(super) fn corosync(nodes: &[NodeSetup]) -> String {
    let node = |node: &NodeSetup| {
        format!(
            "  node {{\n    name: {}\n    nodeid: {}\n    ring0_addr: {}\n  }}\n",
            node.name,
            node.number,
            node.cluster_address()
        )
    };
    let token = token(nodes);
    let nodes: String = nodes.iter().map(node).collect();
    format!(
        "totem {{\n  version: 2\n  cluster_name: vrt\n  transport: udpu\n  token: {token}\n  crypto_cipher: none\n  \
         crypto_hash: none\n}}\nsystem {{\n  sched_rr: no\n  move_to_root_cgroup: no\n  \
         allow_knet_handle_fallback: yes\n  state_dir: /var/lib/pacemaker/corosync\n}}\nuidgid {{\n  gid: haclient\n}}\n\
         quorum {{\n  provider: corosync_votequorum\n  two_node: 1\n  wait_for_all: 0\n}}\nnodelist {{\n{nodes}}}\n\
         logging {{\n  to_stderr: no\n  to_syslog: no\n  to_logfile: yes\n  logfile: {LOGS}/corosync.log\n  \
         timestamp: hires\n}}\n"
    )
}

/// After how many milliseconds without a word a node is lost. Machines of their own may be guests without KVM, which stand
/// still for longer.
fn token(nodes: &[NodeSetup]) -> u32 {
    match nodes.iter().any(|node| node.alone) {
        true => 4000,
        false => 1000,
    }
}

/// The id of the device that fences, the one resource that every cluster has.
pub(super) const FENCING: &str = "fencing";

/// The id of the alert.
pub(super) const ALERTS: &str = "events";

/// How long the device may take for a machine of its own, whose power is cut by a command.
const FENCING_A_MACHINE: &str = "90s";

/// What the device is told. Where both nodes are cut off from each other each of them asks for the other's end: b is the
/// one that survives.
fn fence_device(nodes: &[NodeSetup]) -> String {
    let names: Vec<_> = nodes.iter().map(|node| node.name.as_str()).collect();
    let delay =
        |node: &NodeSetup| format!("{}:{}s", node.name, if node.number > 1 { 2 } else { 0 });
    let delays: Vec<_> = nodes.iter().map(delay).collect();
    let mut attributes = vec![
        ("pcmk_host_list", names.join(" ")),
        ("pcmk_host_check", "static-list".to_owned()),
        ("pcmk_reboot_action", "off".to_owned()),
        ("pcmk_delay_base", delays.join(";")),
    ];
    if nodes.iter().any(|node| node.alone) {
        let timeouts = ["pcmk_off_timeout", "pcmk_reboot_timeout"];
        attributes.extend(timeouts.map(|name| (name, FENCING_A_MACHINE.to_owned())));
    }
    let attribute = |(name, value): &(&str, String)| {
        format!("<nvpair id=\"{FENCING}-{name}\" name=\"{name}\" value=\"{value}\"/>")
    };
    let attributes: String = attributes.iter().map(attribute).collect();
    format!(
        "<primitive id=\"{FENCING}\" class=\"stonith\" type=\"fence_vrt\"><instance_attributes \
         id=\"{FENCING}-attributes\">{attributes}</instance_attributes></primitive>"
    )
}

/// The CIB: options, nodes, the device that fences, and the alert. Pacemaker 2.1.7 and 2.1.8 do not notice a section of
/// alerts that is created later.
pub(super) fn seed(nodes: &[NodeSetup]) -> String {
    let options: String = { OPTIONS.iter() }
        .map(|(name, value)| {
            format!("<nvpair id=\"{OPTIONS_SET}-{name}\" name=\"{name}\" value=\"{value}\"/>")
        })
        .collect();
    let device = fence_device(nodes);
    let nodes: String = { nodes.iter() }
        .map(|node| format!("<node id=\"{}\" uname=\"{}\"/>", node.number, node.name))
        .collect();
    format!(
        "<cib crm_feature_set=\"3.16.1\" validate-with=\"pacemaker-3.7\" epoch=\"1\" num_updates=\"0\" \
         admin_epoch=\"0\"><configuration><crm_config><cluster_property_set id=\"{OPTIONS_SET}\">{options}\
         </cluster_property_set></crm_config><nodes>{nodes}</nodes><resources>{device}</resources>\
         <constraints/><alerts><alert id=\"{ALERTS}\" path=\"{FOLDER}/{ALERT}\"/></alerts></configuration><status/>\
         </cib>\n"
    )
}

#[cfg(test)]
mod tests {
    use super::{OPTIONS, corosync, seed};
    use crate::equipment::Equipment;
    use crate::lab::setup::NodeSetup;

    fn nodes() -> Vec<NodeSetup> {
        let node = |(number, name): (u8, &str)| NodeSetup {
            name: name.to_owned(),
            number,
            equipment: Equipment::default(),
            alone: false,
            show: Vec::new(),
            laid_over: Vec::new(),
        };
        (1..).zip(["a", "b"]).map(node).collect()
    }

    #[test]
    fn corosync_knows_each_node_by_its_address_in_the_clusters_network() {
        let text = corosync(&nodes());
        for (name, id, address) in [("a", 1, "198.51.100.1"), ("b", 2, "198.51.100.2")] {
            let node =
                format!("    name: {name}\n    nodeid: {id}\n    ring0_addr: {address}\n  }}\n");
            assert!(text.contains(&node), "{text}");
        }
        assert_eq!(text.matches('{').count(), text.matches('}').count());
        // One setting a line.
        assert!(
            text.lines().all(|line| line.matches(": ").count() <= 1),
            "{text}"
        );
    }

    #[test]
    fn the_seed_has_options_nodes_the_fence_device_and_nothing_else_that_runs() {
        let text = seed(&nodes());
        let document = roxmltree::Document::parse(&text).expect("it is well-formed");
        let all = |tag: &str| {
            let found = document.descendants().filter(|node| node.has_tag_name(tag));
            found.collect::<Vec<_>>()
        };
        let nodes = all("node");
        let names: Vec<_> = nodes.iter().map(|it| it.attribute("uname")).collect();
        assert_eq!(names, [Some("a"), Some("b")]);
        let options = all("cluster_property_set");
        assert_eq!(options[0].children().count(), OPTIONS.len());
        let resources = all("resources");
        let ids: Vec<_> = resources[0]
            .children()
            .map(|it| it.attribute("id"))
            .collect();
        assert_eq!(ids, [Some("fencing")]);
        assert!(text.contains("value=\"a:0s;b:2s\""), "{text}");
    }
}
