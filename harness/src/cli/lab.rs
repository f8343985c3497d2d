//! `lab`: a shell on a node of a fresh local lab, for looking around.

use clap::{Args, Subcommand};

use super::{Exit, Failure};
use crate::history::NodeName;
use crate::lab::{Lab, LabSpec};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Bring a lab up, open a shell on a node, and end the lab with the shell
    Shell {
        /// The node
        #[arg(default_value = "a")]
        node: String,
    },
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let What::Shell { node } = &arguments.command;
    let name = NodeName(node.clone());
    let spec = LabSpec::default();
    if !spec.nodes.contains(&name) {
        return Err(Failure::usage(format!(
            "the lab has no node `{node}`; a local lab's nodes are `a` and `b`"
        )));
    }
    let lab = Lab::start(&spec).map_err(|error| Failure::inconclusive(error.to_string()))?;
    let node = lab
        .node(&name)
        .map_err(|error| Failure::usage(error.to_string()))?;
    let shell = node.enter().args(["/bin/bash", "-l"]).status();
    shell.map_err(|error| Failure::inconclusive(format!("no shell could be opened: {error}")))?;
    Ok(Exit::Conforms)
}
