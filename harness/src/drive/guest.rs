//! Commands to the witness guest.

use super::stage::Stage;
use super::trouble::Trouble;
use crate::case::GuestDo;
use crate::lab::{self, GuestMode, GuestOnce};

/// How long a slow guest takes to shut down: five seconds of 18.2 ticks, as clause STOP-03 tries it.
const SLOW_TICKS: u16 = 91;

/// Gives the guest a command through the command sector of its disk.
///
/// # Errors
/// When the disk cannot be written to.
pub(super) fn command(stage: &Stage<'_>, what: GuestDo) -> Result<(), Trouble> {
    let mode = |mode| lab::GuestDo::Mode(mode);
    let plain = GuestMode::default();
    let command = match what {
        GuestDo::Deaf => mode(GuestMode {
            deaf: true,
            ..plain
        }),
        GuestDo::Slow => mode(GuestMode {
            shutdown_ticks: SLOW_TICKS,
            ..plain
        }),
        GuestDo::Dirty => mode(GuestMode {
            dirty: true,
            ..plain
        }),
        GuestDo::Normal => mode(plain),
        GuestDo::Panic => lab::GuestDo::Once(GuestOnce::Panic),
        GuestDo::Suspend => lab::GuestDo::Once(GuestOnce::Suspend),
        GuestDo::PowerOff => lab::GuestDo::Once(GuestOnce::PowerOff),
        GuestDo::Reboot => lab::GuestDo::Once(GuestOnce::Reboot),
    };
    Ok(stage.lab.guest_command(command)?)
}
