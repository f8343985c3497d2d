use std::fs;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::thread;

use serde::{Deserialize, Serialize};
use virt::connect::Connect;
use virt::domain::Domain;

use super::failed::{BAD_KERNEL, Failed, NO_CONFIGURATION, failed};
use crate::tool::host::{Down, own_name};
use crate::tool::place::FOLDER;

/// By which a node reaches its own libvirt.
const OWN_URI: &str = "qemu:///system";

/// The number of the guest under test.
const SUBJECT: u32 = 101;

/// That of the bystander, which begins with the other.
const BYSTANDER: u32 = 1011;

/// A container that a node has: its number, and the UUID of the guest that stands for it.
#[derive(Debug, Serialize, Deserialize)]
struct Known {
    id: u32,
    uuid: String,
}

/// The file that tells the stand-in which containers a node has, and its content.
///
/// # Errors
/// None that a caller could meet: it is a list of numbers and texts.
pub(crate) fn known_file(subject: &str, bystander: &str) -> serde_json::Result<(PathBuf, Vec<u8>)> {
    let known = [(SUBJECT, subject), (BYSTANDER, bystander)].map(|(id, uuid)| Known {
        id,
        uuid: uuid.to_owned(),
    });
    Ok((place(), serde_json::to_vec(&known)?))
}

fn place() -> PathBuf {
    Path::new(FOLDER).join("vzctl.containers")
}

/// The kernel of this node, behind which is libvirt.
pub(super) struct Kernel {
    // virt's own `Drop` panics where libvirt fails to close; this process ends soon.
    connection: ManuallyDrop<Connect>,
}

impl Kernel {
    /// Opens its device.
    pub(super) fn open() -> Result<Self, Failed> {
        match Down::of(&own_name()?) {
            None => {}
            Some(Down::Fails) => return no_device("No such file or directory"),
            Some(Down::Hangs) => loop {
                thread::park();
            },
        }
        // Otherwise libvirt prints every error on standard error.
        virt::error::clear_error_callback();
        match Connect::open(Some(OWN_URI)) {
            Ok(connection) => Ok(Self {
                connection: ManuallyDrop::new(connection),
            }),
            Err(_) => no_device("Permission denied"),
        }
    }

    /// libvirt itself.
    pub(super) fn libvirt(&self) -> &Connect {
        &self.connection
    }

    /// The container of that number, if the node has it.
    pub(super) fn find(&self, id: u32) -> Result<Option<Container<'_>>, Failed> {
        let known: Vec<Known> = serde_json::from_slice(&fs::read(place())?).unwrap_or_default();
        let known = known.into_iter().find(|known| known.id == id);
        let kernel = self;
        Ok(known.map(|Known { id, uuid }| Container { kernel, id, uuid }))
    }

    /// The same, for what needs one.
    pub(super) fn container(&self, id: u32) -> Result<Container<'_>, Failed> {
        match self.find(id)? {
            Some(container) => Ok(container),
            None => failed(NO_CONFIGURATION, "Container config file does not exist"),
        }
    }
}

fn no_device<T>(why: &str) -> Result<T, Failed> {
    failed(
        BAD_KERNEL,
        format!(
            "Unable to open /dev/vzctl: {why}\nPlease check that vzdev kernel module is loaded and you have sufficient \
             permissions to access the file."
        ),
    )
}

/// A container.
pub(super) struct Container<'a> {
    pub(super) kernel: &'a Kernel,
    pub(super) id: u32,
    pub(super) uuid: String,
}

impl Container<'_> {
    /// The guest that stands for it, while it runs.
    pub(super) fn guest(&self) -> Option<Domain> {
        let guest = self.kernel.libvirt();
        let guest = guest.lookup_domain_by_uuid_string(&self.uuid).ok()?;
        guest
            .is_active()
            .is_ok_and(|active| active)
            .then_some(guest)
    }

    /// Where its memory is kept: all nodes see the folder.
    pub(super) fn dump(&self) -> PathBuf {
        Path::new("/run/vrt/shared").join(format!("Dump.{}", self.id))
    }
}
