//! The world that a case begins in.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::configuration::{self, Foreign};
use super::fault::Faults;
use super::invocation::invoke;
use super::outside::{self, Wish};
use super::stage::Stage;
use super::{Trouble, shim, world};
use crate::case::{ConfigForm, GivenState, GuestDo, Role, Run};
use crate::history::{self, DomainState, Exit, Guest, NodeName, Sighting, What};
use crate::lab::{self, Entry, GuestMode, GuestOnce, LabError, Node};
use crate::ocf::{Code, Verb};

/// The URI of libvirt's test driver with the state that `given` asks for.
pub(super) const DRIVER_URI: &str = "test:///run/vrt/driver.xml";

/// How long a slow guest takes to shut down: five seconds of 18.2 ticks, as clause STOP-03 tries it.
const SLOW_TICKS: u16 = 91;

/// How long any state of the world may take to come about.
const PATIENCE: Duration = Duration::from_secs(20);

/// Makes the world of `given`.
///
/// # Errors
/// When it does not come about.
pub(super) fn make(stage: &Stage<'_>) -> Result<(), Trouble> {
    let given = &stage.case.given;
    for node in stage.lab.nodes() {
        furnish(stage, &**node)?;
    }
    if stage.case.needs.lab.shows_any_state() {
        return show_driver_state(stage);
    }
    for name in &given.stranger {
        let xml = world::stranger_xml(stage.lab);
        outside::ask(stage.node(name)?, Wish::Create(xml))?;
    }
    for name in &given.rival {
        let xml = world::rival_xml(stage.lab);
        outside::ask(stage.node(name)?, Wish::Create(xml))?;
    }
    let by_hand = |node: &NodeName| {
        let state = given.states.get(node);
        state.is_some_and(|state| is_made_by_hand(*state))
    };
    // What the agent's own start leaves is the agent's, so those nodes are looked at before it.
    for node in stage
        .lab
        .nodes()
        .iter()
        .filter(|node| !by_hand(node.name()))
    {
        look_at_remains(stage, &**node)?;
    }
    for (name, state) in &given.states {
        reach(stage, name, *state)?;
        if by_hand(name) {
            look_at_remains(stage, stage.node(name)?)?;
        }
    }
    match given.guest {
        Some(deed) => tell_guest(stage, deed),
        None => Ok(()),
    }
}

/// Whether the lab makes the state by itself, without the agent.
const fn is_made_by_hand(state: GivenState) -> bool {
    use GivenState::{
        Absent, Autostart, Blocked, Crashed, Managedsave, Nostate, Outdated, Outside, Paused,
        Pmsuspended, Running, Shutdown, Shutoff,
    };
    match state {
        Outside | Shutoff | Autostart | Managedsave | Outdated => true,
        Nostate | Blocked | Shutdown => true,
        Absent | Running | Paused | Crashed | Pmsuspended => false,
    }
}

/// Records what lies around on a node.
fn look_at_remains(stage: &Stage<'_>, node: &dyn Node) -> Result<(), Trouble> {
    let remains = world::remains(stage.lab, node)?;
    stage.recorder.record(What::Saw(remains));
    Ok(())
}

/// Puts the files of the case on a node: the configuration, stand-ins of tools, scripts.
///
/// # Errors
/// When the node cannot be written to.
pub(super) fn furnish(stage: &Stage<'_>, node: &dyn Node) -> Result<(), Trouble> {
    write_config(stage, node, stage.case.given.config)?;
    put_shim(stage, node)?;
    put_scripts(stage, node)
}

/// The subject's definition as an operator would write it.
pub(super) fn plain(stage: &Stage<'_>) -> String {
    stage.lab.subject().xml()
}

/// Writes the configuration file on a node in that form, where the case's own form has its path.
///
/// # Errors
/// When the node cannot be written to.
pub(super) fn write_config(
    stage: &Stage<'_>,
    node: &dyn Node,
    form: ConfigForm,
) -> Result<(), Trouble> {
    if form == ConfigForm::Nvram {
        for (path, content) in configuration::variables() {
            node.put(Path::new(path), &Entry::File(content, 0o600))?;
        }
    }
    let text = written(stage, node, form)?;
    Ok(put_file(node, &stage.config, text, form)?)
}

/// What the configuration file holds in that form; none where there is none.
fn written(
    stage: &Stage<'_>,
    node: &dyn Node,
    form: ConfigForm,
) -> Result<Option<String>, Trouble> {
    let (subject, bystander) = (stage.lab.subject(), stage.lab.bystander());
    let id = match form {
        ConfigForm::NameIsId => outside::id_of(node, &bystander.uuid)?,
        _ => 0,
    };
    let foreign = Foreign {
        name: &subject.name,
        disk: &subject.socket,
        id,
        uuid: &bystander.uuid,
    };
    Ok(configuration::content(&plain(stage), form, &foreign))
}

/// The definition that an operator starts or defines by hand: the file's own, where it can be started.
fn by_hand(stage: &Stage<'_>, node: &dyn Node) -> Result<String, Trouble> {
    let form = stage.case.given.config;
    let own = if configuration::is_sound(form) {
        written(stage, node, form)?
    } else {
        None
    };
    Ok(own.unwrap_or_else(|| plain(stage)))
}

fn put_file(
    node: &dyn Node,
    path: &Path,
    text: Option<String>,
    form: ConfigForm,
) -> Result<(), LabError> {
    let mode = match form {
        ConfigForm::Secret => 0o600,
        _ => 0o644,
    };
    match text {
        None => node.remove(path),
        // Root can read any file, whatever its mode: a folder in its place nobody can read as a file.
        Some(_) if form == ConfigForm::Unreadable => node.put(path, &Entry::Folder),
        Some(text) => node.put(path, &Entry::File(text.into(), mode)),
    }
}

/// Puts a stand-in for each tool that the case needs first on the agent's path.
fn put_shim(stage: &Stage<'_>, node: &dyn Node) -> Result<(), Trouble> {
    let own = Entry::Link(node.place_of(&stage.lab.spec().program));
    for tool in &stage.case.needs.tools {
        node.put(&Path::new(shim::FOLDER).join(tool), &own)?;
    }
    Ok(())
}

/// Puts the scripts there that a monitor may be told to run: `/run/vrt/scripts/hang` never ends, and
/// `flood` prints about ten megabytes a second for ever.
fn put_scripts(stage: &Stage<'_>, node: &dyn Node) -> Result<(), Trouble> {
    if !stage.case.needs.roles.contains(&Role::MonitorScript) {
        return Ok(());
    }
    let scripts = [
        ("hang", "exec sleep 1000"),
        (
            "flood",
            "while :; do head -c 1000000 /dev/zero | tr '\\0' x; sleep 0.1; done",
        ),
    ];
    for (name, body) in scripts {
        let script = format!("#!/bin/sh\n{body}\n").into_bytes();
        let place = Path::new("/run/vrt/scripts").join(name);
        node.put(&place, &Entry::File(script, 0o755))?;
    }
    Ok(())
}

/// Writes the test driver's node file of each node with the subject in the state that is given there.
fn show_driver_state(stage: &Stage<'_>) -> Result<(), Trouble> {
    for node in stage.lab.nodes() {
        let state = stage.case.given.states.get(node.name());
        let shown = driver_node(stage, state.copied().unwrap_or(GivenState::Absent));
        for (path, text) in [
            (Path::new("/run/vrt/driver.xml"), shown),
            (&stage.config, test_xml(stage)),
        ] {
            node.put(path, &Entry::File(text.into(), 0o644))?;
        }
    }
    Ok(())
}

/// The test driver's node with the subject in that state.
fn driver_node(stage: &Stage<'_>, state: GivenState) -> String {
    // libvirt's numbers of virDomainState, which <test:runstate> takes.
    let number = match state {
        GivenState::Nostate => Some(0),
        GivenState::Running | GivenState::Outside => Some(1),
        GivenState::Blocked => Some(2),
        GivenState::Paused => Some(3),
        GivenState::Shutdown => Some(4),
        GivenState::Shutoff
        | GivenState::Autostart
        | GivenState::Managedsave
        | GivenState::Outdated => Some(5),
        GivenState::Crashed => Some(6),
        GivenState::Pmsuspended => Some(7),
        GivenState::Absent => None,
    };
    let domain = number.map_or(String::new(), |number| {
        let state = format!(
            "<test:runstate xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>{number}</test:runstate>\n</domain>"
        );
        test_xml(stage).replace("</domain>", &state)
    });
    format!("<node>\n{domain}\n</node>\n")
}

/// The subject's definition as libvirt's test driver takes it.
fn test_xml(stage: &Stage<'_>) -> String {
    let subject = stage.lab.subject();
    format!(
        "<domain type='test'>\n  <name>{}</name>\n  <uuid>{}</uuid>\n  <memory unit='MiB'>{}</memory>\n  \
         <os>\n    <type>hvm</type>\n  </os>\n</domain>\n",
        subject.name, subject.uuid, subject.memory
    )
}

fn reach(stage: &Stage<'_>, name: &NodeName, state: GivenState) -> Result<(), Trouble> {
    let node = stage.node(name)?;
    let uuid = stage.lab.subject().uuid;
    let ask = |wish| Ok(outside::ask(node, wish)?);
    match state {
        GivenState::Absent => Ok(()),
        GivenState::Running => start(stage, name),
        GivenState::Paused => {
            start(stage, name)?;
            ask(Wish::Suspend(uuid))?;
            await_state(stage, name, DomainState::Paused)
        }
        GivenState::Crashed => {
            start(stage, name)?;
            tell_guest(stage, GuestDo::Panic)?;
            await_state(stage, name, DomainState::Crashed)
        }
        GivenState::Pmsuspended => {
            start(stage, name)?;
            tell_guest(stage, GuestDo::Suspend)?;
            await_state(stage, name, DomainState::Pmsuspended)
        }
        GivenState::Outside => {
            ask(Wish::Create(by_hand(stage, node)?))?;
            await_writes(stage, name)
        }
        GivenState::Shutoff => ask(Wish::Define(by_hand(stage, node)?)),
        GivenState::Autostart => {
            ask(Wish::Define(by_hand(stage, node)?))?;
            ask(Wish::Autostart(uuid))
        }
        GivenState::Managedsave => {
            ask(Wish::Define(plain(stage)))?;
            ask(Wish::Save(uuid))?;
            await_state(stage, name, DomainState::Shutoff)
        }
        GivenState::Outdated => {
            let socket = stage.lab.subject().socket;
            let older = plain(stage).replace(&socket, &format!("{socket}.not-there"));
            ask(Wish::Define(older))
        }
        GivenState::Nostate | GivenState::Blocked | GivenState::Shutdown => Err(Trouble::Given(
            format!("only the driver lab can show {state:?}"),
        )),
    }
}

/// Starts the guest by the agent itself, as the cluster would, and waits for its first writes.
fn start(stage: &Stage<'_>, node: &NodeName) -> Result<(), Trouble> {
    let run = Run::new(Verb::Start, node.clone());
    let run = run.stretched(stage.lab.pace());
    let outcome = invoke(stage, &run, None, &Faults::default())?;
    if outcome.exit != Exit::Code(Code::Success) {
        let reason = outcome.reason.map(|reason| format!(": {reason}"));
        return Err(Trouble::Given(format!(
            "the agent's own start on {node} answered {}{}",
            outcome.exit,
            reason.unwrap_or_default()
        )));
    }
    await_writes(stage, node)
}

/// Tells the guest what to do, through the command sector of its disk.
///
/// # Errors
/// When the disk cannot be written to.
pub(super) fn tell_guest(stage: &Stage<'_>, deed: GuestDo) -> Result<(), Trouble> {
    let mode = |mode| lab::GuestDo::Mode(mode);
    let plain = GuestMode::default();
    let command = match deed {
        GuestDo::Deaf => mode(GuestMode {
            deaf: true,
            ..plain
        }),
        GuestDo::Slow => mode(GuestMode {
            shutdown_ticks: SLOW_TICKS,
            ..plain
        }),
        GuestDo::Dirty => mode(GuestMode {
            dirty: true,
            ..plain
        }),
        GuestDo::Panic => lab::GuestDo::Once(GuestOnce::Panic),
        GuestDo::Suspend => lab::GuestDo::Once(GuestOnce::Suspend),
        GuestDo::PowerOff => lab::GuestDo::Once(GuestOnce::PowerOff),
        GuestDo::Reboot => lab::GuestDo::Once(GuestOnce::Reboot),
    };
    Ok(stage.lab.guest_command(command)?)
}

fn await_state(stage: &Stage<'_>, name: &NodeName, wanted: DomainState) -> Result<(), Trouble> {
    await_sighting(stage, name, &format!("{wanted:?}"), |sighting| {
        matches!(sighting, Sighting::Domain { node, guest: Guest::Subject, state, .. }
            if node == name && *state == Some(wanted))
    })
}

/// Waits until libvirt has paused the guest because its disk failed.
///
/// # Errors
/// When that does not come about: no guest that writes runs there.
pub(super) fn await_io_error(stage: &Stage<'_>, name: &NodeName) -> Result<(), Trouble> {
    await_sighting(stage, name, "paused by an I/O error", |sighting| {
        matches!(sighting, Sighting::Domain { node, guest: Guest::Subject, state, reason, .. }
            if node == name && *state == Some(DomainState::Paused) && *reason == DomainState::PAUSED_IOERROR)
    })
}

/// A guest that writes has booted: before, it would not hear the power button.
fn await_writes(stage: &Stage<'_>, name: &NodeName) -> Result<(), Trouble> {
    await_sighting(
        stage,
        name,
        "writing",
        |sighting| matches!(sighting, Sighting::Write { node, guest: Guest::Subject, .. } if node == name),
    )
}

fn await_sighting(
    stage: &Stage<'_>,
    name: &NodeName,
    wanted: &str,
    is_it: impl Fn(&Sighting) -> bool,
) -> Result<(), Trouble> {
    let since = stage.recorder.now();
    let until = Instant::now() + PATIENCE * stage.lab.pace();
    while Instant::now() < until {
        stage.overdue()?;
        let began = Instant::now();
        stage.look(name);
        let seen =
            |entry: &history::Entry| matches!(&entry.what, What::Saw(sighting) if is_it(sighting));
        let is_seen = |entries: &[history::Entry]| {
            let mut fresh = entries.iter().rev().take_while(|entry| entry.at >= since);
            fresh.any(seen)
        };
        if stage.recorder.read(is_seen) {
            return Ok(());
        }
        // Where a look takes long, looking all the time would slow down what is waited for.
        thread::sleep(began.elapsed().max(Duration::from_millis(15)));
    }
    Err(Trouble::Given(format!(
        "the guest on {name} was never seen {wanted}"
    )))
}
