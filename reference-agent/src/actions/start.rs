//! `start`: one running guest, booted from the definition's file, unless it runs already.

use std::time::Duration;

use virt::connect::Connect;
use virt::domain::Domain;
use virt::sys;

use crate::actions::monitor::pids;
use crate::actions::transient;
use crate::call::Call;
use crate::clock::Deadline;
use crate::evidence::definition::Definition;
use crate::evidence::emulator::Emulator;
use crate::evidence::identity::{self, Known};
use crate::evidence::look::{self, Sight, is_local_qemu, look, steady_look};
use crate::evidence::peers;
use crate::evidence::record::Record;
use crate::evidence::stream;
use crate::libvirt::raw::Job;
use crate::libvirt::session::{self, Trouble, close};
use crate::libvirt::state::Condition;
use crate::ocf::{Answer, ExitCode, Failure};
use crate::tell;

/// How long one question to libvirt may take.
const QUESTION: Duration = Duration::from_secs(8);

/// How long the source of a guest that is arriving may send nothing before it is taken for gone.
const SILENCE: Duration = Duration::from_secs(10);

/// Makes the guest run here.
pub(crate) fn run(call: &Call) -> Answer {
    call.demand_sound_parameters()?;
    let known = identity::known(call).with_namesakes(call, call.deadline.at_most(QUESTION))?;
    let definition = known.definition.clone()?;
    refuse_predecessor(call, &known, &definition)?;
    let mut attempt = Attempt {
        call,
        definition: &definition,
        fresh: known.record.is_none(),
        until: call.deadline.part(0.85),
        created: false,
        roused: false,
    };
    attempt.bring_up()?;
    transient::keep(call, &definition);
    Ok(ExitCode::Success)
}

/// The guest this resource started last must be gone if the definition now tells of another.
fn refuse_predecessor(call: &Call, known: &Known, definition: &Definition) -> Result<(), Failure> {
    for uuid in known.uuids.iter().filter(|uuid| **uuid != definition.uuid) {
        if !matches!(
            look(
                &call.parameters.hypervisor,
                uuid,
                call.deadline.at_most(QUESTION)
            ),
            Sight::Absent { .. }
        ) {
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
        let mut last = String::from("not seen yet");
        let ended = until.poll(Duration::from_millis(150), || {
            let sight = steady_look(self.uri(), &self.definition.uuid, self.question());
            if let Sight::Active(condition) = &sight {
                last = condition.words();
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
                self.rouse("resumed", |domain| Ok(domain.resume()?))
            }
            Condition::Suspended if !self.roused => {
                self.rouse("woken up", |domain| Ok(domain.pm_wakeup(0)?))
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
                "the guest is {}: it must be stopped first",
                condition.words()
            ))),
        }
    }

    /// Ends a guest that has half arrived and that nobody sends any more. A start is ordered where the guest runs nowhere: the
    /// source was stopped, or fenced, of which nothing tells the emulator here. It has never run here, so nothing is lost
    /// with it. While its source still sends, and where that can't be told, it is waited for: libvirt itself ends it when
    /// the connection that it came by is dead.
    fn clear_remains(&self) -> Result<(), Failure> {
        let job = look::job(self.uri(), &self.definition.uuid, self.question());
        if !is_local_qemu(self.uri()) || job != Ok(Job::Incoming) {
            return Ok(());
        }
        let emulators = Emulator::find(&self.definition.uuid);
        let silent = emulators
            .first()
            .and_then(|emulator| stream::silence(emulator.pid));
        if emulators.len() != 1 || silent.is_none_or(|silent| silent < SILENCE) {
            return Ok(());
        }
        tell(
            "the guest has half arrived, and its source sends no more: what has come is destroyed",
        );
        let destroyed = |domain: &Domain| match session::state_of(domain)? {
            Condition::InTransit => Ok(domain.destroy()?),
            _ => Ok(()),
        };
        match session::ask_about(
            self.uri(),
            &self.definition.uuid,
            self.question(),
            destroyed,
        ) {
            Ok(()) | Err(Trouble::NoDomain) => Ok(()),
            Err(trouble) => Err(Failure::generic(format!(
                "what has half arrived of the guest can't be destroyed: {}",
                trouble.why()
            ))),
        }
    }

    /// Whether nobody is at work on the guest: a pause that belongs to a job ends with it.
    fn idle(&self) -> bool {
        matches!(
            look::job(self.uri(), &self.definition.uuid, self.question()),
            Ok(Job::Idle)
        )
    }

    fn rouse(
        &mut self,
        done: &str,
        how: impl FnOnce(&Domain) -> Result<(), Trouble> + Send + 'static,
    ) -> Result<Option<()>, Failure> {
        self.roused = true;
        session::ask_about(self.uri(), &self.definition.uuid, self.question(), how).map_err(
            |trouble| Failure::generic(format!("the guest can't be {done}: {}", trouble.why())),
        )?;
        Ok(None)
    }

    /// Boots the guest as a transient domain: what libvirt doesn't remember it can't start by itself.
    fn create(&mut self) -> Result<(), Failure> {
        peers::refuse_if_active(self.call, self.definition)?;
        transient::record_of(self.call, self.definition, None).save(self.call);
        let (uuid, name, xml) = (
            self.definition.uuid.clone(),
            self.definition.name.clone(),
            self.definition.xml.clone(),
        );
        let keep = self
            .call
            .parameters
            .config
            .as_deref()
            .is_some_and(transient::kept_by_libvirt);
        let answer = session::ask(self.uri(), self.until.left(), move |connection| {
            refuse_namesake(connection, &uuid, &name)?;
            transient::forget_definition(connection, &uuid, keep);
            close(connection.create_domain_xml(&xml, sys::VIR_DOMAIN_NONE)?);
            Ok(())
        });
        self.created = true;
        answer.map_err(|trouble| self.clean_up(&trouble))
    }

    /// A failed start leaves nothing behind, the record included, if it is certain that nothing runs.
    fn clean_up(&self, trouble: &Trouble) -> Failure {
        let sight = look(self.uri(), &self.definition.uuid, self.question());
        if self.fresh && matches!(sight, Sight::Absent { .. }) {
            Record::forget(self.call);
        }
        Failure::new(
            trouble.code(),
            format!("the guest can't be started: {}", trouble.why()),
        )
    }

    /// How long one question may take: beyond the attempt's end, so that the last look is a real one.
    fn question(&self) -> Duration {
        self.call.deadline.part(0.95).at_most(QUESTION)
    }

    fn uri(&self) -> &str {
        &self.call.parameters.hypervisor
    }
}

fn blind(trouble: &Trouble, emulators: &[Emulator]) -> Failure {
    let also = if emulators.is_empty() {
        String::new()
    } else {
        format!("; the emulator runs: {}", pids(emulators))
    };
    Failure::new(trouble.code(), format!("{}{also}", trouble.why()))
}

/// A stranger of the same name is another guest. libvirt would refuse too; this says why, and touches nothing.
fn refuse_namesake(connection: &Connect, uuid: &str, name: &str) -> Result<(), Trouble> {
    let namesake = match connection
        .lookup_domain_by_name(name)
        .map_err(Trouble::from)
    {
        Err(Trouble::NoDomain) => return Ok(()),
        other => other?,
    };
    let theirs = namesake.uuid_string()?;
    close(namesake);
    if theirs == uuid {
        return Ok(());
    }
    Err(Trouble::Failed(format!(
        "another domain is named \"{name}\" too, with UUID {theirs}"
    )))
}
