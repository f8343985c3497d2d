//! What libvirt found out about QEMU, which costs as much as all else that a lab's start does.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::files::write_atomically;

/// Where libvirtd keeps it on a node.
pub(super) const PLACE: &str = "/var/cache/libvirt/qemu/capabilities";

/// The files in which libvirt keeps what QEMU can do, by their names. It takes them only if they still hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Capabilities(BTreeMap<String, String>);

impl Capabilities {
    /// What lies in a folder; nothing where there is none. What cannot be read is found out again.
    pub(super) fn in_folder(folder: &Path) -> Self {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let file = |entry: fs::DirEntry| {
            let name = entry.file_name().into_string().ok()?;
            // A part is none yet.
            name.strip_suffix(".xml")?;
            Some((name, fs::read_to_string(entry.path()).ok()?))
        };
        Self(entries.filter_map(file).collect())
    }

    /// Whether nothing was found out.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Puts the files into a folder, which is made; each is whole as soon as it has its name.
    pub(super) fn put_into(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        self.0.iter().try_for_each(|(name, content)| {
            write_atomically(&folder.join(name), content.as_bytes())
        })
    }
}
