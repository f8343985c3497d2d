use super::accel::Accel;
use super::setup::{FIRMWARE, LOCKED_DISK, SHARED, VISIBLE};
use crate::installed;

/// What the guest's own disk is called in the domain.
pub(super) const DISK: &str = "hda";

/// The disk of the subject that a lock is on: a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockedDisk {
    /// Whether all nodes share the file; else each has one of its own.
    pub is_shared: bool,
    /// Whether QEMU's own lock on the file is on.
    pub has_image_lock: bool,
}

/// A domain with the witness guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainSpec {
    /// Its name.
    pub name: String,
    /// Its UUID, by which the witness knows its emulators.
    pub uuid: String,
    /// The disk server's socket, at the same path on every node.
    pub socket: String,
    /// A second disk that a lock is on. The guest leaves it alone.
    pub locked_disk: Option<LockedDisk>,
    /// What runs the guest's processor.
    pub accel: Accel,
    /// The emulator's path: a definition as `virsh dumpxml` prints it always names one, and agents rely on it.
    pub emulator: String,
    /// Memory in MiB, 8 to 32.
    pub memory: u32,
}

impl DomainSpec {
    /// The UUID of the guest that the agent under test is given.
    pub(super) const SUBJECT: &str = "5b1ec700-0000-4000-8000-000000000001";
    /// Its name.
    pub(super) const SUBJECT_NAME: &str = "vm1";
    /// The socket of its disk's server, on every node.
    pub const SUBJECT_SOCKET: &str = "/run/vrt/subject.sock";

    /// The guest that the agent under test is given.
    #[must_use]
    pub fn subject(accel: Accel, emulator: &str) -> Self {
        Self {
            name: Self::SUBJECT_NAME.to_owned(),
            uuid: Self::SUBJECT.to_owned(),
            socket: Self::SUBJECT_SOCKET.to_owned(),
            locked_disk: None,
            accel,
            emulator: emulator.to_owned(),
            memory: 8,
        }
    }

    /// The guest that nobody may touch. Its name begins with the subject's, as a trap for agents
    /// that search by prefix.
    #[must_use]
    pub fn bystander(accel: Accel, emulator: &str) -> Self {
        Self {
            name: "vm1-by".to_owned(),
            uuid: "b7574de5-0000-4000-8000-000000000002".to_owned(),
            socket: "/run/vrt/bystander.sock".to_owned(),
            locked_disk: None,
            accel,
            emulator: emulator.to_owned(),
            memory: 8,
        }
    }

    /// Whether a UUID is one that the suite gives to guests: all end alike but for the last figure.
    #[must_use]
    pub fn is_ours(uuid: &str) -> bool {
        let Some((_, rest)) = uuid.split_once('-') else {
            return false;
        };
        rest.starts_with("0000-4000-8000-00000000000")
    }

    /// The XML of the disk that the lock is on.
    fn locked_disk_xml(&self) -> String {
        let folder = match self.locked_disk {
            None => return String::new(),
            Some(disk) if disk.is_shared => format!("{VISIBLE}/{SHARED}"),
            Some(_) => VISIBLE.to_owned(),
        };
        // Through the page cache: a tmpfs knows no direct access before Linux 6.6.
        format!(
            "
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' cache='writethrough'/>
      <source file='{folder}/{LOCKED_DISK}'/>
      <target dev='hdb' bus='ide'/>
    </disk>"
        )
    }

    /// What switches QEMU's own lock off where another one is to show what it does: libvirt takes its locks
    /// only when it lets the guest's processors run, and QEMU would be the first to refuse.
    const fn without_image_lock(&self) -> [&'static str; 2] {
        match self.locked_disk {
            None
            | Some(LockedDisk {
                has_image_lock: true,
                ..
            }) => ["", ""],
            Some(_) => [
                " xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'",
                "  <qemu:override>
    <qemu:device alias='ide0-0-1'>
      <qemu:frontend>
        <qemu:property name='share-rw' type='bool' value='true'/>
      </qemu:frontend>
    </qemu:device>
  </qemu:override>
",
            ],
        }
    }

    /// The domain's XML, its name on a line of its own.
    #[must_use]
    pub fn xml(&self) -> String {
        let Self {
            name,
            uuid,
            socket,
            memory,
            emulator,
            ..
        } = self;
        let kind = self.accel.domain_type();
        let locked_disk = self.locked_disk_xml();
        let [namespace, sharing] = self.without_image_lock();
        format!(
            "<domain type='{kind}'{namespace}>
  <name>{name}</name>
  <uuid>{uuid}</uuid>
  <memory unit='MiB'>{memory}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <loader readonly='yes' type='rom'>{VISIBLE}/{FIRMWARE}</loader>
  </os>
  <features>
    <acpi/>
  </features>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>preserve</on_crash>
  <pm>
    <suspend-to-mem enabled='yes'/>
  </pm>
  <devices>
    <emulator>{emulator}</emulator>
    <disk type='network' device='disk'>
      <driver name='qemu' type='raw' cache='none' error_policy='stop'/>
      <source protocol='nbd'>
        <host transport='unix' socket='{socket}'/>
      </source>
      <target dev='{DISK}' bus='ide'/>
    </disk>{locked_disk}
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
    <panic model='isa'/>
  </devices>
{sharing}</domain>
"
        )
    }
}

/// The path of this machine's emulator; empty when there is none, which the check of a lab's tools tells.
pub(super) fn emulator() -> String {
    let path = installed::program("qemu-system-x86_64");
    path.map_or_else(String::new, |path| path.display().to_string())
}
