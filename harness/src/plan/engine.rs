//! What a case asks of libvirt, for agents whose engine is another one.
//!
//! One rule goes through everything that a case gives, does and checks, and names the first thing that only libvirt can
//! make or tell. No case is named anywhere.
//!
//! - With `qemu` libvirt does not know the guests. The witness finds the subject's emulators by the subject's disk on their
//!   command line where they have no UUID of the suite's, and those that listen for QMP tell their states. It is not asked
//!   about a guest that powered itself off: without libvirt's word an emulator that is gone may as well have crashed, and
//!   an agent that says so is right. Nor about a guest that an operator starts or moves by hand: the command line of its
//!   emulator, and whatever the agent notes beside it, are the agent's own.
//! - With `xl` libvirt runs the guests, and tells their states. What Xen does not have is lacking: definitions, locks,
//!   post-copy, and what befalls libvirt's daemon alone.
//! - With `vzctl` libvirt runs them, too, but to the agent they are containers, which run or do not: other states are
//!   lacking, others of the same name, and live migrations (`frozen.rs`).
//! - With `lxc` libvirt knows nothing of the containers. They are started, frozen and ended by hand with LXC's tools, and
//!   their freezer tells whether they are paused. What no real container has: `containers.rs`.

use super::Profile;
use super::containers::asks_more_than_a_container;
use super::frozen::asks_for_live_migration;
use super::skip::AgentLack;
use crate::case::{
    CaseSpec, Check, CheckNeed, ClusterDo, ConfigForm, DiskDo, Fault, FaultNeed, Feature, Given,
    GivenState, GuestDo, MetadataRule, Needs, Outside, Run, Step,
};
use crate::engine::Engine;
use crate::equipment::{PartFault, Transport};
use crate::ocf::Verb;

/// What no container has, or what only libvirt can do or report, if the agent's guests are such.
pub(super) fn lacking_in_engine(case: &CaseSpec, profile: &Profile) -> Option<AgentLack> {
    let engine = profile.engine();
    if let Some(asked) = asks_more_than_a_container(case, engine) {
        return Some(AgentLack::Container {
            profile: profile.name.clone(),
            asked: asked.to_owned(),
        });
    }
    let asked = asks_of_libvirt(case, engine, &profile.features, profile.equipment.transport)?;
    Some(AgentLack::Libvirt {
        profile: profile.name.clone(),
        engine,
        asked: asked.to_owned(),
    })
}

/// The first thing in a case that only libvirt can do or report, as text; none if that engine will do.
fn asks_of_libvirt(
    case: &CaseSpec,
    engine: Engine,
    features: &[Feature],
    own: Transport,
) -> Option<&'static str> {
    let rule = match engine {
        Engine::Libvirt | Engine::LibvirtLxc => return None,
        Engine::Qemu | Engine::Xl | Engine::Vzctl | Engine::Lxc => Rule { engine, features },
    };
    let steps = || case.steps().iter().find_map(|at| rule.step(at.step));
    needs(&case.needs, own)
        .or_else(|| rule.emulator(&case.needs))
        .or_else(|| rule.copy(&case.needs))
        .or_else(|| rule.live(case))
        .or_else(|| rule.foreign(case))
        .or_else(|| rule.given(&case.given))
        .or_else(steps)
        .or_else(|| case.then.iter().find_map(|check| rule.check(check)))
}

/// `own` is the transport that the agent's profile has in every lab.
fn needs(needs: &Needs, own: Transport) -> Option<&'static str> {
    if needs.lab.shows_any_state() {
        Some("its test driver")
    } else if needs.lock.is_some() {
        Some(LOCK)
    } else if needs.daemons.is_some() {
        Some("one kind of its daemons")
    } else if needs.transport != own {
        Some("the transport between its daemons")
    } else if needs.post_copy {
        Some(POST_COPY)
    } else if needs.sees_files_there {
        Some("a look at the other node's files")
    } else {
        None
    }
}

/// What an engine that is not libvirt lacks.
struct Rule<'a> {
    engine: Engine,
    /// What the agent's profile lists.
    features: &'a [Feature],
}

impl Rule<'_> {
    /// What only libvirt knows of a guest that is a domain.
    fn known(&self, asked: &'static str) -> Option<&'static str> {
        (!self.engine.has_domains()).then_some(asked)
    }

    /// What only libvirt knows of any guest.
    fn seen(&self, asked: &'static str) -> Option<&'static str> {
        (!self.engine.asks_libvirt()).then_some(asked)
    }

    /// What only libvirt tells or does, or an emulator by QMP, or LXC's freezer.
    fn told(&self, asked: &'static str) -> Option<&'static str> {
        (!self.has(Feature::Qmp) && self.engine != Engine::Lxc)
            .then(|| self.known(asked))
            .flatten()
    }

    /// That an operator starts the guest: an emulator has no tool of its own for that.
    fn by_hand(&self) -> Option<&'static str> {
        (self.engine == Engine::Qemu).then_some(BY_HAND)
    }

    /// Whether the agent's own emulators can do that.
    fn has(&self, feature: Feature) -> bool {
        self.engine == Engine::Qemu && self.features.contains(&feature)
    }

    /// That the guest runs on while it moves.
    fn live(&self, case: &CaseSpec) -> Option<&'static str> {
        let asks = !self.engine.migrates_live() && asks_for_live_migration(case);
        asks.then_some("a live migration")
    }

    /// The process, which is no guest's own where the engine is not libvirt's.
    fn emulator(&self, needs: &Needs) -> Option<&'static str> {
        let is_hidden = self.engine.stand_in().is_some() && needs.sees_emulator;
        is_hidden.then_some("an emulator that an agent can see")
    }

    /// A migration that the agent has to end. Xen stops the guest after five rounds of copying, whatever is left then.
    /// Source: xen 4.17 tools/libs/guest/xg_sr_save.c, `simple_precopy_policy`.
    fn copy(&self, needs: &Needs) -> Option<&'static str> {
        let ends = self.engine == Engine::Xl && needs.endless_copy;
        ends.then_some("a copy that does not end by itself")
    }

    fn given(&self, given: &Given) -> Option<&'static str> {
        let mut states = given.states.values();
        let speed = given.migration_speed;
        speed
            .and_then(|_| self.told("the speed of a migration"))
            .or_else(|| self.form(given.config))
            .or_else(|| states.find_map(|given| self.state(*given)))
            .or_else(|| self.guest(given.guest?))
    }

    /// Guests of others. An agent that starts QEMU itself is to leave one of its guest's name alone, too, but its guest may
    /// run beside that: only libvirt's names are one guest's alone.
    fn foreign(&self, case: &CaseSpec) -> Option<&'static str> {
        let (stranger, rival) = (
            !case.given.stranger.is_empty(),
            !case.given.rival.is_empty(),
        );
        let brings = |step: &Step| {
            let Step::Run(run) = step else { return false };
            matches!(run.action, Some(Verb::Start | Verb::MigrateTo))
        };
        match self.engine {
            Engine::Qemu if !rival => {
                (stranger && case.any_step(brings)).then_some("a name that only one guest has")
            }
            _ => (stranger || rival)
                .then(|| self.known("a foreign domain"))
                .flatten(),
        }
    }

    /// The forms of a file that an engine's own tool does not read.
    fn form(&self, form: ConfigForm) -> Option<&'static str> {
        let of_xml = self.engine.stand_in().is_some() && form.is_of_libvirt();
        of_xml.then_some("a file of that form")
    }

    fn state(&self, state: GivenState) -> Option<&'static str> {
        match state {
            GivenState::Absent | GivenState::Running => None,
            GivenState::Outside => self.by_hand(),
            GivenState::Shutoff
            | GivenState::Autostart
            | GivenState::Managedsave
            | GivenState::Outdated => Some(DEFINED),
            GivenState::Paused | GivenState::Pmsuspended => self.told(STATE),
            GivenState::Crashed => self.panic(),
            GivenState::Nostate | GivenState::Blocked | GivenState::Shutdown => self.known(STATE),
        }
    }

    fn step(&self, step: &Step) -> Option<&'static str> {
        match step {
            Step::Run(run) => self.during(run),
            Step::Fault(fault) => self.fault(fault),
            Step::Cluster(ClusterDo::Reach(_)) => self.told(MOMENTS),
            Step::Outside(Outside::Define(_) | Outside::Autostart(_)) => Some(DEFINED),
            Step::Outside(Outside::PostCopy(_)) => Some(POST_COPY),
            Step::Outside(Outside::Destroy(_)) if self.has(Feature::Qmp) => None,
            Step::Outside(Outside::Create(_) | Outside::Destroy(_)) => self.by_hand(),
            Step::Outside(Outside::Suspend(_) | Outside::Resume(_) | Outside::Abort(_)) => {
                self.told(BY_HAND)
            }
            Step::Outside(_) => self.known(BY_HAND),
            Step::Guest(command) => self.guest(*command),
            Step::Settle(settle) => self.check(&settle.until),
            Step::Check(now) => self.check(now),
            _ => None,
        }
    }

    fn during(&self, run: &Run) -> Option<&'static str> {
        let mut during = run.during.iter();
        let any = during.any(|during| during.when.is_some());
        any.then(|| self.told(MOMENTS)).flatten()
    }

    fn fault(&self, fault: &Fault) -> Option<&'static str> {
        let of_file = match fault {
            Fault::Config { form, .. } => self.form(*form),
            _ => None,
        };
        let needs = || {
            let mut needs = fault.needs().iter();
            needs.find_map(|need| self.fault_need(*need, fault))
        };
        of_file.or_else(needs)
    }

    fn fault_need(&self, need: FaultNeed, fault: &Fault) -> Option<&'static str> {
        match need {
            FaultNeed::LibvirtDaemon if self.has_one_like(fault) => None,
            FaultNeed::LibvirtDaemon => Some("a fault of its daemon"),
            FaultNeed::DomainState
                if matches!(
                    fault,
                    Fault::Disk {
                        what: DiskDo::Fail,
                        ..
                    }
                ) =>
            {
                self.io_error()
            }
            FaultNeed::DomainState => self.told(STATE),
            FaultNeed::PostCopy => Some(POST_COPY),
            FaultNeed::Part(PartFault::LeaseLost) => Some(LOCK),
            FaultNeed::Part(PartFault::FenceDaemonFrozen | PartFault::FenceDaemonKilled)
            | FaultNeed::RealGuest
            | FaultNeed::Power
            | FaultNeed::HangingFolder
            | FaultNeed::Cluster => None,
        }
    }

    /// A guest that stands still because its disk failed.
    fn io_error(&self) -> Option<&'static str> {
        let is_told = self.has(Feature::Qmp) && self.has(Feature::PausesOnIoError);
        (!is_told).then_some("a guest that an I/O error has paused")
    }

    /// A guest that panicked, and stays.
    fn panic(&self) -> Option<&'static str> {
        let is_told = self.has(Feature::Qmp) && self.has(Feature::PausesOnPanic);
        match self.engine {
            Engine::Qemu => (!is_told).then_some("a guest that has panicked"),
            _ => self.known(STATE),
        }
    }

    /// Whether what befalls libvirt's daemon can befall the engine's own tool.
    fn has_one_like(&self, fault: &Fault) -> bool {
        let is_alike = match fault {
            Fault::Daemon { what, .. } => !what.is_of_libvirt(),
            _ => true,
        };
        self.engine.stand_in().is_some() && is_alike
    }

    /// Only libvirt reports that a guest panicked, sleeps or powered itself off: without it an emulator that is gone may
    /// as well have crashed.
    fn guest(&self, command: GuestDo) -> Option<&'static str> {
        match command {
            GuestDo::Suspend => self.told(STATE),
            GuestDo::Panic => self.panic(),
            GuestDo::PowerOff => self.seen(STATE),
            GuestDo::Deaf | GuestDo::Slow | GuestDo::Reboot | GuestDo::Dirty | GuestDo::Normal => {
                None
            }
        }
    }

    fn check(&self, check: &Check) -> Option<&'static str> {
        if let Check::Metadata { rules, .. } = check
            && rules.contains(&MetadataRule::TimeoutsCover)
        {
            return Some("the waits of its own that timeouts have to cover");
        }
        check.needs().iter().find_map(|need| match need {
            CheckNeed::DomainState => self.told(STATE),
            CheckNeed::Definition => Some(DEFINED),
            CheckNeed::Lock => Some(LOCK),
            CheckNeed::RealGuest
            | CheckNeed::DumpDirectory
            | CheckNeed::Cluster
            | CheckNeed::Scheduler => None,
        })
    }
}

const MOMENTS: &str = "the moments of a migration";
const STATE: &str = "a state of the domain that only it tells";
const DEFINED: &str = "a persistent definition";
const BY_HAND: &str = "what an operator does by hand";
const LOCK: &str = "a lock on a disk that its definition names";
const POST_COPY: &str = "its post-copy";

#[cfg(test)]
mod tests;
