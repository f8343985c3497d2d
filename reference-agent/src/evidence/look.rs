//! One look at a guest on this node: libvirt's word, held against the process table.

use std::time::Duration;

use crate::clock::Deadline;
use crate::evidence::emulator::Emulator;
use crate::libvirt::raw::{self, Job};
use crate::libvirt::session::{self, Trouble};
use crate::libvirt::state::Condition;

/// What a look saw.
#[derive(Clone, Debug)]
pub(crate) enum Sight {
    /// libvirt has it, in this condition.
    Active(Condition),
    /// libvirt answers that it isn't active, and no emulator runs for it.
    Absent {
        /// Whether libvirt has a definition of it.
        defined: bool,
    },
    /// libvirt answers that it isn't active, but emulators run for it.
    Orphan(Vec<Emulator>),
    /// libvirt can't be asked; these emulators run.
    Blind(Trouble, Vec<Emulator>),
}

/// Looks once.
pub(crate) fn look(uri: &str, uuid: &str, within: Duration) -> Sight {
    let answer = session::state(uri, uuid, within);
    let emulators = || {
        if is_local_qemu(uri) {
            Emulator::find(uuid)
        } else {
            Vec::new()
        }
    };
    let defined = answer.is_ok();
    match answer {
        Ok(Condition::Off(_)) | Err(Trouble::NoDomain) => match emulators() {
            none if none.is_empty() => Sight::Absent { defined },
            some => Sight::Orphan(some),
        },
        Ok(condition) => Sight::Active(condition),
        Err(trouble) => Sight::Blind(trouble, emulators()),
    }
}

/// Looks until what is seen can be relied on: a daemon that is being restarted may for an instant not know a domain
/// that runs, and one that has just ended may leave its process for another.
pub(crate) fn steady_look(uri: &str, uuid: &str, within: Duration) -> Sight {
    let settle = Deadline::after(within.min(Duration::from_secs(2)));
    loop {
        let sight = look(uri, uuid, within);
        if !matches!(sight, Sight::Orphan(_)) || settle.passed() {
            return sight;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// The job that runs on the guest; a guest that isn't there has none.
///
/// # Errors
/// Whatever keeps libvirt from telling.
pub(crate) fn job(uri: &str, uuid: &str, within: Duration) -> Result<Job, Trouble> {
    match session::ask_about(uri, uuid, within, |domain| Ok(raw::job(domain)?)) {
        Err(Trouble::NoDomain) => Ok(Job::Idle),
        other => other,
    }
}

/// Whether the emulators of this libvirt are processes of this node, so that the process table is evidence.
pub(crate) fn is_local_qemu(uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once("://") else {
        return false;
    };
    let local_host = rest.starts_with('/');
    local_host && matches!(scheme, "qemu" | "qemu+unix")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_table_speaks_for_local_qemu_only() {
        assert!(is_local_qemu("qemu:///system"));
        assert!(is_local_qemu("qemu+unix:///system?socket=/run/x"));
        assert!(!is_local_qemu("qemu+ssh://other/system"));
        assert!(!is_local_qemu("test:///default"));
        assert!(!is_local_qemu("nonsense"));
    }
}
