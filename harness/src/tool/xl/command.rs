//! The commands that the stand-in knows: those that agents call.

use super::answer::Failed;
use super::toolstack::Toolstack;
use super::words::{Words, usage};
use super::{create, list, migrate, operate};

/// Carries out a command, its name the first of the words.
pub(super) fn carry_out(toolstack: &Toolstack, words: &[String]) -> Result<(), Failed> {
    let (command, words) = words.split_first().ok_or_else(|| usage("COMMAND"))?;
    let sort = |known: &[&str]| Words::sort(command, words, known);
    let one = |known: &[&str]| {
        let words = sort(known)?;
        let [domain] = words.exactly(command)?;
        Ok::<_, Failed>(domain.to_owned())
    };
    match command.as_str() {
        "list" => list::list(toolstack, &sort(&["-v", "--verbose"])?),
        "vm-list" => list::vm_list(toolstack),
        "domid" => list::id(toolstack, &one(&[])?),
        "info" => list::info(toolstack),
        "create" => create::create(toolstack, &sort(&["-q", "-e", "-p", "-n"])?),
        "shutdown" => operate::shutdown(toolstack, &sort(&["-F", "-a", "--all", "-w", "--wait"])?),
        "trigger" => operate::trigger(toolstack, &sort(&[])?),
        "destroy" => operate::destroy(toolstack, &one(&["-f"])?),
        "pause" => operate::pause(toolstack, &one(&[])?),
        "unpause" => operate::unpause(toolstack, &one(&[])?),
        "mem-set" => operate::set_memory(toolstack, &sort(&[])?),
        "migrate" => migrate::migrate(
            toolstack,
            &sort(&["-e", "--live", "--debug", "-p", "-s=", "-C="])?,
        ),
        "help" => {
            crate::tool::print::print("Usage xl [-vfN] <subcommand> [args]").map_err(Failed::from)
        }
        _ => Err(Failed::because("command not implemented")),
    }
}
