use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::node_name::NodeName;
use super::step_path::StepPath;
use crate::millis::Millis;
use crate::ocf::{Code, FenceCode, Verb};

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Exit {
    /// By itself, with a code the standard knows.
    Code(Code),
    /// By itself, as a fence agent, with a code that their API knows.
    Fence(FenceCode),
    /// By itself, with a code that only the agent's dialect knows, such as rgmanager's 150.
    OfDialect(i32),
    /// By itself, with a code the standard does not know.
    Other(i32),
    /// By a signal that the harness did not send.
    Signal(i32),
    /// By the KILL that the harness sent when its timeout had passed, as the agent's manager does: to its whole group, or to
    /// its own process alone.
    TimedOut,
    /// By a signal that the case had the harness send.
    Killed,
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => code.fmt(f),
            Self::Fence(code) => code.fmt(f),
            Self::OfDialect(number) => write!(f, "{number}, a code of its dialect"),
            Self::Other(number) => write!(f, "{number}, a code outside the standard"),
            Self::Signal(number) => write!(f, "ended by signal {number}"),
            Self::TimedOut => f.write_str("killed at its timeout"),
            Self::Killed => f.write_str("killed by the case"),
        }
    }
}

/// What a process printed, up to a limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// The bytes that were kept, with those replaced that are not UTF-8.
    pub text: String,
    /// The number of bytes printed.
    pub bytes: u64,
    /// Whether it has bytes that are not UTF-8, or control characters other than tab and newline.
    pub binary: bool,
    /// Whether it was longer than the limit, and `text` is cut off.
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
    /// What it was asked to do; none when the case runs the agent without any action.
    pub verb: Option<Verb>,
    /// The node that a migration goes to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<NodeName>,
    /// The node that a migration comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NodeName>,
    /// The interval of a recurring monitor; a monitor without one is a probe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<Millis>,
    /// All arguments, as the dialect has them; the lines of standard input too, where it has those.
    pub args: Vec<String>,
    /// The whole environment it got.
    pub env: BTreeMap<String, String>,
    /// Milliseconds after which its group is killed.
    pub timeout: u64,
    /// The user it ran as: `root`, unless the case says otherwise.
    pub user: String,
}

impl Invocation {
    /// The step that asked for it; none of a run that makes the given world, or that the cluster asked for.
    #[must_use]
    pub const fn step(&self) -> Option<&StepPath> {
        match &self.by {
            AskedBy::Step(path) => Some(path),
            AskedBy::World | AskedBy::Cluster => None,
        }
    }

    /// Whether the cluster asks for it again and again: a monitor with an interval.
    #[must_use]
    pub fn recurs(&self) -> bool {
        self.by == AskedBy::Cluster && self.interval.is_some_and(|interval| interval > Millis(0))
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
    /// The cluster around the agent.
    Cluster,
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
    /// Its calls of tools that have a stand-in, in order.
    pub calls: Vec<ToolCall>,
    /// The percentage of its time in which tasks of the machine waited for a processor; none where the kernel doesn't say.
    pub pressure: Option<u8>,
    /// The init-script header in the agent's file, if this was `meta-data` and there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
    /// Whether the case answered in the agent's place, which did not run.
    #[serde(default, skip_serializing_if = "is_false")]
    pub answered: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// The pressure in percent from which an overrun is blamed on the machine.
const STARVED: u8 = 90;

impl Outcome {
    /// Whether the machine was too overloaded to judge how long this took.
    #[must_use]
    pub fn is_starved(&self) -> bool {
        self.pressure.is_some_and(|percent| percent >= STARVED)
    }
}

/// A call of a tool that a stand-in answered or passed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The tool's name, such as `virsh`.
    pub tool: String,
    /// The arguments.
    pub args: Vec<String>,
    /// The exit code of the answer that the case had scripted; none where the call was passed on to the real tool.
    pub answered: Option<u8>,
    /// The connection URI that the environment gave it, which counts as an argument.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}
