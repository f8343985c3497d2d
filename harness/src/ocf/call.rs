//! One run of an agent: what is asked for, and how a manager starts it.

use std::collections::BTreeMap;

use super::metadata::Metadata;
use super::verb::Verb;
use crate::millis::Millis;

/// Where OCF resource agents are installed, as `OCF_ROOT` says.
pub const OCF_ROOT: &str = "/usr/lib/ocf";

/// What the names of variables that hold a parameter begin with.
pub const PARAMETER: &str = "OCF_RESKEY_";

/// The variable that says how deep a monitor looks.
pub(super) const CHECK_LEVEL: &str = "OCF_CHECK_LEVEL";

/// What an agent is asked for, in the terms of cases.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// What it is to do; none runs it without an action.
    pub verb: Option<&'a Verb>,
    /// Arguments, or lines of standard input, that a case adds to those of the dialect.
    pub args: &'a [String],
    /// The resource that it is asked about.
    pub resource: Resource<'a>,
    /// The name of the node that it runs on.
    pub node: &'a str,
    /// That node's number in the cluster, from 1.
    pub node_number: usize,
    /// The node that a migration goes to.
    pub to: Option<&'a str>,
    /// The node that a migration comes from.
    pub from: Option<&'a str>,
    /// The interval of a recurring monitor; a monitor without one is a probe.
    pub interval: Option<Millis>,
    /// How deep a monitor looks, where the case says so.
    pub depth: Option<u32>,
    /// When the manager gives it up.
    pub timeout: Millis,
    /// The search path of the manager.
    pub path: &'a str,
    /// The locale of the manager, where it is not plain C.
    pub locale: Option<&'a str>,
}

/// A resource as a manager knows it.
#[derive(Clone, Copy, Debug)]
pub struct Resource<'a> {
    /// Its name in the cluster.
    pub instance: &'a str,
    /// The agent's provider.
    pub provider: &'a str,
    /// The agent's type, which is its file's name.
    pub kind: &'a str,
    /// The values of its parameters, by the agent's own names.
    pub parameters: &'a BTreeMap<String, String>,
    /// What the agent's metadata say, where its dialect reads them; else nothing.
    pub metadata: &'a Metadata,
    /// The folder that the agent's file lies in.
    pub folder: &'a str,
    /// Whether it is in a service, from which it inherits, where its dialect has such a thing.
    pub has_parent: bool,
}

/// How a manager starts an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// All arguments.
    pub args: Vec<String>,
    /// The whole environment.
    pub env: BTreeMap<String, String>,
    /// What comes on standard input; nothing, where it is empty.
    pub input: String,
    /// The working directory.
    pub dir: &'static str,
    /// The permissions that its files lack by default.
    pub umask: u32,
}
