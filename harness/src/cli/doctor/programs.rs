//! The lines of programs: how bad it is that one is missing depends on who needs it.

use super::line::{Line, Mark};
use super::packages::fix;
use super::{Facts, Program, Use};

/// The line of a program.
pub(super) fn program(program: &Program, facts: &Facts) -> Line {
    let name = &program.name;
    let Some(path) = &program.path else {
        return lacking(program, "missing").fixed_by(fix(name, facts));
    };
    if let Some(words) = &program.fault {
        let found = format!("{} cannot be used: {}", path.display(), first_line(words));
        return lacking(program, &found)
            .fixed_by("reinstall its package, or another version of it");
    }
    let version = program.version.as_deref().unwrap_or("");
    Line::has(name, format!("{version} {}", path.display()).trim())
}

/// One of libvirt's daemons: without the single one the modular ones will do.
pub(super) fn daemon(it: &Program, facts: &Facts) -> Line {
    let is_single = it.name == "libvirtd";
    match &it.path {
        None if !is_single => Line::note(
            &it.name,
            "missing; cases on modular daemons are skipped".to_owned(),
        ),
        None if facts.has_modular_daemons() => {
            Line::note(&it.name, "missing; the modular daemons are used instead")
        }
        _ => program(it, facts),
    }
}

/// A program that cannot be used: how bad that is depends on who needs it.
fn lacking(program: &Program, found: &str) -> Line {
    match program.used_by {
        Use::Lab | Use::Daemon => Line {
            mark: Mark::Lacks,
            ..Line::note(&program.name, found)
        },
        Use::OrdinaryUser => Line::note(
            &program.name,
            format!("{found}; only labs of ordinary users need it"),
        ),
        Use::StockAgent => Line::note(
            &program.name,
            format!("{found}; stock agents need it, the lab does not"),
        ),
        Use::Machines => Line::note(&program.name, format!("{found}; local labs do not need it")),
        Use::Shell => Line::note(
            &program.name,
            format!("{found}; cases that use it as /bin/sh are skipped"),
        ),
        Use::Scheduler => Line::note(
            &program.name,
            format!("{found}; cases that ask Pacemaker's scheduler are skipped"),
        ),
        Use::Network => Line::note(
            &program.name,
            format!("{found}; cases that disturb the network end without a verdict"),
        ),
    }
}

/// The first line of what a program said.
pub(super) fn first_line(words: &str) -> &str {
    words.lines().next().unwrap_or("no reason given")
}
