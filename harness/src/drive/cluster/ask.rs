//! Questions to the cluster, by the tools of its nodes.

use crate::drive::stage::Stage;
use crate::lab::Node;

/// The nodes that can be asked something.
pub(super) fn living<'a>(stage: &'a Stage<'_>) -> impl Iterator<Item = &'a dyn Node> {
    let nodes = stage.lab.nodes().iter().map(|node| &**node as &dyn Node);
    nodes.filter(|node| stage.lab.has_power(node.name()))
}

/// What a tool prints in a node; none where it fails.
pub(super) fn ask(node: &dyn Node, tool: &str, args: &[&str]) -> Option<String> {
    let finished = node.run(tool, args).ok()?;
    Some(finished.out.text)
}
