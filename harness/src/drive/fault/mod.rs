//! Harm done on purpose, one file for each fault. Each proves its effect, and is undone at the end of the case at the
//! latest.

mod config;
mod daemon;
mod disk;
mod emulator;
mod fence_daemon;
mod fencing;
mod folder;
mod full;
mod injection;
mod lease;
mod lost;
mod network;
mod pacemaker;
mod power;
mod tool;
mod toolstack;

use self::injection::Injection;
use super::stage::Stage;
use super::trouble::Trouble;
use crate::case::{Fault, FaultKind};
use crate::engine::Engine;
use crate::history::{NodeName, What};

/// How a fault is done: the list of all there are.
fn injection(fault: &Fault) -> Box<dyn Injection + '_> {
    match fault {
        Fault::Daemon { node, what } => Box::new(daemon::Daemon { node, what: *what }),
        Fault::Emulator { node, what } => Box::new(emulator::Emulator { node, what: *what }),
        Fault::Config { node, form } => Box::new(config::Config { node, form: *form }),
        Fault::Tool {
            node,
            name,
            answers,
        } => Box::new(tool::Tool {
            node,
            name,
            answers,
        }),
        Fault::Network(harm) => Box::new(network::Network(harm)),
        Fault::Full(node) => Box::new(full::Full(node)),
        Fault::Folder(node) => Box::new(folder::Folder(node)),
        Fault::Lost { node } => Box::new(lost::Lost(node)),
        Fault::Power(node) => Box::new(power::Power(node)),
        Fault::Lease(node) => Box::new(lease::Lease(node)),
        Fault::Disk { node, what } => Box::new(disk::Disk { node, what: *what }),
        Fault::Pacemaker { node, daemon, what } => Box::new(pacemaker::Pacemaker {
            node,
            daemon: *daemon,
            what: *what,
        }),
        Fault::FenceDaemon { node, what } => {
            let what = *what;
            Box::new(fence_daemon::FenceDaemon { node, what })
        }
        Fault::Fencing { node, what, span } => Box::new(fencing::Fencing {
            node,
            what: *what,
            span: *span,
        }),
    }
}

/// A fault as a person would say it.
pub(super) fn describe(fault: &Fault, engine: Engine) -> String {
    match (fault, engine.stand_in()) {
        (Fault::Daemon { node, what }, Some(tool)) => toolstack::describe(node, *what, tool),
        _ => injection(fault).describe(),
    }
}

/// Harms the lab, and records it once its effect is there.
///
/// # Errors
/// When the harm could not be done or took no effect.
pub(super) fn inject(stage: &Stage<'_>, fault: &Fault) -> Result<(), Trouble> {
    // Listed before it is done: a fault that took effect only in part must be undone as well.
    stage.active_faults().push(fault.clone());
    let injection = injection(fault);
    injection.inject(stage)?;
    let node = fault.node().clone();
    stage.look(&node);
    let kind = fault.kind().into();
    stage.recorder.record(What::Fault { kind, node });
    injection.look(stage)
}

/// Whether a look at the configuration's folder on a node would hang.
pub(super) fn hides_config(stage: &Stage<'_>, node: &NodeName) -> bool {
    let hides = |fault: &Fault| fault.node() == node && injection(fault).hides_config();
    stage.active_faults().iter().any(hides)
}

/// Undoes every active fault of that kind.
///
/// # Errors
/// When one cannot be undone.
pub(super) fn heal(stage: &Stage<'_>, kind: FaultKind) -> Result<(), Trouble> {
    let healed: Vec<Fault> = stage
        .active_faults()
        .extract_if(.., |fault| fault.kind() == kind)
        .collect();
    healed.iter().rev().try_for_each(|fault| undo(stage, fault))
}

/// Undoes every fault that is still active, each even when another cannot be undone.
///
/// # Errors
/// The first trouble met.
pub(super) fn heal_all(stage: &Stage<'_>) -> Result<(), Trouble> {
    let faults = std::mem::take(&mut *stage.active_faults());
    faults
        .iter()
        .rev()
        .map(|fault| undo(stage, fault))
        .fold(Ok(()), Result::and)
}

fn undo(stage: &Stage<'_>, fault: &Fault) -> Result<(), Trouble> {
    // Of a node that has been fenced there is nothing to mend: its lab is replaced.
    let is_about_power = fault.kind() == FaultKind::Power;
    if is_about_power || stage.lab.has_power(fault.node()) {
        injection(fault).undo(stage)?;
    }
    stage.recorder.record(What::Healed {
        kind: fault.kind().into(),
    });
    Ok(())
}
