//! What a case asks of libvirt, for agents that start QEMU themselves and whose guests libvirt does not know.
//!
//! One rule goes through everything that a case gives, does and checks, and names the first thing that only libvirt can
//! make or tell. No case is named anywhere. A guest that powered itself off is among them: without libvirt's word an
//! emulator that is gone may as well have crashed, and an agent that says so is right. The witness finds the subject's
//! emulators by the subject's disk on their command line where they have no UUID of the suite's.

use crate::case::{
    CaseSpec, Check, CheckNeed, ClusterDo, Fault, FaultNeed, Given, GivenState, GuestDo, Needs,
    Outside, Run, Step,
};
use crate::equipment::{PartFault, Transport};

/// The first thing in a case that only libvirt can do or report, as text; none if any engine will do.
pub(super) fn asks_of_libvirt(case: &CaseSpec) -> Option<&'static str> {
    let steps = || case.steps().iter().find_map(|at| step(at.step));
    needs(&case.needs)
        .or_else(|| given(&case.given))
        .or_else(steps)
        .or_else(|| case.then.iter().find_map(check))
}

fn needs(needs: &Needs) -> Option<&'static str> {
    if needs.lab.shows_any_state() {
        Some("its test driver")
    } else if needs.lock.is_some() {
        Some(LOCK)
    } else if needs.daemons.is_some() {
        Some("one kind of its daemons")
    } else if needs.transport != Transport::Tcp {
        Some("the transport between its daemons")
    } else if needs.post_copy {
        Some(POST_COPY)
    } else {
        None
    }
}

fn given(given: &Given) -> Option<&'static str> {
    if !given.stranger.is_empty() || !given.rival.is_empty() {
        return Some("a foreign domain");
    }
    if given.migration_speed.is_some() {
        return Some("the speed of a migration");
    }
    let mut states = given.states.values();
    states
        .find_map(|given| state(*given))
        .or_else(|| given.guest.and_then(of_guest))
}

const fn state(state: GivenState) -> Option<&'static str> {
    match state {
        GivenState::Absent | GivenState::Running => None,
        GivenState::Outside => Some(BY_HAND),
        GivenState::Shutoff
        | GivenState::Autostart
        | GivenState::Managedsave
        | GivenState::Outdated => Some(DEFINED),
        GivenState::Paused
        | GivenState::Crashed
        | GivenState::Pmsuspended
        | GivenState::Nostate
        | GivenState::Blocked
        | GivenState::Shutdown => Some(STATE),
    }
}

fn step(step: &Step) -> Option<&'static str> {
    match step {
        Step::Run(run) => during(run),
        Step::Fault(fault) => of_fault(fault),
        Step::Cluster(ClusterDo::Reach(_)) => Some(MOMENTS),
        Step::Outside(Outside::Define(_) | Outside::Autostart(_)) => Some(DEFINED),
        Step::Outside(_) => Some(BY_HAND),
        Step::Guest(command) => of_guest(*command),
        Step::Settle(settle) => check(&settle.until),
        Step::Check(now) => check(now),
        _ => None,
    }
}

fn during(run: &Run) -> Option<&'static str> {
    let mut during = run.during.iter();
    during
        .any(|during| during.when.is_some())
        .then_some(MOMENTS)
}

fn of_fault(fault: &Fault) -> Option<&'static str> {
    fault.needs().iter().find_map(|need| match need {
        FaultNeed::LibvirtDaemon => Some("a fault of its daemon"),
        FaultNeed::DomainState => Some(STATE),
        FaultNeed::PostCopy => Some(POST_COPY),
        FaultNeed::Part(PartFault::LeaseLost) => Some(LOCK),
        FaultNeed::Part(PartFault::FenceDaemonFrozen | PartFault::FenceDaemonKilled)
        | FaultNeed::RealGuest
        | FaultNeed::Power
        | FaultNeed::HangingFolder
        | FaultNeed::Cluster => None,
    })
}

/// Only libvirt reports that a guest panicked, sleeps or powered itself off: without it an emulator that is gone
/// may as well have crashed.
const fn of_guest(command: GuestDo) -> Option<&'static str> {
    match command {
        GuestDo::Panic | GuestDo::Suspend | GuestDo::PowerOff => Some(STATE),
        GuestDo::Deaf | GuestDo::Slow | GuestDo::Reboot | GuestDo::Dirty | GuestDo::Normal => None,
    }
}

fn check(check: &Check) -> Option<&'static str> {
    check.needs().iter().find_map(|need| match need {
        CheckNeed::DomainState => Some(STATE),
        CheckNeed::Definition => Some(DEFINED),
        CheckNeed::Lock => Some(LOCK),
        CheckNeed::RealGuest
        | CheckNeed::DumpDirectory
        | CheckNeed::Cluster
        | CheckNeed::Scheduler => None,
    })
}

const MOMENTS: &str = "the moments of a migration";
const STATE: &str = "a state of the domain that only it tells";
const DEFINED: &str = "a persistent definition";
const BY_HAND: &str = "what an operator does by hand";
const LOCK: &str = "a lock on a disk that its definition names";
const POST_COPY: &str = "its post-copy";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::case::{Suite, load_text};

    fn asked(text: &str) -> Option<&'static str> {
        let head = "case: it holds\nclause: [START-01]\nlevel: must\n";
        let text = format!("{head}{text}");
        let cases = load_text(Path::new("start/one.yaml"), &text, None).expect("it is good");
        asks_of_libvirt(&cases[0].spec)
    }

    const START: &str = "when:\n  - run: {action: start, node: a, returns: success}\n";

    #[test]
    fn what_an_emulator_and_its_disk_tell_is_asked_of_any_engine() {
        assert_eq!(asked(&format!("given: {{a: running}}\n{START}")), None);
        assert_eq!(
            asked(&format!("{START}  - check: {{state: {{a: running}}}}\n")),
            None
        );
        assert_eq!(
            asked(&format!(
                "{START}then:\n  - state: {{a: [absent, shutoff]}}\n"
            )),
            None
        );
        let frozen = "  - fault: {emulator: {node: a, do: freeze}}\n";
        assert_eq!(
            asked(&format!("given: {{a: running}}\n{START}{frozen}")),
            None
        );
    }

    #[test]
    fn what_only_libvirt_makes_or_tells_is_named() {
        let given = |state: &str| asked(&format!("given: {{a: {state}}}\n{START}"));
        assert_eq!(given("outside"), Some(BY_HAND));
        assert_eq!(given("paused"), Some(STATE));
        assert_eq!(given("shutoff"), Some(DEFINED));
        let step = |step: &str| asked(&format!("{START}  - {step}\n"));
        assert_eq!(step("outside: {suspend: a}"), Some(BY_HAND));
        assert_eq!(step("check: {state: {a: paused}}"), Some(STATE));
        assert_eq!(step("guest: power_off"), Some(STATE));
        assert_eq!(step("check: {undefined: [a]}"), Some(DEFINED));
        let stopped = "fault: {daemon: {node: a, do: stop}}";
        assert_eq!(step(stopped), Some("a fault of its daemon"));
        let needs = |needs: &str| asked(&format!("needs: {needs}\n{START}"));
        assert_eq!(needs("{lab: driver}"), Some("its test driver"));
        assert_eq!(needs("{lock: image}"), Some(LOCK));
    }

    #[test]
    fn a_step_within_another_is_found_too() {
        let within = "when:\n  - together:\n      - run: {action: stop, node: a, returns: success}\n      \
                      - fault: {daemon: {node: a, do: stop}}\n";
        assert_eq!(asked(within), Some("a fault of its daemon"));
    }

    #[test]
    fn the_suite_can_be_asked_in_part() {
        let suite = Suite::shipped().expect("it is good");
        let of = |id: &str| {
            let case = suite.cases.iter().find(|case| case.id.0 == id);
            asks_of_libvirt(&case.expect("it is there").spec)
        };
        for id in ["start::absent", "stop::running", "monitor::state::running"] {
            assert_eq!(of(id), None, "{id}");
        }
        for id in ["monitor::state::paused", "stop::outside", "start::crashed"] {
            let there = suite.cases.iter().any(|case| case.id.0 == id);
            assert!(!there || of(id).is_some(), "{id}");
        }
    }
}
