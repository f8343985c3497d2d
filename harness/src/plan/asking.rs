use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::agent::Agent;
use crate::lab::{Command, Finished, LabError, Node};
use crate::ocf::{Dialect, OCF_ROOT, Verb};

/// How long an agent may take to print its metadata. Source: clause OCF-ENV-02.
const PATIENCE: Duration = Duration::from_secs(30);

/// The command that asks an agent for its metadata.
#[must_use]
pub fn metadata_command(agent: &Agent, dialect: Dialect) -> Command {
    let program = agent.path.display().to_string();
    if dialect == Dialect::Fence {
        let input = "action=metadata\n".to_owned();
        let none: [&str; 0] = [];
        return Command {
            input,
            ..Command::new(&program, none)
        };
    }
    let folder = agent.path.parent().unwrap_or(&agent.path);
    let root = match dialect {
        Dialect::Rgmanager => folder.display().to_string(),
        _ => OCF_ROOT.to_owned(),
    };
    let env = [
        ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
        ("OCF_ROOT", &root),
        ("OCF_RESOURCE_TYPE", &agent.name),
    ];
    let env = env.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Command {
        env: BTreeMap::from(env),
        ..Command::new(&program, [Verb::MetaData.as_str()])
    }
}

/// What an agent prints as its metadata, on a node of a lab: an agent under test runs nowhere else.
///
/// # Errors
/// When it cannot be run there, or prints nothing in time.
pub fn ask_metadata(node: &dyn Node, agent: &Agent, dialect: Dialect) -> Result<String, LabError> {
    asked_metadata(node, agent, dialect).map(|finished| finished.out.text)
}

/// The whole run in which an agent is asked for its metadata.
///
/// # Errors
/// As above.
pub fn asked_metadata(
    node: &dyn Node,
    agent: &Agent,
    dialect: Dialect,
) -> Result<Finished, LabError> {
    let mut command = metadata_command(agent, dialect);
    command.program = node.place_of(&agent.path).display().to_string();
    node.exec(&command)?.wait(Instant::now() + PATIENCE)
}
