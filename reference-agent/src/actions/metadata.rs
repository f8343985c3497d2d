//! What the agent says about itself: the same in every environment, but for the name, which is its file's.

/// How to call the agent.
pub(crate) const USAGE: &str = "\
usage: virt-reference-agent ACTION

  start          make the guest run here
  stop           make sure that it doesn't run here
  monitor        say whether it runs here: 0 it does, 7 it doesn't, else it is broken or in doubt
  migrate_to     push it to the node in OCF_RESKEY_CRM_meta_migrate_target
  migrate_from   say that it has arrived here
  reload-agent   take over changed parameters, all but config and hypervisor
  validate-all   judge the parameters; with OCF_CHECK_LEVEL=10 this node as well
  meta-data      describe the agent as XML
  usage, help    this text

Everything else comes from the environment, as the OCF resource agent API 1.1 says.
";

/// The description, as XML, of the agent in a file of that name.
///
/// Source: OCF 1.1, directory tree: an agent's name is that of its file.
pub(crate) fn of(file: &str) -> String {
    named(METADATA, NAME, file)
}

/// A description with that file's name in the place of its first `name`, if XML can have it as it is.
pub(crate) fn named(description: &str, name: &str, file: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    match !file.is_empty() && file.chars().all(is_plain) {
        true => description.replacen(name, file, 1),
        false => description.to_owned(),
    }
}

/// The name in the description.
const NAME: &str = "virt-reference-agent";

const METADATA: &str = r#"<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="virt-reference-agent" version="0.1.0">
<version>1.1</version>
<longdesc lang="en">
Runs one virtual machine as a libvirt domain: starts it from a definition's file, stops it, watches it, and migrates
it live to another node.

The guest is known by the UUID in its definition, and a guest of the same name with another UUID is a stranger. In a
definition without a uuid element the name alone says which guest is meant: whatever domain has that name on this node
is the guest, also one that was started by hand, and a start gives it a UUID that is made of the name. So give the
definition a uuid where other domains of that name may come. What a start knew is recorded under /run/resource-agents,
and a running guest carries a mark with the name of the resource: both let stop and monitor find their guest when the
definition's file is missing, damaged, changed or hanging. Where the file is no help, a running guest that may be this
one makes monitor and stop fail.

Guests that neither run nor are off: a guest paused by a user, a save, a dump or a snapshot is active (monitor 0), and
start resumes it once no job needs the pause. A guest paused by an I/O error, its watchdog, a crash or a failed libvirt
call is failed (monitor 1), and start refuses it until it was stopped. A guest that sleeps in memory by its own wish is
active, and start wakes it up. A crashed guest whose emulator is kept is failed; stop destroys it, and saves its memory
first if dump_directory is set, else that evidence is lost. A guest that is arriving is not running yet (monitor 1). A
guest in shutdown is active until its emulator is gone; start waits for that.

While libvirt can't be reached the process table decides: monitor is 0 if the emulator runs and 7 if none does, and
stop ends the emulator by itself. An emulator libvirt has forgotten is failed, never started a second time, and ended
by stop.

Start boots what the file says. A shut-off definition of the guest that libvirt holds is undefined before, together
with its autostart and a managed save image, whose memory is older than the disk. If the file is libvirt's own copy in
libvirt/qemu, it is left there, and only autostart and the image are removed.

Locks: this agent takes none of its own. It relies on fencing, on QEMU's image locks where the file system carries
them, and on libvirt's lock manager (virtlockd or sanlock) where one is configured. Disks without a working lock, such
as shareable ones, are protected by fencing alone, and by the check of the peers parameter before a start.

Migrations are led by the agent itself and end with it. Peer-to-peer, tunnelled, post-copy and unsafe migrations are
not offered. One that isn't done at 80 % of the action's timeout is aborted, and the guest stays where it is.
</longdesc>
<shortdesc lang="en">Runs a virtual machine as a libvirt domain</shortdesc>
<parameters>
<parameter name="config" unique="1" required="1">
<longdesc lang="en">
Absolute path of the domain's definition, in libvirt's XML and best with a uuid. Every node needs it at the same path.
</longdesc>
<shortdesc lang="en">Path of the domain's definition</shortdesc>
<content type="string"/>
</parameter>
<parameter name="hypervisor" unique="0" required="0">
<longdesc lang="en">
URI of the libvirt on this node that runs the guest.
</longdesc>
<shortdesc lang="en">URI of the local libvirt</shortdesc>
<content type="string" default="qemu:///system"/>
</parameter>
<parameter name="migration_transport" unique="0" required="0" reloadable="1">
<longdesc lang="en">
How the libvirt of a migration's destination is reached: ssh, tcp or tls. The URI is made of the hypervisor's driver
and path, this transport, and the name of the node.
</longdesc>
<shortdesc lang="en">Transport to the destination: ssh, tcp or tls</shortdesc>
<content type="string" default="ssh"/>
</parameter>
<parameter name="remote_uri" unique="0" required="0" reloadable="1">
<longdesc lang="en">
URI of the libvirt of a migration's destination, instead of the one made of migration_transport. The characters %n
stand for the name of the node.
</longdesc>
<shortdesc lang="en">URI of the destination's libvirt</shortdesc>
<content type="string"/>
</parameter>
<parameter name="migration_uri" unique="0" required="0" reloadable="1">
<longdesc lang="en">
URI that the guest's memory is sent to, such as tcp://%n:49152 or tcp://%n.storage.example. The characters %n stand
for the name of the node. By default the destination's libvirt names it.
</longdesc>
<shortdesc lang="en">URI of the migration's data stream</shortdesc>
<content type="string"/>
</parameter>
<parameter name="migration_bandwidth" unique="0" required="0" reloadable="1">
<longdesc lang="en">
The most that one migration may send, in MiB/s. It is a limit of that migration alone and is not kept in the domain.
By default libvirt's own limit holds.
</longdesc>
<shortdesc lang="en">Bandwidth of a migration in MiB/s</shortdesc>
<content type="integer"/>
</parameter>
<parameter name="force_stop" unique="0" required="0" reloadable="1">
<longdesc lang="en">
Destroy the guest at once at stop, without asking it to shut down.
</longdesc>
<shortdesc lang="en">Never ask the guest to shut down</shortdesc>
<content type="boolean" default="false"/>
</parameter>
<parameter name="shutdown_timeout" unique="0" required="0" reloadable="1">
<longdesc lang="en">
Seconds that a guest gets to shut down by itself before it is destroyed; 0 means none. By default, and at most, it is
what the stop action's timeout leaves after a reserve for force: 40 % of the timeout, but no more than 40 s.
</longdesc>
<shortdesc lang="en">Time for the guest's own shutdown, in seconds</shortdesc>
<content type="integer"/>
</parameter>
<parameter name="dump_directory" unique="0" required="0" reloadable="1">
<longdesc lang="en">
Absolute path of a folder where the memory of a crashed guest is saved before stop destroys it: within 60 % of the
stop action's timeout, and if it needs no more than half of the room that is free there. Where it lies is said on
standard error. By default it is not saved.
</longdesc>
<shortdesc lang="en">Folder for crashed guests' memory</shortdesc>
<content type="string"/>
</parameter>
<parameter name="peers" unique="0" required="0" reloadable="1">
<longdesc lang="en">
libvirt URIs of the nodes, separated by blanks; this node's own may be among them. Before a guest is started they are
asked, for at most 5 s, whether it is active there; if it is, start fails. A peer that can't be asked does not hinder
the start. By default none is asked.
</longdesc>
<shortdesc lang="en">Nodes to ask before a start</shortdesc>
<content type="string"/>
</parameter>
</parameters>
<actions>
<action name="start" timeout="90s"/>
<action name="stop" timeout="180s"/>
<action name="monitor" timeout="40s" interval="10s" depth="0"/>
<action name="migrate_to" timeout="600s"/>
<action name="migrate_from" timeout="90s"/>
<action name="reload-agent" timeout="30s"/>
<action name="validate-all" timeout="30s"/>
<action name="meta-data" timeout="5s"/>
<action name="usage" timeout="5s"/>
</actions>
</resource-agent>
"#;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use roxmltree::{Document, ParsingOptions};

    /// Reads a description, whose DOCTYPE is not followed.
    pub(crate) fn read(metadata: &str) -> Document<'_> {
        let options = ParsingOptions {
            allow_dtd: true,
            ..ParsingOptions::default()
        };
        Document::parse_with_options(metadata, options).unwrap()
    }

    fn parsed() -> Document<'static> {
        read(METADATA)
    }

    #[test]
    fn the_name_is_that_of_the_file_if_xml_can_have_it() {
        let name = |file: &str| {
            let text = of(file);
            let begin = text.find("<resource-agent name=").unwrap();
            text[begin..].lines().next().unwrap().to_owned()
        };
        assert_eq!(
            name("domain"),
            "<resource-agent name=\"domain\" version=\"0.1.0\">"
        );
        for file in ["", "a\"b", NAME] {
            assert!(name(file).contains("\"virt-reference-agent\""), "{file}");
        }
    }

    #[test]
    fn every_parameter_has_texts_of_its_own() {
        let document = parsed();
        let mut texts: Vec<_> = document
            .descendants()
            .filter(|node| node.has_tag_name("shortdesc"))
            .map(|node| node.text().unwrap())
            .collect();
        let count = texts.len();
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), count);
    }

    #[test]
    fn every_action_that_is_advertised_is_implemented_and_the_other_way_round() {
        let document = parsed();
        let actions: Vec<_> = document
            .descendants()
            .filter(|n| n.has_tag_name("action"))
            .filter_map(|n| n.attribute("name"))
            .collect();
        assert_eq!(actions.len(), 9);
        assert!(
            actions
                .iter()
                .all(|name| crate::ocf::Action::parse(name).is_some())
        );
    }
}
