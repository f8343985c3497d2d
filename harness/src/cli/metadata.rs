//! What the agent says of itself, asked in a lab: an agent under test runs nowhere else.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::Failure;
use crate::lab::{Command, Equipment, LabError, LabPool, Lacks, Node};
use crate::ocf::metadata::Metadata;
use crate::ocf::{OCF_ROOT, Verb};
use crate::plan::Agent;

/// How long an agent may take to print its metadata. Source: clause OCF-ENV-02.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is known of agent and lab before the first case.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// The actions in the agent's own metadata; none when it prints none. The cases on metadata then say why.
    pub(super) advertised: Vec<String>,
    /// The parameters in its metadata; none when it prints none.
    pub(super) parameters: Option<Vec<String>>,
    /// The facts of the lab.
    pub(super) lab: BTreeMap<String, String>,
    /// What the lab lacks.
    pub(super) lacks: Lacks,
}

/// Asks the agent for its metadata, in a lab.
///
/// # Errors
/// When no lab comes up, or the lab's node has no such agent.
pub(super) fn ask(pool: &LabPool, agent: &Agent) -> Result<Asked, Failure> {
    let broken = |error: LabError| Failure::inconclusive(error.to_string());
    let lease = pool.lease(Equipment::default()).map_err(broken)?;
    let Some(node) = lease.nodes().first() else {
        return Ok(Asked::default());
    };
    let place = node.place_of(&agent.path);
    if node.mode(&place).map_err(broken)?.is_none() {
        return Err(Failure::usage(format!(
            "the lab's nodes have no agent at {}; install it there, or give an agent of this machine by its path",
            place.display()
        )));
    }
    let printed = printed(&**node, agent).map_err(broken)?;
    Ok(Asked {
        advertised: Metadata::advertised(&printed),
        parameters: Metadata::names(&printed),
        lab: lease.facts(),
        lacks: lease.lacks(),
    })
}

/// What it prints when it is asked.
fn printed(node: &dyn Node, agent: &Agent) -> Result<String, LabError> {
    let path = node.place_of(&agent.path).display().to_string();
    let command = Command {
        env: BTreeMap::from([
            (
                "PATH".to_owned(),
                "/usr/sbin:/usr/bin:/sbin:/bin".to_owned(),
            ),
            ("OCF_ROOT".to_owned(), OCF_ROOT.to_owned()),
            ("OCF_RESOURCE_TYPE".to_owned(), agent.name.clone()),
        ]),
        ..Command::new(&path, [Verb::MetaData.as_str()])
    };
    let finished = node.exec(&command)?.wait(Instant::now() + PATIENCE)?;
    Ok(finished.out.text)
}
