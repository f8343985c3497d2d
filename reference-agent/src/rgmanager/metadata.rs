//! What the agent says about itself to rgmanager, whose metadata have attributes of their own.

use crate::actions::metadata::named;

/// How to call the agent.
pub(super) const USAGE: &str = "\
usage: virt-ra-reference-vm ACTION [TARGET]

  start            make the guest run here
  stop             make sure that it doesn't run here
  status, monitor  say whether it runs here: 0 it does, 7 it doesn't, 150 can't be known, else it is broken
  migrate TARGET   bring it to that member of the cluster: 150 it is still here, 7 it isn't here
  reconfig         take other values of the parameters that are marked for it
  recover          start it anew if it is broken here
  restart          stop and start it if it is here
  validate-all, verify-all
                   judge the parameters; with OCF_CHECK_LEVEL=10 this node as well
  meta-data        describe the agent as XML
  usage, help      this text

Everything else comes from the environment, as rgmanager makes it.
";

/// The description, as XML, of the agent in a file of that name.
///
/// rgmanager takes the name for the element that stands for such a resource in `cluster.conf`, so it has no suffix.
pub(super) fn of(file: &str) -> String {
    named(METADATA, NAME, file.strip_suffix(".sh").unwrap_or(file))
}

/// The name in the description.
const NAME: &str = "virt-ra-reference-vm";

const METADATA: &str = r#"<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1-modified.dtd">
<resource-agent name="virt-ra-reference-vm" version="rgmanager 2.0">
<version>1.0</version>
<longdesc lang="en">
Runs one virtual machine as a libvirt domain: starts it from a definition's file, stops it, watches it, and migrates
it live to another member of the cluster.

It is the agent virt-reference-agent with rgmanager's words, and knows, starts and stops a guest as that does: by the
UUID in the definition, or by its name where there is none. A paused guest is active, and start resumes it. A crashed
guest whose emulator is kept is failed, and so is one that is paused by an I/O error; stop destroys both. A guest that
is suspended in memory is active. A guest that is arriving is not running yet: status is never 0 on two members.

Locks: this agent takes none of its own. It relies on fencing, on QEMU's image locks, and on libvirt's lock manager
where one is configured.

Migrations are led by the agent itself and end with it. One that failed answers 150 where the guest is still here.
</longdesc>
<shortdesc lang="en">Runs a virtual machine as a libvirt domain</shortdesc>
<parameters>
<parameter name="name" primary="1" unique="1" required="1">
<longdesc lang="en">
Name of the guest, as the definition has it.
</longdesc>
<shortdesc lang="en">Name of the guest</shortdesc>
<content type="string"/>
</parameter>
<parameter name="xmlfile" unique="1" required="1">
<longdesc lang="en">
Absolute path of the domain's definition, in libvirt's XML and best with a uuid. Every member needs it at the same path.
</longdesc>
<shortdesc lang="en">Path of the domain's definition</shortdesc>
<content type="string"/>
</parameter>
<parameter name="hypervisor_uri">
<longdesc lang="en">
URI of the libvirt on this member that runs the guest.
</longdesc>
<shortdesc lang="en">URI of the local libvirt</shortdesc>
<content type="string" default="qemu:///system"/>
</parameter>
<parameter name="migration_uri" reconfig="1">
<longdesc lang="en">
URI of the libvirt of a migration's target, in which %s stands for the target's host. By default it is reached by ssh.
</longdesc>
<shortdesc lang="en">URI of the target's libvirt</shortdesc>
<content type="string"/>
</parameter>
<parameter name="migration_mapping" reconfig="1">
<longdesc lang="en">
Hosts to migrate to, where they have other names than the members of the cluster: member1:host1,member2:host2. A member
that isn't among them is no target. By default each member is its own host.
</longdesc>
<shortdesc lang="en">Hosts of the members</shortdesc>
<content type="string"/>
</parameter>
<parameter name="migrate_options" reconfig="1">
<longdesc lang="en">
Options of migrations, as virsh has them. One is offered: --bandwidth with the most that a migration may send, in MiB/s.
</longdesc>
<shortdesc lang="en">Options of migrations</shortdesc>
<content type="string"/>
</parameter>
<parameter name="no_kill" reconfig="1">
<longdesc lang="en">
Never destroy the guest: a stop that can't be done without fails when its time is up, and somebody has to see to it.
</longdesc>
<shortdesc lang="en">Never destroy the guest</shortdesc>
<content type="boolean" default="false"/>
</parameter>
<parameter name="status_program" reconfig="1">
<longdesc lang="en">
Command that says by its end whether the guest is well: 0 says so. A status of depth 10 runs it.
</longdesc>
<shortdesc lang="en">Command that checks the guest</shortdesc>
<content type="string"/>
</parameter>
<parameter name="service_name" inherit="service%name">
<longdesc lang="en">
Name of the service that the guest is a part of, as rgmanager knows it.
</longdesc>
<shortdesc lang="en">Name of the guest's service</shortdesc>
<content type="string"/>
</parameter>
<parameter name="domain" reconfig="1">
<longdesc lang="en">
Failover domain, as rgmanager itself reads it.
</longdesc>
<shortdesc lang="en">Failover domain</shortdesc>
<content type="string"/>
</parameter>
<parameter name="autostart" reconfig="1">
<longdesc lang="en">
Whether rgmanager starts the guest with the cluster.
</longdesc>
<shortdesc lang="en">Start with the cluster</shortdesc>
<content type="boolean" default="1"/>
</parameter>
<parameter name="recovery" reconfig="1">
<longdesc lang="en">
What rgmanager does with a guest that has failed: restart, relocate or disable.
</longdesc>
<shortdesc lang="en">Policy of recovery</shortdesc>
<content type="string"/>
</parameter>
</parameters>
<actions>
<action name="start" timeout="90"/>
<action name="stop" timeout="180"/>
<action name="status" timeout="40" interval="30"/>
<action name="status" depth="10" timeout="40" interval="300"/>
<action name="monitor" timeout="40" interval="30"/>
<action name="monitor" depth="10" timeout="40" interval="300"/>
<action name="migrate" timeout="600"/>
<action name="reconfig" timeout="30"/>
<action name="recover" timeout="300"/>
<action name="restart" timeout="300"/>
<action name="validate-all" timeout="30"/>
<action name="verify-all" timeout="30"/>
<action name="meta-data" timeout="5"/>
</actions>
<special tag="rgmanager">
<attributes maxinstances="1" init_on_add="0" destroy_on_delete="0"/>
</special>
</resource-agent>
"#;

#[cfg(test)]
mod tests {
    use super::super::action::Action;
    use super::*;
    use crate::actions::metadata::tests::read;
    use roxmltree::{Document, Node};

    fn parsed() -> Document<'static> {
        read(METADATA)
    }

    fn elements<'a>(document: &'a Document<'_>, name: &'a str) -> Vec<Node<'a, 'a>> {
        let all = document.descendants();
        all.filter(|node| node.has_tag_name(name)).collect()
    }

    #[test]
    fn a_suffix_of_the_file_is_no_part_of_the_name() {
        assert!(of("guest.sh").contains("<resource-agent name=\"guest\" "));
        assert!(of("").contains("<resource-agent name=\"virt-ra-reference-vm\" "));
    }

    #[test]
    fn one_parameter_is_primary_and_inherits_nothing() {
        let document = parsed();
        let primary: Vec<_> = elements(&document, "parameter")
            .into_iter()
            .filter(|node| node.attribute("primary") == Some("1"))
            .collect();
        assert_eq!(primary.len(), 1);
        assert_eq!(primary[0].attribute("inherit"), None);
    }

    #[test]
    fn every_action_that_is_advertised_is_implemented_with_that_timeout() {
        for node in elements(&parsed(), "action") {
            let (name, timeout) = (node.attribute("name").unwrap(), node.attribute("timeout"));
            let Some(action) = Action::parse(name) else {
                assert_eq!(name, "meta-data");
                continue;
            };
            assert_eq!(
                timeout,
                Some(action.seconds().to_string().as_str()),
                "{name}"
            );
        }
    }

    #[test]
    fn what_is_to_be_changed_without_a_restart_is_read_anew_by_each_action() {
        // `domain`, `autostart` and `recovery` are rgmanager's own.
        let document = parsed();
        let all = elements(&document, "parameter").into_iter();
        let of_start = all.filter(|node| node.attribute("reconfig").is_none());
        let names: Vec<_> = of_start.filter_map(|node| node.attribute("name")).collect();
        assert_eq!(names, ["name", "xmlfile", "hypervisor_uri", "service_name"]);
    }
}
