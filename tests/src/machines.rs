//! Two machines to test labs over ssh with: namespaces of this one, each reached by an OpenSSH server that talks over
//! the pipe of its `ProxyCommand`. Nothing listens on a port, and all of it ends with the test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// Makes a machine of a process, which lives until its standard input ends.
const MACHINE: &str = "hostname $0; mount -t tmpfs tmpfs /run; mkdir /run/sshd; mkdir -p /root/.cache; \
    mount -t tmpfs tmpfs /root/.cache; mount -t tmpfs tmpfs /tmp; ip link set lo up; echo up; exec cat";

/// The names of the machines, and their addresses in the network between them.
const MACHINES: [(&str, &str); 2] = [("one", "198.51.100.1"), ("two", "198.51.100.2")];

/// The server's configuration; its keys lie where each machine has a folder of its own.
const SERVER: &str = "HostKey /run/keys/host-key\nAuthorizedKeysFile /run/keys/key.pub\nStrictModes no\n\
    PermitRootLogin yes\nUsePAM no\nAllowStreamLocalForwarding yes\nStreamLocalBindUnlink yes\n";

/// The name of the file that is the machines' inventory.
pub const INVENTORY: &str = "lab.yaml";

/// Two machines, up until dropped.
#[derive(Debug)]
pub struct Machines {
    folder: TempDir,
    /// `unshare`, and the first process in the machine.
    processes: Vec<(Child, i32)>,
}

impl Machines {
    /// Brings them up.
    ///
    /// # Panics
    /// When this is not root, or there is no OpenSSH server.
    #[must_use]
    pub fn up() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let processes = MACHINES.map(|(name, _)| machine(name)).into();
        let machines = Self { folder, processes };
        machines.connect();
        machines.write_keys();
        machines.write_inventory();
        machines
    }

    /// A file of theirs.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Takes a machine's power.
    ///
    /// # Panics
    /// When it cannot be killed.
    pub fn kill(&mut self, index: usize) {
        self.processes[index].0.kill().expect("it is ours");
        let _ = self.processes[index].0.wait();
    }

    /// The programs that run on a machine beside its own first process, which reaps nothing.
    ///
    /// # Panics
    /// When it cannot be looked at.
    #[must_use]
    pub fn running(&self, index: usize) -> Vec<String> {
        let pid = self.processes[index].1.to_string();
        let look = [
            "-t",
            &pid,
            "--mount",
            "--pid",
            "ps",
            "-e",
            "-o",
            "stat=,comm=",
        ];
        let said = duct::cmd("nsenter", look).read().expect("it is up");
        let own = |line: &&str| {
            let name = line.split_whitespace().nth(1).unwrap_or_default();
            !line.starts_with('Z') && !["cat", "ps"].contains(&name)
        };
        said.lines().filter(own).map(str::to_owned).collect()
    }

    fn connect(&self) {
        let [one, two] = [0, 1].map(|index| self.processes[index].1.to_string());
        let cable = ["link", "add", "eth0", "netns", &one, "type", "veth", "peer"];
        tool(
            "ip",
            &[&cable[..], &["name", "eth0", "netns", &two]].concat(),
        );
        for (pid, (_, address)) in [one, two].iter().zip(MACHINES) {
            let inside = ["-t", pid, "--net", "ip"];
            let address = format!("{address}/24");
            tool(
                "nsenter",
                &[&inside[..], &["address", "add", &address, "dev", "eth0"]].concat(),
            );
            tool(
                "nsenter",
                &[&inside[..], &["link", "set", "eth0", "up"]].concat(),
            );
        }
    }

    /// Makes the keys, writes the client's configuration, and puts the server's files where each machine sees them.
    fn write_keys(&self) {
        for name in ["key", "host-key", "wrong-key"] {
            let file = self.file(name).display().to_string();
            tool(
                "ssh-keygen",
                &["-q", "-t", "ed25519", "-N", "", "-f", &file],
            );
        }
        let folder = self.folder.path().display();
        let mut client = String::new();
        for ((name, _), (_, pid)) in MACHINES.iter().zip(&self.processes) {
            client += &format!(
                "Host {name}\n  ProxyCommand nsenter -t {pid} --net --pid --uts --ipc --mount \
                 /usr/sbin/sshd -i -f /run/keys/sshd_config\n"
            );
        }
        client += &format!(
            "Host *\n  User root\n  IdentityFile {folder}/key\n  IdentitiesOnly yes\n  UserKnownHostsFile /dev/null\n  \
             StrictHostKeyChecking no\n  LogLevel ERROR\n"
        );
        self.write("ssh_config", &client);
        self.write("wrong_config", &client.replace("/key\n", "/wrong-key\n"));
        for (_, pid) in &self.processes {
            self.carry_keys(*pid);
        }
    }

    /// Puts the server's files where the machine sees them.
    fn carry_keys(&self, pid: i32) {
        let there = PathBuf::from(format!("/proc/{pid}/root/run/keys"));
        fs::create_dir(&there).expect("the machine's /run is its own");
        for name in ["host-key", "key.pub"] {
            fs::copy(self.file(name), there.join(name)).expect("it can be copied");
        }
        fs::write(there.join("sshd_config"), SERVER).expect("it can be written");
    }

    fn write_inventory(&self) {
        let nodes =
            MACHINES.map(|(host, address)| format!("  - {{host: {host}, address: {address}}}\n"));
        let text = format!("ssh_config: ssh_config\nnodes:\n{}", nodes.concat());
        self.write(INVENTORY, &text);
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.file(name), text).expect("it can be written");
    }
}

impl Drop for Machines {
    fn drop(&mut self) {
        for (unshare, _) in &mut self.processes {
            let _ = unshare.kill();
            let _ = unshare.wait();
        }
    }
}

fn machine(name: &str) -> (Child, i32) {
    assert!(
        Path::new("/usr/sbin/sshd").exists(),
        "`scripts/deps --tests` installs an OpenSSH server"
    );
    let mut unshare = Command::new("unshare")
        .args([
            "--net",
            "--mount",
            "--uts",
            "--ipc",
            "--pid",
            "--fork",
            "--kill-child",
            "--mount-proc",
        ])
        .args(["sh", "-ec", MACHINE, name])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("unshare is there");
    let mut said = String::new();
    let out = unshare.stdout.as_mut().expect("it is a pipe");
    std::io::BufRead::read_line(&mut std::io::BufReader::new(out), &mut said).expect("it is text");
    assert_eq!(said, "up\n", "a machine needs root");
    let children = format!("/proc/{0}/task/{0}/children", unshare.id());
    let children = fs::read_to_string(children).expect("it lives");
    let first = children.trim().parse().expect("it has one child");
    (unshare, first)
}

fn tool(program: &str, args: &[&str]) {
    duct::cmd(program, args).run().expect("it succeeds");
}
