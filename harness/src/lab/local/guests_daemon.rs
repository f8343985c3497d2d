//! libvirt's daemons on a node.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::callers::has_callers;
use super::node::LocalNode;
use crate::lab::equipment::{LibvirtDaemons, Part as _, PartNode as _};
use crate::lab::error::LabError;
use crate::lab::node::DaemonAction;
use crate::lab::process::Process;
use crate::lab::wait::wait_until;

/// How long one who was connected and has ended may take to be noticed.
const HANGING_UP: Duration = Duration::from_millis(300);

impl LocalNode {
    /// Takes the guests' daemon that runs now for the lab's own.
    pub(super) fn trust_daemon(&self) {
        *self.daemon.lock().unwrap_or_else(PoisonError::into_inner) = self.guests_daemon();
    }

    /// libvirt's daemons.
    pub(in crate::lab) const fn daemons(&self) -> &'static LibvirtDaemons {
        self.daemons
    }

    /// The guests' daemon that the lab started, as it is now; none when it has ended. A case may have started another.
    pub(super) fn own_guests_daemon(&self) -> Option<Process> {
        let own = self.daemon.lock().unwrap_or_else(PoisonError::into_inner);
        let own = own.as_ref()?;
        Process::read(own.pid).filter(|now| now.started == own.started && !now.has_ended())
    }

    /// The lab's daemon that has the guests.
    pub(super) fn guests_daemon(&self) -> Option<Process> {
        self.own_daemon(self.daemons.of_guests())
    }

    fn signal_guests_daemon(&self, signal: Signal) {
        if let Some(daemon) = self.guests_daemon() {
            // One that has just ended is what a signal could at most bring about.
            let _ = kill(Pid::from_raw(daemon.pid), signal);
        }
    }

    fn await_daemon(
        &self,
        what: &str,
        holds: impl Fn(Option<Process>) -> bool,
    ) -> Result<(), LabError> {
        wait_until(&format!("node {}: {what}", self.name), || {
            holds(self.guests_daemon())
        })
    }

    /// Does something to the daemon that has the guests.
    pub(super) fn do_to_guests_daemon(&self, what: DaemonAction) -> Result<(), LabError> {
        match what {
            DaemonAction::Start => self.start_part(self.daemons.id()),
            DaemonAction::Stop => {
                self.signal_guests_daemon(Signal::SIGTERM);
                let name = self.daemons.of_guests();
                wait_until(&format!("node {}: {name} ended", self.name), || {
                    self.processes.left_of(name).is_empty()
                })
            }
            DaemonAction::Kill => self.end_daemon(self.daemons.of_guests()),
            DaemonAction::Freeze => {
                self.signal_guests_daemon(Signal::SIGSTOP);
                self.await_daemon("its daemon is frozen", |found| {
                    found.is_some_and(|it| it.is_stopped())
                })
            }
            DaemonAction::Continue => {
                self.signal_guests_daemon(Signal::SIGCONT);
                self.await_daemon("its daemon goes on", |found| {
                    found.is_some_and(|it| !it.is_stopped())
                })
            }
        }
    }

    /// Ends libvirt's daemons at once, and with them all that they keep of who came.
    pub(super) fn end_daemons(&self) -> Result<(), LabError> {
        let mut programs = self.daemons.programs().iter();
        programs.try_for_each(|name| self.end_daemon(name))
    }

    /// Whether the daemon still takes somebody of another node for connected. When it finds that nobody is, long after a cut
    /// of the network, it ends the guest that came by that connection: any guest with the UUID, a later case's too.
    pub(super) fn keeps_callers(&self) -> bool {
        let deadline = Instant::now() + HANGING_UP;
        while has_callers(self.init, self.setup.equipment.transport.port()) {
            if Instant::now() > deadline {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }
}
