use nix::unistd::Uid;
use serde::{Deserialize, Serialize};

use super::equipment::{self, Part};
use super::shell::{self, SH};
use crate::case::Shell;
use crate::equipment::PartId;
use crate::scheduler;

/// What a lab cannot give to its nodes, of what only some cases need: each with the reason, which is a sentence's end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lacks {
    /// Parts of the equipment.
    pub parts: Vec<(PartId, String)>,
    /// Shells as `/bin/sh`.
    pub shells: Vec<(Shell, String)>,
    /// Why no guest can move by post-copy.
    pub post_copy: Option<String>,
    /// Why no folder can hang.
    pub hanging_folder: Option<String>,
    /// Why no node's power can be cut.
    pub power: Option<String>,
    /// Why no cluster's scheduler can be asked; it is asked on the machine of the harness.
    #[serde(default)]
    pub scheduler: Option<String>,
}

impl Lacks {
    /// What this machine's own labs lack.
    #[must_use]
    pub fn here() -> Self {
        let part = |part: &&dyn Part| part.lacking().map(|why| (part.id(), why));
        let shell = |one: &Shell| {
            let found = one.as_sh(shell::program(one.program()), shell::program(SH));
            found.err().map(|why| (*one, why))
        };
        Self {
            parts: equipment::ALL.iter().filter_map(part).collect(),
            shells: shell::ALL.iter().filter_map(shell).collect(),
            post_copy: no_post_copy(),
            hanging_folder: no_fuse(),
            power: Some("the nodes of a local lab have no machines of their own".to_owned()),
            scheduler: scheduler::lacking(),
        }
    }

    /// What one of two labs lacks.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            parts: [self.parts, other.parts].concat(),
            shells: [self.shells, other.shells].concat(),
            post_copy: self.post_copy.or(other.post_copy),
            hanging_folder: self.hanging_folder.or(other.hanging_folder),
            power: self.power.or(other.power),
            scheduler: self.scheduler.or(other.scheduler),
        }
    }
}

/// Why no file system of FUSE can be mounted in a lab. Source: the kernel's Documentation/filesystems/fuse.rst.
fn no_fuse() -> Option<String> {
    let mut device = std::fs::File::options();
    let opened = device.read(true).write(true).open("/dev/fuse");
    opened
        .err()
        .map(|error| format!("/dev/fuse cannot be opened: {error}"))
}

/// Why QEMU may not move a guest by post-copy in a lab of this user: it needs userfaultfd(2), which the kernel may
/// lack, and which an ordinary user needs leave for. Source: the kernel's Documentation/admin-guide/sysctl/vm.rst.
fn no_post_copy() -> Option<String> {
    let leave = std::fs::read_to_string("/proc/sys/vm/unprivileged_userfaultfd");
    match leave {
        Err(_) => Some("its kernel has no userfaultfd".to_owned()),
        Ok(word) if Uid::effective().is_root() || word.trim() == "1" => None,
        Ok(_) => Some("this user may not use userfaultfd".to_owned()),
    }
}
