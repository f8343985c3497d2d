//! What the cluster calls in a node: this program, shown as its resource agent, alert agent and fence agent.

use std::fs::File;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::cluster_call::{ALERT, FENCE, FOLDER, PROGRAM, SUBJECT};
use crate::lab::mount::{bind, lay_over};
use crate::lab::setup::{LabResult, NodeSetup};
use crate::lab::tools::make_folder;

/// Where the executor looks for agents, by provider. Source: Pacemaker's `OCF_RA_PATH`.
const PROVIDERS: &str = "/usr/lib/ocf/resource.d";

/// The node's own folder that it sees as [`FOLDER`].
pub(super) fn folder(node: &NodeSetup) -> PathBuf {
    let in_run = Path::new(FOLDER).strip_prefix("/run");
    node.home()
        .join("run")
        .join(in_run.unwrap_or(Path::new("")))
}

/// Shows this program in a node's folder. The lab's first process does it: started by its path in the lab's own mounts, it
/// alone knows its place in a machine that is a folder of another.
pub(super) fn show_program(node: &NodeSetup) -> LabResult<()> {
    let program = folder(node).join(PROGRAM);
    let failed = |error: std::io::Error| format!("cannot show the cluster its agents: {error}");
    File::create(&program).map_err(failed)?;
    // It may lie where Pacemaker's user may not look, and is too large to be copied.
    bind(&std::env::current_exe().map_err(failed)?, &program)
}

/// Shows the agents in a node, whose own folders are not in their places yet.
pub(super) fn show_agents(node: &NodeSetup) -> LabResult<()> {
    let failed = |error: std::io::Error| format!("cannot show the cluster its agents: {error}");
    symlink(PROGRAM, folder(node).join(ALERT)).map_err(failed)?;
    for (agent, over) in [(FENCE, "/usr/sbin"), (SUBJECT, PROVIDERS)] {
        let agent = Path::new(agent);
        let own = node
            .home()
            .join("cluster")
            .join(agent.file_name().unwrap_or_default());
        let place = own.join(agent.strip_prefix(over).unwrap_or(agent));
        make_folder(place.parent().unwrap_or(&own), 0o755)?;
        symlink(Path::new(FOLDER).join(PROGRAM), &place).map_err(failed)?;
        lay_over(&own, Path::new(over), &own)?;
    }
    Ok(())
}
