//! `start`: one running guest, booted from the definition's file, unless it runs already.

use std::time::Duration;

use super::bookkeeping;
use crate::budget::start as budget;
use crate::call::Call;
use crate::clock::Deadline;
use crate::evidence::definition::Definition;
use crate::evidence::emulator::{self, Emulator, pids};
use crate::evidence::identity::{self, Known};
use crate::evidence::look::{Sight, look, steady_look};
use crate::evidence::record::Record;
use crate::evidence::{peers, stream};
use crate::libvirt::Job;
use crate::libvirt::guest::Guest;
use crate::libvirt::host::{self, NewGuest};
use crate::libvirt::state::Condition;
use crate::libvirt::trouble::Trouble;
use crate::ocf::{Answer, ExitCode, Failure};
use crate::stderr;

/// How long the source of a guest that is arriving may send nothing before it is taken for gone.
const SILENCE: Duration = Duration::from_secs(10);

/// Makes the guest run here.
pub(crate) fn run(call: &Call) -> Answer {
    call.demand_sound_parameters()?;
    let within = call.deadline.within(budget::IDENTITY);
    let known = identity::known(call).with_namesakes(call, within)?;
    let definition = known.definition.clone()?;
    refuse_predecessor(call, &known, &definition)?;
    let mut attempt = Attempt {
        call,
        definition: &definition,
        fresh: known.record.is_none(),
        until: call.deadline.end_of(budget::ATTEMPT),
        created: false,
        roused: false,
    };
    attempt.bring_up()?;
    bookkeeping::record_running(call, &definition);
    Ok(ExitCode::Success)
}

/// The guest that this resource started last must be gone if the definition is now another guest's.
fn refuse_predecessor(call: &Call, known: &Known, definition: &Definition) -> Result<(), Failure> {
    for uuid in known.uuids.iter().filter(|uuid| **uuid != definition.uuid) {
        let guest = Guest {
            uri: &call.parameters.hypervisor,
            uuid,
        };
        let sight = look(&guest, call.deadline.within(budget::IDENTITY));
        if !matches!(sight, Sight::Absent { .. }) {
            return Err(Failure::generic(format!(
                "the definition now tells of {}, but this resource's guest {uuid} may still run here: stop it first",
                definition.uuid
            )));
        }
    }
    Ok(())
}

/// One start, from the first look until the guest runs.
struct Attempt<'a> {
    call: &'a Call,
    definition: &'a Definition,
    /// Whether no record was there before: then one may be removed again.
    fresh: bool,
    until: Deadline,
    created: bool,
    /// Whether the guest was asked to go on, out of a pause or a sleep.
    roused: bool,
}

impl Attempt<'_> {
    /// Looks and acts until the guest runs.
    fn bring_up(&mut self) -> Result<(), Failure> {
        let until = self.until;
        let mut last = "not seen yet".to_owned();
        let ended = until.poll(Duration::from_millis(150), || {
            let sight = steady_look(&self.guest(), self.question());
            if let Sight::Active(condition) = &sight {
                last = condition.to_string();
            }
            self.step(sight).transpose()
        });
        ended.unwrap_or_else(|| {
            Err(Failure::generic(format!(
                "the guest doesn't run in time: it is {last}"
            )))
        })
    }

    /// Does what one look demands: `Some` ends the start, `None` means to look again.
    fn step(&mut self, sight: Sight) -> Result<Option<()>, Failure> {
        match sight {
            Sight::Blind(trouble, emulators) => Err(blind(&trouble, &emulators)),
            Sight::Orphan(emulators) => Err(Failure::generic(format!(
                "libvirt has forgotten the guest, but its emulator runs ({}): a second one must not be started",
                pids(&emulators)
            ))),
            Sight::Absent { .. } if self.created => {
                Err(Failure::generic("the guest ended right after its start"))
            }
            Sight::Absent { .. } => self.create().map(|()| None),
            Sight::Active(condition) => self.go_on(condition),
        }
    }

    /// The guest is there already, or was just created.
    fn go_on(&mut self, condition: Condition) -> Result<Option<()>, Failure> {
        match condition {
            Condition::Running | Condition::HalfArrived => Ok(Some(())),
            Condition::Held if !self.roused && self.idle() => {
                self.rouse("resumed", |guest, within| guest.resume(within))
            }
            Condition::Suspended if !self.roused => {
                self.rouse("woken up", |guest, within| guest.wake_up(within))
            }
            Condition::InTransit => self.clear_remains().map(|()| None),
            Condition::Held
            | Condition::Suspended
            | Condition::ShuttingDown
            | Condition::Off(_) => Ok(None),
            Condition::Broken(_)
            | Condition::LeftBehind(_)
            | Condition::Crashed
            | Condition::Undetermined => Err(Failure::generic(format!(
                "the guest is {condition}: it must be stopped first"
            ))),
        }
    }

    /// Ends a guest that has half arrived and that nobody sends any more. A start is ordered where the guest runs nowhere: the
    /// source was stopped, or fenced, which the emulator here doesn't notice. It has never run here, so nothing is lost
    /// with it. While its source still sends, and where that can't be seen, it is waited for: libvirt itself ends it when
    /// the connection that it came by is dead.
    fn clear_remains(&self) -> Result<(), Failure> {
        let guest = self.guest();
        if guest.job(self.question()) != Ok(Job::Incoming) {
            return Ok(());
        }
        let emulators = emulator::of_guest(guest.uri, guest.uuid);
        let silent = emulators
            .first()
            .and_then(|emulator| stream::silence(emulator.pid));
        if emulators.len() != 1 || silent.is_none_or(|silent| silent < SILENCE) {
            return Ok(());
        }
        stderr::print(
            "the guest has half arrived, and its source sends no more: what has come is destroyed",
        );
        match guest.destroy_in_transit(self.question()) {
            Ok(()) | Err(Trouble::NoDomain) => Ok(()),
            Err(trouble) => Err(Failure::generic(format!(
                "what has half arrived of the guest can't be destroyed: {}",
                trouble.why()
            ))),
        }
    }

    /// Whether nobody is at work on the guest: a pause that belongs to a job ends with it.
    fn idle(&self) -> bool {
        self.guest().job(self.question()) == Ok(Job::Idle)
    }

    /// Has the guest go on, once.
    fn rouse(
        &mut self,
        done: &str,
        how: impl FnOnce(&Guest<'_>, Duration) -> Result<(), Trouble>,
    ) -> Result<Option<()>, Failure> {
        self.roused = true;
        how(&self.guest(), self.question()).map_err(|trouble| {
            Failure::generic(format!("the guest can't be {done}: {}", trouble.why()))
        })?;
        Ok(None)
    }

    /// Boots the guest as a transient domain: what libvirt doesn't remember it can't start by itself.
    fn create(&mut self) -> Result<(), Failure> {
        peers::refuse_if_active(self.call, self.definition)?;
        bookkeeping::record_of(self.call, self.definition, None).save(self.call);
        let guest = NewGuest {
            uuid: self.definition.uuid.clone(),
            name: self.definition.name.clone(),
            xml: self.definition.xml.clone(),
            keep_definition: bookkeeping::keeps_definition(self.call),
        };
        let answer = host::create(self.guest().uri, guest, self.until.left());
        self.created = true;
        answer.map_err(|trouble| self.clean_up(&trouble))
    }

    /// A failed start leaves nothing behind, the record included, if it is certain that nothing runs.
    fn clean_up(&self, trouble: &Trouble) -> Failure {
        let sight = look(&self.guest(), self.question());
        if self.fresh && matches!(sight, Sight::Absent { .. }) {
            Record::forget(self.call);
        }
        Failure::new(
            trouble.code(),
            format!("the guest can't be started: {}", trouble.why()),
        )
    }

    /// How long one question may take.
    fn question(&self) -> Duration {
        self.call.deadline.within(budget::QUESTION)
    }

    fn guest(&self) -> Guest<'_> {
        Guest {
            uri: &self.call.parameters.hypervisor,
            uuid: &self.definition.uuid,
        }
    }
}

/// libvirt can't be asked: then nothing is started.
fn blind(trouble: &Trouble, emulators: &[Emulator]) -> Failure {
    let also = if emulators.is_empty() {
        String::new()
    } else {
        format!("; the emulator runs: {}", pids(emulators))
    };
    Failure::new(trouble.code(), format!("{}{also}", trouble.why()))
}
