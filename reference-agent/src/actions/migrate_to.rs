//! `migrate_to`: pushes the running guest to another node.
//!
//! The migration is libvirt's "managed direct" kind: this process leads it, and if it is killed both daemons call the
//! migration off. Peer-to-peer would go on without it, so it isn't offered.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use nix::errno::Errno;
use nix::sys::signal::{SigSet, Signal};
use virt::connect::Connect;
use virt::domain::{Domain, MigrateParameters};
use virt::sys;

use crate::actions::transient::kept_by_libvirt;
use crate::call::Call;
use crate::clock::Deadline;
use crate::evidence::identity::{self, Known};
use crate::evidence::look::{self, Sight, look};
use crate::libvirt::events;
use crate::libvirt::raw;
use crate::libvirt::session::{self, Trouble, close, with_domain};
use crate::libvirt::state::Condition;
use crate::ocf::{Answer, ExitCode, Failure};
use crate::transfer;

/// How long one question may take, to here or to the destination.
const QUESTION: Duration = Duration::from_secs(10);

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

fn push(call: &Call) -> Answer {
    let told_to_end = watch_signals();
    call.demand_sound_parameters()?;
    let Some(node) = &call.migrate_target else {
        return Err(Failure::arguments(
            "OCF_RESKEY_CRM_meta_migrate_target is not set: there is nowhere to go",
        ));
    };
    let known = identity::known(call).with_namesakes(call, call.deadline.at_most(QUESTION))?;
    let uuid = departing(call, &known)?;
    let leg = Leg {
        call,
        uuid: &uuid,
        told_to_end,
        uri: &call.parameters.hypervisor,
        destination: transfer::destination(&call.parameters, node)?,
    };
    if leg.is_ready()? == Ready::ArrivedBefore {
        return Ok(ExitCode::Success);
    }
    events::begin().map_err(|trouble| refusal(&trouble, "the guest can't be migrated"))?;
    leg.check_destination()?;
    leg.migrate(transfer::stream(&call.parameters, node))
}

/// The guest to migrate: of those that are this resource's the one that is here, else the one started last.
fn departing(call: &Call, known: &Known) -> Result<String, Failure> {
    let within = call.deadline.part(0.2).at_most(QUESTION);
    let here = |uuid: &&String| {
        matches!(
            look(&call.parameters.hypervisor, uuid, within),
            Sight::Active(_)
        )
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
struct Leg<'a> {
    call: &'a Call,
    uuid: &'a str,
    uri: &'a str,
    destination: String,
    /// Set once somebody asks this process to end.
    told_to_end: Arc<AtomicBool>,
}

impl Leg<'_> {
    /// The guest must be able to go, or verifiably be there already.
    fn is_ready(&self) -> Result<Ready, Failure> {
        match look(self.uri, self.uuid, self.within()) {
            Sight::Active(Condition::Running | Condition::Held) => Ok(Ready::Go),
            Sight::Active(condition) => Err(Failure::generic(format!(
                "the guest is {} and can't be migrated",
                condition.words()
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

    /// The destination must answer, have no guest of this identity or name, and have the definition, without which the
    /// agent could do nothing with the guest there.
    fn check_destination(&self) -> Result<(), Failure> {
        let uuid = self.uuid.to_owned();
        let name = session::ask_about(self.uri, self.uuid, self.within(), |domain| {
            Ok(domain.name()?)
        })
        .map_err(|trouble| refusal(&trouble, "the guest's name can't be asked"))?;
        let config = self.call.parameters.config.clone();
        session::ask(&self.destination, self.within(), move |connection| {
            room_for(connection, &uuid, &name)?;
            config.map_or(Ok(()), |path| definition_there(connection, &path))
        })
        .map_err(|trouble| refusal(&trouble, "the destination refuses the guest"))
    }

    /// Migrates, and calls it off when the time runs out or somebody asks this process to end.
    fn migrate(&self, stream: Option<String>) -> Answer {
        let told_to_end = || self.told_to_end.load(Ordering::Relaxed);
        let line = Line::default();
        let answers = self.depart(stream, &line);
        let lost = || is_dead(&line);
        let until = self.call.deadline.part(0.8);
        let outcome = until.poll(Duration::ZERO, || {
            let pause = until.at_most(Duration::from_millis(100));
            match session::receive(&answers, pause, self.uri) {
                Err(Trouble::Hung(_)) if told_to_end() => {
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
            Some(Err(trouble)) if told_to_end() || lost() => self.call_off(&answers, trouble.why()),
            Some(Err(trouble)) => self.confirm(trouble.why()),
            None => self.call_off(&answers, "the migration didn't end in time"),
        }
    }

    /// Begins the migration, in a session that leads it to its end, and hands over its connection to the destination.
    fn depart(&self, stream: Option<String>, line: &Line) -> Receiver<Result<(), Trouble>> {
        let line = Arc::clone(line);
        let (uuid, destination) = (self.uuid.to_owned(), self.destination.clone());
        let keep = self
            .call
            .parameters
            .config
            .as_deref()
            .is_some_and(kept_by_libvirt);
        let wishes = MigrateParameters {
            uri: stream,
            bandwidth: self.call.parameters.bandwidth,
            ..Default::default()
        };
        session::begin(self.uri, move |connection| {
            let there = session::open(&destination)?;
            events::watch(&there);
            *held(&line) = Some(there.clone());
            let done = with_domain(connection, &uuid, |domain| {
                let arrived = domain.migrate3(&there, wishes, flags(domain, keep)?)?;
                close(arrived);
                Ok(())
            });
            close(held(&line).take());
            close(there);
            done
        })
    }

    /// Aborts the migration, waits for its end, and sees what came of it.
    fn call_off(&self, answers: &Receiver<Result<(), Trouble>>, why: &str) -> Answer {
        let within = self.call.deadline.part(0.9).at_most(Duration::from_secs(5));
        let aborted = session::ask_about(self.uri, self.uuid, within, |domain| {
            Ok(raw::abort_job(domain)?)
        });
        let left = self
            .call
            .deadline
            .part(0.92)
            .at_most(Duration::from_secs(10));
        let _ = session::receive(answers, left, self.uri);
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
        let until = Deadline::after(
            self.call
                .deadline
                .part(0.93)
                .at_most(Duration::from_secs(5)),
        );
        let mut here = String::new();
        let left = until.poll(Duration::from_millis(200), || {
            match look(self.uri, self.uuid, self.within()) {
                Sight::Absent { .. } => Some(true),
                Sight::Active(condition @ (Condition::Running | Condition::Held))
                    if self.idle() =>
                {
                    here = format!("the guest is still here, {}", condition.words());
                    Some(false)
                }
                Sight::Active(condition) => {
                    here = format!("the guest is still here, {}", condition.words());
                    None
                }
                Sight::Orphan(_) | Sight::Blind(_, _) => {
                    here = "what is left of the guest here can't be told".to_owned();
                    None
                }
            }
        });
        if left == Some(true) {
            return match self.there() {
                Ok(Condition::Running | Condition::Held) => Ok(ExitCode::Success),
                Ok(condition) => Err(Failure::generic(format!(
                    "the guest arrived, but is {}",
                    condition.words()
                ))),
                Err(trouble) => Err(Failure::generic(format!(
                    "{why}; the guest is gone here, and there: {}",
                    trouble.why()
                ))),
            };
        }
        Err(Failure::generic(format!(
            "the guest was not migrated: {why}; {here}"
        )))
    }

    fn idle(&self) -> bool {
        matches!(
            look::job(self.uri, self.uuid, self.within()),
            Ok(raw::Job::Idle)
        )
    }

    /// The guest's condition at the destination.
    fn there(&self) -> Result<Condition, Trouble> {
        session::ask_about(
            &self.destination,
            self.uuid,
            self.within(),
            session::state_of,
        )
    }

    /// How long one question may take. Its answer must leave the time to say what came of the migration: an
    /// emulator that is stopped by a signal may keep libvirt from answering to the very end.
    fn within(&self) -> Duration {
        let most = self.call.deadline.total().mul_f64(0.2).min(QUESTION);
        self.call.deadline.part(0.96).at_most(most)
    }
}

/// The connection to the destination, while the migration needs it.
type Line = Arc<Mutex<Option<Connect>>>;

fn held(line: &Line) -> MutexGuard<'_, Option<Connect>> {
    line.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the other end of the connection has gone, or gives no sign of life.
fn is_dead(line: &Line) -> bool {
    let alive = held(line).as_ref().map(Connect::is_alive);
    matches!(alive, Some(Ok(false)))
}

/// Live, and never unsafe: libvirt refuses to migrate disks that two nodes would cache differently. A persistent
/// definition must not stay behind, since the daemon here could start it; unless the operator keeps it there.
fn flags(domain: &Domain, keep: bool) -> Result<u32, Trouble> {
    let mut flags = sys::VIR_MIGRATE_LIVE;
    if domain.is_persistent()? {
        if domain.autostart()? {
            domain.set_autostart(false)?;
        }
        if !keep {
            flags |= sys::VIR_MIGRATE_UNDEFINE_SOURCE;
        }
    }
    Ok(flags)
}

/// Refuses a destination where a guest of this identity is active, or another guest has the name.
fn room_for(connection: &Connect, uuid: &str, name: &str) -> Result<(), Trouble> {
    let active = match with_domain(connection, uuid, |domain| Ok(domain.is_active()?)) {
        Err(Trouble::NoDomain) => false,
        other => other?,
    };
    if active {
        return Err(Trouble::Failed(
            "the same guest is active there already".to_owned(),
        ));
    }
    match connection
        .lookup_domain_by_name(name)
        .map_err(Trouble::from)
    {
        Err(Trouble::NoDomain) => Ok(()),
        Err(trouble) => Err(trouble),
        Ok(namesake) => {
            let theirs = namesake.uuid_string()?;
            close(namesake);
            if theirs == uuid {
                Ok(())
            } else {
                Err(Trouble::Failed(format!(
                    "another domain is named \"{name}\" there"
                )))
            }
        }
    }
}

/// Refuses a destination that lacks the definition. No call of libvirt tells of files as such: its daemon there is asked
/// for the saved guest in that file, opens it to read, and says why it cannot. What else it says, that no guest is saved
/// there above all, proves nothing against the file; nor does a daemon that may not read it or has no such call.
fn definition_there(connection: &Connect, path: &Path) -> Result<(), Trouble> {
    let Some(name) = path.to_str() else {
        return Ok(());
    };
    let told = connection.save_image_xml_desc(name, 0);
    let missing = [Some(Errno::ENOENT as i32), Some(Errno::ENOTDIR as i32)];
    if told.is_err() && missing.contains(&raw::errno()) {
        return Err(Trouble::Failed(format!(
            "the definition {name} is not there"
        )));
    }
    Ok(())
}

/// TERM, INT and HUP are taken as a wish to end in good order. Must be called before any other thread is started.
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
