//! `xl`, Xen's tool, over the guests of libvirt on the same node: how a lab without Xen judges agents for Xen.
//!
//! Behind it are the lab's real guests, so libvirt, the process table and the disk's log go on telling the truth. Its
//! answers, texts and exit codes are those of xl 4.17 where agents read them: `make xen-smoke` records the real ones in
//! tests/xl/answers, and tests/tests/xl.rs compares. A copy ends when the guest writes less than it takes, and not after
//! five rounds: cases that ask how an endless one ends are left out. It is milder than the real one where it cannot do
//! better:
//!
//! - NAME--incoming arrives even where another NAME was created meanwhile: on a real Xen it can't be renamed then, and the
//!   source goes on.
//! - A killed `create` is carried through by libvirt, and a killed `migrate` leaves no NAME--incoming behind: Xen keeps
//!   what was half built.
//! - A target whose source fell silent ends NAME--incoming after half a minute, as with an sshd that asks its clients.
//! - `create` leaves no process behind that watches the domain, and a guest that reboots does not vanish meanwhile.
//! - The toolstack can be down for calls that begin, not for a migration that is under way.
//! - `mem-set` changes nothing. `list` shows six dashes for every guest that runs: scripted answers show the other letters.

mod answer;
mod command;
mod config;
mod create;
mod domain;
mod list;
mod migrate;
mod operate;
mod toolstack;
mod words;

use std::io;
use std::mem::ManuallyDrop;
use std::process::ExitCode;

use self::answer::Failed;
pub(crate) use self::config::is_whole;
use self::toolstack::Toolstack;
use super::print::complain;

/// Answers a call.
///
/// # Errors
/// When it cannot print.
pub(super) fn run(args: &[String]) -> io::Result<ExitCode> {
    // virt's own `Drop` panics where libvirt fails to close; this process ends soon.
    let toolstack = Toolstack::open().map(ManuallyDrop::new);
    let answered = toolstack.and_then(|toolstack| command::carry_out(&toolstack, args));
    match answered {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(Failed(code, text)) => {
            complain(&text)?;
            Ok(ExitCode::from(code))
        }
    }
}
