//! The cluster's own tools, called in a node of it.

use super::xml::Element;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;
use crate::lab::{LabError, Node, Process};

/// How the name of the daemon begins that keeps the configuration, which every tool asks. The kernel cuts names.
const BASED: &str = "pacemaker-based";

/// How the name of the controller begins, without which a node is no member.
const CONTROLLER: &str = "pacemaker-contr";

/// Whether a node's controller runs: then it is a member, or about to become one.
pub(super) fn has_controller(stage: &Stage<'_>, node: &dyn Node) -> bool {
    any_process(stage, node, |process| process.name.starts_with(CONTROLLER))
}

/// A node whose cluster can be asked, which is not the node `but`.
///
/// # Errors
/// When there is none.
pub(super) fn speaker<'a>(
    stage: &'a Stage<'_>,
    but: Option<&NodeName>,
) -> Result<&'a dyn Node, Trouble> {
    let speaks = |node: &&dyn Node| {
        let keeper = |process: &Process| process.name.starts_with(BASED) && process.state != 'T';
        but != Some(node.name()) && any_process(stage, *node, keeper)
    };
    let mut nodes = stage.lab.nodes().iter().map(|node| &**node as &dyn Node);
    nodes
        .find(speaks)
        .ok_or_else(|| Trouble::Step("no node's cluster can be asked".into()))
}

fn any_process(stage: &Stage<'_>, node: &dyn Node, fits: impl Fn(&Process) -> bool) -> bool {
    stage.lab.has_power(node.name()) && { node.processes() }
        .is_ok_and(|all| all.iter().any(|one| one.state != 'Z' && fits(one)))
}

/// Calls a tool, which is to succeed.
///
/// # Errors
/// When no node can be asked, or the tool fails.
pub(super) fn call(stage: &Stage<'_>, tool: &str, args: &[&str]) -> Result<(), Trouble> {
    Ok(speaker(stage, None)?.run(tool, args).map(drop)?)
}

/// Adds to the configuration, or changes what is there by the same ids.
///
/// # Errors
/// As for [`call`].
pub(super) fn put(stage: &Stage<'_>, configuration: &Element) -> Result<(), Trouble> {
    let xml = configuration.to_string();
    call(
        stage,
        "cibadmin",
        &["--modify", "--allow-create", "--xml-text", &xml],
    )
}

/// Takes all that an XPath finds out of the configuration.
///
/// # Errors
/// As for [`call`], and when it finds nothing.
pub(super) fn take_out(stage: &Stage<'_>, what: &str, xpath: &str) -> Result<(), Trouble> {
    let node = speaker(stage, None)?;
    if !finds(node, xpath) {
        return Err(Trouble::Step(format!(
            "the cluster's configuration has no {what}"
        )));
    }
    let delete = ["--force", "--delete-all", "--xpath", xpath];
    Ok(node.run("cibadmin", &delete).map(drop)?)
}

/// Whether an XPath finds something in the configuration or in what the cluster remembers.
pub(super) fn finds(node: &dyn Node, xpath: &str) -> bool {
    let query: Result<_, LabError> = node.run("cibadmin", &["--query", "--xpath", xpath]);
    query.is_ok()
}
