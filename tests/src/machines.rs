//! Machines to test labs over ssh with, in pairs: namespaces of this one, each reached by an OpenSSH server that talks over
//! the pipe of its `ProxyCommand`. Nothing listens on a port, and all of it ends with the test.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Gives a machine power, named by `$1`: a process in namespaces of its own, which lives until nobody holds `life` open.
/// What it is known by is in files: `NAME.power` has the process to kill, `NAME.pid` its first one.
const POWER_ON: &str = r#"set -eu; cd "$(dirname "$0")"
rm -f "$1.up"
setsid unshare --net --mount --uts --ipc --pid --fork --kill-child --mount-proc sh -ec '
    hostname $0; mount --bind . /mnt; mount -t tmpfs tmpfs /run; mkdir /run/sshd; mkdir -p /root/.cache
    mount -t tmpfs tmpfs /root/.cache; mount -t tmpfs tmpfs /tmp; ip link set lo up; echo up; exec cat
' "$1" <life >"$1.up" 2>"$1.err" &
echo $! >"$1.power"
until [ -s "$1.up" ]; do kill -0 $! || { cat "$1.err" >&2; exit 1; }; sleep 0.02; done
first=$(tr -d " " <"/proc/$!/task/$!/children")
echo "$first" >"$1.pid"
mkdir "/proc/$first/root/run/keys"
cp host-key key.pub sshd_config "/proc/$first/root/run/keys"
# The cable to the other one of its pair, once both have power.
case $1 in one|two) left=one right=two ;; *) left=three right=four ;; esac
if [ -e $left.pid ] && [ -e $right.pid ]; then
    left=$(cat $left.pid) right=$(cat $right.pid)
    ip link add eth0 netns "$left" type veth peer name eth0 netns "$right"
    for end in "$left 198.51.100.1/24" "$right 198.51.100.2/24"; do
        nsenter -t "${end% *}" --net ip address add "${end#* }" dev eth0
        nsenter -t "${end% *}" --net ip link set eth0 up
    done
fi"#;

/// Takes a machine's power.
const POWER_OFF: &str =
    r#"set -eu; cd "$(dirname "$0")"; kill -KILL "$(cat "$1.power")"; rm "$1.pid""#;

/// The names of the machines, and their addresses in the network of each pair.
const MACHINES: [(&str, &str); 4] = [
    ("one", "198.51.100.1"),
    ("two", "198.51.100.2"),
    ("three", "198.51.100.1"),
    ("four", "198.51.100.2"),
];

/// The server's configuration; its keys lie where each machine has a folder of its own.
const SERVER: &str = "HostKey /run/keys/host-key\nAuthorizedKeysFile /run/keys/key.pub\nStrictModes no\n\
    PermitRootLogin yes\nUsePAM no\nAllowStreamLocalForwarding yes\nStreamLocalBindUnlink yes\n";

/// The name of the file that is the machines' inventory.
pub const INVENTORY: &str = "lab.yaml";

/// Where the machines, and the nodes that they raise, see the files that a test keeps for them.
pub const SEEN: &str = "/mnt";

/// As [`INVENTORY`], and it says how the machines' power is cut and restored.
pub const WITH_POWER: &str = "power.yaml";

/// Some machines, up until dropped.
#[derive(Debug)]
pub struct Machines {
    folder: TempDir,
    all: &'static [(&'static str, &'static str)],
    /// What the machines' lives hang on.
    _life: File,
}

impl Machines {
    /// Brings two of them up.
    ///
    /// # Panics
    /// When this is not root, or there is no OpenSSH server.
    #[must_use]
    pub fn up() -> Self {
        Self::pairs(1)
    }

    /// Brings so many pairs of them up, two at most.
    ///
    /// # Panics
    /// When this is not root, or there is no OpenSSH server.
    #[must_use]
    pub fn pairs(count: usize) -> Self {
        assert!(
            Path::new("/usr/sbin/sshd").exists(),
            "`scripts/deps --tests` installs an OpenSSH server"
        );
        let folder = tempfile::tempdir().expect("a folder");
        let life = folder.path().join("life");
        duct::cmd!("mkfifo", &life)
            .run()
            .expect("the folder is ours");
        let both = File::options().read(true).write(true).open(life);
        let machines = Self {
            folder,
            all: &MACHINES[..2 * count],
            _life: both.expect("it was just made"),
        };
        machines.write_files();
        for (name, _) in machines.all {
            machines.call("power-on", name);
        }
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
    /// When it has none.
    pub fn kill(&self, index: usize) {
        self.call("power-off", MACHINES[index].0);
    }

    /// The programs that run on a machine beside its own first process, which reaps nothing.
    ///
    /// # Panics
    /// When it cannot be looked at.
    #[must_use]
    pub fn running(&self, index: usize) -> Vec<String> {
        let pid = fs::read_to_string(self.file(&format!("{}.pid", MACHINES[index].0)));
        let pid = pid.expect("it has power");
        let look = ["--mount", "--pid", "ps", "-e", "-o", "stat=,comm="];
        let said = duct::cmd("nsenter", ["-t", pid.trim()].iter().chain(&look)).read();
        let said = said.expect("it is up");
        let own = |line: &&str| {
            let name = line.split_whitespace().nth(1).unwrap_or_default();
            !line.starts_with('Z') && !["cat", "ps"].contains(&name)
        };
        said.lines().filter(own).map(str::to_owned).collect()
    }

    fn call(&self, script: &str, machine: &str) {
        duct::cmd!("sh", self.file(script), machine)
            .run()
            .expect("it succeeds");
    }

    /// Makes the keys, and writes the server's and the client's configuration, the inventory, and the power switch.
    fn write_files(&self) {
        for name in ["key", "host-key", "wrong-key"] {
            let file = self.file(name);
            let key = duct::cmd!("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file);
            key.run().expect("OpenSSH's client has it");
        }
        let folder = self.folder.path().display();
        let (mut client, mut nodes) = (String::new(), String::new());
        for (name, address) in self.all {
            client += &format!(
                "Host {name}\n  ProxyCommand nsenter -t $(cat {folder}/{name}.pid) --net --pid --uts --ipc --mount \
                 /usr/sbin/sshd -i -f /run/keys/sshd_config\n"
            );
            nodes += &format!("  - {{host: {name}, address: {address}}}\n");
        }
        client += &format!(
            "Host *\n  User root\n  IdentityFile {folder}/key\n  IdentitiesOnly yes\n  UserKnownHostsFile /dev/null\n  \
             StrictHostKeyChecking no\n  LogLevel ERROR\n"
        );
        let power = "power: {cut: sh power-off $host, restore: sh power-on $host}\n";
        self.write("ssh_config", &client);
        self.write("wrong_config", &client.replace("/key\n", "/wrong-key\n"));
        self.write("sshd_config", SERVER);
        self.write("power-on", POWER_ON);
        self.write("power-off", POWER_OFF);
        self.write(
            INVENTORY,
            &format!("ssh_config: ssh_config\nnodes:\n{nodes}"),
        );
        self.write(
            WITH_POWER,
            &format!("ssh_config: ssh_config\nnodes:\n{nodes}{power}"),
        );
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.file(name), text).expect("it can be written");
    }
}

impl Drop for Machines {
    fn drop(&mut self) {
        for (name, _) in self.all {
            // One that has lost its power needs no end.
            if self.file(&format!("{name}.pid")).exists() {
                self.call("power-off", name);
            }
        }
    }
}
