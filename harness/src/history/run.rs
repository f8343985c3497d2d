use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::node_name::NodeName;
use super::step_path::StepPath;
use crate::ocf::{Action, Code};

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// By itself, with a code the standard knows.
    Code(Code),
    /// By itself, with a code the standard does not know.
    Other(i32),
    /// By a signal that the harness did not send.
    Signal(i32),
    /// By the KILL that the harness sent to its whole group when its timeout had passed.
    TimedOut,
    /// By a signal that the case told the harness to send.
    Killed,
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => code.fmt(f),
            Self::Other(number) => write!(f, "{number}, a code outside the standard"),
            Self::Signal(number) => write!(f, "ended by signal {number}"),
            Self::TimedOut => f.write_str("killed at its timeout"),
            Self::Killed => f.write_str("killed by the case"),
        }
    }
}

/// The bounded text that a process printed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// What was kept, with bytes that are no UTF-8 replaced.
    pub text: String,
    /// How many bytes were printed in all.
    pub bytes: u64,
    /// Whether some of the bytes were no UTF-8 or were control characters other than tab and newline.
    pub binary: bool,
    /// Whether `text` lacks some of the bytes.
    pub cut: bool,
}

/// One run of the agent, as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invocation {
    /// Number of the invocation within the case, from 0.
    pub id: u32,
    /// Who asked for it.
    pub by: AskedBy,
    /// The case's name for it, `as:` in the case file.
    pub label: Option<String>,
    /// Where it ran.
    pub node: NodeName,
    /// The first argument; none when the case runs the agent without any.
    pub action: Option<Action>,
    /// The arguments after the action.
    pub args: Vec<String>,
    /// The whole environment it got.
    pub env: BTreeMap<String, String>,
    /// Milliseconds after which its group is killed.
    pub timeout: u64,
    /// The user it ran as, `root` but where a case says otherwise.
    pub user: String,
}

impl Invocation {
    /// The step that asked for it; none of a run that makes the given world.
    #[must_use]
    pub const fn step(&self) -> Option<&StepPath> {
        match &self.by {
            AskedBy::Step(path) => Some(path),
            AskedBy::World => None,
        }
    }
}

/// Who asks for a run of the agent.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AskedBy {
    /// A step of the case.
    Step(StepPath),
    /// The harness, which makes the world that the case begins in.
    World,
}

/// How an invocation ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The invocation's number.
    pub id: u32,
    /// How its first process ended.
    pub exit: Exit,
    /// Milliseconds from its start to its end.
    pub took: u64,
    /// What it printed on standard output.
    pub stdout: Output,
    /// What it printed on standard error.
    pub stderr: Output,
    /// The text of its last `ocf-exit-reason:` line.
    pub reason: Option<String>,
    /// Command lines of processes of its own that it left running, in its node.
    pub left_running: Vec<String>,
    /// Calls that it made to tools that are under the shim, in their order.
    pub calls: Vec<ToolCall>,
    /// Percent of its time in which tasks of the machine waited for a processor, where the kernel tells.
    #[serde(default)]
    pub pressure: Option<u8>,
    /// The init-script header in the agent's file, where this was `meta-data` and there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
}

/// From here on the machine is to blame for what took too long.
const STARVED: u8 = 90;

impl Outcome {
    /// Whether the machine was so overloaded that nothing can be said about how long this took.
    #[must_use]
    pub fn is_starved(&self) -> bool {
        self.pressure.is_some_and(|percent| percent >= STARVED)
    }
}

/// One call of a tool under the shim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The tool's name, such as `virsh`.
    pub tool: String,
    /// The arguments.
    pub args: Vec<String>,
    /// The code that the shim answered with as the case told it; -1 where it handed the call to the real tool.
    pub exit: i32,
    /// The URI that the variables of libvirt's own tools gave it, which stand for an argument.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Whether the case had told the tool what to answer to it; none in older histories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scripted: Option<bool>,
}
