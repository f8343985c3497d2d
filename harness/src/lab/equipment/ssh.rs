use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;

use super::etc::{keys, put, read, show};
use super::part::{Part, PartNode};
use crate::equipment::{PartId, Transport};
use crate::installed;
use crate::lab::error::LabError;
use crate::lab::setup::{LabResult, LabSetup, NodeSetup};
use crate::lab::tools::{clean_command, make_folder, run_tool, start_daemon, wait_until};

/// A secure shell, by which root of each node comes in at the others.
#[derive(Debug)]
pub(super) struct Ssh;

/// The daemon. What it starts for those who come has names that begin with its own.
const PROGRAM: &str = "sshd";

impl Part for Ssh {
    fn id(&self) -> PartId {
        PartId::Transport(Transport::Ssh)
    }

    fn name(&self) -> &'static str {
        "ssh"
    }

    fn lacking(&self) -> Option<String> {
        installed::missing(&[PROGRAM, "ssh", "ssh-keygen"])
    }

    fn lacking_across_machines(&self) -> Option<String> {
        installed::missing(&["ssh-keygen"])
    }

    fn prepare(&self, lab: &LabSetup) -> LabResult<()> {
        match lab.keys {
            Some(_) => Ok(()),
            None => common_keys(&keys()),
        }
    }

    fn furnish(&self, node: &NodeSetup, lab: &LabSetup) -> LabResult<()> {
        secure_shell(lab, node, &keys())
    }

    fn libvirtd_settings(&self) -> &'static str {
        "listen_tls = 0\nlisten_tcp = 0\n"
    }

    fn mount(&self, node: &NodeSetup) -> LabResult<()> {
        show(node)
    }

    fn start(&self, _node: &NodeSetup) -> LabResult<()> {
        let log = Path::new("/run/vrt/sshd.log");
        // It starts itself anew for everybody who comes, by the path that it was started by.
        let sshd = installed::program(PROGRAM).ok_or("there is no sshd")?;
        start_daemon(clean_command(sshd).args(["-D", "-e"]), log)?;
        wait_until("sshd listens", log, || {
            TcpStream::connect((Ipv4Addr::LOCALHOST, Transport::Ssh.port())).is_ok()
        })
    }

    fn owns(&self, name: &str, by_init: bool) -> bool {
        name == PROGRAM && by_init
    }

    /// Ends the sessions of other nodes, too.
    fn clear(&self, node: &dyn PartNode) -> Result<(), LabError> {
        node.end_all(PROGRAM)?;
        node.start_part(self.id())
    }
}

/// Root of one node may log in at the other as root. There are no password prompts: nobody could answer them.
const CLIENT: &str = "Host *\n  IdentityFile /etc/ssh/id\n  IdentitiesOnly yes\n  BatchMode yes\n  ConnectTimeout 10\n  \
    GlobalKnownHostsFile /etc/ssh/known_hosts\n  UserKnownHostsFile /dev/null\n  StrictHostKeyChecking yes\n";

/// Without PAM, whose modules expect a machine that was booted, and whoever owns `/`: in a lab of an ordinary user that
/// is nobody.
const SERVER: &str = "HostKey /etc/ssh/host\nAuthorizedKeysFile /etc/ssh/id.pub\nPermitRootLogin prohibit-password\n\
    PasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\nStrictModes no\nUseDNS no\nPidFile none\n\
    MaxStartups 100\n";

/// Makes one key for all nodes as hosts, and one for root of all of them.
fn common_keys(folder: &Path) -> LabResult<()> {
    for key in ["host", "id"] {
        let file = folder.join(key).display().to_string();
        let args = ["-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", &file];
        run_tool("ssh-keygen", &args)?;
    }
    Ok(())
}

/// Lets root of each node in at this one.
fn secure_shell(lab: &LabSetup, node: &NodeSetup, folder: &Path) -> LabResult<()> {
    put(node, "ssh/host", &read(&folder.join("host"))?, true)?;
    put(node, "ssh/id", &read(&folder.join("id"))?, true)?;
    put(node, "ssh/id.pub", &read(&folder.join("id.pub"))?, false)?;
    let names = lab
        .nodes
        .iter()
        .flat_map(|node| [node.name.clone(), node.address().to_string()]);
    let mut known = names.collect::<Vec<_>>().join(",").into_bytes();
    known.push(b' ');
    known.extend(read(&folder.join("host.pub"))?);
    put(node, "ssh/known_hosts", &known, false)?;
    put(node, "ssh/ssh_config", CLIENT.as_bytes(), false)?;
    put(node, "ssh/sshd_config", SERVER.as_bytes(), false)?;
    let users = fs::read_to_string("/etc/passwd").map_err(|error| error.to_string())?;
    put(node, "passwd", with_another_root(&users).as_bytes(), false)?;
    // An account that is locked, as root's is on some distributions, may not even come in by a key.
    put(node, "shadow", b"root:*:20000:0:99999:7:::\n", true)?;
    // Where Debian's sshd locks itself in before it knows who comes.
    make_folder(&node.home().join("run/sshd"), 0o755)
}

/// The machine's users, but root's home is in the node and its shell a plain one: the machine's own root may have keys,
/// options of ssh(1) and start-up files that are nothing to the lab.
fn with_another_root(users: &str) -> String {
    let line = |line: &str| match line.starts_with("root:") {
        true => "root:x:0:0:root:/run/vrt:/bin/sh\n".to_owned(),
        false => format!("{line}\n"),
    };
    users.lines().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::with_another_root;

    #[test]
    fn only_root_is_another() {
        let users = "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/:/bin/false\n";
        let others = "root:x:0:0:root:/run/vrt:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n";
        assert_eq!(with_another_root(users), others);
    }
}
