mod libvirt_daemons;
mod lock_daemon;

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use nix::fcntl::{OFlag, OpenHow, ResolveFlag, open, openat2};
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::stat::Mode;
use nix::unistd::Pid;

use self::libvirt_daemons::STOPPED;
use super::capabilities::{self, Capabilities};
use super::emulator::{Emulator, emulators};
use super::error::LabError;
use super::exec::{Command, Commands, LocalRunning, Running};
use super::init::{NodeSetup, SANLOCK, VIRTLOCKD};
use super::node::{DaemonDo, Entry, Node, until};
use super::process::{self, Census, Process};
use crate::history::{Daemons, Lock, NodeName, Transport};

/// The daemon by which other nodes reach libvirtd where they do so by ssh. What it starts for them has names that begin
/// with its own.
const SSHD: &str = "sshd";

/// A node of a local lab. Clones are the same node.
#[derive(Clone, Debug)]
pub(super) struct LocalNode {
    name: NodeName,
    init: i32,
    user_namespace: bool,
    commands: Arc<Commands>,
    census: Arc<Census>,
    lock: Option<Lock>,
    transport: Transport,
    daemons: Daemons,
    /// Process groups of commands that run.
    groups: Arc<Mutex<Vec<i32>>>,
    /// The libvirtd that the lab itself started, with the lab's configuration.
    daemon: Arc<Mutex<Option<Process>>>,
}

impl LocalNode {
    /// The node whose first process has this id on the host, which waits for commands by now.
    pub(super) fn new(
        setup: &NodeSetup,
        init: i32,
        user_namespace: bool,
    ) -> Result<Self, LabError> {
        let name = NodeName::from(setup.name.as_str());
        let commands = Commands::of(init).map_err(|error| LabError::NotUp {
            why: format!("node {name} takes no commands: {error}"),
        })?;
        Ok(Self {
            name,
            init,
            user_namespace,
            commands: Arc::new(commands),
            census: Arc::new(Census::of(init)),
            lock: setup.lock,
            transport: setup.transport,
            daemons: setup.daemons(),
            groups: Arc::default(),
            daemon: Arc::default(),
        })
    }

    pub(super) fn commands(&self) -> &Commands {
        &self.commands
    }

    /// The lab's id of the node's first process.
    pub(super) const fn init(&self) -> i32 {
        self.init
    }

    pub(super) fn all_processes(&self) -> Vec<Process> {
        self.census.take(&self.outside(Path::new("/proc")))
    }

    /// What its libvirt has found out about QEMU.
    pub(super) fn capabilities(&self) -> Capabilities {
        Capabilities::in_folder(&self.outside(Path::new(capabilities::PLACE)))
    }

    pub(super) fn note_group(&self, group: i32) {
        self.groups
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(group);
    }

    pub(super) fn forget_group(&self, group: i32) {
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        groups.retain(|known| *known != group);
    }

    /// The node's own ids of all of its processes, to be compared with those of later: it gives them in their order, and
    /// none again before it has given all others.
    pub(super) fn pids(&self) -> HashSet<i32> {
        process::pids(&self.outside(Path::new("/proc")))
            .into_iter()
            .collect()
    }

    /// Processes that are neither in `before` nor a daemon's, an emulator or another command's.
    pub(super) fn own_since(&self, before: &HashSet<i32>) -> Vec<Process> {
        // After most commands nothing has come, and to look at all processes costs more than most commands do.
        if self.pids().is_subset(before) {
            return Vec::new();
        }
        let now = self.all_processes();
        let is_new = |found: &&Process| !before.contains(&found.inner);
        let own = self.commands_own(&now).into_iter().filter(is_new);
        own.cloned().collect()
    }

    /// Those processes that are neither a daemon's nor an emulator nor of a command that runs.
    fn commands_own<'a>(&self, now: &'a [Process]) -> Vec<&'a Process> {
        let groups = self
            .groups
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let is_ssh = |found: &Process| found.name == SSHD && found.parent == self.init;
        let programs = self.daemons.programs();
        let is_libvirts = |found: &Process| programs.contains(&found.name.as_str());
        let of_daemon = |found: &Process| {
            let parent = |one: &&Process| now.iter().find(|other| other.pid == one.parent);
            let mut line =
                std::iter::successors(now.iter().find(|one| one.pid == found.pid), parent);
            found.name == VIRTLOCKD
                || found.name.contains(SANLOCK)
                || line.any(|above| is_libvirts(above) || is_ssh(above))
        };
        let is_own = |found: &&Process| {
            found.state != 'Z'
                && found.domain_uuid().is_none()
                && !of_daemon(found)
                && !groups.contains(&found.group)
        };
        now.iter().filter(is_own).collect()
    }

    /// Opens a path of the node; absolute symbolic links stay in the node, or /var/run would be the
    /// host's.
    fn open(&self, path: &Path, flags: OFlag, mode: u32) -> io::Result<OwnedFd> {
        let root = format!("/proc/{}/root", self.init);
        let directory = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let root = open(root.as_str(), directory, Mode::empty())?;
        let mut how = OpenHow::new()
            .flags(flags | OFlag::O_CLOEXEC)
            .resolve(ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_MAGICLINKS);
        if flags.contains(OFlag::O_CREAT) {
            how = how.mode(Mode::from_bits_truncate(mode));
        }
        Ok(openat2(&root, path, how)?)
    }

    /// What came of asking for a file; none when there is none.
    fn if_there<T>(&self, path: &Path, asked: io::Result<T>) -> Result<Option<T>, LabError> {
        match asked {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(source) => Err(self.file_error(path, source)),
        }
    }

    fn file_error(&self, path: &Path, source: io::Error) -> LabError {
        LabError::File {
            place: format!("node {}", self.name),
            path: path.to_owned(),
            source,
        }
    }

    /// What there is of the lab's daemon of that name. Its first thread may have ended before others, which still hold
    /// what the next daemon would wait for in vain: the lock on its file with the process id.
    fn left_of(&self, name: &str) -> Vec<Process> {
        let mut processes = self.all_processes();
        processes.retain(|found| found.name == name && found.parent == self.init);
        processes
    }

    /// The lab's daemon of that name.
    fn own_daemon(&self, name: &str) -> Option<Process> {
        let mut left = self.left_of(name).into_iter();
        left.find(|found| found.state != 'Z')
    }

    /// Kills the lab's daemon of that name until nothing of it is left.
    fn end_daemon(&self, name: &str) -> Result<(), LabError> {
        until(&format!("node {}: {name} is gone", self.name), || {
            let left = self.left_of(name);
            for found in &left {
                // One that has just ended is what was wanted.
                let _ = kill(Pid::from_raw(found.pid), Signal::SIGKILL);
            }
            left.is_empty()
        })
    }

    /// The path under which a path of the node is seen from outside; a symbolic link on it may lead astray.
    pub(super) fn outside(&self, path: &Path) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.init));
        root.join(path.strip_prefix("/").unwrap_or(path))
    }

    /// Opens the folder that a path of the node lies in.
    fn folder_of(&self, path: &Path, make: bool) -> io::Result<OwnedFd> {
        let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
        match self.open(folder, OFlag::O_PATH | OFlag::O_DIRECTORY, 0) {
            Err(error) if make && error.kind() == ErrorKind::NotFound => {
                let above = self.folder_of(folder, make)?;
                make_folder(&within(&above, folder))?;
                self.folder_of(path, make)
            }
            found => found,
        }
    }

    fn put_entry(&self, path: &Path, entry: &Entry) -> io::Result<()> {
        let folder = self.folder_of(path, true)?;
        let place = within(&folder, path);
        let is_folder = place.is_dir();
        match entry {
            Entry::Folder if is_folder => return Ok(()),
            _ if is_folder => fs::remove_dir(&place)?,
            // A file is written into where it lies.
            Entry::File(..) => {}
            Entry::Folder | Entry::Link(_) => remove_file(&place)?,
        }
        match entry {
            Entry::Folder => make_folder(&place),
            Entry::Link(to) => symlink(to, &place),
            Entry::File(content, mode) => {
                let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_TRUNC;
                let mut file = File::from(self.open(path, flags, *mode)?);
                // The mask of the harness and an older file's mode must not matter.
                file.set_permissions(fs::Permissions::from_mode(*mode))?;
                file.write_all(content)
            }
        }
    }

    fn remove_entry(&self, path: &Path) -> io::Result<()> {
        let folder = self.folder_of(path, false)?;
        let place = within(&folder, path);
        match place.is_dir() {
            true => fs::remove_dir(&place),
            false => fs::remove_file(&place),
        }
    }

    /// Ends sshd and whoever came in by it, and starts it anew, where the node has one.
    fn renew_sshd(&self) -> Result<(), LabError> {
        if self.transport != Transport::Ssh {
            return Ok(());
        }
        until(&format!("node {}: sshd is gone", self.name), || {
            let mut all = self.all_processes();
            all.retain(|found| found.name.starts_with(SSHD) && found.state != 'Z');
            for found in &all {
                // One that has just ended is what was wanted.
                let _ = kill(Pid::from_raw(found.pid), Signal::SIGKILL);
            }
            all.is_empty()
        })?;
        self.run("/proc/1/exe", &["__shell-daemon"]).map(drop)
    }

    fn kill_strays(&self, but: &str) -> Result<(), LabError> {
        until(
            &format!("node {}: no stray process is left", self.name),
            || {
                let strays = self.foreign(but);
                for stray in &strays {
                    // One that has just ended is what was wanted.
                    let _ = kill(Pid::from_raw(stray.pid), Signal::SIGKILL);
                }
                strays.is_empty()
            },
        )
    }

    /// What is neither the lab's own nor that domain's emulator.
    fn foreign(&self, but: &str) -> Vec<Process> {
        let now = self.all_processes();
        let foreign = |found: &&Process| found.domain_uuid().is_some_and(|uuid| uuid != but);
        let own = self.commands_own(&now).into_iter();
        let strays = own.chain(now.iter().filter(foreign));
        strays
            .filter(|found| found.pid != self.init)
            .cloned()
            .collect()
    }
}

/// The most that is read of a file, in bytes: an agent may leave one of any size.
const LONGEST: u64 = 64 << 20;

impl Node for LocalNode {
    fn name(&self) -> &NodeName {
        &self.name
    }

    fn exec(&self, command: &Command) -> Result<Box<dyn Running>, LabError> {
        Ok(Box::new(LocalRunning::start(self, command)?))
    }

    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, LabError> {
        let read = || {
            // A pipe that an agent left would be waited for without end.
            let file = File::from(self.open(path, OFlag::O_RDONLY | OFlag::O_NONBLOCK, 0)?);
            if !file.metadata()?.is_file() {
                return Err(io::Error::new(
                    ErrorKind::InvalidInput,
                    "it is no plain file",
                ));
            }
            let mut content = Vec::new();
            file.take(LONGEST).read_to_end(&mut content)?;
            Ok(content)
        };
        self.if_there(path, read())
    }

    fn put(&self, path: &Path, entry: &Entry) -> Result<(), LabError> {
        self.put_entry(path, entry)
            .map_err(|source| self.file_error(path, source))
    }

    fn remove(&self, path: &Path) -> Result<(), LabError> {
        self.if_there(path, self.remove_entry(path)).map(drop)
    }

    fn mode(&self, path: &Path) -> Result<Option<u32>, LabError> {
        let mode = || {
            let file = File::from(self.open(path, OFlag::O_PATH, 0)?);
            Ok(file.metadata()?.permissions().mode())
        };
        self.if_there(path, mode())
    }

    fn processes(&self) -> Result<Vec<Process>, LabError> {
        let mut processes = self.all_processes();
        processes.retain(|found| found.pid != self.init);
        Ok(processes)
    }

    fn emulators(&self) -> Result<Vec<Emulator>, LabError> {
        Ok(emulators(&self.outside(Path::new("/proc"))))
    }

    fn signal(&self, pid: i32, signal: Signal) -> Result<(), LabError> {
        let _ = kill(Pid::from_raw(pid), signal);
        Ok(())
    }

    fn signal_group(&self, group: i32, signal: Signal) -> Result<(), LabError> {
        let _ = killpg(Pid::from_raw(group), signal);
        Ok(())
    }

    fn libvirt_uri(&self) -> String {
        let (init, socket) = (self.init, self.daemons.socket());
        format!("qemu+unix:///system?socket=/proc/{init}/root{socket}")
    }

    fn daemon(&self, what: DaemonDo) -> Result<(), LabError> {
        self.do_to_libvirtd(what)
    }

    fn libvirtd(&self) -> Result<Option<Process>, LabError> {
        Ok(self.guests_daemon())
    }

    fn kill_lock_daemon(&self) -> Result<(), LabError> {
        self.end_lock_daemon()
    }

    fn revive_lock_daemon(&self) -> Result<(), LabError> {
        self.start_lock_daemon()
    }

    fn free_lock(&self) -> Result<(), LabError> {
        self.let_locks_go()
    }

    fn strays(&self, but: &str) -> Result<Vec<Process>, LabError> {
        Ok(self.foreign(but))
    }

    fn clear(&self, but: &str) -> Result<(), LabError> {
        self.renew_sshd()?;
        self.kill_strays(but)?;
        // Who has lately heard of a node that is cut off waits for it for up to a minute, and whoever has not for three
        // seconds: a case must not depend on the one before.
        self.run("ip", &["neighbour", "flush", "dev", "eth0"])?;
        if let Some(own) = self.own_libvirtd() {
            if own.state == STOPPED {
                self.daemon(DaemonDo::Continue)?;
            }
            if !self.keeps_callers() {
                return Ok(());
            }
        }
        // Whoever started this one may have given it another configuration.
        self.end_libvirt()?;
        self.daemon(DaemonDo::Start)?;
        self.trust_libvirtd();
        Ok(())
    }

    fn enter(&self) -> std::process::Command {
        let mut command = std::process::Command::new("nsenter");
        command.arg("--target").arg(self.init.to_string());
        if self.user_namespace {
            command.arg("--user");
        }
        command.args(["--mount", "--pid", "--net", "--uts", "--ipc", "--"]);
        command
    }
}

/// A path in a folder that is held open, by the path's last name.
fn within(folder: &OwnedFd, path: &Path) -> PathBuf {
    let folder = PathBuf::from(format!("/proc/self/fd/{}", folder.as_raw_fd()));
    folder.join(path.file_name().unwrap_or_default())
}

/// Makes a folder that all users of the node may look into, whatever the mask of the harness.
fn make_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

/// Removes a file, if it is there.
fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
