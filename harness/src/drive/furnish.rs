//! The files of the case on a node: the configuration, stand-ins of tools, scripts.

use std::path::Path;

use super::configuration::{Bystander, Guests};
use super::path;
use super::stage::Stage;
use super::trouble::Trouble;
use crate::case::{ConfigForm, Role};
use crate::engine::Engine;
use crate::history::NodeName;
use crate::lab::{Entry, LabError, Node, lxc_config};
use crate::tool;

/// Puts the files of the case on a node: the configuration, stand-ins of tools, scripts.
///
/// # Errors
/// When the node cannot be written to.
pub(super) fn furnish(stage: &Stage<'_>, node: &dyn Node) -> Result<(), Trouble> {
    write_config(stage, node, stage.case.given.config)?;
    put_stand_ins(stage, node)?;
    put_engine(stage, node)?;
    put_scripts(stage, node)
}

/// Raises a node that was without power, with the files of the case, but without its part of a cluster.
///
/// # Errors
/// When it does not come up.
pub(super) fn raise_again(stage: &Stage<'_>, name: &NodeName) -> Result<(), Trouble> {
    match stage.lab.raise_again(name)? {
        true => furnish(stage, stage.node(name)?),
        false => Ok(()),
    }
}

/// The subject's definition as an operator would write it.
pub(super) fn plain(stage: &Stage<'_>) -> String {
    let subject = stage.lab.subject();
    match stage.actors.profile.engine() {
        Engine::Lxc => lxc_config(&subject),
        _ => stage.lab.hypervisor().definition(&subject),
    }
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
    for (path, content) in stage.format.beside(form) {
        node.put(&path, &Entry::File(content, 0o600))?;
    }
    let text = written(stage, node, form, &|guests| {
        stage.format.content(form, guests)
    })?;
    Ok(put_file(node, &stage.config, text, form)?)
}

/// What `write` makes in that form of the guests of a node.
fn written(
    stage: &Stage<'_>,
    node: &dyn Node,
    form: ConfigForm,
    write: &dyn Fn(&Guests<'_>) -> Option<String>,
) -> Result<Option<String>, Trouble> {
    let bystander = stage.lab.bystander().uuid;
    let guests = Guests {
        subject: &stage.lab.subject(),
        plain: &plain(stage),
        bystander: Bystander {
            id: borrowed_id(stage, node.name(), form)?,
            uuid: &bystander,
        },
    };
    Ok(write(&guests))
}

/// The guest's name in the configuration file that the case begins with on that node.
///
/// # Errors
/// When the hypervisor does not give the bystander's id, which one form borrows.
pub(super) fn guest_name(stage: &Stage<'_>, node: &NodeName) -> Result<String, Trouble> {
    let form = stage.case.given.config;
    let bystander = stage.lab.bystander().uuid;
    let guests = Guests {
        subject: &stage.lab.subject(),
        plain: "",
        bystander: Bystander {
            id: borrowed_id(stage, node, form)?,
            uuid: &bystander,
        },
    };
    Ok(stage.format.name(form, &guests))
}

/// The bystander's id, for the one form that borrows it.
fn borrowed_id(stage: &Stage<'_>, node: &NodeName, form: ConfigForm) -> Result<u32, Trouble> {
    let bystander = stage.lab.bystander().uuid;
    let hypervisor = stage.lab.hypervisor();
    Ok(match form {
        ConfigForm::NameIsId => hypervisor.domain_id(stage.node(node)?, &bystander)?,
        _ => 0,
    })
}

/// The definition that an operator starts or defines by hand: the file's own, where it can be started.
///
/// # Errors
/// When the hypervisor does not give the bystander's id, which one form borrows.
pub(super) fn operators_definition(stage: &Stage<'_>, node: &dyn Node) -> Result<String, Trouble> {
    let form = stage.case.given.config;
    let own = if stage.format.is_sound(form) {
        written(stage, node, form, &|guests| {
            stage.format.definition(form, guests)
        })?
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

/// Puts a stand-in for each tool that the case needs first on the agent's path, and makes room for what is shown where
/// they are put in the tools' own places.
fn put_stand_ins(stage: &Stage<'_>, node: &dyn Node) -> Result<(), Trouble> {
    let own = Entry::Link(node.place_of(&stage.lab.spec().program));
    let tools = path::stand_ins(stage.case, stage.actors.profile);
    for tool in &tools {
        node.put(&Path::new(tool::FOLDER).join(tool), &own)?;
    }
    if !tools.is_empty() {
        node.put(Path::new(tool::BESIDE), &Entry::Folder)?;
    }
    Ok(())
}

/// Puts there what the stand-in for an engine's tool makes domains of, and the containers that the node has.
fn put_engine(stage: &Stage<'_>, node: &dyn Node) -> Result<(), Trouble> {
    let engine = stage.actors.profile.engine();
    if engine.stand_in().is_some() {
        let template = Entry::File(plain(stage).into(), 0o644);
        node.put(&tool::template_file(), &template)?;
    }
    if engine == Engine::Vzctl {
        let known = tool::containers_file(&stage.lab.subject().uuid, &stage.lab.bystander().uuid);
        let (file, known) = known.map_err(|error| Trouble::Step(error.to_string()))?;
        node.put(&file, &Entry::File(known, 0o644))?;
    }
    Ok(())
}

/// Puts the scripts there that a monitor may be asked to run: `/run/vrt/scripts/hang` never ends,
/// `flood` prints about ten megabytes a second for ever, and `seven` ends with 7, which of an agent says that nothing runs.
fn put_scripts(stage: &Stage<'_>, node: &dyn Node) -> Result<(), Trouble> {
    if !stage.case.needs.roles.contains(&Role::MonitorScript) {
        return Ok(());
    }
    let scripts = [
        ("hang", "exec sleep 1000"),
        ("seven", "exit 7"),
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
