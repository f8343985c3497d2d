//! The escalation of `stop`: ask the guest, then libvirt, then the kernel; and look before saying that it is over.

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use virt::domain::Domain;

use crate::actions::dump;
use crate::actions::monitor::pids;
use crate::call::Call;
use crate::clock::Deadline;
use crate::evidence::emulator::{self, Emulator};
use crate::evidence::look::{self, Sight, is_local_qemu, look, steady_look};
use crate::libvirt::raw::{self, Job};
use crate::libvirt::session::{self, Trouble};
use crate::libvirt::state::Condition;
use crate::ocf::{ExitCode, Failure};
use crate::tell;

/// How long libvirt may try to destroy a guest before its emulator is killed past libvirt, whose own sequence takes
/// up to 40 s.
const DESTROY: Duration = Duration::from_secs(3);

/// How long a migration may take to end once it is aborted: libvirt waits for QEMU, and QEMU for what it was writing.
const SETTLING: Duration = Duration::from_secs(20);

/// How long libvirt may take to hear what an emulator has told it before it was frozen.
const NEWS: Duration = Duration::from_secs(1);

/// How often a guest that runs on is asked again: one that still boots doesn't hear the first time.
const ASK_AGAIN: Duration = Duration::from_secs(10);

/// Ends one guest.
pub(crate) fn end(call: &Call, uuid: &str) -> Result<(), Failure> {
    let end = End {
        call,
        uuid,
        uri: &call.parameters.hypervisor,
    };
    match end.first_look() {
        Sight::Absent { .. } => Ok(()),
        Sight::Orphan(emulators) => end.slay(&emulators),
        Sight::Blind(trouble, emulators) => end.blind(&trouble, &emulators),
        Sight::Active(condition) => {
            let away = end.call_off_migration()?;
            let emulators = end.emulators();
            if matches!(away, Away::Open) && !emulators.is_empty() {
                return end.end_leaving(&emulators);
            }
            let left = end.may_react(condition, &emulators) && end.ask_guest(&emulators);
            let destroyed = !left && end.destroy(condition, &emulators)?;
            match away {
                Away::Settled => Ok(()),
                Away::Untold if destroyed => Ok(()),
                Away::Untold | Away::Open => Err(open_outcome()),
            }
        }
    }
}

/// What is known of a migration away from here.
#[derive(Clone, Copy)]
enum Away {
    /// There is none, or it was called off.
    Settled,
    /// There was one, and it may not have ended.
    Open,
    /// libvirt didn't tell: then only a guest that was destroyed here is surely gone.
    Untold,
}

/// One guest's end.
struct End<'a> {
    call: &'a Call,
    uuid: &'a str,
    uri: &'a str,
}

impl End<'_> {
    /// How long a daemon that was just restarted is waited for.
    fn moment(&self) -> Deadline {
        let part = self.call.deadline.part(0.15);
        Deadline::after(part.at_most(Duration::from_secs(3)))
    }

    /// A daemon that was just restarted gets a moment: through it the guest can be asked instead of killed.
    fn first_look(&self) -> Sight {
        let patience = self.moment();
        loop {
            let sight = steady_look(self.uri, self.uuid, self.question());
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
            tell(&format!(
                "the guest's job could not be aborted: {}",
                trouble.why()
            ));
        }
        if job == Job::Other {
            return Ok(Away::Settled);
        }
        let patience = Deadline::after(self.call.deadline.part(0.3).at_most(SETTLING));
        let settled = patience.poll(Duration::from_millis(100), || {
            match look(self.uri, self.uuid, self.question()) {
                Sight::Absent { .. } => Some(Err(open_outcome())),
                _ => match look::job(self.uri, self.uuid, self.question()) {
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

    /// The guest's job, if libvirt tells: a daemon that was just restarted gets a moment.
    fn job(&self) -> Option<Job> {
        self.moment()
            .poll(Duration::from_millis(300), || {
                match look::job(self.uri, self.uuid, self.question()) {
                    Ok(job) => Some(Some(job)),
                    Err(Trouble::Unreachable(_) | Trouble::Failed(_)) => None,
                    Err(_) => Some(None),
                }
            })
            .flatten()
    }

    /// Ends a guest whose migration couldn't be called off: QEMU 7.2 was seen to wait for a network that is gone even
    /// after it was told to cancel. It is frozen first, for a frozen emulator hands nothing over: if the guest then still
    /// runs here, by libvirt's word, it doesn't go on elsewhere.
    fn end_leaving(&self, emulators: &[Emulator]) -> Result<(), Failure> {
        tell("the guest's migration could not be called off; its emulator is frozen and killed");
        emulators
            .iter()
            .for_each(|emulator| emulator.signal(Signal::SIGSTOP));
        let runs_here = || {
            matches!(
                look(self.uri, self.uuid, self.question()),
                Sight::Active(Condition::Running | Condition::ShuttingDown)
            )
        };
        let left =
            Deadline::after(NEWS).poll(Duration::from_millis(100), || (!runs_here()).then_some(()));
        self.slay(emulators)?;
        left.map_or(Ok(()), |()| Err(open_outcome()))
    }

    /// Asks libvirt to abort the guest's job.
    fn abort(&self) -> Result<(), Trouble> {
        session::ask_about(self.uri, self.uuid, self.question(), |domain| {
            Ok(raw::abort_job(domain)?)
        })
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
                // Its answer is not waited for: the call hangs if the emulator does.
                drop(session::begin(
                    self.uri,
                    self.about(|domain| Ok(domain.shutdown()?)),
                ));
            }
            match look(self.uri, self.uuid, self.question()) {
                Sight::Absent { .. } => Some(true),
                Sight::Active(condition) => {
                    (!self.may_react(condition, emulators)).then_some(false)
                }
                Sight::Orphan(_) => None,
                Sight::Blind(Trouble::Denied(_), _) => Some(false),
                // The process table knows that it is gone; else the guest has its time, whoever can be asked.
                Sight::Blind(_, none) if none.is_empty() && is_local_qemu(self.uri) => Some(true),
                Sight::Blind(_, _) => None,
            }
        });
        gone.unwrap_or(false)
    }

    /// The end of the guest's own time: what the operator allows, but never what is needed for force.
    fn grace(&self) -> Deadline {
        let reserve = self
            .call
            .deadline
            .total()
            .mul_f64(0.4)
            .min(Duration::from_secs(40));
        let most = self.call.deadline.less(reserve);
        match self.call.parameters.shutdown_timeout {
            Some(time) if time < most.left() => Deadline::after(time),
            _ => most,
        }
    }

    /// Destroys the guest through libvirt, for a while, and then past it. Whether it was there to be destroyed.
    fn destroy(&self, condition: Condition, emulators: &[Emulator]) -> Result<bool, Failure> {
        let folder = self.call.parameters.dump_directory.as_deref();
        if let (Condition::Crashed, Some(folder)) = (condition, folder) {
            dump::save(
                self.uri,
                self.uuid,
                folder,
                self.call.deadline.part(0.6).left(),
            );
        }
        let patience = Deadline::after(self.call.deadline.part(0.9).at_most(DESTROY));
        let answers = session::begin(self.uri, self.about(|domain| Ok(domain.destroy()?)));
        let destroyed = session::receive(&answers, patience.left(), self.uri);
        let mut rest = emulator::living(emulators.iter().copied().chain(self.emulators()));
        if !rest.is_empty() && destroyed.is_ok() {
            std::thread::sleep(Duration::from_millis(200));
            rest = emulator::living(rest);
        }
        if !rest.is_empty() {
            tell(&format!(
                "libvirt did not end the guest in time; killing {}",
                pids(&rest)
            ));
            return self.slay(&rest).map(|()| true);
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

    /// Kills emulators by themselves: TERM lets a healthy one flush its disks, KILL leaves none.
    fn slay(&self, emulators: &[Emulator]) -> Result<(), Failure> {
        for (signal, share) in [(Signal::SIGTERM, 0.3), (Signal::SIGKILL, 0.7)] {
            let living = emulator::living(emulators.iter().copied().chain(self.emulators()));
            // A stopped process would keep TERM for later.
            let useless = signal == Signal::SIGTERM && living.iter().all(Emulator::frozen);
            if useless {
                continue;
            }
            living.iter().for_each(|emulator| emulator.signal(signal));
            let patience = Deadline::after(
                self.call
                    .deadline
                    .left()
                    .mul_f64(share)
                    .min(Duration::from_secs(4)),
            );
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
        let patience = self.call.deadline.less(Duration::from_millis(500));
        let mut last = String::new();
        let gone = patience.poll(Duration::from_millis(100), || {
            match look(self.uri, self.uuid, self.question()) {
                Sight::Absent { .. } => Some(()),
                Sight::Blind(trouble, emulators) => {
                    last = trouble.why().to_owned();
                    (emulators.is_empty() && is_local_qemu(self.uri)).then_some(())
                }
                Sight::Orphan(emulators) => {
                    last = format!("its emulator runs: {}", pids(&emulators));
                    None
                }
                Sight::Active(condition) => {
                    last = format!("it is {}", condition.words());
                    None
                }
            }
        });
        gone.ok_or_else(|| Failure::generic(format!("the guest could not be stopped: {last}")))
    }

    /// libvirt can't be asked: the process table tells what is to be ended.
    fn blind(&self, trouble: &Trouble, emulators: &[Emulator]) -> Result<(), Failure> {
        if let Trouble::Denied(why) = trouble {
            return Err(Failure::new(ExitCode::Permission, why.clone()));
        }
        if !is_local_qemu(self.uri) {
            return Err(Failure::generic(trouble.why()));
        }
        if emulators.is_empty() {
            return Ok(());
        }
        tell(&format!("{}; killing {}", trouble.why(), pids(emulators)));
        self.slay(emulators)
    }

    fn emulators(&self) -> Vec<Emulator> {
        if is_local_qemu(self.uri) {
            Emulator::find(self.uuid)
        } else {
            Vec::new()
        }
    }

    /// How long one question may take.
    fn question(&self) -> Duration {
        self.call
            .deadline
            .total()
            .mul_f64(0.15)
            .min(self.call.deadline.left())
            .min(Duration::from_secs(5))
    }

    /// A question about this guest, for a session of its own.
    fn about<T: 'static>(
        &self,
        question: impl FnOnce(&Domain) -> Result<T, Trouble> + Send + 'static,
    ) -> impl FnOnce(&virt::connect::Connect) -> Result<T, Trouble> + Send + 'static {
        let uuid = self.uuid.to_owned();
        move |connection| session::with_domain(connection, &uuid, question)
    }
}

/// A guest that left while its migration was, or may have been, under way runs elsewhere, or nowhere: nobody here can tell.
fn open_outcome() -> Failure {
    Failure::generic(
        "the guest was or may have been migrating away, and whether it now runs elsewhere can't be told",
    )
}
