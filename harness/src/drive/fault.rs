//! Harm done on purpose. Each fault proves its effect, and is undone at the end of the case at the latest.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use super::stage::Stage;
use super::{Trouble, folder, given, network, shim};
use crate::case::{ConfigForm, DaemonDo, DiskDo, Fault, Pause, ToolAnswer};
use crate::history::{FaultKind, NodeName, What};
use crate::lab::{self, Cable, DiskHarm, Entry, Node, Process};

/// How long a fault may take until its effect is seen.
const PATIENCE: Duration = Duration::from_secs(5);

/// The faults of one case that are not undone yet.
#[derive(Debug, Default)]
pub(super) struct Faults {
    active: Mutex<Vec<Fault>>,
}

/// A fault as a person would say it.
pub(super) fn describe(fault: &Fault) -> String {
    match fault {
        Fault::Daemon { node, what } => format!("{what:?} libvirtd on {node}").to_lowercase(),
        Fault::Emulator { node, what } => format!("{what:?} the emulator on {node}").to_lowercase(),
        Fault::Config { node, form } => {
            format!("the configuration on {node} is {form:?}").to_lowercase()
        }
        Fault::Tool { node, name, .. } => format!("{name} on {node} answers as told"),
        Fault::Network(harm) => network::describe(harm),
        Fault::Full(node) => format!("no room is left on {node}"),
        Fault::Lost { node } => format!("node {node} is lost"),
        Fault::Power(node) => format!("the power of node {node} is cut"),
        Fault::Lease(node) => format!("sanlock ends on {node}, and with it every lease"),
        Fault::Folder(node) => format!("the configuration's folder hangs on {node}"),
        Fault::Disk { node, what } => format!("the disk {what:?}s on {node}").to_lowercase(),
    }
}

impl Faults {
    fn active(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Harms the lab, and records it once its effect is there.
    ///
    /// # Errors
    /// When the harm could not be done or took no effect.
    pub(super) fn inject(&self, stage: &Stage<'_>, fault: &Fault) -> Result<(), Trouble> {
        // Listed before it is done: a fault that took effect only in part must be undone as well.
        self.active().push(fault.clone());
        match fault {
            Fault::Daemon { node, what } => daemon(stage, node, *what)?,
            Fault::Emulator { node, what } => emulator(stage, node, *what)?,
            Fault::Config { node, form } => config(stage, node, *form)?,
            Fault::Tool {
                node,
                name,
                answers,
            } => tool(stage, node, name, answers)?,
            Fault::Network(harm) => network::harm(stage, harm)?,
            Fault::Full(node) => stage.lab.room(node, false)?,
            Fault::Lost { node } => lose(stage, node)?,
            Fault::Power(node) => stage.lab.cut_power(node)?,
            Fault::Lease(node) => {
                let shutdown = ["client", "shutdown", "-f", "1"];
                stage.node(node)?.run("sanlock", &shutdown)?;
                await_effect(stage, node, Pause::Kill)?;
            }
            Fault::Folder(node) => folder::hang(stage, node)?,
            Fault::Disk { node, what } => match what {
                DiskDo::Fail => {
                    stage.lab.harm_disk(node, DiskHarm::Fails)?;
                    given::await_io_error(stage, node)?;
                }
                DiskDo::Hang => stage.lab.harm_disk(node, DiskHarm::Hangs)?,
            },
        }
        let node = fault.node().clone();
        stage.look(&node);
        let kind = fault.kind();
        stage.recorder.record(What::Fault { kind, node });
        if let Fault::Config { node, .. } = fault {
            stage.look_at_config(stage.node(node)?);
        }
        Ok(())
    }

    /// Whether a look at the configuration's folder on a node would hang.
    pub(super) fn hides_config(&self, node: &NodeName) -> bool {
        let hides = |fault: &Fault| matches!(fault, Fault::Folder(name) if name == node);
        self.active().iter().any(hides)
    }

    /// Undoes every active fault of that kind.
    ///
    /// # Errors
    /// When one cannot be undone.
    pub(super) fn heal(&self, stage: &Stage<'_>, kind: FaultKind) -> Result<(), Trouble> {
        let healed: Vec<Fault> = self
            .active()
            .extract_if(.., |fault| fault.kind() == kind)
            .collect();
        healed.iter().rev().try_for_each(|fault| undo(stage, fault))
    }

    /// Undoes every fault that is still active, each even when another cannot be undone.
    ///
    /// # Errors
    /// The first trouble met.
    pub(super) fn heal_all(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        let faults = std::mem::take(&mut *self.active());
        faults
            .iter()
            .rev()
            .map(|fault| undo(stage, fault))
            .fold(Ok(()), Result::and)
    }
}

fn undo(stage: &Stage<'_>, fault: &Fault) -> Result<(), Trouble> {
    match fault {
        Fault::Daemon {
            node,
            what: DaemonDo::Stop | DaemonDo::Kill | DaemonDo::Freeze,
        } => {
            daemon_up(stage.node(node)?)?;
        }
        Fault::Daemon { .. } => {}
        Fault::Emulator {
            node,
            what: Pause::Freeze,
        } => thaw(stage, node)?,
        Fault::Emulator { .. } => {}
        Fault::Config { node, .. } => {
            config(stage, node, stage.case.given.config)?;
            stage.look_at_config(stage.node(node)?);
        }
        Fault::Tool { node, name, .. } => tool(stage, node, name, &[])?,
        Fault::Network(harm) => stage.lab.cable(harm.node(), Cable::Whole)?,
        Fault::Full(node) => stage.lab.room(node, true)?,
        Fault::Lost { node } => {
            stage.lab.cable(node, Cable::Whole)?;
            let node = stage.node(node)?;
            node.revive_lock_daemon()?;
            daemon_up(node)?;
        }
        Fault::Power(node) => power_up(stage, node)?,
        Fault::Lease(node) => {
            let node = stage.node(node)?;
            node.kill_lock_daemon()?;
            node.revive_lock_daemon()?;
        }
        Fault::Folder(node) => folder::end(stage, node)?,
        Fault::Disk { node, .. } => stage.lab.harm_disk(node, DiskHarm::Whole)?,
    }
    stage.recorder.record(What::Healed { kind: fault.kind() });
    Ok(())
}

fn daemon(stage: &Stage<'_>, name: &NodeName, what: DaemonDo) -> Result<(), Trouble> {
    let node = stage.node(name)?;
    match what {
        DaemonDo::Stop => node.daemon(lab::DaemonDo::Stop)?,
        DaemonDo::Kill => node.daemon(lab::DaemonDo::Kill)?,
        DaemonDo::Freeze => node.daemon(lab::DaemonDo::Freeze)?,
        DaemonDo::Restart => {
            node.daemon(lab::DaemonDo::Kill)?;
            node.daemon(lab::DaemonDo::Start)?;
        }
        DaemonDo::Forget => {
            node.daemon(lab::DaemonDo::Kill)?;
            // Where libvirt keeps what it knows of running domains.
            let name = stage.lab.subject().name;
            node.remove(format!("/run/libvirt/qemu/{name}.xml").as_ref())?;
            node.daemon(lab::DaemonDo::Start)?;
        }
        DaemonDo::Boot => {
            node.daemon(lab::DaemonDo::Kill)?;
            // By which libvirt knows that it has started everything since the boot.
            node.remove("/run/libvirt/qemu/autostarted".as_ref())?;
            node.daemon(lab::DaemonDo::Start)?;
        }
    }
    Ok(())
}

/// Ends what of a node has to do with the subject. Nobody may tidy up behind the others, as nobody does on a node
/// without power: its libvirtd is killed first, and the daemon that holds the lock while the emulator stands still.
fn lose(stage: &Stage<'_>, name: &NodeName) -> Result<(), Trouble> {
    let node = stage.node(name)?;
    stage.lab.cable(name, Cable::Cut)?;
    node.daemon(lab::DaemonDo::Kill)?;
    emulator(stage, name, Pause::Freeze)?;
    node.kill_lock_daemon()?;
    emulator(stage, name, Pause::Kill)
}

/// Gives a machine its power, and waits until its node is up with the case's files; but not for a person who wants the
/// run to end.
fn power_up(stage: &Stage<'_>, name: &NodeName) -> Result<(), Trouble> {
    stage.lab.give_power(name)?;
    stage.overdue()?;
    stage.lab.raise_again(name)?;
    given::furnish(stage, stage.node(name)?)
}

/// Lets a frozen daemon go on, and starts one that is gone.
fn daemon_up(node: &dyn Node) -> Result<(), Trouble> {
    // Not by name alone: of one that has just ended a process may be there until it is reaped.
    match node.libvirtd()? {
        Some(daemon) if daemon.state == 'T' => node.daemon(lab::DaemonDo::Continue)?,
        Some(_) => {}
        None => node.daemon(lab::DaemonDo::Start)?,
    }
    Ok(())
}

fn config(stage: &Stage<'_>, node: &NodeName, form: ConfigForm) -> Result<(), Trouble> {
    given::write_config(stage, stage.node(node)?, form)
}

fn tool(
    stage: &Stage<'_>,
    node: &NodeName,
    name: &str,
    answers: &[ToolAnswer],
) -> Result<(), Trouble> {
    let text = serde_json::to_vec(answers)
        .map_err(|error| Trouble::Given(format!("the shim cannot be told: {error}")))?;
    let file = shim::answers_file(Path::new(shim::FOLDER), name);
    Ok(stage.node(node)?.put(&file, &Entry::File(text, 0o644))?)
}

fn emulator(stage: &Stage<'_>, name: &NodeName, what: Pause) -> Result<(), Trouble> {
    let signal = match what {
        Pause::Freeze => Signal::SIGSTOP,
        Pause::Kill => Signal::SIGKILL,
    };
    let found = emulators(stage, name)?;
    if found.is_empty() {
        return Err(no_effect(name, what));
    }
    send(stage, name, &found, signal)?;
    await_effect(stage, name, what)
}

fn no_effect(name: &NodeName, what: Pause) -> Trouble {
    Trouble::NoEffect(format!("{what:?} the emulator on {name}").to_lowercase())
}

fn await_effect(stage: &Stage<'_>, name: &NodeName, what: Pause) -> Result<(), Trouble> {
    let until = Instant::now() + PATIENCE * stage.lab.pace();
    while !took_effect(&emulators(stage, name)?, what) {
        if Instant::now() > until {
            return Err(no_effect(name, what));
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn took_effect(emulators: &[Process], what: Pause) -> bool {
    match what {
        Pause::Freeze => emulators.iter().all(|emulator| emulator.state == 'T'),
        Pause::Kill => emulators.iter().all(|emulator| emulator.state == 'Z'),
    }
}

fn send(
    stage: &Stage<'_>,
    name: &NodeName,
    processes: &[Process],
    signal: Signal,
) -> Result<(), Trouble> {
    let node = stage.node(name)?;
    for process in processes {
        node.signal(process.pid, signal)?;
    }
    Ok(())
}

fn thaw(stage: &Stage<'_>, name: &NodeName) -> Result<(), Trouble> {
    let frozen: Vec<_> = emulators(stage, name)?
        .into_iter()
        .filter(|emulator| emulator.state == 'T')
        .collect();
    send(stage, name, &frozen, Signal::SIGCONT)
}

/// The subject's emulators on a node.
fn emulators(stage: &Stage<'_>, name: &NodeName) -> Result<Vec<Process>, Trouble> {
    let uuid = stage.lab.subject().uuid;
    let processes = stage.node(name)?.processes()?.into_iter();
    let own = processes.filter(|it| it.domain_uuid() == Some(uuid.as_str()));
    Ok(own.collect())
}
