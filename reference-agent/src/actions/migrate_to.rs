//! `migrate_to`: pushes the running guest to another node.
//!
//! Neither its success nor its failure is believed without a look at both ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::sys::signal::{SigSet, Signal};

use super::bookkeeping;
use crate::budget::migrate_to as budget;
use crate::call::Call;
use crate::evidence::identity::{self, Known};
use crate::evidence::look::{Sight, look};
use crate::libvirt::Job;
use crate::libvirt::guest::Guest;
use crate::libvirt::migration::{self, Arrival, Migration, Route};
use crate::libvirt::state::Condition;
use crate::libvirt::trouble::Trouble;
use crate::ocf::{Answer, ExitCode, Failure};
use crate::transfer;

/// Pushes the guest away.
pub(crate) fn run(call: &Call) -> Answer {
    let begin = SystemTime::now();
    let answer = push(call);
    if answer.is_err() {
        outlive_second(begin);
    }
    answer
}

/// Pacemaker compares the results of two nodes by whole seconds of their begins. Where a failed migrate_to and the stops and
/// the start that follow it all begin in one, it takes the guest for running on both nodes, and restarts it.
fn outlive_second(begin: SystemTime) {
    let since = begin.duration_since(UNIX_EPOCH).unwrap_or_default();
    let rest =
        Duration::from_secs(1).saturating_sub(Duration::from_nanos(since.subsec_nanos().into()));
    let gone = begin.elapsed().unwrap_or(rest);
    thread::sleep(rest.saturating_sub(gone));
}

/// Pushes the guest away, and is done with that.
pub(crate) fn push(call: &Call) -> Answer {
    let must_end = watch_signals();
    call.demand_sound_parameters()?;
    let Some(node) = &call.migrate_target else {
        return Err(Failure::arguments(
            "OCF_RESKEY_CRM_meta_migrate_target is not set: there is nowhere to go",
        ));
    };
    let within = call.deadline.within(budget::IDENTITY);
    let known = identity::known(call).with_namesakes(call, within)?;
    let uuid = departing(call, &known)?;
    let departure = Departure {
        call,
        guest: Guest {
            uri: &call.parameters.hypervisor,
            uuid: &uuid,
        },
        must_end,
        destination: transfer::destination(&call.parameters, node)?,
    };
    if departure.is_ready()? == Ready::ArrivedBefore {
        return Ok(ExitCode::Success);
    }
    migration::prepare().map_err(|trouble| refusal(&trouble, "the guest can't be migrated"))?;
    departure.check_destination()?;
    departure.migrate(transfer::stream(&call.parameters, node))
}

/// The guest to migrate: of those that are this resource's the one that is here, else the one started last.
fn departing(call: &Call, known: &Known) -> Result<String, Failure> {
    let within = call.deadline.within(budget::CHOICE);
    let here = |uuid: &&String| {
        let uri = &call.parameters.hypervisor;
        matches!(look(&Guest { uri, uuid }, within), Sight::Active(_))
    };
    // The only candidate is looked at by the next step anyway.
    let chosen = if known.uuids.len() > 1 {
        known.uuids.iter().find(here)
    } else {
        None
    };
    let unknown = || {
        known
            .definition
            .clone()
            .err()
            .unwrap_or_else(|| Failure::generic("which guest is meant is unknown"))
    };
    chosen.or(known.uuids.first()).cloned().ok_or_else(unknown)
}

/// Whether there is something to migrate.
#[derive(PartialEq, Eq)]
enum Ready {
    Go,
    ArrivedBefore,
}

/// One guest's way to one node.
struct Departure<'a> {
    call: &'a Call,
    guest: Guest<'a>,
    /// The destination's libvirt.
    destination: String,
    /// Set once somebody asks this process to end.
    must_end: Arc<AtomicBool>,
}

impl Departure<'_> {
    /// The guest must be able to go, or verifiably be there already.
    fn is_ready(&self) -> Result<Ready, Failure> {
        match look(&self.guest, self.within()) {
            Sight::Active(Condition::Running | Condition::Held) => Ok(Ready::Go),
            Sight::Active(condition) => Err(Failure::generic(format!(
                "the guest is {condition} and can't be migrated"
            ))),
            Sight::Absent { .. } => match self.there() {
                Ok(Condition::Running | Condition::Held) => Ok(Ready::ArrivedBefore),
                _ => Err(Failure::generic("the guest doesn't run here")),
            },
            Sight::Orphan(_) => Err(Failure::generic(
                "libvirt has forgotten the guest and can't migrate it",
            )),
            Sight::Blind(trouble, _) => Err(refusal(&trouble, "the guest can't be migrated")),
        }
    }

    /// The destination must answer, and have room for the guest.
    fn check_destination(&self) -> Result<(), Failure> {
        let name = self.guest.name(self.within());
        let arrival = Arrival {
            uuid: self.guest.uuid.to_owned(),
            name: name.map_err(|trouble| refusal(&trouble, "the guest's name can't be asked"))?,
            config: self.call.parameters.config.clone(),
        };
        migration::check_destination(&self.destination, arrival, self.within())
            .map_err(|trouble| refusal(&trouble, "the destination refuses the guest"))
    }

    /// Migrates, and calls it off when the time runs out or somebody asks this process to end.
    fn migrate(&self, stream: Option<String>) -> Answer {
        let route = Route {
            destination: self.destination.clone(),
            stream,
            bandwidth: self.call.parameters.bandwidth,
            keep_definition: bookkeeping::keeps_definition(self.call),
        };
        let migration = Migration::begin(&self.guest, route);
        let must_end = || self.must_end.load(Ordering::Relaxed);
        let lost = || migration.has_lost_its_destination();
        let until = self.call.deadline.end_of(budget::MIGRATION);
        let outcome = until.poll(Duration::ZERO, || {
            match migration.wait(until.at_most(Duration::from_millis(100))) {
                Err(Trouble::Hung(_)) if must_end() => {
                    Some(Err(Trouble::Failed("told to end".to_owned())))
                }
                Err(Trouble::Hung(_)) if lost() => Some(Err(Trouble::Unreachable(
                    "the destination doesn't answer any more".to_owned(),
                ))),
                Err(Trouble::Hung(_)) => None,
                other => Some(other),
            }
        });
        match outcome {
            Some(Ok(())) => self.confirm("libvirt says that the guest has left"),
            Some(Err(trouble)) if must_end() || lost() => self.call_off(&migration, trouble.why()),
            Some(Err(trouble)) => self.confirm(trouble.why()),
            None => self.call_off(&migration, "the migration didn't end in time"),
        }
    }

    /// Aborts the migration, waits for its end, and sees what came of it.
    fn call_off(&self, migration: &Migration, why: &str) -> Answer {
        let deadline = &self.call.deadline;
        let aborted = self.guest.abort_job(deadline.within(budget::ABORT));
        let _ = migration.wait(deadline.within(budget::END));
        match aborted {
            Ok(()) => self.confirm(&format!("{why}; it was aborted")),
            Err(trouble) => self.confirm(&format!(
                "{why}; it could not be aborted: {}",
                trouble.why()
            )),
        }
    }

    /// Believes neither success nor failure: success is a guest there and none here.
    fn confirm(&self, why: &str) -> Answer {
        let until = self.call.deadline.end_of(budget::CONFIRM);
        let mut here = String::new();
        let left = until.poll(Duration::from_millis(200), || {
            match look(&self.guest, self.within()) {
                Sight::Absent { .. } => Some(true),
                Sight::Active(condition) => {
                    here = format!("the guest is still here, {condition}");
                    let stays = matches!(condition, Condition::Running | Condition::Held);
                    (stays && self.is_idle()).then_some(false)
                }
                Sight::Orphan(_) | Sight::Blind(_, _) => {
                    here = "what is left of the guest here can't be known".to_owned();
                    None
                }
            }
        });
        match left {
            Some(true) => self.confirm_arrival(why),
            _ => Err(Failure::generic(format!(
                "the guest was not migrated: {why}; {here}"
            ))),
        }
    }

    /// The guest is gone here: it must run there.
    fn confirm_arrival(&self, why: &str) -> Answer {
        match self.there() {
            Ok(Condition::Running | Condition::Held) => Ok(ExitCode::Success),
            Ok(condition) => Err(Failure::generic(format!(
                "the guest arrived, but is {condition}"
            ))),
            Err(trouble) => Err(Failure::generic(format!(
                "{why}; the guest is gone here, and there: {}",
                trouble.why()
            ))),
        }
    }

    fn is_idle(&self) -> bool {
        self.guest.job(self.within()) == Ok(Job::Idle)
    }

    /// The guest's condition at the destination.
    fn there(&self) -> Result<Condition, Trouble> {
        let guest = Guest {
            uri: &self.destination,
            uuid: self.guest.uuid,
        };
        guest.condition(self.within())
    }

    /// How long one question may take, to here or to the destination.
    fn within(&self) -> Duration {
        self.call.deadline.within(budget::QUESTION)
    }
}

/// Catches TERM, INT and HUP, so that the migration can be called off. Call it before any other thread is started.
fn watch_signals() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let mut signals = SigSet::empty();
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        signals.add(signal);
    }
    if signals.thread_block().is_ok() {
        let raised = Arc::clone(&flag);
        thread::spawn(move || {
            if signals.wait().is_ok() {
                raised.store(true, Ordering::Relaxed);
            }
        });
    }
    flag
}

fn refusal(trouble: &Trouble, what: &str) -> Failure {
    Failure::new(trouble.code(), format!("{what}: {}", trouble.why()))
}
