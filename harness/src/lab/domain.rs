use super::accel::Accel;

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
    /// The socket of its disk's server, at the same path on every node; none where it has no such disk.
    pub socket: Option<String>,
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
            socket: Some(Self::SUBJECT_SOCKET.to_owned()),
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
            socket: Some("/run/vrt/bystander.sock".to_owned()),
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
}
