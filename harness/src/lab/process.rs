use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::emulator;
use super::process_table::{self as table, Table};

/// One process of a node, as the harness sees it from outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Its id on the host: what the harness sends signals to.
    pub pid: i32,
    /// Its id in its node.
    pub inner: i32,
    /// Its parent's id on the host; 0 if the parent is outside.
    pub parent: i32,
    /// Its process group's id on the host.
    pub group: i32,
    /// The kernel's letter for its state: `T` is stopped, `Z` ended but not reaped.
    pub state: char,
    /// When it began, in clock ticks since the host's boot: with the id, who it is.
    pub started: u64,
    /// The kernel's short name for it.
    pub name: String,
    /// Its arguments.
    pub args: Vec<String>,
}

impl Process {
    /// Reads one process; none when it has ended.
    #[must_use]
    pub fn read(pid: i32) -> Option<Self> {
        Self::read_at(pid, usize::MAX)
    }

    /// The same with the id that it has so many PID namespaces below this one, or in its own.
    fn read_at(pid: i32, level: usize) -> Option<Self> {
        // Not as text at once: the kernel cuts a name after 15 bytes, wherever that is in a letter.
        let stat = table::read_here(pid, "stat")?;
        let stat = String::from_utf8_lossy(&stat);
        let (begin, end) = (stat.find('(')?, stat.rfind(')')?);
        let rest: Vec<&str> = table::after_name(&stat)?.collect();
        let ids = ids(pid)?;
        let args = table::read_here(pid, "cmdline")?;
        Some(Self {
            pid,
            inner: *ids.get(level).or(ids.last())?,
            parent: rest.get(1)?.parse().ok()?,
            group: rest.get(2)?.parse().ok()?,
            state: rest.first()?.chars().next()?,
            started: rest.get(19)?.parse().ok()?,
            name: stat.get(begin + 1..end)?.to_owned(),
            args: args
                .split(|byte| *byte == 0)
                .filter(|arg| !arg.is_empty())
                .map(|arg| String::from_utf8_lossy(arg).into_owned())
                .collect(),
        })
    }

    /// Whether it has ended and nobody has reaped it yet.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.state == 'Z'
    }

    /// Whether a signal has stopped it.
    #[must_use]
    pub const fn is_stopped(&self) -> bool {
        self.state == 'T'
    }

    /// The command line, for people and for matching.
    #[must_use]
    pub fn command_line(&self) -> String {
        if self.args.is_empty() {
            return format!("[{}]", self.name);
        }
        self.args.join(" ")
    }

    /// The UUID of the domain whose emulator this is; none when it is no emulator.
    #[must_use]
    pub fn domain_uuid(&self) -> Option<&str> {
        emulator::domain_uuid(self.args.iter().map(String::as_str))
    }
}

/// The ids of a process in this PID namespace and in each that leads down to its own.
fn ids(pid: i32) -> Option<Vec<i32>> {
    let status = table::read_here(pid, "status")?;
    let status = String::from_utf8_lossy(&status);
    let mut lines = status.lines();
    let ids = lines.find_map(|line| line.strip_prefix("NSpid:"))?;
    ids.split_whitespace().map(|id| id.parse().ok()).collect()
}

/// The process table of the host.
const HOST: &str = "/proc";

/// The ids of all processes of a table; none when it cannot be read.
pub(super) fn pids(proc: &Path) -> Vec<i32> {
    let table = Table::open(proc);
    table.map_or_else(|_| Vec::new(), |table| table.pids().to_vec())
}

/// Every process that is seen from here.
pub(super) fn all() -> impl Iterator<Item = Process> {
    { pids(Path::new(HOST)).into_iter() }.filter_map(Process::read)
}

/// The children of a process, by host ids.
pub(super) fn children(parent: i32) -> Vec<Process> {
    // Told by kernels with CONFIG_PROC_CHILDREN, of those that the first thread has begun: those of all programs here.
    let listed = table::read_here(parent, &format!("task/{parent}/children"));
    let children = listed.and_then(|listed| String::from_utf8(listed).ok());
    let Some(children) = children else {
        return all().filter(|process| process.parent == parent).collect();
    };
    let pids = children
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok());
    pids.filter_map(Process::read).collect()
}

/// The processes of a PID namespace, as they are seen from outside.
///
/// Which process of the host one of the namespace is, only a look at the processes of the host tells: on a machine with
/// many labs that is the most expensive thing the harness does, so results are cached while they hold.
#[derive(Debug)]
pub(super) struct Census {
    /// The host's id of the namespace's first process.
    init: i32,
    /// How many namespaces it is below the host's.
    level: usize,
    /// Whether processes of it are in namespaces of their own, as containers are.
    has_containers: bool,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    /// The host's ids and beginnings of the processes, by their ids in the namespace.
    inside: HashMap<i32, (i32, u64)>,
    /// The host's ids of processes of other namespaces.
    outside: HashSet<i32>,
}

impl Census {
    /// Of the namespace whose first process has this id on the host.
    pub(super) fn new(init: i32, has_containers: bool) -> Self {
        Self {
            init,
            level: ids(init).map_or(usize::MAX, |ids| ids.len().saturating_sub(1)),
            has_containers,
            seen: Mutex::default(),
        }
    }

    /// All of its processes, the first included. `proc` is its process table, as a folder of the host.
    pub(super) fn take(&self, proc: &Path) -> Vec<Process> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = seen.all_known(proc, self.level) {
            return found;
        }
        seen.look_at_host(self);
        if let Some(found) = seen.all_known(proc, self.level) {
            return found;
        }
        // One has ended meanwhile, or has the id that one of another namespace had before.
        *seen = Seen::default();
        seen.look_at_host(self)
    }
}

impl Seen {
    /// All processes of the table, if each of them is known.
    fn all_known(&self, proc: &Path, level: usize) -> Option<Vec<Process>> {
        let found: Option<Vec<_>> = { pids(proc).into_iter() }
            .map(|inner| {
                let (pid, started) = self.inside.get(&inner)?;
                let read = Process::read_at(*pid, level);
                read.filter(|it| it.inner == inner && it.started == *started)
            })
            .collect();
        // The first is always there: a table without it cannot be read.
        found.filter(|found| !found.is_empty())
    }

    /// Finds those processes of the host that are of the census's namespace and were not known to be of another.
    fn look_at_host(&mut self, of: &Census) -> Vec<Process> {
        let namespace = |pid: i32| fs::read_link(format!("/proc/{pid}/ns/pid")).ok();
        let Some(wanted) = namespace(of.init) else {
            return Vec::new();
        };
        let (mut found, mut outside) = (Vec::new(), HashSet::new());
        for pid in pids(Path::new(HOST)) {
            if self.outside.contains(&pid) || namespace(pid).is_none_or(|it| it != wanted) {
                outside.insert(pid);
            } else {
                found.extend(Process::read_at(pid, of.level));
            }
        }
        if of.has_containers {
            add_descendants(&mut found, of.level);
        }
        self.outside = outside;
        self.inside = { found.iter() }
            .map(|found| (found.inner, (found.pid, found.started)))
            .collect();
        found
    }
}

/// Adds the processes that are below those, in whatever namespaces.
fn add_descendants(found: &mut Vec<Process>, level: usize) {
    let mut known: HashSet<i32> = found.iter().map(|one| one.pid).collect();
    let mut next = 0;
    while let Some(parent) = found.get(next) {
        for child in children(parent.pid) {
            if known.insert(child.pid) {
                found.extend(Process::read_at(child.pid, level));
            }
        }
        next += 1;
    }
}
