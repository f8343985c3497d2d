//! Holding a lab that nothing is done on: somebody looks around in it.

use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::conduct::SIGNALLED;
use super::failure::Failure;
use crate::case::CaseId;
use crate::lab::{Lab, Node};
use crate::shell_quote::quote_all;

/// How often is looked whether it is over.
const POLL: Duration = Duration::from_millis(50);

/// The commands that open a shell on each node of a lab, a line each.
pub(super) fn enter_commands(lab: &Lab) -> String {
    let command = |node: &Arc<dyn Node>| {
        let enter = node.enter();
        let words = std::iter::once(enter.get_program()).chain(enter.get_args());
        let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
        let words = quote_all(words.iter().map(AsRef::as_ref));
        format!("  {}  {words} /bin/bash -l\n", node.name())
    };
    lab.nodes().iter().map(command).collect()
}

/// Holds a lab until a signal, or until it is over.
///
/// # Errors
/// When the lab ends by itself.
pub(super) fn hold(lab: &Lab, is_over: impl Fn() -> bool) -> Result<(), Failure> {
    while !SIGNALLED.load(Ordering::Relaxed) && !is_over() {
        if !lab.is_alive() {
            return Err(Failure::inconclusive(
                "the lab has ended: its init process was killed",
            ));
        }
        thread::sleep(POLL);
    }
    Ok(())
}

/// Shows the kept lab of a failed case, and holds it until Ctrl-C or the end of standard input.
///
/// # Errors
/// When the lab ends by itself.
pub(super) fn show(id: &CaseId, lab: &Lab) -> Result<(), Failure> {
    if SIGNALLED.load(Ordering::Relaxed) {
        return Ok(());
    }
    // Standard output may be read by a program.
    let written = write!(
        std::io::stderr(),
        "\nthe lab of {} is kept as the case left it; its nodes:\n{}\
         Ctrl-C, or the end of standard input (Ctrl-D), ends it\n",
        id.0,
        enter_commands(lab)
    );
    written?;
    let over = Arc::new(AtomicBool::new(false));
    let ended = Arc::clone(&over);
    // Not joined: it may wait for ever for somebody to type.
    thread::spawn(move || {
        let mut typed = [0; 64];
        while matches!(std::io::stdin().read(&mut typed), Ok(1..)) {}
        ended.store(true, Ordering::Relaxed);
    });
    hold(lab, || over.load(Ordering::Relaxed))
}
