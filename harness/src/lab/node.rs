use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use nix::fcntl::{OFlag, OpenHow, ResolveFlag, open, openat2};
use nix::sys::signal::{Signal, kill};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, UnlinkatFlags, unlinkat};

use super::error::LabError;
use super::exec::{Command, Commands, Finished, Running};
use super::process::{self, Process};
use crate::history::{Exit, Lock, NodeName};
use crate::ocf::Code;

/// The daemon that holds libvirt's own locks.
const VIRTLOCKD: &str = "virtlockd";

/// What happens to a node's libvirtd.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DaemonDo {
    /// Start it and wait until it answers.
    Start,
    /// Ask it to end and wait until it has.
    Stop,
    /// Kill it; nothing starts it again by itself.
    Kill,
    /// Stop it in its tracks: it keeps its sockets and answers nothing.
    Freeze,
    /// Let a frozen one go on.
    Continue,
}

/// A machine that cases run agents on.
pub trait Node {
    /// The node's name, which is its host name too.
    fn name(&self) -> &NodeName;

    /// Starts a command.
    ///
    /// # Errors
    /// When it cannot be executed.
    fn exec(&self, command: &Command) -> Result<Running, LabError>;

    /// Reads a file, given by its path in the node.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, path: &Path) -> Result<Vec<u8>, LabError>;

    /// Writes a file anew, with that mode.
    ///
    /// # Errors
    /// When it cannot be written.
    fn write(&self, path: &Path, content: &[u8], mode: u32) -> Result<(), LabError>;

    /// Removes a file.
    ///
    /// # Errors
    /// When it is there and cannot be removed.
    fn remove(&self, path: &Path) -> Result<(), LabError>;

    /// The node's whole process table but for its first process.
    fn processes(&self) -> Vec<Process>;

    /// Where libvirt of this node is reached from the harness.
    fn libvirt_uri(&self) -> String;

    /// Does something to libvirtd.
    ///
    /// # Errors
    /// When it has not come true within half a minute.
    fn daemon(&self, what: DaemonDo) -> Result<(), LabError>;
}

/// A node of a local lab. Clones are the same node.
#[derive(Clone, Debug)]
pub struct LocalNode {
    name: NodeName,
    init: i32,
    user_namespace: bool,
    commands: Arc<Commands>,
    lock: Option<Lock>,
    /// Process groups of commands that run.
    groups: Arc<Mutex<Vec<i32>>>,
    /// The libvirtd that the lab itself started, with the lab's configuration.
    daemon: Arc<Mutex<Option<Process>>>,
}

impl LocalNode {
    /// The node whose first process has this id on the host, which waits for commands by now.
    pub(super) fn new(
        name: NodeName,
        init: i32,
        user_namespace: bool,
        lock: Option<Lock>,
    ) -> Result<Self, LabError> {
        let commands = Commands::of(init).map_err(|error| LabError::NotUp {
            why: format!("node {name} takes no commands: {error}"),
        })?;
        Ok(Self {
            name,
            init,
            user_namespace,
            commands: Arc::new(commands),
            lock,
            groups: Arc::default(),
            daemon: Arc::default(),
        })
    }

    pub(super) fn commands(&self) -> &Commands {
        &self.commands
    }

    pub(super) const fn node_name(&self) -> &NodeName {
        &self.name
    }

    /// The host's id of the node's first process.
    #[must_use]
    pub const fn init(&self) -> i32 {
        self.init
    }

    /// `nsenter` into all of the node's namespaces, to be given a command: a shell for people, say.
    #[must_use]
    pub fn enter(&self) -> std::process::Command {
        let mut command = std::process::Command::new("nsenter");
        command.arg("--target").arg(self.init.to_string());
        if self.user_namespace {
            command.arg("--user");
        }
        command.args(["--mount", "--pid", "--net", "--uts", "--ipc", "--"]);
        command
    }

    pub(super) fn all_processes(&self) -> Vec<Process> {
        process::of_namespace(self.init)
    }

    /// Takes the libvirtd that runs now for the lab's own.
    pub(super) fn trust_libvirtd(&self) {
        *self.daemon.lock().unwrap_or_else(PoisonError::into_inner) = self.libvirtd();
    }

    /// Whether libvirtd is still the one that the lab started; a case may have started another.
    pub(super) fn has_own_libvirtd(&self) -> bool {
        let own = self.daemon.lock().unwrap_or_else(PoisonError::into_inner);
        let identity = |process: &Process| (process.pid, process.started);
        own.is_some() && self.libvirtd().as_ref().map(identity) == own.as_ref().map(identity)
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

    /// Processes that are neither in `before` nor a daemon's, an emulator or another command's.
    pub(super) fn own_since(&self, before: &[Process]) -> Vec<Process> {
        let groups = self
            .groups
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let now = self.all_processes();
        let of_daemon = |found: &Process| {
            found.name == "libvirtd"
                || found.name == VIRTLOCKD
                || now
                    .iter()
                    .any(|other| other.pid == found.parent && other.name == "libvirtd")
        };
        let was = |found: &Process| {
            before
                .iter()
                .any(|old| old.pid == found.pid && old.started == found.started)
        };
        let left = now.iter().filter(|found| {
            !was(found)
                && found.state != 'Z'
                && !found.is_emulator()
                && !of_daemon(found)
                && !groups.contains(&found.group)
        });
        left.cloned().collect()
    }

    /// Runs a command to its end, with half a minute's deadline, and demands success.
    ///
    /// # Errors
    /// When it cannot run or does not succeed: the message ends with what it printed.
    pub fn run(&self, program: &str, args: &[&str]) -> Result<Finished, LabError> {
        let running = self.exec(&Command::new(program, args.iter().copied()))?;
        let finished = running.wait(Instant::now() + Duration::from_secs(30))?;
        if finished.exit == Exit::Code(Code::Success) {
            return Ok(finished);
        }
        let said = format!("{}{}", finished.out.text, finished.err.text);
        Err(LabError::Exec {
            node: self.name.clone(),
            program: format!("{program} {}", args.join(" ")),
            why: format!("{}: {}", finished.exit, said.trim()),
        })
    }

    /// Opens a path of the node; absolute symbolic links stay in the node, or /var/run would be the
    /// host's.
    fn open(&self, path: &Path, flags: OFlag, mode: u32) -> std::io::Result<OwnedFd> {
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

    fn file_error(&self, path: &Path, source: std::io::Error) -> LabError {
        LabError::File {
            place: format!("node {}", self.name),
            path: path.to_owned(),
            source,
        }
    }

    /// The node's libvirtd, if one lives.
    pub(crate) fn libvirtd(&self) -> Option<Process> {
        self.own_daemon("libvirtd")
    }

    /// The lab's daemon of that name.
    fn own_daemon(&self, name: &str) -> Option<Process> {
        let processes = self.all_processes();
        let alive = |found: &Process| found.name == name && found.state != 'Z';
        processes
            .into_iter()
            .find(|found| alive(found) && found.parent == self.init)
    }

    fn signal_libvirtd(&self, signal: Signal) {
        if let Some(daemon) = self.libvirtd() {
            // One that has just ended is what a signal could at most bring about.
            let _ = kill(Pid::from_raw(daemon.pid), signal);
        }
    }

    /// Kills the lock's daemon, where the node has one: the kernel then drops every lock that it holds.
    ///
    /// # Errors
    /// When it has not ended within half a minute.
    pub fn kill_lock_daemon(&self) -> Result<(), LabError> {
        // Every reset asks for it, and to look for one costs a walk through the process table.
        if self.lock != Some(Lock::Virtlockd) {
            return Ok(());
        }
        until(&format!("node {}: virtlockd is gone", self.name), || {
            let daemon = self.own_daemon(VIRTLOCKD);
            if let Some(daemon) = &daemon {
                // One that has just ended is what was wanted.
                let _ = kill(Pid::from_raw(daemon.pid), Signal::SIGKILL);
            }
            daemon.is_none()
        })
    }

    /// Starts the lock's daemon again if the lab has one and it was killed.
    ///
    /// # Errors
    /// When it does not come up.
    pub fn revive_lock_daemon(&self) -> Result<(), LabError> {
        match self.lock {
            Some(Lock::Virtlockd) if self.own_daemon(VIRTLOCKD).is_none() => {
                self.run("/proc/1/exe", &["__lock-daemon"]).map(drop)
            }
            _ => Ok(()),
        }
    }

    fn until(&self, what: &str, holds: impl Fn(Option<Process>) -> bool) -> Result<(), LabError> {
        until(&format!("node {}: {what}", self.name), || {
            holds(self.libvirtd())
        })
    }
}

impl Node for LocalNode {
    fn name(&self) -> &NodeName {
        &self.name
    }

    fn exec(&self, command: &Command) -> Result<Running, LabError> {
        Running::start(self, command)
    }

    fn read(&self, path: &Path) -> Result<Vec<u8>, LabError> {
        let read = || {
            let mut content = Vec::new();
            File::from(self.open(path, OFlag::O_RDONLY, 0)?).read_to_end(&mut content)?;
            Ok(content)
        };
        read().map_err(|source| self.file_error(path, source))
    }

    fn write(&self, path: &Path, content: &[u8], mode: u32) -> Result<(), LabError> {
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_TRUNC;
        let write = || {
            let mut file = File::from(self.open(path, flags, mode)?);
            // The mask of the harness and an older file's mode must not matter.
            file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
            file.write_all(content)
        };
        write().map_err(|source| self.file_error(path, source))
    }

    fn remove(&self, path: &Path) -> Result<(), LabError> {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(self.file_error(path, std::io::ErrorKind::InvalidInput.into()));
        };
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY;
        let remove = || -> std::io::Result<()> {
            let folder = self.open(folder, flags, 0)?;
            Ok(unlinkat(&folder, name, UnlinkatFlags::NoRemoveDir)?)
        };
        match remove() {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(self.file_error(path, source))
            }
            _ => Ok(()),
        }
    }

    fn processes(&self) -> Vec<Process> {
        let mut processes = self.all_processes();
        processes.retain(|found| found.pid != self.init);
        processes
    }

    fn libvirt_uri(&self) -> String {
        let init = self.init;
        format!("qemu+unix:///system?socket=/proc/{init}/root/run/libvirt/libvirt-sock")
    }

    fn daemon(&self, what: DaemonDo) -> Result<(), LabError> {
        match what {
            DaemonDo::Start => self.run("/proc/1/exe", &["__daemon"]).map(|_| ()),
            DaemonDo::Stop => {
                self.signal_libvirtd(Signal::SIGTERM);
                self.until("libvirtd ended", |found| found.is_none())
            }
            DaemonDo::Kill => {
                self.signal_libvirtd(Signal::SIGKILL);
                self.until("libvirtd is gone", |found| found.is_none())
            }
            DaemonDo::Freeze => {
                self.signal_libvirtd(Signal::SIGSTOP);
                self.until("libvirtd is frozen", |found| {
                    found.is_some_and(|it| it.state == 'T')
                })
            }
            DaemonDo::Continue => {
                self.signal_libvirtd(Signal::SIGCONT);
                self.until("libvirtd goes on", |found| {
                    found.is_some_and(|it| it.state != 'T')
                })
            }
        }
    }
}

/// Polls until the condition holds, for at most half a minute.
pub(super) fn until(what: &str, mut holds: impl FnMut() -> bool) -> Result<(), LabError> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        if Instant::now() > deadline {
            return Err(LabError::Late {
                what: what.to_owned(),
                seconds: 30,
            });
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
