use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::sanlock::{self, LEASES};
use super::setup::{
    FIRMWARE, HOME, LINKS, LOCKED_DISK, LabSetup, NodeSetup, SHARED, SUBJECT, Told, clean, daemon,
    run as tool, tell, until,
};
use super::{cluster, drivers, invoker, keys, mount, network, serve};
use crate::history::{Lock, Transport};
use crate::lab::capabilities::Capabilities;
use crate::lab::guest::{self, GuestDo, GuestMode};

/// The lab's first process: builds everything, says `ready`, and ends when its standard input does.
///
/// The kernel then ends every process, mount and network of the lab, whatever killed the harness.
pub(super) fn run(argument: &str) -> Told<()> {
    invoker::shed()?;
    let lab: LabSetup = serde_json::from_str(argument).map_err(|error| error.to_string())?;
    let known = receive_capabilities()?;
    mount::proc()?;
    // Before what makes all mounts read-only, and before folders of the lab's own cover where it lies.
    lab.packages.as_deref().map_or(Ok(()), mount::packages)?;
    mount::protect_host()?;
    mount::tmpfs(Path::new(HOME), "755")?;
    cluster::hide()?;
    for folder in ["nodes", "store", "log", "fail", LINKS, SHARED, LEASES] {
        make(&Path::new(HOME).join(folder), 0o755)?;
    }
    if has_sanlock(&lab) {
        sanlock::write_lockspace()?;
    }
    network::keep_tables_small();
    make_switch(&lab)?;
    for node in lab.raised() {
        furnish(node, &lab, &known)?;
    }
    keys::make_keys(&lab)?;
    let mut nodes = Vec::new();
    for node in lab.raised() {
        nodes.push(StartedNode::start(node)?);
    }
    serve_disks(&lab)?;
    for node in &mut nodes {
        node.expect("ready")?;
    }
    let kept = serde_json::to_string(&invoker::kept()).map_err(|error| error.to_string())?;
    tell(&format!("ready {kept}"));
    serve::serve(&lab)
}

fn receive_capabilities() -> Told<Capabilities> {
    let mut line = String::new();
    let read = std::io::stdin().read_line(&mut line);
    read.map_err(|error| error.to_string())?;
    serde_json::from_str(&line).map_err(|error| error.to_string())
}

pub(super) fn make(folder: &Path, mode: u32) -> Told<()> {
    fs::create_dir_all(folder)
        .and_then(|()| fs::set_permissions(folder, fs::Permissions::from_mode(mode)))
        .map_err(|error| format!("cannot make {}: {error}", folder.display()))
}

pub(super) fn write(file: &Path, content: &[u8]) -> Told<()> {
    fs::write(file, content).map_err(|error| format!("cannot write {}: {error}", file.display()))
}

fn make_switch(lab: &LabSetup) -> Told<()> {
    tool("ip", &["link", "set", "lo", "up"])?;
    tool("ip", &["link", "add", "switch", "type", "bridge"])?;
    // An address of its own, from which the nodes are tried after a reset.
    tool(
        "ip",
        &["address", "add", &lab.switch_address(), "dev", "switch"],
    )?;
    tool("ip", &["link", "set", "switch", "up"])
}

/// The folders of a node that are its own: their place in its home, their place in the node, mode.
///
/// They are libvirt's, those for everybody, and those that agents of this world write to, by what ocf-shellfuncs and
/// agents in the field do: logs, caches, and what heartbeat and Pacemaker keep.
pub(crate) const OWN_FOLDERS: [(&str, &str, u32); 12] = [
    // Before those of libvirt's that lie in them.
    (LOGS, "/var/log", 0o755),
    (CACHES, "/var/cache", 0o755),
    ("heartbeat", "/var/lib/heartbeat", 0o755),
    ("pacemaker", "/var/lib/pacemaker", 0o755),
    ("libvirt-etc", "/etc/libvirt", 0o755),
    ("libvirt-lib", "/var/lib/libvirt", 0o755),
    ("libvirt-log", "/var/log/libvirt", 0o755),
    ("libvirt-cache", "/var/cache/libvirt", 0o755),
    ("tmp", "/tmp", 0o1777),
    ("var-tmp", "/var/tmp", 0o1777),
    ("shm", "/dev/shm", 0o1777),
    // The last to be bound: it covers the lab's tmpfs, where all of these lie.
    ("run", "/run", 0o755),
];

const LOGS: &str = "var-log";
const CACHES: &str = "var-cache";

/// What is in folders of a node's own from the beginning, beside what the machine has there.
const BEGINNINGS: [&str; 14] = [
    "var-log/libvirt",
    "var-log/cluster",
    "var-log/pacemaker",
    "var-cache/libvirt",
    // Pacemaker's folders, as its packages make them. Agents are run in the first.
    "pacemaker/cores",
    "pacemaker/cib",
    "pacemaker/pengine",
    "pacemaker/blackbox",
    "run/heartbeat/rsctmp",
    "run/resource-agents",
    "run/crm",
    "run/vrt",
    "run/vrt/shared",
    "run/vrt/leases",
];

/// Makes everything in a node's home that its first process binds into place.
fn furnish(node: &NodeSetup, lab: &LabSetup, known: &Capabilities) -> Told<()> {
    let home = node.home();
    make(&home, 0o755)?;
    // One for each node, so that one can be full while the other is not.
    mount::tmpfs(&home, "755")?;
    for (name, _, mode) in OWN_FOLDERS {
        make(&home.join(name), mode)?;
    }
    take_after(Path::new("/var/log"), &home.join(LOGS))?;
    take_after(Path::new("/var/cache"), &home.join(CACHES))?;
    for folder in BEGINNINGS {
        make(&home.join(folder), 0o755)?;
    }
    make(&home.join("run/lock"), 0o1777)?;
    write(&home.join("run/vrt").join(FIRMWARE), guest::ROM)?;
    drivers::choose(&home.join("run/vrt").join(drivers::FOLDER))?;
    known
        .put_into(&home.join("libvirt-cache/qemu/capabilities"))
        .map_err(|error| format!("cannot write what libvirt knows of QEMU: {error}"))?;
    configure(node, lab)
}

/// Makes the folders in a folder of the machine's again, empty: programs expect theirs there. An ordinary user may be
/// kept from looking.
fn take_after(theirs: &Path, own: &Path) -> Told<()> {
    for entry in fs::read_dir(theirs).into_iter().flatten().flatten() {
        if let Ok(found) = entry.metadata()
            && found.is_dir()
        {
            make(&own.join(entry.file_name()), found.permissions().mode())?;
        }
    }
    Ok(())
}

/// Writes a node's configuration files; a reset does it again, for an agent may have changed them.
pub(super) fn configure(node: &NodeSetup, lab: &LabSetup) -> Told<()> {
    let home = node.home();
    let mut hosts = "127.0.0.1 localhost\n".to_owned();
    for other in &lab.nodes {
        hosts.push_str(&format!("{} {}\n", other.address, other.name));
    }
    write(&home.join("hosts"), hosts.as_bytes())?;
    write(
        &home.join("hostname"),
        format!("{}\n", node.name).as_bytes(),
    )?;
    let listens = |transport| u8::from(node.transport == transport);
    let (tls, tcp) = (listens(Transport::Tls), listens(Transport::Tcp));
    let settings = format!(
        "listen_tls = {tls}\nlisten_tcp = {tcp}\nauth_tcp = \"none\"\nauth_unix_ro = \"none\"\n\
         auth_unix_rw = \"none\"\nunix_sock_rw_perms = \"0770\"\nhost_uuid = \"{}\"\n",
        node.host_uuid
    );
    // Each reads its own; what a modular one is told that is not its part it leaves alone.
    for daemon in node.daemons().programs() {
        write(
            &home.join(format!("libvirt-etc/{daemon}.conf")),
            settings.as_bytes(),
        )?;
    }
    let lock_manager = match node.lock {
        Some(Lock::Virtlockd) => "lock_manager = \"lockd\"\n",
        Some(Lock::Sanlock) => "lock_manager = \"sanlock\"\n",
        Some(Lock::Image | Lock::OwnImage) | None => "",
    };
    if node.lock == Some(Lock::Sanlock) {
        let settings = sanlock::settings(node);
        write(
            &home.join("libvirt-etc/qemu-sanlock.conf"),
            settings.as_bytes(),
        )?;
    }
    let qemu = format!(
        "{QEMU_CONF}migration_host = \"{}\"\n{lock_manager}",
        node.address
    );
    write(&home.join("libvirt-etc/qemu.conf"), qemu.as_bytes())
}

/// No log daemon, no confinement that needs the host's cooperation, no device nodes. The shared folder is a
/// tmpfs, which libvirt would take for a node's own and refuse to migrate a guest whose disk lies there.
///
/// Of every guest that starts or arrives libvirt asks some 300 features of its processor, one by one: more
/// than two thirds of the time that a start takes here. Without the filtered capability it asks for all at once.
const QEMU_CONF: &str = "stdio_handler = \"file\"\nsecurity_driver = \"none\"\n\
    cgroup_controllers = []\ndynamic_ownership = 0\nremember_owner = 0\n\
    user = \"root\"\ngroup = \"root\"\nnamespaces = []\n\
    capability_filters = [ \"cpu-unavailable-features\" ]\n\
    shared_filesystems = [ \"/run/vrt/shared\" ]\n";

/// Starts the disk servers: for each node one of the shared disk and one of its bystander's own.
///
/// They run outside the nodes, so that no agent sees them; their sockets are in the nodes' folders.
fn serve_disks(lab: &LabSetup) -> Told<()> {
    write_locked_disk(lab)?;
    if lab.served().is_empty() {
        return Ok(());
    }
    let store = Path::new(HOME).join("store");
    write(&store.join(SUBJECT), &guest::FRESH_DISK)?;
    for node in lab.served() {
        make(&node.home().join("run/vrt"), 0o755)?;
        write(&store.join(&node.name), &guest::FRESH_DISK)?;
        calm(&store.join(&node.name))?;
        serve_disk(node, SUBJECT, &store.join(SUBJECT))?;
        serve_disk(node, "bystander", &store.join(&node.name))?;
    }
    for node in lab.served() {
        for disk in [SUBJECT, "bystander"] {
            let log = Path::new(HOME).join(format!("log/nbdkit-{disk}-{}", node.name));
            let socket = node.home().join(format!("run/vrt/{disk}.sock"));
            until("nbdkit made no socket", &log, || socket.exists())?;
        }
    }
    Ok(())
}

/// Lets a guest rest more than others: the bystanders of sixteen labs, idle, took an eighth of two processors.
fn calm(disk: &Path) -> Told<()> {
    let mode = GuestMode {
        calm: true,
        ..GuestMode::default()
    };
    guest::command(disk, GuestDo::Mode(mode))
        .map_err(|error| format!("cannot write {}: {error}", disk.display()))
}

/// Makes the disk that a lock is on. No guest ever writes to it: they know the other one only.
pub(super) fn write_locked_disk(lab: &LabSetup) -> Told<()> {
    let folder = |node: &NodeSetup| {
        node.lock.map(|lock| match lock {
            Lock::OwnImage => node.home().join("run/vrt"),
            Lock::Image | Lock::Virtlockd | Lock::Sanlock => Path::new(HOME).join(SHARED),
        })
    };
    // The folder that all nodes share is one.
    let folders: BTreeSet<_> = lab.nodes.iter().filter_map(folder).collect();
    for folder in folders {
        write(&folder.join(LOCKED_DISK), &[0; 64 * 1024])?;
    }
    if has_sanlock(lab) {
        sanlock::write_lease()?;
    }
    Ok(())
}

fn has_sanlock(lab: &LabSetup) -> bool {
    let mut nodes = lab.nodes.iter();
    nodes.any(|node| node.lock == Some(Lock::Sanlock))
}

/// The file with the id of the server of a node's disk.
pub(super) fn disk_process(disk: &str, node: &str) -> PathBuf {
    Path::new(HOME).join(format!("log/nbdkit-{disk}-{node}.pid"))
}

fn serve_disk(node: &NodeSetup, disk: &str, file: &Path) -> Told<()> {
    let name = &node.name;
    let socket = node.home().join(format!("run/vrt/{disk}.sock"));
    let process = disk_process(disk, name);
    let error_file = format!("error-file={HOME}/fail/{disk}-{name}");
    let args = [
        "--foreground",
        "--unix",
        &socket.to_string_lossy(),
        "--pidfile",
        &process.to_string_lossy(),
        "--filter=log",
        "--filter=error",
        "file",
        &format!("file={}", file.display()),
        &format!("logfile={HOME}/log/{disk}-{name}"),
        "logappend=true",
        // Errors begin when this file appears and end when it is removed.
        "error=EIO",
        "error-rate=100%",
        &error_file,
    ];
    let log = format!("{HOME}/log/nbdkit-{disk}-{name}");
    daemon(clean("nbdkit").args(args), Path::new(&log)).map(drop)
}

/// A node's first process while it starts.
struct StartedNode<'a> {
    setup: &'a NodeSetup,
    process: Child,
    said: Box<dyn BufRead>,
}

impl<'a> StartedNode<'a> {
    /// Starts the node and plugs it into the switch.
    fn start(setup: &'a NodeSetup) -> Told<Self> {
        let argument = serde_json::to_string(setup).map_err(|error| error.to_string())?;
        let mut process = Command::new("unshare")
            .args([
                "--mount",
                "--pid",
                "--net",
                "--uts",
                "--ipc",
                "--fork",
                "--kill-child",
            ])
            // Not /proc/self/exe, which would be unshare itself.
            .args(["/proc/1/exe", "__node-init", &argument])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot run unshare: {error}; `make deps` installs it"))?;
        let said = process
            .stdout
            .take()
            .ok_or("unshare has no standard output")?;
        let said = Box::new(BufReader::new(said));
        let mut node = Self {
            setup,
            process,
            said,
        };
        node.expect("hello")?;
        node.plug_in()?;
        Ok(node)
    }

    /// Waits for one line, which must be that word.
    fn expect(&mut self, word: &str) -> Told<()> {
        let mut line = String::new();
        let read = self.said.read_line(&mut line);
        let line = line.trim().trim_start_matches("failed ");
        match read {
            Ok(_) if line == word => Ok(()),
            Ok(0) => Err(format!(
                "node {} ended before it was ready",
                self.setup.name
            )),
            Ok(_) => Err(format!("node {}: {line}", self.setup.name)),
            Err(error) => Err(format!("node {}: {error}", self.setup.name)),
        }
    }

    /// Gives the node its end of a cable, and tells it to go on.
    fn plug_in(&mut self) -> Told<()> {
        // Of the process that unshared, which is in the node's network already.
        let pid = self.process.id().to_string();
        let (port, hardware) = (&network::port(&self.setup.name), &self.setup.hardware());
        let cable = ["link", "add", port, "type", "veth", "peer", "name", "eth0"];
        let end = ["address", hardware, "netns", &pid];
        tool("ip", &[&cable[..], &end].concat())?;
        tool("ip", &["link", "set", port, "master", "switch", "up"])?;
        let mut stdin = self
            .process
            .stdin
            .take()
            .ok_or("unshare has no standard input")?;
        stdin.write_all(b"go\n").map_err(|error| error.to_string())
    }
}

/// Keeps one lab up until standard input ends, for tests that kill the harness.
pub(super) fn hold() -> Told<()> {
    let lab = crate::lab::Lab::start(&crate::lab::LabSpec::default())
        .map_err(|error| error.to_string())?;
    tell(&format!("holding {}", lab.pid()));
    let mut line = String::new();
    let _ = std::io::stdin().read_line(&mut line);
    drop(lab);
    Ok(())
}
