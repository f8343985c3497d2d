//! One look at a guest on this node: libvirt's answer, checked against the process table.

use std::time::Duration;

use super::emulator::{self, Emulator};
use crate::clock::Deadline;
use crate::libvirt::guest::Guest;
use crate::libvirt::state::Condition;
use crate::libvirt::trouble::Trouble;

/// How long a guest that libvirt doesn't know, but that has an emulator, is looked at.
const SETTLING: Duration = Duration::from_secs(2);

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
pub(crate) fn look(guest: &Guest<'_>, within: Duration) -> Sight {
    let answer = guest.condition(within);
    let emulators = || emulator::of_guest(guest.uri, guest.uuid);
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
pub(crate) fn steady_look(guest: &Guest<'_>, within: Duration) -> Sight {
    let settled = Deadline::after(within.min(SETTLING));
    loop {
        let sight = look(guest, within);
        if !matches!(sight, Sight::Orphan(_)) || settled.passed() {
            return sight;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}
