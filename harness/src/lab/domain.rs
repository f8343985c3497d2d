use super::accel::Accel;

/// A domain that boots the witness guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainSpec {
    /// Its name.
    pub name: String,
    /// Its UUID, by which the witness knows its emulators.
    pub uuid: String,
    /// The disk server's socket, at the same path on every node.
    pub socket: String,
    /// What runs the guest's processor.
    pub accel: Accel,
    /// Memory in MiB, 8 to 32.
    pub memory: u32,
}

impl DomainSpec {
    /// The guest that the agent under test is given.
    #[must_use]
    pub fn subject(accel: Accel) -> Self {
        Self {
            name: "vm1".to_owned(),
            uuid: "5b1ec700-0000-4000-8000-000000000001".to_owned(),
            socket: "/run/vrt/subject.sock".to_owned(),
            accel,
            memory: 8,
        }
    }

    /// The guest that nobody may touch. Its name begins with the subject's, as a trap for agents
    /// that search by prefix.
    #[must_use]
    pub fn bystander(accel: Accel) -> Self {
        Self {
            name: "vm1-by".to_owned(),
            uuid: "b7574de5-0000-4000-8000-000000000002".to_owned(),
            socket: "/run/vrt/bystander.sock".to_owned(),
            accel,
            memory: 8,
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
            ..
        } = self;
        let kind = self.accel.domain_type();
        let emulator = emulator();
        format!(
            "<domain type='{kind}'>
  <name>{name}</name>
  <uuid>{uuid}</uuid>
  <memory unit='MiB'>{memory}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <boot dev='hd'/>
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
      <target dev='hda' bus='ide'/>
    </disk>
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
    <panic model='isa'/>
  </devices>
</domain>
"
        )
    }
}

/// The emulator's path: a definition as `virsh dumpxml` prints it always names one, and agents rely on it.
fn emulator() -> String {
    let path = std::env::var("PATH").unwrap_or_default();
    let folders = path.split(':').chain(["/usr/bin", "/usr/local/bin"]);
    let mut places = folders.map(|folder| format!("{folder}/qemu-system-x86_64"));
    places
        .find(|place| std::path::Path::new(place).is_file())
        .unwrap_or_default()
}
