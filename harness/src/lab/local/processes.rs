//! The processes of a node, and which of them are whose.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::equipment::PartId;
use crate::lab::equipment::Part;
use crate::lab::process::{self, Census, Process};

/// The processes of one node, by the host's ids.
#[derive(Debug)]
pub(super) struct Processes {
    /// The host's id of the node's first process.
    init: i32,
    /// The node's process table, as it is seen from outside.
    table: PathBuf,
    census: Census,
    parts: Vec<&'static dyn Part>,
    /// Process groups of commands that run.
    groups: Mutex<Vec<i32>>,
}

impl Processes {
    pub(super) fn new(init: i32, parts: Vec<&'static dyn Part>) -> Self {
        let mut ids = parts.iter().map(|part| part.id());
        let has_containers = ids.any(|id| matches!(id, PartId::Containers(_)));
        Self {
            init,
            table: PathBuf::from(format!("/proc/{init}/root/proc")),
            census: Census::new(init, has_containers),
            parts,
            groups: Mutex::default(),
        }
    }

    /// The node's process table, as a folder of the host.
    pub(super) fn table(&self) -> &Path {
        &self.table
    }

    /// All of them, the first included.
    pub(super) fn all(&self) -> Vec<Process> {
        self.census.take(&self.table)
    }

    /// Notes the process group of a command that runs.
    pub(super) fn add_group(&self, group: i32) {
        self.groups().push(group);
    }

    /// Forgets the process group of a command that has ended.
    pub(super) fn forget_group(&self, group: i32) {
        self.groups().retain(|known| *known != group);
    }

    fn groups(&self) -> MutexGuard<'_, Vec<i32>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a process of that group has not ended.
    pub(super) fn is_alive(&self, group: i32) -> bool {
        let processes = self.all();
        let mut group = processes.iter().filter(|found| found.group == group);
        group.any(|found| !found.has_ended())
    }

    /// The processes of a group but its first, which has the id `first` in the node, and without emulators.
    pub(super) fn left_of_group(&self, first: i32) -> Vec<Process> {
        let mut left = self.all();
        let Some(group) = { left.iter() }.find_map(|it| (it.inner == first).then_some(it.pid))
        else {
            return Vec::new();
        };
        left.retain(|found| {
            let is_left = found.group == group && found.pid != group;
            is_left && !found.has_ended() && found.domain_uuid().is_none()
        });
        left
    }

    /// The node's own ids of all of its processes, to be compared with those of later: it gives them in their order, and
    /// none again before it has given all others.
    pub(super) fn pids(&self) -> HashSet<i32> {
        process::pids(&self.table).into_iter().collect()
    }

    /// Processes that are neither in `before` nor a daemon's, an emulator or another command's.
    pub(super) fn own_since(&self, before: &HashSet<i32>) -> Vec<Process> {
        // After most commands nothing has come, and to look at all processes costs more than most commands do.
        if self.pids().is_subset(before) {
            return Vec::new();
        }
        let now = self.all();
        let is_new = |found: &&Process| !before.contains(&found.inner);
        let own = self.of_commands(&now).into_iter().filter(is_new);
        own.cloned().collect()
    }

    /// Those processes that are neither a daemon's nor an emulator nor of a command that runs.
    fn of_commands<'a>(&self, now: &'a [Process]) -> Vec<&'a Process> {
        let groups = self.groups().clone();
        let is_parts = |found: &Process| {
            let by_init = found.parent == self.init;
            { self.parts.iter() }.any(|part| part.owns(&found.name, by_init))
        };
        let of_daemon = |found: &Process| {
            let parent = |one: &&Process| now.iter().find(|other| other.pid == one.parent);
            let itself = now.iter().find(|one| one.pid == found.pid);
            std::iter::successors(itself, parent).any(is_parts)
        };
        let is_own = |found: &&Process| {
            !found.has_ended()
                && found.domain_uuid().is_none()
                && !of_daemon(found)
                && !groups.contains(&found.group)
        };
        now.iter().filter(is_own).collect()
    }

    /// What there is of the lab's daemon of that name. Its first thread may have ended before others, which still hold
    /// what the next daemon would wait for in vain: the lock on its file with the process id.
    pub(super) fn left_of(&self, name: &str) -> Vec<Process> {
        let mut processes = self.all();
        processes.retain(|found| found.name == name && found.parent == self.init);
        processes
    }

    /// The lab's daemon of that name.
    pub(super) fn own_daemon(&self, name: &str) -> Option<Process> {
        let mut left = self.left_of(name).into_iter();
        left.find(|found| !found.has_ended())
    }

    /// Processes that are neither the lab's own nor the emulator of the domain with the UUID `but`.
    pub(super) fn strays(&self, but: &str) -> Vec<Process> {
        let now = self.all();
        let foreign = |found: &&Process| found.domain_uuid().is_some_and(|uuid| uuid != but);
        let own = self.of_commands(&now).into_iter();
        let strays = own.chain(now.iter().filter(foreign));
        strays
            .filter(|found| found.pid != self.init)
            .cloned()
            .collect()
    }
}
