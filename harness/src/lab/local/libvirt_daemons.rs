//! libvirt's daemons on a node.

use std::sync::PoisonError;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::callers::has_callers;
use super::node::LocalNode;
use crate::lab::equipment::{LibvirtDaemons, Part as _, PartNode as _};
use crate::lab::error::LabError;
use crate::lab::node::{DaemonDo, wait_until};
use crate::lab::process::Process;

/// How long one who was connected and has ended may take to be noticed.
const HANGING_UP: Duration = Duration::from_millis(300);

impl LocalNode {
    /// Takes the libvirtd that runs now for the lab's own.
    pub(super) fn trust_libvirtd(&self) {
        *self.daemon.lock().unwrap_or_else(PoisonError::into_inner) = self.guests_daemon();
    }

    /// libvirt's daemons.
    pub(in crate::lab) const fn daemons(&self) -> &'static LibvirtDaemons {
        self.daemons
    }

    /// The libvirtd that the lab started, as it is now; none when it has ended. A case may have started another.
    pub(super) fn own_libvirtd(&self) -> Option<Process> {
        let own = self.daemon.lock().unwrap_or_else(PoisonError::into_inner);
        let own = own.as_ref()?;
        Process::read(own.pid).filter(|now| now.started == own.started && !now.has_ended())
    }

    /// The lab's daemon that has the guests.
    pub(super) fn guests_daemon(&self) -> Option<Process> {
        self.own_daemon(self.daemons.of_guests())
    }

    fn signal_libvirtd(&self, signal: Signal) {
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
    pub(super) fn do_to_libvirtd(&self, what: DaemonDo) -> Result<(), LabError> {
        match what {
            DaemonDo::Start => self.start_part(self.daemons.id()),
            DaemonDo::Stop => {
                self.signal_libvirtd(Signal::SIGTERM);
                let name = self.daemons.of_guests();
                wait_until(&format!("node {}: {name} ended", self.name), || {
                    self.processes.left_of(name).is_empty()
                })
            }
            DaemonDo::Kill => self.end_daemon(self.daemons.of_guests()),
            DaemonDo::Freeze => {
                self.signal_libvirtd(Signal::SIGSTOP);
                self.await_daemon("libvirtd is frozen", |found| {
                    found.is_some_and(|it| it.is_stopped())
                })
            }
            DaemonDo::Continue => {
                self.signal_libvirtd(Signal::SIGCONT);
                self.await_daemon("libvirtd goes on", |found| {
                    found.is_some_and(|it| !it.is_stopped())
                })
            }
        }
    }

    /// Ends libvirt's daemons at once, and with them all that they keep of who came.
    pub(super) fn end_libvirt(&self) -> Result<(), LabError> {
        let mut programs = self.daemons.programs().iter();
        programs.try_for_each(|name| self.end_daemon(name))
    }

    /// Whether libvirtd still takes somebody of another node for connected. When it finds that nobody is, long after a cut
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
