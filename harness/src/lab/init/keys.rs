//! The keys by which the nodes of a lab know each other where they reach each other's libvirt by more than plain TCP, in
//! an /etc of each node's own: libvirt's clients look for certificates there and nowhere else, and ssh(1) for what holds
//! for all users. Made with the lab, good for it alone, gone with it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::tools::{make_folder, write_file};
use crate::history::Transport;
use crate::lab::setup::{HOME, KEYS, LabResult, LabSetup, NodeSetup};
use crate::lab::tool::run_tool;

/// Makes what all nodes of the lab need, or takes what was made elsewhere, and then what each of those raised here needs.
pub(super) fn make_keys(lab: &LabSetup) -> LabResult<()> {
    let folder = Path::new(HOME).join(KEYS);
    make_folder(&folder, 0o700)?;
    match (&lab.keys, lab.nodes.first().map(|node| node.transport)) {
        (Some(brought), _) => take(brought, &folder)?,
        (None, Some(Transport::Tls)) => authority(lab, &folder)?,
        (None, Some(Transport::Ssh)) => common_keys(&folder)?,
        (None, Some(Transport::Tcp) | None) => {}
    }
    for node in lab.raised() {
        match node.transport {
            Transport::Tcp => {}
            Transport::Tls => certificate(node, &folder)?,
            Transport::Ssh => secure_shell(lab, node, &folder)?,
        }
    }
    Ok(())
}

fn take(brought: &Path, folder: &Path) -> LabResult<()> {
    let failed = |error| format!("cannot take the keys in {}: {error}", brought.display());
    for entry in fs::read_dir(brought).map_err(failed)? {
        let file = entry.map_err(failed)?.path();
        let name = file.file_name().unwrap_or_default();
        fs::copy(&file, folder.join(name)).map_err(failed)?;
    }
    Ok(())
}

/// What /etc holds of a node's own, where it has such a folder.
pub(super) fn etc(node: &NodeSetup) -> PathBuf {
    node.home().join("etc")
}

/// A file of a node's own /etc, which only root reads where it is `secret`.
fn put(node: &NodeSetup, name: &str, content: &[u8], secret: bool) -> LabResult<()> {
    let file = etc(node).join(name);
    make_folder(file.parent().unwrap_or(&file), 0o755)?;
    write_file(&file, content)?;
    let mode = if secret { 0o600 } else { 0o644 };
    fs::set_permissions(&file, fs::Permissions::from_mode(mode)).map_err(|error| error.to_string())
}

fn read(file: &Path) -> LabResult<Vec<u8>> {
    fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))
}

/// How openssl(1) is to make an authority's certificate, and that of each node, by the node's name: it shows itself with
/// that one as a server and as a client.
fn wishes(lab: &LabSetup) -> String {
    let mut text = "[req]\ndistinguished_name = name\n[name]\n[authority]\n\
                    basicConstraints = critical, CA:TRUE\nkeyUsage = critical, keyCertSign\n"
        .to_owned();
    for node in &lab.nodes {
        let (name, address) = (&node.name, node.address());
        text.push_str(&format!(
            "[{name}]\nbasicConstraints = critical, CA:FALSE\n\
             keyUsage = critical, digitalSignature, keyEncipherment\n\
             extendedKeyUsage = serverAuth, clientAuth\nsubjectAltName = DNS:{name}, IP:{address}\n"
        ));
    }
    text
}

/// Asks openssl(1) for a certificate with a key of its own, by the wishes in that file.
fn request(wishes: &str, more: &[&str]) -> LabResult<()> {
    let request = ["req", "-config", wishes, "-sha256", "-newkey", "ec"];
    let key = ["-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    run_tool("openssl", &[&request[..], &key, more].concat())
}

/// Makes the authority that every node trusts.
fn authority(lab: &LabSetup, folder: &Path) -> LabResult<()> {
    let path = |name: &str| folder.join(name).display().to_string();
    write_file(&folder.join("wishes"), wishes(lab).as_bytes())?;
    let own = ["-x509", "-extensions", "authority", "-days", "2"];
    let to = ["-keyout", &path("ca.key"), "-out", &path("ca.pem")];
    let more = [&own[..], &["-subj", "/CN=lab"], &to].concat();
    request(&path("wishes"), &more)
}

/// Where libvirt looks for certificates: docs/kbase/tlscerts.rst.
fn certificate(node: &NodeSetup, folder: &Path) -> LabResult<()> {
    let path = |name: &str| folder.join(name).display().to_string();
    let (wishes_file, authority, authority_key) = (path("wishes"), path("ca.pem"), path("ca.key"));
    let name = &node.name;
    let (key, asked, certificate) = (path("key"), path("asked"), path("certificate"));
    let (subject, serial) = (format!("/CN={name}"), node.hardware().replace(':', ""));
    let to = ["-subj", &subject, "-keyout", &key, "-out", &asked];
    request(&wishes_file, &to)?;
    let by = [
        "-CA",
        &authority,
        "-CAkey",
        &authority_key,
        "-set_serial",
        &format!("0x{serial}"),
    ];
    let with = [
        "-extfile",
        &wishes_file,
        "-extensions",
        name,
        "-days",
        "2",
        "-sha256",
    ];
    let sign = ["x509", "-req", "-in", &asked, "-out", &certificate];
    run_tool("openssl", &[&sign[..], &by, &with].concat())?;
    put(node, "pki/CA/cacert.pem", &read(authority.as_ref())?, false)?;
    for side in ["server", "client"] {
        let (shown, kept) = (
            format!("pki/libvirt/{side}cert.pem"),
            format!("pki/libvirt/private/{side}key.pem"),
        );
        put(node, &shown, &read(certificate.as_ref())?, false)?;
        put(node, &kept, &read(key.as_ref())?, true)?;
    }
    Ok(())
}

/// Whoever is root on one node may be root on the other. Passwords are not asked for: nobody is there to type one.
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
        let told = "root:x:0:0:root:/run/vrt:/bin/sh\nnobody:x:65534:65534::/:/bin/false\n";
        assert_eq!(with_another_root(users), told);
    }
}
