use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::unistd::Uid;

use super::accel::Accel;
use super::domain::DomainSpec;
use super::error::LabError;
use super::guest::{self, GuestDo, Record};
use super::init::{LOCKED_DISK, SHARED, SUBJECT};
use super::launch::{Control, check, setup, spawn};
use super::node::{LocalNode, until};
use super::{libvirt, process};
use crate::history::{Guest, Lock, NodeName};

/// What a lab is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabSpec {
    /// The program whose hidden subcommands run inside; it calls [`super::init::dispatch`] first.
    pub program: PathBuf,
    /// The nodes' names, which are their host names.
    pub nodes: Vec<NodeName>,
    /// What runs the guests' processors.
    pub accel: Accel,
    /// The lock on a second disk of the subject, which it only has for that.
    pub lock: Option<Lock>,
    /// Files and folders in /tmp, /var/tmp or /dev/shm that the nodes, which have such folders of
    /// their own, shall see at the same place, read-only: an agent under test, say.
    pub show: Vec<PathBuf>,
    /// A folder that holds packages of agents, unpacked: the nodes see its folders [`PACKAGED`] in the place of the
    /// machine's own.
    ///
    /// [`PACKAGED`]: super::PACKAGED
    pub packages: Option<PathBuf>,
}

impl LabSpec {
    /// Shows the nodes also what lies in a folder of which each of them has its own.
    #[must_use]
    pub fn showing(mut self, path: &Path) -> Self {
        let own = ["/tmp", "/var/tmp", "/dev/shm"];
        if own.iter().any(|folder| path.starts_with(folder)) {
            self.show.push(path.to_owned());
        }
        self
    }
}

impl Default for LabSpec {
    /// This program, two nodes `a` and `b`, and the accelerator that works everywhere.
    fn default() -> Self {
        Self {
            program: std::env::current_exe().unwrap_or_default(),
            nodes: vec!["a".into(), "b".into()],
            accel: Accel::Tcg,
            lock: None,
            show: Vec::new(),
            packages: None,
        }
    }
}

/// How a node's cable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cable {
    /// As at the lab's beginning.
    Whole,
    /// Pulled.
    Cut,
    /// What is sent to the node is lost, and what it sends arrives.
    Deaf,
    /// What is sent to the node comes with a megabit a second.
    Slow,
}

/// A local lab. Dropped, it is gone with all its processes, mounts and networks.
#[derive(Debug)]
pub struct Lab {
    spec: LabSpec,
    init: i32,
    nodes: Vec<LocalNode>,
    control: Mutex<Control>,
    unshare: Child,
    /// The bystanders' incarnations, in the order of the nodes.
    pub(super) bystanders: Vec<Record>,
}

impl Lab {
    /// Builds a lab, with libvirtd answering and a bystander running on each node.
    ///
    /// # Errors
    /// When a tool or a permission is missing, or something does not start.
    pub fn start(spec: &LabSpec) -> Result<Self, LabError> {
        check()?;
        let rootless = !Uid::effective().is_root();
        let mut unshare = spawn(spec, rootless)?;
        let control = Control::of(&mut unshare)?;
        // From here on dropping the lab ends what has been started.
        let mut lab = Self {
            spec: spec.clone(),
            init: 0,
            nodes: Vec::new(),
            control: Mutex::new(control),
            unshare,
            bystanders: Vec::new(),
        };
        lab.answer("come up", "ready")?;
        lab.find_processes(rootless)?;
        lab.start_bystanders()?;
        lab.nodes.iter().for_each(LocalNode::trust_libvirtd);
        lab.request("remember")?;
        Ok(lab)
    }

    fn find_processes(&mut self, rootless: bool) -> Result<(), LabError> {
        let lost = |what: &str| LabError::NotUp {
            why: format!("cannot find {what} in /proc"),
        };
        let unshare = self.unshare.id().cast_signed();
        let init = process::children(unshare)
            .into_iter()
            .find(|found| found.args.get(1).is_some_and(|arg| arg == "__lab-init"));
        self.init = init.ok_or_else(|| lost("the lab's first process"))?.pid;
        let inside: Vec<_> = process::children(self.init)
            .iter()
            .flat_map(|unshare| process::children(unshare.pid))
            .collect();
        for (name, setup) in self.spec.nodes.iter().zip(setup(&self.spec).nodes) {
            let argument = serde_json::to_string(&setup).unwrap_or_default();
            let found = inside
                .iter()
                .find(|found| found.args.get(2) == Some(&argument));
            let found = found.ok_or_else(|| lost(&format!("node {name}")))?;
            self.nodes.push(LocalNode::new(
                name.clone(),
                found.pid,
                rootless,
                self.spec.lock,
            )?);
        }
        Ok(())
    }

    fn start_bystanders(&mut self) -> Result<(), LabError> {
        let domain = DomainSpec::bystander(self.spec.accel);
        std::thread::scope(|scope| {
            let starting: Vec<_> = self
                .nodes
                .iter()
                .map(|node| scope.spawn(|| libvirt::run_domain(node, &domain)))
                .collect();
            starting.into_iter().try_for_each(|thread| {
                thread.join().unwrap_or_else(|_| {
                    Err(LabError::NotUp {
                        why: "a thread panicked".to_owned(),
                    })
                })
            })
        })?;
        for node in &self.nodes {
            let mut records = Vec::new();
            until(
                &format!("the bystander of {} writes", node.node_name()),
                || {
                    records = self.bystander_records(node.node_name()).unwrap_or_default();
                    !records.is_empty()
                },
            )?;
            self.bystanders.extend(records.first());
        }
        Ok(())
    }

    /// What the lab was made of.
    #[must_use]
    pub const fn spec(&self) -> &LabSpec {
        &self.spec
    }

    /// The host's id of the lab's first process.
    #[must_use]
    pub const fn pid(&self) -> i32 {
        self.init
    }

    /// Whether its first process runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        process::Process::read(self.init).is_some_and(|init| init.state != 'Z')
    }

    /// All nodes.
    #[must_use]
    pub fn nodes(&self) -> &[LocalNode] {
        &self.nodes
    }

    /// One node.
    ///
    /// # Errors
    /// When the lab has no such node.
    pub fn node(&self, name: &NodeName) -> Result<&LocalNode, LabError> {
        let found = self.nodes.iter().find(|node| node.node_name() == name);
        found.ok_or_else(|| LabError::NoSuchNode(name.clone()))
    }

    /// The domain that the agent under test is given; no node knows it at first.
    #[must_use]
    pub fn subject(&self) -> DomainSpec {
        DomainSpec {
            lock: self.spec.lock,
            ..DomainSpec::subject(self.spec.accel)
        }
    }

    /// The lock of the lab and the disk that it is on, as the harness reaches it.
    #[must_use]
    pub fn locked_disk(&self) -> Option<(Lock, PathBuf)> {
        let disk = self.own(&format!("{SHARED}/{LOCKED_DISK}"));
        self.spec.lock.map(|lock| (lock, disk))
    }

    /// The guest of each node that nobody may touch.
    #[must_use]
    pub fn bystander(&self) -> DomainSpec {
        DomainSpec::bystander(self.spec.accel)
    }

    /// What a report shows of the lab: accelerator and versions.
    ///
    /// # Errors
    /// When libvirt does not answer.
    pub fn facts(&self) -> Result<BTreeMap<String, String>, LabError> {
        let mut facts =
            BTreeMap::from([("accelerator".to_owned(), format!("{:?}", self.spec.accel))]);
        if let Some(node) = self.nodes.first() {
            let [libvirt, qemu] = libvirt::versions(node)?;
            facts.extend([("libvirt".to_owned(), libvirt), ("qemu".to_owned(), qemu)]);
        }
        Ok(facts)
    }

    /// The disk of a guest, as the harness reaches it; the subject's is the same on every node.
    #[must_use]
    pub fn disk(&self, node: &NodeName, guest: Guest) -> PathBuf {
        match guest {
            Guest::Bystander => self.own(&format!("store/{node}")),
            Guest::Subject | Guest::Stranger => self.own(&format!("store/{SUBJECT}")),
        }
    }

    /// A file of the lab's own, as the harness reaches it.
    fn own(&self, path: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/root/run/{path}", self.init))
    }

    /// Tells the subject's guest something.
    ///
    /// # Errors
    /// When its disk cannot be written.
    pub fn guest_command(&self, what: GuestDo) -> Result<(), LabError> {
        let disk = self.own(&format!("store/{SUBJECT}"));
        guest::command(&disk, what).map_err(|source| file_error(&disk, source))
    }

    /// The last record of every incarnation that has written to the subject's disk since the reset.
    ///
    /// # Errors
    /// When the disk cannot be read.
    pub fn guest_records(&self) -> Result<Vec<Record>, LabError> {
        let disk = self.own(&format!("store/{SUBJECT}"));
        guest::records(&disk).map_err(|source| file_error(&disk, source))
    }

    /// The last record of every incarnation of a node's bystander.
    ///
    /// # Errors
    /// When its disk cannot be read.
    pub fn bystander_records(&self, node: &NodeName) -> Result<Vec<Record>, LabError> {
        let disk = self.own(&format!("store/{node}"));
        guest::records(&disk).map_err(|source| file_error(&disk, source))
    }

    /// The log of a node's disk server: every request with its offset, times in UTC.
    ///
    /// A reset empties it, so whoever follows it begins at 0 again.
    #[must_use]
    pub fn write_log(&self, node: &NodeName, guest: Guest) -> PathBuf {
        match guest {
            Guest::Bystander => self.own(&format!("log/bystander-{node}")),
            Guest::Subject | Guest::Stranger => self.own(&format!("log/{SUBJECT}-{node}")),
        }
    }

    /// Harms a node's cable, beside what was done to it before, or mends it.
    ///
    /// # Errors
    /// When the lab cannot do it.
    pub fn cable(&self, node: &NodeName, cable: Cable) -> Result<(), LabError> {
        let how = match cable {
            Cable::Whole => "whole",
            Cable::Cut => "cut",
            Cable::Deaf => "deaf",
            Cable::Slow => "slow",
        };
        self.request(&format!("network {node} {how}"))?;
        Ok(())
    }

    /// Resets every established connection of a node with others, so that both ends see it; whether there was one.
    ///
    /// # Errors
    /// When `ss` is not there, or fails.
    pub fn reset_connections(&self, node: &NodeName) -> Result<bool, LabError> {
        // Prints those that it has closed, and nothing on a kernel without CONFIG_INET_DIAG_DESTROY.
        let filter = ["state", "established", "dst", "192.0.2.0/24"];
        let args = [&["--no-header", "--tcp", "--kill"], &filter[..]].concat();
        let done = self.node(node)?.run("ss", &args)?;
        Ok(!done.out.text.trim().is_empty())
    }

    /// Takes all room in a node's own folders away, or gives it back.
    ///
    /// # Errors
    /// When the lab cannot do it.
    pub fn room(&self, node: &NodeName, some: bool) -> Result<(), LabError> {
        let how = if some { "usual" } else { "none" };
        self.request(&format!("room {node} {how}"))?;
        Ok(())
    }

    /// Makes every request to a node's subject disk fail with an I/O error, or ends that.
    ///
    /// # Errors
    /// When the lab does not answer.
    pub fn disk_errors(&self, node: &NodeName, fail: bool) -> Result<(), LabError> {
        let how = if fail { "begin" } else { "end" };
        self.request(&format!("disk-errors {node} {how}"))?;
        Ok(())
    }

    /// The UUIDs of a node's domains, and whether each runs.
    ///
    /// # Errors
    /// When libvirt does not answer.
    pub fn domains(&self, node: &LocalNode) -> Result<Vec<(String, bool)>, LabError> {
        libvirt::domains(node)
    }

    /// Files of a node that were not there, or are no longer, compared with the lab's beginning.
    ///
    /// # Errors
    /// When the lab does not answer.
    pub fn changed_files(&self, node: &NodeName) -> Result<Vec<String>, LabError> {
        let answer = self.request(&format!("changes {node}"))?;
        let unreadable = |error: serde_json::Error| LabError::NotAnswering {
            request: "changes".to_owned(),
            why: error.to_string(),
        };
        serde_json::from_str(&answer).map_err(unreadable)
    }

    /// Asks the lab's first process for something; what follows `ok` in its answer.
    pub(super) fn request(&self, request: &str) -> Result<String, LabError> {
        let mut control = self.control.lock().unwrap_or_else(PoisonError::into_inner);
        control.send(request)?;
        control.receive(request, "ok")
    }

    fn answer(&self, doing: &str, word: &str) -> Result<String, LabError> {
        let control = self.control.lock().unwrap_or_else(PoisonError::into_inner);
        control.receive(doing, word)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        let control = self
            .control
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner);
        drop(control.requests.take());
        let deadline = Instant::now() + Duration::from_secs(5);
        while Instant::now() < deadline && matches!(self.unshare.try_wait(), Ok(None)) {
            std::thread::sleep(Duration::from_millis(2));
        }
        // `--kill-child` takes the whole lab along.
        let _ = self.unshare.kill();
        let _ = self.unshare.wait();
    }
}

fn file_error(path: &Path, source: std::io::Error) -> LabError {
    LabError::File {
        place: "the lab's store".to_owned(),
        path: path.to_owned(),
        source,
    }
}
