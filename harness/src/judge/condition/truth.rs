//! Whether a monitor's exit code was true at some instant between its start and its end.

use super::examined::{Examined, worst};
use crate::history::{DomainState, Guest, Moment};
use crate::judge::AgentFacts;
use crate::judge::record::{DomainSeen, EmulatorsSeen, Ran, Record, SLACK};
use crate::ocf::Code;

/// How long after the slack a look still counts as the next one, in milliseconds.
const SOON: u64 = 1000;

/// What the sightings say about a monitor's exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::judge) enum Truth {
    /// It fits what was seen, or makes no claim.
    Fits,
    /// It does not: what was seen instead.
    Contradicted(String),
    /// Nobody looked.
    Unseen,
}

/// Examines `agrees`.
pub(super) fn agrees(labels: &[String], record: &Record<'_>, facts: &AgentFacts) -> Examined {
    let mut each = Vec::new();
    for label in labels {
        let expected = format!("`{label}` to say what the witness saw");
        let before = each.len();
        for ran in record.labelled(label).filter(|ran| ran.end.is_some()) {
            let truth = match errors_deny(facts) || !is_error(ran) {
                true => truth(ran, record),
                false => Truth::Fits,
            };
            each.push(agreement(ran, record, (truth, expected.clone())));
        }
        if each.len() == before {
            each.push(Examined::unseen(expected, "no run of that label has ended"));
        }
    }
    worst(each, "labels of monitors")
}

/// Whether the manager takes errors of a probe for "not running".
fn errors_deny(facts: &AgentFacts) -> bool {
    facts.dialect.rules().demands("OCF-PROBE-02")
}

fn is_error(ran: &Ran<'_>) -> bool {
    matches!(ran.code(), Some(Code::ErrArgs | Code::ErrInstalled))
}

fn agreement(ran: &Ran<'_>, record: &Record<'_>, (truth, expected): (Truth, String)) -> Examined {
    let examined = match truth {
        Truth::Fits if says_active(ran) && only_receives(ran, record) => {
            let teller = record.engine.teller();
            let seen = format!(
                "it said that the guest is active; {teller}: paused, in the middle of a migration"
            );
            Examined::new(false, expected, seen)
        }
        Truth::Fits => Examined::new(true, expected, "it does"),
        Truth::Contradicted(seen) => Examined::new(false, expected, seen),
        Truth::Unseen => Examined::unseen(expected, "no witness looked at that time"),
    };
    examined
        .on(&ran.invocation.node)
        .at(ran.ended())
        .by(Some(ran.invocation.id))
}

/// Judges the answer of a monitor by the sightings around its run.
///
/// A probe's 2 and 5 claim what its 7 does: the cluster takes them for "not running". Source: Pacemaker
/// lib/common/probes.c, `pcmk_xe_mask_probe_failure`.
pub(in crate::judge) fn truth(ran: &Ran<'_>, record: &Record<'_>) -> Truth {
    let Some((end, _)) = ran.end else {
        return Truth::Unseen;
    };
    let during = During::of(ran, end, record);
    match ran.code() {
        Some(code) if is_active(code) => during.active(),
        Some(code @ Code::NotRunning) => during.inactive(code),
        Some(code @ (Code::ErrArgs | Code::ErrInstalled)) if ran.is_probe() => {
            during.inactive(code)
        }
        _ => Truth::Fits,
    }
}

fn says_active(ran: &Ran<'_>) -> bool {
    ran.code().is_some_and(is_active)
}

/// Whether a monitor says by this code that the guest is active.
const fn is_active(code: Code) -> bool {
    use Code::{Degraded, DegradedPromoted, RunningPromoted, Success};
    matches!(
        code,
        Success | Degraded | RunningPromoted | DegradedPromoted
    )
}

fn only_receives(ran: &Ran<'_>, record: &Record<'_>) -> bool {
    let during = During::of(ran, ran.ended(), record);
    !during.domains.is_empty() && during.domains.iter().all(is_received)
}

/// Whether a domain is there only to receive a migrating guest, or has given its guest away.
pub(in crate::judge) fn is_received(seen: &DomainSeen) -> bool {
    seen.state == Some(DomainState::Paused)
        && matches!(
            seen.reason,
            DomainState::PAUSED_MIGRATION
                | DomainState::PAUSED_STARTING_UP
                | DomainState::PAUSED_POSTCOPY
        )
}

/// What was seen of the subject on the run's node around the run.
struct During {
    /// The emulators' process ids: the look that stood at the beginning and all until the end.
    emulators: Vec<Vec<i32>>,
    /// The process ids of the look after those, if it came soon: a slow look shows what was
    /// already so when the run ended.
    next: Option<Vec<i32>>,
    /// Whether a look was taken between the run's end and the slack after it.
    fresh: bool,
    /// libvirt's answers in the same span, silence left out.
    domains: Vec<DomainSeen>,
}

impl During {
    fn of(ran: &Ran<'_>, end: Moment, record: &Record<'_>) -> Self {
        let node = &ran.invocation.node;
        let from = Moment(ran.began.0.saturating_sub(SLACK));
        let to = Moment(end.0.saturating_add(SLACK));
        let pids = |look: &EmulatorsSeen<'_>| look.found.iter().map(|one| one.pid).collect();
        let all: Vec<_> = record.emulators(node, Guest::Subject).collect();
        let looks = &all[..all.iter().take_while(|look| look.at <= to).count()];
        let first = looks.iter().rposition(|look| look.at <= from).unwrap_or(0);
        let soon = all
            .get(looks.len())
            .filter(|look| look.at.0 <= to.0.saturating_add(SOON));
        let answers: Vec<_> = record
            .domains(node, Guest::Subject)
            .filter(|seen| seen.at <= to && seen.state.is_some())
            .collect();
        let first_answer = answers
            .iter()
            .rposition(|seen| seen.at <= from)
            .unwrap_or(0);
        Self {
            emulators: looks.iter().skip(first).map(pids).collect(),
            next: soon.map(pids),
            fresh: looks.last().is_some_and(|look| look.at >= end),
            domains: answers.into_iter().skip(first_answer).collect(),
        }
    }

    /// Judges the claim that the guest is active.
    fn active(&self) -> Truth {
        let domain = self
            .domains
            .iter()
            .any(|seen| seen.state.is_some_and(DomainState::is_active));
        let mut looks = self.emulators.iter().chain(&self.next);
        if domain || looks.any(|pids| !pids.is_empty()) {
            return Truth::Fits;
        }
        if self.emulators.is_empty() {
            return Truth::Unseen;
        }
        Truth::Contradicted(
            "it said that the guest is active; the process table has no emulator of it".to_owned(),
        )
    }

    /// Judges the claim that the guest is certainly not active: a lie if one and the same
    /// emulator was there all the time.
    fn inactive(&self, said: Code) -> Truth {
        let Some((first, rest)) = self.emulators.split_first() else {
            return Truth::Unseen;
        };
        let there = first
            .iter()
            .find(|pid| rest.iter().all(|pids| pids.contains(pid)));
        let gone = |pid| !self.fresh && self.next.as_ref().is_some_and(|pids| !pids.contains(pid));
        match there {
            None => Truth::Fits,
            Some(pid) if gone(pid) => Truth::Unseen,
            // On the target of a migration `not_running` is right too: nothing runs there yet.
            Some(_) if self.domains.iter().any(is_received) => Truth::Fits,
            Some(pid) => Truth::Contradicted(format!(
                "it said {said}{}; the process table has the guest's emulator, process {pid}, from before its \
                 beginning to after its end",
                match said {
                    Code::NotRunning => "",
                    _ => " to a probe, which the cluster takes for not running",
                }
            )),
        }
    }
}
