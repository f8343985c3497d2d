//! The relay: raises a machine's node and carries out the harness's requests, until the harness is gone.

use std::collections::{BTreeMap, HashMap};
use std::fs::Permissions;
use std::io::{BufRead, Write};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::stat::{Mode, umask};
use serde::Serialize;
use serde_json::Value;

use super::facts::MachineFacts;
use super::pack::unpack;
use super::proxy::show;
use super::wire::{Answered, Asked, BROUGHT, Brought, CALLS, Request, Uplink};
use crate::cluster_call::{FOLDER, SOCKET};
use crate::lab::capabilities::Capabilities;
use crate::lab::command::Running;
use crate::lab::local::{LocalNode, Tree};
use crate::lab::node::{CommandRunner, Entry, FileAccess, Node, PowerControl, to_json};
use crate::lab::request::LabRequest;
use crate::lab::setup::{
    BYSTANDER, CLUSTER_UPLINK, KEYS, LabResult, LabSetup, OWN_FOLDERS, SUBJECT, UPLINK,
};
use crate::lab::tools::run_tool;

/// How long the harness may be silent: a network that was cut says nothing of it.
const SILENCE: Duration = Duration::from_secs(60);

/// What a relay keeps up.
struct Relay {
    /// The folder in which ssh shows the sockets of the disks, and is shown that of libvirtd.
    folder: PathBuf,
    tree: OnceLock<Tree>,
    running: Mutex<HashMap<i32, Box<dyn Running>>>,
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

/// Serves the harness on standard input and output until it goes; then all that was raised ends.
///
/// # Errors
/// Never: what goes wrong is an answer.
pub(in crate::lab) fn run(folder: &str) -> LabResult<()> {
    let relay = Arc::new(Relay {
        folder: PathBuf::from(folder),
        tree: OnceLock::new(),
        running: Mutex::default(),
    });
    // Whoever logs in may have a stricter one, and what is put into the node is for all of its users.
    umask(Mode::from_bits_truncate(0o022));
    let requests = listen();
    while let Ok(Asked { number, request }) = requests.recv_timeout(SILENCE) {
        let relay = Arc::clone(&relay);
        // Each in a thread of its own: one waits for an agent while others look at the node.
        thread::spawn(move || {
            let answer = relay.carry_out(request);
            send(&Answered { number, answer });
        });
    }
    let _ = std::fs::remove_dir_all(&relay.folder);
    // Threads may still hold it: the lab ends because this process does.
    Ok(())
}

fn listen() -> Receiver<Asked<Request>> {
    let (sender, requests) = channel();
    thread::spawn(move || {
        let lines = std::io::stdin().lock().lines().map_while(Result::ok);
        let lines = lines.map_while(|line| serde_json::from_str(&line).ok());
        for request in lines {
            if sender.send(request).is_err() {
                return;
            }
        }
    });
    requests
}

fn send(answer: &Answered) {
    let Ok(line) = serde_json::to_string(answer) else {
        return;
    };
    let mut out = std::io::stdout().lock();
    // A harness that no longer listens is gone, which the other stream tells.
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

fn value(answer: impl Serialize) -> LabResult<Value> {
    serde_json::to_value(answer).map_err(text)
}

impl Relay {
    fn carry_out(&self, request: Request) -> LabResult<Value> {
        match request {
            Request::Ping => value(()),
            Request::Facts => value(MachineFacts::gather()),
            Request::Raise(setup, uplink, brought) => value(self.raise(setup, &uplink, &brought)?),
            Request::Lab(request) => {
                let answer = self.tree()?.request(&request).map_err(text)?;
                if request == LabRequest::RememberFiles {
                    self.keep_capabilities()?;
                }
                value(answer)
            }
            Request::Wait(pid, millis) => {
                let running = self
                    .running()
                    .remove(&pid)
                    .ok_or("there is no such command")?;
                let deadline = Instant::now() + Duration::from_millis(millis);
                value(running.wait(deadline).map_err(text)?)
            }
            Request::GiveUp(pid) => {
                self.running().remove(&pid);
                value(())
            }
            request => self.carry_out_in_node(request),
        }
    }

    fn carry_out_in_node(&self, request: Request) -> LabResult<Value> {
        let node = self.node()?;
        match request {
            Request::Exec(command) => {
                let running = node.exec(&command).map_err(text)?;
                let pid = running.pid();
                self.running().insert(pid, running);
                value(pid)
            }
            Request::Files(request) => request.answer(node),
            Request::Processes(request) => request.answer(node),
            Request::Daemon(request) => request.answer(node),
            Request::Parts(request) => request.answer(node),
            Request::CutPower => to_json(self.tree()?.cut_power(node.name(), None).map(drop)),
            Request::RaiseAgain => to_json(self.tree()?.raise_again(node.name())),
            Request::Clear(but) => to_json(node.clear(&but)),
            Request::Ping
            | Request::Facts
            | Request::Raise(..)
            | Request::Lab(_)
            | Request::Wait(..)
            | Request::GiveUp(_) => Err("this is not asked of a node".to_owned()),
        }
    }

    fn running(&self) -> MutexGuard<'_, HashMap<i32, Box<dyn Running>>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tree(&self) -> LabResult<&Tree> {
        self.tree
            .get()
            .ok_or_else(|| "no node is raised".to_owned())
    }

    fn node(&self) -> LabResult<&LocalNode> {
        let node = self.tree()?.nodes().first();
        node.ok_or_else(|| "no node is raised".to_owned())
    }

    /// Raises the node, shows it its disks, and leads its network to the other machines; its first process.
    fn raise(&self, mut setup: LabSetup, uplink: &Uplink, brought: &Brought) -> LabResult<i32> {
        let packages = brought.packages.as_deref();
        let packages = packages.map(|archive| unpack(archive, self.folder.join("packages")));
        setup.packages = packages.transpose()?;
        setup.keys = Some(self.keep(&brought.keys)?);
        // The node covers them with its own; where libvirt has never run some are not there yet. For what is missing
        // in these three the node makes a place by itself.
        let made = ["/var/lib", "/var/log", "/var/cache"].map(Path::new);
        OWN_FOLDERS
            .iter()
            .map(|(_, place, _)| Path::new(place))
            .filter(|place| place.parent().is_none_or(|parent| !made.contains(&parent)))
            .try_for_each(std::fs::create_dir_all)
            .map_err(text)?;
        // Itself, whatever has become of its file.
        let program = PathBuf::from(format!("/proc/{}/exe", std::process::id()));
        let known =
            kept().map_or_else(Capabilities::default, |kept| Capabilities::in_folder(&kept));
        let tree = Tree::grow(&program, &setup, &known).map_err(text)?;
        connect(tree.pid(), UPLINK, (uplink, uplink.number))?;
        if setup.equipment().cluster.is_some() {
            connect(tree.pid(), CLUSTER_UPLINK, (uplink, uplink.number + 1))?;
        }
        std::fs::remove_dir_all(self.folder.join(KEYS)).map_err(text)?;
        tree.request(&LabRequest::PlugInUplinks).map_err(text)?;
        let node = tree.nodes().first().ok_or("no node was to be raised")?;
        for disk in [SUBJECT, BYSTANDER] {
            let place = node.outside(Path::new(&format!("/run/vrt/{disk}.sock")));
            show(&place, self.folder.join(disk)).map_err(text)?;
        }
        if setup.equipment().cluster.is_some() {
            self.show_calls(node)?;
        }
        for file in &brought.files {
            // Copied: an agent may run as somebody who cannot look into the folder where the machine keeps it.
            let content = std::fs::read(file).map_err(text)?;
            let name = file.file_name().unwrap_or_default();
            node.put(&Path::new(BROUGHT).join(name), &Entry::File(content, 0o755))
                .map_err(text)?;
        }
        let socket = self.folder.join("libvirt");
        show(&socket, node.outside(Path::new(node.daemons().socket()))).map_err(text)?;
        self.give_away(&socket)?;
        let init = node.init();
        match self.tree.set(tree) {
            Ok(()) => Ok(init),
            Err(_) => Err("its node is raised already".to_owned()),
        }
    }

    /// Shows the node's cluster the socket that it calls the harness by. Pacemaker's user connects to it too.
    fn show_calls(&self, node: &LocalNode) -> LabResult<()> {
        let place = node.outside(&Path::new(FOLDER).join(SOCKET));
        show(&place, self.folder.join(CALLS)).map_err(text)?;
        std::fs::set_permissions(&place, Permissions::from_mode(0o666)).map_err(text)
    }

    /// Writes the keys into a folder that only root and the user of ssh can read.
    fn keep(&self, keys: &BTreeMap<String, Vec<u8>>) -> LabResult<PathBuf> {
        let folder = self.folder.join(KEYS);
        std::fs::create_dir(&folder).map_err(text)?;
        for (name, key) in keys {
            std::fs::write(folder.join(name), key).map_err(text)?;
        }
        Ok(folder)
    }

    /// Keeps what the node's libvirt has found out about QEMU: on a machine that is itself a guest that takes half a minute.
    fn keep_capabilities(&self) -> LabResult<()> {
        let known = self.node()?.capabilities();
        kept().map_or(Ok(()), |kept| known.put_into(&kept).map_err(text))
    }

    /// Lets the user of ssh, who owns the folder, connect to the socket.
    fn give_away(&self, socket: &Path) -> LabResult<()> {
        use std::os::unix::fs::MetadataExt;
        let owner = std::fs::metadata(&self.folder).map_err(text)?;
        std::os::unix::fs::chown(socket, Some(owner.uid()), Some(owner.gid())).map_err(text)
    }
}

/// Where a machine keeps what libvirt found out about QEMU: beside what was brought to it.
fn kept() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    Some(program.parent()?.parent()?.join("capabilities"))
}

/// Makes the lab's end of a VXLAN whose other end, the machine's own addresses, stays outside.
fn connect(init: i32, device: &str, (uplink, number): (&Uplink, u32)) -> LabResult<()> {
    let (pid, number) = (init.to_string(), number.to_string());
    let first = uplink.others.first().ok_or("there is no other machine")?;
    let link = [
        "link", "add", "name", device, "netns", &pid, "type", "vxlan", "id", &number,
    ];
    let ends = ["dstport", "4789", "local", &uplink.own, "remote", first];
    run_tool("ip", &[&link[..], &ends].concat()).map_err(|trouble| {
        let own = &uplink.own;
        format!("{trouble}; {own} must be the machine's own address, and its kernel have the module vxlan")
    })
}
