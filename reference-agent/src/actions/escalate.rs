//! The escalation of `stop`: ask the guest, then libvirt, then the kernel; and look before saying that it is over.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::dump;
use crate::budget::stop;
use crate::call::Call;
use crate::clock::Deadline;
use crate::evidence::emulator::{self, Emulator, pids};
use crate::evidence::look::{Sight, look, steady_look};
use crate::evidence::record::Record;
use crate::libvirt::Job;
use crate::libvirt::guest::Guest;
use crate::libvirt::state::Condition;
use crate::libvirt::trouble::Trouble;
use crate::ocf::{ExitCode, Failure};
use crate::stderr;

/// How long libvirt may take to process the events that an emulator sent before it was frozen.
const EVENTS: Duration = Duration::from_secs(1);

/// How often a guest that runs on is asked again: one that still boots doesn't hear the first time.
const ASK_AGAIN: Duration = Duration::from_secs(10);

/// Ends one guest.
pub(crate) fn end(call: &Call, uuid: &str) -> Result<(), Failure> {
    let guest = Guest {
        uri: &call.parameters.hypervisor,
        uuid,
    };
    let end = Escalation { call, guest };
    match end.first_look() {
        Sight::Absent { .. } => Ok(()),
        Sight::Orphan(emulators) => end.kill(&emulators),
        Sight::Blind(trouble, emulators) => end.blind(&trouble, &emulators),
        Sight::Active(condition) => {
            let away = end.call_off_migration()?;
            let emulators = end.emulators();
            if matches!(away, Away::Open) && !emulators.is_empty() {
                return end.end_leaving(&emulators);
            }
            let left = end.may_react(condition, &emulators) && end.ask_guest(&emulators);
            let destroyed = !left && end.destroy(condition, &emulators)?;
            let arriving = condition == Condition::InTransit && Record::load(call).is_none();
            match away.is_gone_for_sure(destroyed, arriving) {
                true => Ok(()),
                false => Err(open_outcome()),
            }
        }
    }
}

/// What is known about a migration away from here.
#[derive(Clone, Copy)]
enum Away {
    /// There is none, or it was called off.
    Settled,
    /// There was one, and it may not have ended.
    Open,
    /// libvirt didn't answer: then only a guest that was destroyed here is surely gone.
    Untold,
}

impl Away {
    /// Whether a guest that is no longer here has surely not gone on elsewhere. One that was in transit on a node where this
    /// agent has neither started nor received it was arriving, and its source has called that off.
    const fn is_gone_for_sure(self, destroyed: bool, arriving: bool) -> bool {
        match self {
            Self::Settled => true,
            Self::Untold => destroyed || arriving,
            Self::Open => false,
        }
    }
}

/// One guest's end.
struct Escalation<'a> {
    call: &'a Call,
    guest: Guest<'a>,
}

impl Escalation<'_> {
    /// How long a daemon that was just restarted is waited for.
    fn moment(&self) -> Deadline {
        self.call.deadline.end_of(stop::RESTART)
    }

    /// A daemon that was just restarted gets a moment: through it the guest can be asked instead of killed.
    fn first_look(&self) -> Sight {
        let patience = self.moment();
        loop {
            let sight = steady_look(&self.guest, self.question());
            let retry = matches!(&sight, Sight::Blind(Trouble::Unreachable(_) | Trouble::Failed(_), some) if !some.is_empty());
            if !retry || patience.passed() {
                return sight;
            }
            std::thread::sleep(Duration::from_millis(300));
        }
    }

    /// Aborts a migration away from here. Its outcome isn't certain if the abort had no effect.
    fn call_off_migration(&self) -> Result<Away, Failure> {
        let job = match self.job() {
            Some(Job::Idle | Job::Incoming) => return Ok(Away::Settled),
            None => return Ok(Away::Untold),
            Some(job) => job,
        };
        if let Err(trouble) = self.abort() {
            stderr::print(&format!(
                "the guest's job could not be aborted: {}",
                trouble.why()
            ));
        }
        if job == Job::Other {
            return Ok(Away::Settled);
        }
        let patience = self.call.deadline.end_of(stop::CALL_OFF);
        let settled = patience.poll(Duration::from_millis(100), || {
            match look(&self.guest, self.question()) {
                Sight::Absent { .. } => Some(Err(open_outcome())),
                _ => match self.guest.job(self.question()) {
                    Ok(Job::Idle) => Some(Ok(())),
                    // An abort that came before there was anything to abort was in vain.
                    Ok(Job::Outgoing) => {
                        let _ = self.abort();
                        None
                    }
                    _ => None,
                },
            }
        });
        let settled = settled.transpose()?;
        Ok(settled.map_or(Away::Open, |()| Away::Settled))
    }

    /// The guest's job, if libvirt answers: a daemon that was just restarted gets a moment.
    fn job(&self) -> Option<Job> {
        self.moment()
            .poll(Duration::from_millis(300), || {
                match self.guest.job(self.question()) {
                    Ok(job) => Some(Some(job)),
                    Err(Trouble::Unreachable(_) | Trouble::Failed(_)) => None,
                    Err(_) => Some(None),
                }
            })
            .flatten()
    }

    /// Ends a guest whose migration couldn't be called off: QEMU 7.2 was seen to wait for a network that is gone even
    /// after it was asked to cancel. It is frozen first, for a frozen emulator hands nothing over: if the guest then still
    /// runs here, as libvirt sees it, it doesn't go on elsewhere.
    fn end_leaving(&self, emulators: &[Emulator]) -> Result<(), Failure> {
        self.demand_force()?;
        stderr::print(
            "the guest's migration could not be called off; its emulator is frozen and killed",
        );
        emulators
            .iter()
            .for_each(|emulator| emulator.signal(Signal::SIGSTOP));
        let runs_here = || {
            matches!(
                look(&self.guest, self.question()),
                Sight::Active(Condition::Running | Condition::ShuttingDown)
            )
        };
        let left = Deadline::after(EVENTS)
            .poll(Duration::from_millis(100), || (!runs_here()).then_some(()));
        self.kill(emulators)?;
        left.map_or(Ok(()), |()| Err(open_outcome()))
    }

    /// Asks libvirt to abort the guest's job.
    fn abort(&self) -> Result<(), Trouble> {
        self.guest.abort_job(self.question())
    }

    /// Whether asking the guest makes sense at all.
    fn may_react(&self, condition: Condition, emulators: &[Emulator]) -> bool {
        let able = match condition {
            Condition::Running | Condition::HalfArrived | Condition::ShuttingDown => true,
            Condition::Held
            | Condition::Broken(_)
            | Condition::InTransit
            | Condition::LeftBehind(_)
            | Condition::Off(_)
            | Condition::Crashed
            | Condition::Suspended
            | Condition::Undetermined => false,
        };
        able && !self.call.parameters.force_stop && !emulators.iter().any(Emulator::frozen)
    }

    /// Asks the guest to shut down, and gives it its time. Whether it did.
    fn ask_guest(&self, emulators: &[Emulator]) -> bool {
        let mut asked: Option<Instant> = None;
        let gone = self.grace().poll(Duration::from_millis(150), || {
            if asked.is_none_or(|at| at.elapsed() > ASK_AGAIN) {
                asked = Some(Instant::now());
                self.guest.request_shutdown();
            }
            match look(&self.guest, self.question()) {
                Sight::Absent { .. } => Some(true),
                Sight::Active(condition) => {
                    (!self.may_react(condition, emulators)).then_some(false)
                }
                Sight::Orphan(_) => None,
                Sight::Blind(Trouble::Denied(_), _) => Some(false),
                // The process table knows that it is gone; else the guest has its time, whoever can be asked.
                Sight::Blind(_, none)
                    if none.is_empty() && emulator::are_processes_here(self.guest.uri) =>
                {
                    Some(true)
                }
                Sight::Blind(_, _) => None,
            }
        });
        gone.unwrap_or(false)
    }

    /// The end of the guest's own time: what the operator allows, but never what is needed for force.
    fn grace(&self) -> Deadline {
        let rest = match self.call.parameters.no_kill {
            true => stop::ANSWER,
            false => stop::FORCE,
        };
        let most = self.call.deadline.keeping(rest);
        match self.call.parameters.shutdown_timeout {
            Some(time) if time < most.left() => Deadline::after(time),
            _ => most,
        }
    }

    /// Destroys the guest through libvirt, for a while, and then past it. Whether it was there to be destroyed.
    fn destroy(&self, condition: Condition, emulators: &[Emulator]) -> Result<bool, Failure> {
        self.demand_force()?;
        let folder = self.call.parameters.dump_directory.as_deref();
        if let (Condition::Crashed, Some(folder)) = (condition, folder) {
            dump::save(&self.guest, folder, self.call.deadline.within(stop::DUMP));
        }
        let within = self.call.deadline.within(stop::DESTROY);
        let destroyed = self.guest.destroy().wait(within);
        let mut rest = emulator::living(emulators.iter().copied().chain(self.emulators()));
        if !rest.is_empty() && destroyed.is_ok() {
            std::thread::sleep(Duration::from_millis(200));
            rest = emulator::living(rest);
        }
        if !rest.is_empty() {
            stderr::print(&format!(
                "libvirt did not end the guest in time; killing {}",
                pids(&rest)
            ));
            return self.kill(&rest).map(|()| true);
        }
        let ours = destroyed.is_ok();
        let verified = self.verify().map_err(|failure| match destroyed {
            Err(trouble) => Failure::new(
                failure.code,
                format!("{} ({})", failure.reason, trouble.why()),
            ),
            Ok(()) => failure,
        });
        verified.map(|()| ours)
    }

    /// Force is the operator's to forbid.
    fn demand_force(&self) -> Result<(), Failure> {
        match self.call.parameters.no_kill {
            true => Err(Failure::generic(
                "the guest has not ended by itself, and no_kill forbids to destroy it",
            )),
            false => Ok(()),
        }
    }

    /// Kills emulators by themselves: TERM lets a healthy one flush its disks, KILL leaves none.
    fn kill(&self, emulators: &[Emulator]) -> Result<(), Failure> {
        self.demand_force()?;
        for (signal, share) in [(Signal::SIGTERM, stop::TERM), (Signal::SIGKILL, stop::KILL)] {
            let living = emulator::living(emulators.iter().copied().chain(self.emulators()));
            // A stopped process would keep TERM for later.
            let useless = signal == Signal::SIGTERM && living.iter().all(Emulator::frozen);
            if useless {
                continue;
            }
            living.iter().for_each(|emulator| emulator.signal(signal));
            let patience = Deadline::after(self.call.deadline.rest(share));
            patience.poll(Duration::from_millis(50), || {
                emulator::living(living.iter().copied())
                    .is_empty()
                    .then_some(())
            });
        }
        self.verify()
    }

    /// The look that a success rests on.
    fn verify(&self) -> Result<(), Failure> {
        let patience = self.call.deadline.keeping(stop::ANSWER);
        let mut last = String::new();
        let gone = patience.poll(Duration::from_millis(100), || {
            match look(&self.guest, self.question()) {
                Sight::Absent { .. } => Some(()),
                Sight::Blind(trouble, emulators) => {
                    last = trouble.why().to_owned();
                    (emulators.is_empty() && emulator::are_processes_here(self.guest.uri))
                        .then_some(())
                }
                Sight::Orphan(emulators) => {
                    last = format!("its emulator runs: {}", pids(&emulators));
                    None
                }
                Sight::Active(condition) => {
                    last = format!("it is {condition}");
                    None
                }
            }
        });
        gone.ok_or_else(|| Failure::generic(format!("the guest could not be stopped: {last}")))
    }

    /// libvirt can't be asked: the process table shows what has to end.
    fn blind(&self, trouble: &Trouble, emulators: &[Emulator]) -> Result<(), Failure> {
        if let Trouble::Denied(why) = trouble {
            return Err(Failure::new(ExitCode::Permission, why.clone()));
        }
        if !emulator::are_processes_here(self.guest.uri) {
            return Err(Failure::generic(trouble.why()));
        }
        if emulators.is_empty() {
            return Ok(());
        }
        stderr::print(&format!("{}; killing {}", trouble.why(), pids(emulators)));
        self.kill(emulators)
    }

    fn emulators(&self) -> Vec<Emulator> {
        emulator::of_guest(self.guest.uri, self.guest.uuid)
    }

    /// How long one question may take.
    fn question(&self) -> Duration {
        self.call.deadline.within(stop::QUESTION)
    }
}

/// A guest that left while its migration was, or may have been, under way runs elsewhere, or nowhere: nothing here can tell
/// which.
fn open_outcome() -> Failure {
    Failure::generic(
        "the guest was or may have been migrating away, and whether it now runs elsewhere can't be told",
    )
}

#[cfg(test)]
mod tests {
    use super::Away;

    #[test]
    fn a_guest_that_vanished_before_its_job_was_told_may_have_left_unless_it_was_arriving() {
        assert!(!Away::Untold.is_gone_for_sure(false, false));
        assert!(Away::Untold.is_gone_for_sure(false, true));
        assert!(Away::Untold.is_gone_for_sure(true, false));
        assert!(!Away::Open.is_gone_for_sure(true, true));
    }
}
