//! Reads the agent's metadata in a lab, for an agent under test runs nowhere else.

use std::collections::BTreeMap;
use std::{fs, thread};

use super::failure::Failure;
use super::select::Judged;
use crate::digest::sha256;
use crate::equipment::Equipment;
use crate::history::LabFacts;
use crate::lab::{Finished, Lab, LabError, LabPool, Lacks, Node};
use crate::ocf::Dialect;
use crate::ocf::metadata::Metadata;
use crate::plan::{
    Agent, Need, asked_metadata, default_programs, interpreter, missed, needs, needs_of,
};
use crate::report::Subject;

/// What is known of the agent and the lab before the first case.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// The actions in the agent's metadata; empty if it prints none, which the cases on metadata then report.
    pub(super) advertised: Vec<String>,
    /// The parameters in its metadata, if it prints any.
    pub(super) parameters: Option<Vec<String>>,
    /// The agent's name and version in its metadata, and the digest of its file on a machine of the lab.
    pub(super) subject: Subject,
    /// The first machine of the lab; empty in a local one.
    host: String,
    /// The facts of the lab.
    pub(super) lab: LabFacts,
    /// What the lab lacks.
    pub(super) lacks: Lacks,
    /// What the agent needs and the lab's nodes have not.
    pub(super) missed: Vec<Need>,
}

impl Asked {
    /// What is known after another lab was asked, too.
    ///
    /// # Errors
    /// When that has another agent.
    fn and(self, other: Self) -> Result<Self, Failure> {
        if self.subject != other.subject {
            return Err(Failure::usage(format!(
                "the machines do not all have the same agent: {} has another one than {}; install the same on all of them",
                other.host, self.host
            )));
        }
        Ok(Self {
            lacks: self.lacks.or(other.lacks),
            ..self
        })
    }
}

/// Asks the agent for its metadata, in so many labs, which are all started for that.
///
/// # Errors
/// When one does not come up, the node of one has no such agent, or they have different ones.
pub(super) fn ask(pool: &LabPool, labs: usize, judged: &Judged) -> Result<Asked, Failure> {
    let leases: Result<Vec<_>, LabError> = thread::scope(|scope| {
        let lease = |_| scope.spawn(|| pool.lease(Equipment::default()));
        let all: Vec<_> = (0..labs).map(lease).collect();
        let ended = all.into_iter().map(thread::ScopedJoinHandle::join);
        ended.filter_map(Result::ok).collect()
    });
    let leases = leases.map_err(|error| Failure::of_lab(&error))?;
    let mut all = leases.iter().map(|lab| ask_in(lab, judged));
    let first = all.next().unwrap_or_else(|| Ok(Asked::default()))?;
    all.try_fold(first, |known, asked| known.and(asked?))
}

fn ask_in(lab: &Lab, judged: &Judged) -> Result<Asked, Failure> {
    let agent = &judged.agent;
    let broken = |error: LabError| Failure::of_lab(&error);
    let Some(node) = lab.nodes().first() else {
        return Ok(Asked::default());
    };
    let text = fs::read_to_string(judged.file()).unwrap_or_default();
    let asked = asked_on(&**node, agent, judged.profile().dialect, &text)?;
    let printed = asked.out.text;
    let mut needs = needs(agent, &text, &judged.described);
    if !judged.described.is_built_in() {
        needs.extend(default_programs(&printed, &judged.profile().set));
    }
    let missed = missed(&**node, &needs).map_err(broken)?;
    let facts = lab.facts();
    let mut subject = subject(agent, &printed);
    if !facts.machines.is_empty() {
        let content = node.read(&node.place_of(&agent.path)).map_err(broken)?;
        subject.sha256 = content.map(|content| sha256(&content));
    }
    let machines = lab.spec().machines.as_ref();
    let host = machines.and_then(|machines| machines.nodes.first());
    Ok(Asked {
        host: host.map_or_else(String::new, |host| host.host.clone()),
        advertised: Metadata::advertised(&printed),
        parameters: Metadata::parameter_names(&printed),
        subject,
        lab: facts,
        lacks: lab.lacks(),
        missed,
    })
}

fn asked_on(
    node: &dyn Node,
    agent: &Agent,
    dialect: Dialect,
    text: &str,
) -> Result<Finished, Failure> {
    let broken = |error: LabError| Failure::of_lab(&error);
    let place = node.place_of(&agent.path);
    if node.mode(&place).map_err(broken)?.is_none() {
        return Err(Failure::usage(format!(
            "the lab's nodes have no agent at {}; install it there, or name an agent of this machine by its path",
            place.display()
        )));
    }
    let interpreter = interpreter(text).into_iter().collect();
    if let [need] = missed(node, &interpreter).map_err(broken)?.as_slice() {
        return Err(Failure::usage(format!("{agent} cannot be run: {need}")));
    }
    asked_metadata(node, agent, dialect).map_err(broken)
}

/// What is known before the first profile of an agent is written.
#[derive(Debug)]
pub(super) struct First {
    /// The run in which it was asked for its metadata.
    pub(super) asked: Finished,
    /// What it needs by its text and the lab's nodes have not.
    pub(super) missed: Vec<Need>,
}

/// Asks an agent that has no profile, in a lab of that pool.
///
/// # Errors
/// When no lab comes up, or the lab's node has no such agent.
pub(super) fn first(
    pool: &LabPool,
    agent: &Agent,
    dialect: Dialect,
    text: &str,
) -> Result<First, Failure> {
    let broken = |error: LabError| Failure::of_lab(&error);
    let lease = pool.lease(Equipment::default()).map_err(broken)?;
    let node = lease.nodes().first();
    let node = node.ok_or_else(|| Failure::inconclusive("the lab has no node"))?;
    let asked = asked_on(&**node, agent, dialect, text)?;
    let defaults = default_programs(&asked.out.text, &BTreeMap::new());
    let needs = needs_of(agent, text, dialect).into_iter().chain(defaults);
    let missed = missed(&**node, &needs.collect()).map_err(broken)?;
    Ok(First { asked, missed })
}

/// The agent by its own words.
fn subject(agent: &Agent, printed: &str) -> Subject {
    let metadata = Metadata::parse(printed).unwrap_or_default();
    let name = Some(metadata.name).filter(|name| !name.is_empty());
    Subject {
        name: name.unwrap_or_else(|| agent.name.clone()),
        version: metadata.own_version,
        ..Subject::default()
    }
}
