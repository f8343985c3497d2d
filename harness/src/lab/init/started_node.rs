use std::fmt::Display;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use serde::{Deserialize, Serialize};

use super::network::Wire;
use crate::installed::TO_DOCTOR;
use crate::lab::setup::{LabResult, NodeSetup};
use crate::lab::subcommand::Hidden;
use crate::log;

/// How far a node's first process has come, as it says on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum NodeStage {
    /// It is in its own namespaces, and waits for its cable and its setup.
    Unshared,
    /// Its daemons serve.
    Ready,
}

/// A node's first process while it starts.
pub(super) struct StartedNode<'a> {
    setup: &'a NodeSetup,
    process: Child,
    out: Box<dyn BufRead>,
}

impl<'a> StartedNode<'a> {
    /// Starts the node and plugs it into the switch.
    pub(super) fn start(setup: &'a NodeSetup) -> LabResult<Self> {
        let mut process = Command::new("unshare")
            .args([
                "--mount",
                "--pid",
                "--net",
                "--uts",
                "--ipc",
                "--fork",
                "--kill-child",
            ])
            // Not /proc/self/exe, which would be unshare itself.
            .args(["/proc/1/exe", Hidden::NodeInit.word(), &setup.name])
            .args(log::filter_inside())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run unshare: {error}; {TO_DOCTOR}"))?;
        let out = process
            .stdout
            .take()
            .ok_or("unshare has no standard output")?;
        let out = Box::new(BufReader::new(out));
        let mut node = Self {
            setup,
            process,
            out,
        };
        node.expect(NodeStage::Unshared)?;
        node.plug_in()?;
        Ok(node)
    }

    /// Waits until the node has come so far.
    pub(super) fn expect(&mut self, stage: NodeStage) -> LabResult<()> {
        let mut line = String::new();
        let name = &self.setup.name;
        let failed = |why: &dyn Display| format!("node {name}: {why}");
        let read = self.out.read_line(&mut line);
        if read.map_err(|error| failed(&error))? == 0 {
            return Err(format!("node {name} ended before it was ready"));
        }
        let answer: LabResult<NodeStage> =
            serde_json::from_str(&line).map_err(|error| failed(&error))?;
        match answer {
            Ok(reached) if reached == stage => Ok(()),
            Ok(reached) => Err(failed(&format!("it is at {reached:?}"))),
            Err(why) => Err(failed(&why)),
        }
    }

    /// Gives the node its ends of its cables, and sends it its setup.
    fn plug_in(&mut self) -> LabResult<()> {
        // Of the process that unshared, which is in the node's network already.
        let pid = self.process.id().to_string();
        let wires = Wire::all(self.setup);
        wires.iter().try_for_each(|wire| wire.plug_in(&pid))?;
        let mut stdin = self
            .process
            .stdin
            .take()
            .ok_or("unshare has no standard input")?;
        let line = serde_json::to_string(self.setup).map_err(|error| error.to_string())?;
        writeln!(stdin, "{line}").map_err(|error| error.to_string())
    }
}
