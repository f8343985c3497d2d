//! fence_virtd on every node: what `fence_xvm` asks to end a guest.
//!
//! It listens for multicasts in the guests' network, and ends guests through libvirt. With the backend `libvirt` each
//! daemon knows the guests of its own node alone; with `cpg` the daemons of all nodes tell each other over corosync.
//!
//! With `cpg` the thread that takes what comes from corosync may end as soon as it begins: it uses a handle that the
//! thread which made it has not stored yet (`cpg_start` in fence-agents' agents/virt/server/cpg.c, 4.12). Such a daemon
//! stays a member of the group and answers nothing for ever. It is known by its single thread, and started anew.

use std::fs;
use std::path::Path;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::part::{Part, PartNode};
use crate::equipment::{FenceDaemon, PartFault, PartId};
use crate::installed::{self, PATH};
use crate::lab::error::LabError;
use crate::lab::process::Process;
use crate::lab::setup::{LabResult, LabSetup, NodeSetup, VISIBLE};
use crate::lab::tools::{clean_command, last_lines, start_daemon, wait_until, write_file};

/// fence_virtd with that backend.
#[derive(Debug)]
pub(super) struct FenceVirtd(pub(super) FenceDaemon);

const PROGRAM: &str = "fence_virtd";

/// Its configuration in the node, below [`VISIBLE`].
const CONFIGURATION: &str = "fence_virt.conf";

/// The key that it shares with those who may ask it, below [`VISIBLE`].
const KEY: &str = "fence_xvm.key";

/// The port that it listens on, as the kernel lists it. Source: fence_virt.conf(5), 1229.
const PORT: &str = ":04CD ";

impl Part for FenceVirtd {
    fn id(&self) -> PartId {
        PartId::Fence(self.0)
    }

    fn name(&self) -> &'static str {
        match self.0 {
            FenceDaemon::VirtdLibvirt => "fence_virtd for one node",
            FenceDaemon::VirtdCpg => "fence_virtd over corosync",
        }
    }

    fn lacking(&self) -> Option<String> {
        let programs: &[&str] = match self.0 {
            FenceDaemon::VirtdLibvirt => &[PROGRAM],
            FenceDaemon::VirtdCpg => &[PROGRAM, "corosync-cfgtool"],
        };
        installed::missing(programs)
    }

    fn lacking_across_machines(&self) -> Option<String> {
        Some("the machines of this lab share no multicasts".to_owned())
    }

    fn furnish(&self, node: &NodeSetup, _lab: &LabSetup) -> LabResult<()> {
        let folder = node.home().join("run/vrt");
        write_file(&folder.join(KEY), "a lab's own key ".repeat(256).as_bytes())?;
        write_file(
            &folder.join(CONFIGURATION),
            configuration(self.0).as_bytes(),
        )
    }

    fn start(&self, _node: &NodeSetup) -> LabResult<()> {
        let log = Path::new(VISIBLE).join("fence_virtd.log");
        if self.0 == FenceDaemon::VirtdCpg {
            wait_until("corosync answers", &log, corosync_answers)?;
        }
        for _ in 0..TRIES {
            if self.start_once(&log)? {
                return Ok(());
            }
        }
        Err(format!(
            "{PROGRAM} lost its thread for corosync {TRIES} times"
        ))
    }

    fn owns(&self, name: &str, _by_init: bool) -> bool {
        name == PROGRAM
    }

    /// Whatever a case has asked it for and what it has not answered yet must not be done in the next one.
    fn release(&self, node: &dyn PartNode) -> Result<(), LabError> {
        node.end_daemon(PROGRAM)?;
        node.start_part(self.id())
    }

    fn inject(&self, fault: PartFault, node: &dyn PartNode) -> Result<(), LabError> {
        let signal = match fault {
            PartFault::FenceDaemonFrozen => Signal::SIGSTOP,
            PartFault::FenceDaemonKilled => Signal::SIGKILL,
            PartFault::LeaseLost => return Err(LabError::NoSuchFault { fault }),
        };
        let Some(daemon) = node.own_daemon(PROGRAM) else {
            return Err(LabError::NoSuchFault { fault });
        };
        // What it came to is looked at by whoever asked for it.
        let _ = kill(Pid::from_raw(daemon.pid), signal);
        Ok(())
    }

    /// Starts anew the one that was frozen, too: it would go on with what it was asked for meanwhile.
    fn revive(&self, node: &dyn PartNode) -> Result<(), LabError> {
        match node.own_daemon(PROGRAM) {
            Some(daemon) if !daemon.is_stopped() => Ok(()),
            _ => {
                node.end_daemon(PROGRAM)?;
                node.start_part(self.id())
            }
        }
    }
}

/// How often a daemon is started at most until it has all of its threads.
const TRIES: u32 = 50;

impl FenceVirtd {
    /// Starts the daemon, and waits until it listens; whether it has the threads that it needs.
    fn start_once(&self, log: &Path) -> LabResult<bool> {
        let configuration = Path::new(VISIBLE).join(CONFIGURATION);
        let mut command = clean_command(PROGRAM);
        command.arg("-F").arg("-f").arg(configuration);
        let process = start_daemon(&mut command, log)?;
        let lives = || Process::read(process.as_raw()).is_some_and(|found| !found.has_ended());
        wait_until(&format!("{PROGRAM} listens"), log, || listens() || !lives())?;
        if !lives() {
            return Err(format!("{PROGRAM} ended: {}", last_lines(log)));
        }
        let wanted = match self.0 {
            FenceDaemon::VirtdLibvirt => 1,
            FenceDaemon::VirtdCpg => 2,
        };
        if threads(process) >= wanted {
            return Ok(true);
        }
        let _ = kill(process, Signal::SIGKILL);
        wait_until(&format!("{PROGRAM} has ended"), log, || !lives())?;
        Ok(false)
    }
}

fn listens() -> bool {
    let sockets = fs::read_to_string("/proc/net/udp").unwrap_or_default();
    sockets.lines().any(|line| line.contains(PORT))
}

fn threads(process: Pid) -> usize {
    let tasks = fs::read_dir(format!("/proc/{process}/task"));
    tasks.map_or(0, Iterator::count)
}

fn corosync_answers() -> bool {
    let asked = duct::cmd("corosync-cfgtool", ["-s"]).env("PATH", PATH);
    let asked = asked.stdin_null().stdout_null().stderr_null();
    asked.run().is_ok()
}

/// Source: fence_virt.conf(5).
fn configuration(daemon: FenceDaemon) -> String {
    let backend = match daemon {
        FenceDaemon::VirtdLibvirt => "libvirt",
        FenceDaemon::VirtdCpg => "cpg",
    };
    format!(
        "fence_virtd {{\n\tlistener = \"multicast\";\n\tbackend = \"{backend}\";\n}}\n\
         listeners {{\n\tmulticast {{\n\t\tkey_file = \"{VISIBLE}/{KEY}\";\n\t\taddress = \"225.0.0.12\";\n\t\t\
         interface = \"eth0\";\n\t}}\n}}\n\
         backends {{\n\t{backend} {{\n\t\turi = \"qemu:///system\";\n\t}}\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::configuration;
    use crate::equipment::FenceDaemon;

    #[test]
    fn the_configuration_names_its_backend_and_closes_what_it_opens() {
        let text = configuration(FenceDaemon::VirtdCpg);
        assert!(text.contains("backend = \"cpg\";"), "{text}");
        assert_eq!(text.matches('{').count(), text.matches('}').count());
    }
}
