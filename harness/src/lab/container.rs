//! The guest as a container: its root folder, its program, and how it is written for libvirt and for LXC.

use super::domain::DomainSpec;
use super::setup::VISIBLE;

/// The guest's program, the only one in a container. `guest/container.c` says what it does.
pub(super) const PROGRAM: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/vrt-container"));

/// The program's place in a container's root, by which its process is known too.
pub(super) const INIT: &str = "vrt-container";

/// The place of the disk's socket in a container's root.
pub(super) const DISK: &str = "run/disk.sock";

/// The pipe in a container's root by which libvirt asks it to shut down, as it does those of System V's init.
pub(super) const POWER: &str = "run/initctl";

/// Bytes of memory that a container may have, in MiB. The program takes some pages.
const MEMORY: u32 = 32;

/// The root folder of a container on each node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// The subject's.
    Subject,
    /// The bystander's.
    Bystander,
    /// That of a container which has no disk.
    Stranger,
}

impl Root {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Subject, Self::Bystander, Self::Stranger];

    fn of(domain: &DomainSpec) -> Self {
        match domain.socket.as_deref() {
            None => Self::Stranger,
            Some(socket) if socket.starts_with(DomainSpec::SUBJECT_SOCKET) => Self::Subject,
            Some(_) => Self::Bystander,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Bystander => "bystander",
            Self::Stranger => "stranger",
        }
    }

    /// The socket of its disk's server, in the node's part of the lab.
    pub(super) fn disk(self) -> Option<String> {
        (self != Self::Stranger).then(|| format!("{}.sock", self.name()))
    }

    /// Where it is below a node's `/run`.
    pub(super) fn below_run(self) -> String {
        format!("vrt/containers/{}", self.name())
    }

    /// Where it is on every node.
    pub(super) fn folder(self) -> String {
        format!("{VISIBLE}/containers/{}", self.name())
    }
}

/// A root folder as a definition names it. One that names a disk which is not there has a folder that is not there.
fn root(domain: &DomainSpec) -> String {
    let missing = domain.socket.as_deref().unwrap_or_default();
    let missing = missing.split_once(".sock").map_or("", |(_, rest)| rest);
    format!("{}{missing}", Root::of(domain).folder())
}

/// The definition of a domain of libvirt's LXC driver, its name on a line of its own.
pub(super) fn xml(domain: &DomainSpec) -> String {
    let DomainSpec { name, uuid, .. } = domain;
    let root = root(domain);
    format!(
        "<domain type='lxc'>
  <name>{name}</name>
  <uuid>{uuid}</uuid>
  <memory unit='MiB'>{MEMORY}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64'>exe</type>
    <init>/{INIT}</init>
    <initarg>{uuid}</initarg>
  </os>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <filesystem type='mount' accessmode='passthrough'>
      <source dir='{root}'/>
      <target dir='/'/>
    </filesystem>
    <console type='pty'/>
  </devices>
</domain>
"
    )
}

/// The configuration of a container of LXC, but for its name, which its tools are given. Source: lxc.container.conf(5).
pub(crate) fn lxc_config(domain: &DomainSpec) -> String {
    let (root, uuid) = (root(domain), &domain.uuid);
    format!(
        "# The guest of the suite.\nlxc.uts.name = {}\nlxc.rootfs.path = dir:{root}\n\
         lxc.init.cmd = /{INIT} {uuid}\nlxc.net.0.type = none\nlxc.apparmor.profile = unconfined\n",
        domain.name
    )
}

/// The UUID of the guest whose first process has this command line; none when it is no container's.
pub(super) fn uuid_of<'a>(base: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    (base == INIT).then(|| words.into_iter().next()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::accel::Accel;

    #[test]
    fn each_guest_has_a_root_of_its_own_and_one_without_its_disk_has_none() {
        let subject = DomainSpec::subject(Accel::Tcg, "");
        assert_eq!(root(&subject), "/run/vrt/containers/subject");
        let bystander = DomainSpec::bystander(Accel::Tcg, "");
        assert_eq!(root(&bystander), "/run/vrt/containers/bystander");
        let socket = Some(format!("{}.not-there", DomainSpec::SUBJECT_SOCKET));
        let outdated = DomainSpec { socket, ..subject };
        assert_eq!(root(&outdated), "/run/vrt/containers/subject.not-there");
        roxmltree::Document::parse(&xml(&outdated)).expect("it is well-formed");
        assert_eq!(DISK, "run/disk.sock");
    }

    #[test]
    fn the_program_writes_the_same_records_as_the_other_guest() {
        let has = |what: &[u8]| PROGRAM.windows(what.len()).any(|bytes| bytes == what);
        assert!(has(b"VRTGUEST") && has(b"/run/disk.sock") && has(b"/run/initctl"));
    }
}
