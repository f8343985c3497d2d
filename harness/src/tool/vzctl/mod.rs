//! `vzctl`, OpenVZ's tool, over the guests of libvirt on the same node: how a lab without OpenVZ judges agents for its
//! containers.
//!
//! Behind it are the lab's real guests, so libvirt, the process table and the disk's log go on telling the truth. Its
//! answers, texts and exit codes are those of vzctl 4 where agents read them (vzctl(8); its sources `vzctl-actions.c`,
//! `env.c`, `cpt.c`, `vzerror.h`). It is milder than the real one where it cannot do better:
//!
//! - A `chkpnt` that is killed is carried through by libvirt: the real one leaves the container frozen, and half a dump.
//! - There is no file system to mount, no quota, no script of a container, and no configuration that could be wrong.
//! - The kernel's part can be gone for calls that begin, not for one that is under way.

mod checkpoint;
mod command;
mod container;
mod failed;
mod life;
mod lock;

use std::io;
use std::process::ExitCode;

pub(crate) use self::container::known_file;
use self::failed::Failed;
use super::print::complain;

/// Answers a call.
///
/// # Errors
/// When it cannot print.
pub(super) fn run(args: &[String]) -> io::Result<ExitCode> {
    match command::carry_out(args) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(Failed { code, text }) => {
            complain(&text)?;
            Ok(ExitCode::from(code))
        }
    }
}
