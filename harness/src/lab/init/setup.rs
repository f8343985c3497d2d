use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use nix::unistd::Pid;
use serde::{Deserialize, Serialize};

use crate::history::{Daemons, Lock, Transport};
use crate::lab::daemons;

/// What goes wrong inside the lab is told to the harness as a line of text.
pub(crate) type Told<T> = Result<T, String>;

/// Name of the subject's disk, its socket and its log.
pub(crate) const SUBJECT: &str = "subject";

/// Where tools are looked for: an ordinary user's own path may lack `ip` and `libvirtd`.
pub(crate) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Where the lab's tmpfs is mounted in the lab's own mount namespace; nodes cover it with their own.
pub(super) const HOME: &str = "/run";

/// The folder of the lab's tmpfs that every node sees as /run/vrt/shared.
pub(crate) const SHARED: &str = "shared";

/// The folder of the lab's tmpfs for sockets that lead to other machines.
pub(crate) const LINKS: &str = "links";

/// The folder of the lab's tmpfs with the keys that all nodes share.
pub(crate) const KEYS: &str = "keys";

/// The folder of a node's own in which it sees its part of the lab.
pub(crate) const VISIBLE: &str = "/run/vrt";

/// The guests' firmware, in each node's own folder: a guest that migrates finds it at the same path.
pub(crate) const FIRMWARE: &str = "guest.rom";

/// The subject's disk that a lock is on: in the shared folder, or in each node's own.
pub(crate) const LOCKED_DISK: &str = "locked.img";

/// The agents, and then what they read of their own package while they run.
pub(crate) const PACKAGED: [&str; 4] = [
    "/usr/lib/ocf",
    "/usr/libexec/heartbeat",
    "/usr/lib/heartbeat",
    "/usr/share/resource-agents",
];

/// What the lab's first process has to build.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct LabSetup {
    /// The nodes, in the order of their addresses.
    pub(crate) nodes: Vec<NodeSetup>,
    /// What of it is built here.
    pub(crate) part: Part,
    /// The folder of the machine that holds unpacked packages, which are shown in the place of the machine's own.
    pub(crate) packages: Option<PathBuf>,
    /// The folder of the machine with the keys that were made where the disks are; where it is none they are made here.
    pub(crate) keys: Option<PathBuf>,
}

/// What of a lab is built on one machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Part {
    /// All of it.
    Whole,
    /// The disks of all nodes.
    Store,
    /// The node of that name; its disks are elsewhere.
    Node(String),
}

impl LabSetup {
    /// The nodes that are raised here.
    pub(crate) fn raised(&self) -> impl Iterator<Item = &NodeSetup> {
        self.nodes.iter().filter(|node| match &self.part {
            Part::Whole => true,
            Part::Store => false,
            Part::Node(name) => node.name == *name,
        })
    }

    /// The address of the switch, from which the nodes are tried: machines that share a network need one each.
    pub(super) fn switch_address(&self) -> String {
        let raised = |node: &NodeSetup| Part::Node(node.name.clone()) == self.part;
        let last = match self.nodes.iter().position(raised) {
            Some(index) => 253_usize.saturating_sub(index),
            None => 254,
        };
        format!("192.0.2.{last}/24")
    }

    /// The nodes whose disks are served here.
    pub(crate) fn served(&self) -> &[NodeSetup] {
        match self.part {
            Part::Whole | Part::Store => &self.nodes,
            Part::Node(_) => &[],
        }
    }
}

/// One node of the lab.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct NodeSetup {
    /// Its host name.
    pub(crate) name: String,
    /// Its address on the lab's bridge.
    pub(crate) address: String,
    /// What its libvirtd calls its host, since two daemons of one host refuse to migrate.
    pub(crate) host_uuid: String,
    /// The lock on a disk of the subject.
    pub(crate) lock: Option<Lock>,
    /// How the other nodes reach its libvirtd.
    pub(crate) transport: Transport,
    /// libvirt's daemons; by default what the node's machine usually has.
    pub(crate) daemons: Option<Daemons>,
    /// Paths in folders that the node covers which stay visible in it.
    pub(crate) show: Vec<PathBuf>,
}

impl NodeSetup {
    /// The node's folder in the lab's tmpfs.
    pub(super) fn home(&self) -> PathBuf {
        Path::new(HOME).join("nodes").join(&self.name)
    }

    /// The daemons that it has.
    pub(crate) fn daemons(&self) -> Daemons {
        self.daemons.unwrap_or_else(daemons::usual)
    }

    /// The node's number, from 1, told by its address.
    pub(super) fn number(&self) -> u8 {
        let number = self.address.rsplit('.').next().unwrap_or_default();
        number.parse().unwrap_or_default()
    }

    /// The hardware address of the node's network device.
    pub(super) fn hardware(&self) -> String {
        format!("52:54:00:00:02:{:02x}", self.number())
    }
}

/// Writes one line to whoever started this process.
pub(super) fn tell(line: &str) {
    let mut out = std::io::stdout().lock();
    // A harness that no longer listens is ending the lab anyway.
    let _ = writeln!(out, "{}", line.replace('\n', " | "));
    let _ = out.flush();
}

/// Runs a tool to its end.
pub(crate) fn run(tool: &str, args: &[&str]) -> Told<()> {
    let done = duct::cmd(tool, args)
        .env("PATH", PATH)
        .stdin_null()
        .stderr_to_stdout()
        .stdout_capture()
        .unchecked()
        .run()
        .map_err(|error| format!("cannot run {tool}: {error}; `make deps` installs it"))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stdout);
    Err(format!(
        "`{tool} {}` failed: {}",
        args.join(" "),
        said.trim()
    ))
}

/// A program with a clean environment, which [`daemon`] starts.
pub(super) fn clean(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", PATH)
        .env("LC_ALL", locale())
        .env("TZ", "UTC");
    command
}

/// Folders of the locale that knows all characters and no country, as glibc's packages spell it.
pub(crate) const UNICODE: [&str; 2] = ["/usr/lib/locale/C.utf8", "/usr/lib/locale/C.UTF-8"];

/// The locale of the lab's daemons: in a plain `C` libvirtd cuts names that are not ASCII.
fn locale() -> &'static str {
    match UNICODE.iter().any(|folder| Path::new(folder).is_dir()) {
        true => "C.UTF-8",
        false => "C",
    }
}

/// Starts a daemon in a process group of its own, with its output in `log`; its process.
pub(super) fn daemon(command: &mut Command, log: &Path) -> Told<Pid> {
    let open = || {
        std::fs::File::options()
            .create(true)
            .append(true)
            .open(log)
            .map_err(|error| format!("cannot open {}: {error}", log.display()))
    };
    command.stdin(Stdio::null()).stdout(open()?).stderr(open()?);
    std::os::unix::process::CommandExt::process_group(command, 0);
    match command.spawn() {
        Ok(child) => Ok(Pid::from_raw(child.id().cast_signed())),
        Err(error) => Err(format!(
            "cannot run {}: {error}; `make deps` installs it",
            command.get_program().display()
        )),
    }
}

/// Polls until the condition holds; the deadline's message ends with the log's last lines.
pub(super) fn until(what: &str, log: &Path, mut holds: impl FnMut() -> bool) -> Told<()> {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        if Instant::now() > deadline {
            return Err(format!(
                "{what} within 30 s; {} ends with: {}",
                log.display(),
                tail(log)
            ));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// The last lines of a log, for an error's message.
pub(super) fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(8)..].join(" | ")
}
