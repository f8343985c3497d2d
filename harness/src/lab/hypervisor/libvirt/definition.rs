use crate::lab::domain::{DomainSpec, LockedDisk};
use crate::lab::setup::{FIRMWARE, LOCKED_DISK, SHARED, VISIBLE};

/// What the guest's own disk is called in the domain.
pub(super) const DISK: &str = "hda";

/// The domain's XML, its name on a line of its own.
pub(super) fn xml(domain: &DomainSpec) -> String {
    let DomainSpec {
        name,
        uuid,
        memory,
        emulator,
        ..
    } = domain;
    let kind = domain.accel.domain_type();
    let disks = format!("{}{}", own_disk(domain), locked_disk(domain.locked_disk));
    let [namespace, sharing] = without_image_lock(domain.locked_disk);
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
    <emulator>{emulator}</emulator>{disks}
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
    <panic model='isa'/>
  </devices>
{sharing}</domain>
"
    )
}

/// The XML of the disk that the guest writes to, which a server of the lab has.
fn own_disk(domain: &DomainSpec) -> String {
    let Some(socket) = &domain.socket else {
        return String::new();
    };
    format!(
        "
    <disk type='network' device='disk'>
      <driver name='qemu' type='raw' cache='none' error_policy='stop'/>
      <source protocol='nbd'>
        <host transport='unix' socket='{socket}'/>
      </source>
      <target dev='{DISK}' bus='ide'/>
    </disk>"
    )
}

/// The XML of the disk that the lock is on.
fn locked_disk(disk: Option<LockedDisk>) -> String {
    let folder = match disk {
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
const fn without_image_lock(disk: Option<LockedDisk>) -> [&'static str; 2] {
    match disk {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::accel::Accel;

    #[test]
    fn a_domain_has_the_disks_that_it_is_given() {
        let subject = DomainSpec::subject(Accel::Tcg, "/usr/bin/qemu");
        let disks = |domain: &DomainSpec| xml(domain).matches("<disk ").count();
        assert_eq!(disks(&subject), 1);
        let locked = DomainSpec {
            locked_disk: Some(LockedDisk {
                is_shared: true,
                has_image_lock: false,
            }),
            ..subject.clone()
        };
        assert_eq!(disks(&locked), 2);
        assert!(xml(&locked).contains("share-rw"));
        let foreign = DomainSpec {
            socket: None,
            ..subject
        };
        assert_eq!(disks(&foreign), 0);
        roxmltree::Document::parse(&xml(&foreign)).expect("it is well-formed");
    }
}
