//! What the agent says of itself, asked in a lab: an agent under test runs nowhere else.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::lab::{Command, LabError, LabPool};
use crate::ocf::metadata::Metadata;
use crate::plan::{Agent, OCF_ROOT};

/// How long an agent may take to print its metadata. Source: clause OCF-ENV-02 asks for 5 s.
const PATIENCE: Duration = Duration::from_secs(20);

/// The actions in the agent's own metadata; none when it prints none. The cases on metadata then say why.
///
/// # Errors
/// When no lab comes up.
pub(super) fn advertised(pool: &LabPool, agent: &Agent) -> Result<Vec<String>, LabError> {
    let lease = pool.lease(None)?;
    let Some(node) = lease.nodes().first() else {
        return Ok(Vec::new());
    };
    let path = agent.path.display().to_string();
    let command = Command {
        env: BTreeMap::from([
            (
                "PATH".to_owned(),
                "/usr/sbin:/usr/bin:/sbin:/bin".to_owned(),
            ),
            ("OCF_ROOT".to_owned(), OCF_ROOT.to_owned()),
            ("OCF_RESOURCE_TYPE".to_owned(), agent.name.clone()),
        ]),
        ..Command::new(&path, ["meta-data"])
    };
    let finished = node.exec(&command)?.wait(Instant::now() + PATIENCE)?;
    Ok(Metadata::advertised(&finished.out.text))
}
