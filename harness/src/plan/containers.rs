//! What a case asks of a guest that a real container does not have: a migration, a state of a virtual machine, a disk that
//! can be locked or saved, a firmware. No case is named anywhere.

use std::collections::BTreeMap;

use crate::case::{
    CaseSpec, Check, CheckNeed, ConfigForm, DiskDo, Fault, FaultNeed, Given, GivenState, GuestDo,
    Needs, Outside, Role, Step,
};
use crate::engine::Engine;
use crate::equipment::Transport;
use crate::ocf::Verb;

/// The first such thing in a case, as text; none if containers of that engine will do.
pub(super) fn asks_more_than_a_container(case: &CaseSpec, engine: Engine) -> Option<&'static str> {
    engine.containers()?;
    let steps = || case.steps().iter().find_map(|at| step(at.step, engine));
    let start = || start_that_fails(case, engine);
    needs(&case.needs)
        .or_else(|| given(&case.given, engine))
        .or_else(steps)
        .or_else(start)
        .or_else(|| case.then.iter().find_map(check))
}

/// A start that fails for libvirt or QEMU and not for a container. QEMU opens a guest's disk before the guest runs, and
/// a container waits for its disk by itself. libvirt writes files before it starts a guest, and LXC none.
fn start_that_fails(case: &CaseSpec, engine: Engine) -> Option<&'static str> {
    let mut cause = None;
    for at in case.steps() {
        match at.step {
            Step::Fault(Fault::Disk {
                what: DiskDo::Hang, ..
            }) => cause = Some("a start that waits for its disk"),
            Step::Fault(Fault::Full(_)) if engine == Engine::Lxc => {
                cause = Some("a start that takes room on its node");
            }
            Step::Heal(_) => cause = None,
            Step::Run(run) if run.action == Some(Verb::Start) && cause.is_some() => return cause,
            _ => {}
        }
    }
    None
}

fn needs(needs: &Needs) -> Option<&'static str> {
    if needs.lab.shows_any_state() {
        Some(STATE)
    } else if needs.lock.is_some() {
        Some(LOCK)
    } else if needs.daemons.is_some() {
        Some("modular daemons")
    } else if needs.transport != Transport::Tcp
        || needs.post_copy
        || needs.sees_files_there
        || needs.actions.contains(&Verb::MigrateTo)
    {
        Some(MIGRATION)
    } else {
        None
    }
}

fn given(given: &Given, engine: Engine) -> Option<&'static str> {
    let rival = (!given.rival.is_empty()).then_some(LOCK);
    let speed = given.migration_speed.map(|_| MIGRATION);
    rival
        .or(speed)
        .or_else(|| connection(&given.parameters))
        .or_else(|| (!has_form(engine, given.config)).then_some(FORM))
        .or_else(|| given.states.values().find_map(|state| state_of(*state)))
        .or_else(|| guest(given.guest?, engine))
}

/// A connection that is not the profile's own: QEMU's, as libvirt's default is. Where the file is not given either, the
/// agent is to end a guest by what it knows itself.
fn connection(parameters: &BTreeMap<Role, Option<String>>) -> Option<&'static str> {
    let is_another = parameters.contains_key(&Role::Hypervisor);
    let has_file = !parameters.contains_key(&Role::Config);
    (is_another && has_file).then_some("a connection to QEMU's driver")
}

fn state_of(state: GivenState) -> Option<&'static str> {
    match state {
        GivenState::Absent
        | GivenState::Running
        | GivenState::Outside
        | GivenState::Shutoff
        | GivenState::Autostart
        | GivenState::Outdated
        | GivenState::Paused => None,
        GivenState::Managedsave
        | GivenState::Pmsuspended
        | GivenState::Crashed
        | GivenState::Nostate
        | GivenState::Blocked
        | GivenState::Shutdown => Some(STATE),
    }
}

fn guest(command: GuestDo, engine: Engine) -> Option<&'static str> {
    match command {
        GuestDo::Suspend | GuestDo::Panic | GuestDo::Dirty => Some(STATE),
        // `lxc-info` says STOPPED for a moment, as at an end.
        GuestDo::Reboot if engine == Engine::Lxc => Some("a reboot that looks unlike an end"),
        GuestDo::PowerOff | GuestDo::Deaf | GuestDo::Slow | GuestDo::Reboot | GuestDo::Normal => {
            None
        }
    }
}

/// Whether a file of that engine's containers can have that form.
const fn has_form(engine: Engine, form: ConfigForm) -> bool {
    match engine {
        Engine::Lxc => matches!(
            form,
            ConfigForm::Plain
                | ConfigForm::SpacedPath
                | ConfigForm::DottedPath
                | ConfigForm::OtherFileName
                | ConfigForm::Missing
                | ConfigForm::Empty
                | ConfigForm::Truncated
                | ConfigForm::Unreadable
                | ConfigForm::MissingDisk
        ),
        _ => !matches!(form, ConfigForm::Nvram | ConfigForm::Secret),
    }
}

fn step(step: &Step, engine: Engine) -> Option<&'static str> {
    match step {
        Step::Run(run) => {
            let migrates = matches!(run.action, Some(Verb::MigrateTo | Verb::MigrateFrom));
            let migrates = migrates || run.during.iter().any(|during| during.when.is_some());
            let moves = migrates.then_some(MIGRATION);
            moves.or_else(|| connection(&run.parameters))
        }
        Step::Fault(one) => fault(one, engine),
        Step::Outside(Outside::Migrate(_) | Outside::Abort(_) | Outside::PostCopy(_)) => {
            Some(MIGRATION)
        }
        Step::Guest(command) => guest(*command, engine),
        Step::Settle(settle) => check(&settle.until),
        Step::Check(now) => check(now),
        _ => None,
    }
}

fn fault(fault: &Fault, engine: Engine) -> Option<&'static str> {
    match fault {
        Fault::Config { form, .. } if !has_form(engine, *form) => return Some(FORM),
        // QEMU pauses such a guest. A container only gets the error.
        Fault::Disk {
            what: DiskDo::Fail, ..
        } => return Some("a pause when its disk fails"),
        _ => {}
    }
    let mut needs = fault.needs().iter();
    needs.find_map(|need| match need {
        FaultNeed::PostCopy => Some(MIGRATION),
        FaultNeed::Part(_) => Some(LOCK),
        _ => None,
    })
}

fn check(check: &Check) -> Option<&'static str> {
    check.needs().contains(&CheckNeed::Lock).then_some(LOCK)
}

const MIGRATION: &str = "a migration";
const STATE: &str = "a state or an end of virtual machines";
const LOCK: &str = "a lock on its disk";
const FORM: &str = "a file of that form";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::case::{Suite, load_text};

    fn asked(engine: Engine, text: &str) -> Option<&'static str> {
        let head = "case: it holds\nclause: [START-01]\nlevel: must\nneeds: {nodes: 2, roles: [config, hypervisor]}\n";
        let start = "when:\n  - run: {action: start, node: a, returns: success}\n";
        let text = match text.strip_prefix("given: ") {
            Some(given) => format!("{head}given: {given}\n{start}"),
            None => format!("{head}{start}  - {text}\n"),
        };
        let cases = load_text(Path::new("start/one.yaml"), &text, None).expect("it is good");
        asks_more_than_a_container(&cases[0].spec, engine)
    }

    #[test]
    fn a_container_of_libvirts_is_defined_paused_and_ended_but_does_not_move() {
        let asked = |text| asked(Engine::LibvirtLxc, text);
        for text in [
            "given: {a: shutoff}",
            "given: {a: paused}",
            "given: {a: absent, config: cdata}",
            "outside: {destroy: a}",
            "fault: {daemon: {node: a, do: stop}}",
            "guest: power_off",
        ] {
            assert_eq!(asked(text), None, "{text}");
        }
        assert_eq!(asked("given: {a: pmsuspended}"), Some(STATE));
        assert_eq!(asked("given: {a: absent, config: nvram}"), Some(FORM));
        assert_eq!(asked("guest: panic"), Some(STATE));
        let moves = "run: {action: migrate_to, node: a, to: b, returns: success}";
        assert_eq!(asked(moves), Some(MIGRATION));
        let elsewhere = Some("a connection to QEMU's driver");
        let default =
            "run: {action: monitor, node: a, parameters: {hypervisor: null}, returns: success}";
        assert_eq!(asked(default), elsewhere);
        let forgotten = default.replace("hypervisor: null", "hypervisor: null, config: null");
        assert_eq!(asked(&forgotten), None);
        let fails = Some("a pause when its disk fails");
        assert_eq!(asked("fault: {disk: {node: a, do: fail}}"), fails);
    }

    #[test]
    fn lxcs_own_file_has_no_form_of_xml() {
        let form = "given: {a: absent, config: cdata}";
        assert_eq!(asked(Engine::Lxc, form), Some(FORM));
        assert_eq!(asked(Engine::Libvirt, form), None);
        let reboots = "guest: reboot";
        assert!(asked(Engine::Lxc, reboots).is_some());
        assert_eq!(asked(Engine::LibvirtLxc, reboots), None);
        let truncated = "given: {a: absent, config: truncated}";
        assert_eq!(asked(Engine::Lxc, truncated), None);
    }

    #[test]
    fn most_of_the_areas_about_one_node_are_asked_of_containers() {
        let suite = Suite::shipped().expect("it is good");
        let mut areas = ["start::", "stop::", "monitor::", "daemon::"].iter();
        let asked = |area: &&str| {
            let mut cases = suite
                .cases
                .iter()
                .filter(|case| case.id.0.starts_with(*area));
            cases.any(|case| asks_more_than_a_container(&case.spec, Engine::LibvirtLxc).is_none())
        };
        assert!(areas.all(asked));
    }
}
