use std::path::Path;

use super::etc::{keys, put, read, show};
use super::part::Part;
use crate::equipment::{PartId, Transport};
use crate::installed;
use crate::lab::setup::{LabResult, LabSetup, NodeSetup};
use crate::lab::tools::{run_tool, write_file};

/// TLS, with certificates of the lab's own authority on both sides.
#[derive(Debug)]
pub(super) struct Tls;

impl Part for Tls {
    fn id(&self) -> PartId {
        PartId::Transport(Transport::Tls)
    }

    fn name(&self) -> &'static str {
        "TLS"
    }

    fn lacking(&self) -> Option<String> {
        installed::missing(&["openssl"])
    }

    fn lacking_across_machines(&self) -> Option<String> {
        self.lacking()
    }

    /// A certificate is valid from one moment to another.
    fn needs_equal_clocks(&self) -> bool {
        true
    }

    fn prepare(&self, lab: &LabSetup) -> LabResult<()> {
        match lab.keys {
            Some(_) => Ok(()),
            None => authority(lab, &keys()),
        }
    }

    fn furnish(&self, node: &NodeSetup, _lab: &LabSetup) -> LabResult<()> {
        certificate(node, &keys())
    }

    fn libvirtd_settings(&self) -> &'static str {
        "listen_tls = 1\nlisten_tcp = 0\n"
    }

    fn mount(&self, node: &NodeSetup) -> LabResult<()> {
        show(node)
    }
}

/// How openssl(1) is to make an authority's certificate, and that of each node, by the node's name: it shows itself with
/// that one as a server and as a client.
fn openssl_config(lab: &LabSetup) -> String {
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

/// Asks openssl(1) for a certificate with a key of its own, by the configuration in that file.
fn request(config: &str, more: &[&str]) -> LabResult<()> {
    let request = ["req", "-config", config, "-sha256", "-newkey", "ec"];
    let key = ["-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    run_tool("openssl", &[&request[..], &key, more].concat())
}

/// Makes the authority that every node trusts.
fn authority(lab: &LabSetup, folder: &Path) -> LabResult<()> {
    let path = |name: &str| folder.join(name).display().to_string();
    write_file(&folder.join("openssl.cnf"), openssl_config(lab).as_bytes())?;
    let own = ["-x509", "-extensions", "authority", "-days", "2"];
    let to = ["-keyout", &path("ca.key"), "-out", &path("ca.pem")];
    let more = [&own[..], &["-subj", "/CN=lab"], &to].concat();
    request(&path("openssl.cnf"), &more)
}

/// Where libvirt looks for certificates: docs/kbase/tlscerts.rst.
fn certificate(node: &NodeSetup, folder: &Path) -> LabResult<()> {
    let path = |name: &str| folder.join(name).display().to_string();
    let (config, authority, authority_key) = (path("openssl.cnf"), path("ca.pem"), path("ca.key"));
    let name = &node.name;
    let (key, asked, certificate) = (path("key"), path("asked"), path("certificate"));
    let (subject, serial) = (format!("/CN={name}"), node.hardware().replace(':', ""));
    let to = ["-subj", &subject, "-keyout", &key, "-out", &asked];
    request(&config, &to)?;
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
        &config,
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
