//! The resource's parameters: read leniently, with every fault listed.
//!
//! `start`, `migrate_to` and `validate-all` refuse faults. `stop` and `monitor` go on with the defaults: a typing
//! mistake in one parameter must not turn a running guest into one that can't be seen or stopped.

use std::path::PathBuf;
use std::time::Duration;

use crate::environment::Environment;
use crate::ocf::Failure;

/// The hypervisor when none is named; advertised in the metadata.
pub(crate) const DEFAULT_HYPERVISOR: &str = "qemu:///system";

/// How the destination's libvirt is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    /// Over ssh, without asking for passwords.
    Ssh,
    /// Plain TCP.
    Tcp,
    /// TLS with certificates.
    Tls,
}

impl Transport {
    /// As written in the scheme of a libvirt URI.
    pub(crate) fn scheme(self) -> &'static str {
        match self {
            Self::Ssh => "ssh",
            Self::Tcp => "tcp",
            Self::Tls => "tls",
        }
    }
}

/// The parameters with defaults filled in.
#[derive(Clone, Debug)]
pub(crate) struct Parameters {
    /// The guest's name, where it is told beside the definition.
    pub(crate) name: Option<String>,
    /// The domain's definition; identifies the guest.
    pub(crate) config: Option<PathBuf>,
    /// URI of the local libvirt.
    pub(crate) hypervisor: String,
    /// Whether that is the default, for want of the parameter.
    pub(crate) hypervisor_is_default: bool,
    /// How to reach the destination.
    pub(crate) transport: Transport,
    /// URI of the destination's libvirt, `%n` being the node; replaces the one made from the transport.
    pub(crate) remote_uri: Option<String>,
    /// URI of the migration's data stream, `%n` being the node.
    pub(crate) migration_uri: Option<String>,
    /// Limit of one migration's bandwidth, in MiB/s.
    pub(crate) bandwidth: Option<u64>,
    /// Never ask the guest, always destroy it.
    pub(crate) force_stop: bool,
    /// Never destroy the guest: a stop that takes more fails.
    pub(crate) no_kill: bool,
    /// How long the guest may take to shut down by itself.
    pub(crate) shutdown_timeout: Option<Duration>,
    /// libvirt URIs to ask before a start whether the guest runs there.
    pub(crate) peers: Vec<String>,
    /// Where the memory of a crashed guest is saved before it is destroyed.
    pub(crate) dump_directory: Option<PathBuf>,
    /// What is wrong, a sentence each; each would be wrong on every node.
    pub(crate) faults: Vec<String>,
}

impl Parameters {
    /// Reads all parameters.
    pub(crate) fn read(environment: &Environment) -> Self {
        let mut faults = Vec::new();
        if environment.meta("clone_max").is_some() {
            faults.push("a guest can't be cloned: CRM_meta_clone_max is set".to_owned());
        }
        let config = definition(environment, "config", &mut faults);
        let dump_directory = environment
            .raw("OCF_RESKEY_dump_directory")
            .map(PathBuf::from);
        if let Some(path) = dump_directory.as_ref().filter(|path| !path.is_absolute()) {
            faults.push(format!(
                "dump_directory={} is not an absolute path",
                path.display()
            ));
        }
        Self {
            name: None,
            config,
            hypervisor_is_default: environment.parameter("hypervisor").is_none(),
            hypervisor: environment
                .parameter("hypervisor")
                .unwrap_or_else(|| DEFAULT_HYPERVISOR.to_owned()),
            transport: value(environment, "migration_transport", transport, &mut faults)
                .unwrap_or(Transport::Ssh),
            remote_uri: environment.parameter("remote_uri"),
            migration_uri: environment.parameter("migration_uri"),
            bandwidth: value(environment, "migration_bandwidth", bandwidth, &mut faults),
            force_stop: value(environment, "force_stop", boolean, &mut faults).unwrap_or(false),
            no_kill: false,
            shutdown_timeout: value(environment, "shutdown_timeout", number, &mut faults)
                .map(Duration::from_secs),
            peers: environment
                .parameter("peers")
                .map(|text| list(&text))
                .unwrap_or_default(),
            dump_directory: dump_directory.filter(|path| path.is_absolute()),
            faults,
        }
    }

    /// What is wrong with them, as the end of an action that takes sound ones.
    pub(crate) fn failure(&self) -> Failure {
        Failure::configured(self.faults.join("; "))
    }
}

/// The parameter that is the path of the definition, which is required.
pub(crate) fn definition(
    environment: &Environment,
    name: &str,
    faults: &mut Vec<String>,
) -> Option<PathBuf> {
    let path = environment.raw(&format!("OCF_RESKEY_{name}"));
    match path.map(PathBuf::from) {
        Some(path) if path.is_absolute() => return Some(path),
        Some(path) => faults.push(format!("{name}={} is not an absolute path", path.display())),
        None => faults.push(format!("the required parameter \"{name}\" is not set")),
    }
    None
}

/// One typed parameter; a value that can't be read is a fault, and counts as unset.
pub(crate) fn value<T>(
    environment: &Environment,
    name: &str,
    read: fn(&str) -> Result<T, &'static str>,
    faults: &mut Vec<String>,
) -> Option<T> {
    let text = environment.parameter(name)?;
    match read(text.trim()) {
        Ok(value) => Some(value),
        Err(wanted) => {
            faults.push(format!("{name}=\"{text}\" is not {wanted}"));
            None
        }
    }
}

fn transport(text: &str) -> Result<Transport, &'static str> {
    match text {
        "ssh" => Ok(Transport::Ssh),
        "tcp" => Ok(Transport::Tcp),
        "tls" => Ok(Transport::Tls),
        _ => Err("one of ssh, tcp, tls"),
    }
}

pub(crate) fn boolean(text: &str) -> Result<bool, &'static str> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" | "yes" | "on" | "y" => Ok(true),
        "0" | "false" | "no" | "off" | "n" => Ok(false),
        _ => Err("a boolean"),
    }
}

fn number(text: &str) -> Result<u64, &'static str> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse::<u32>()
        .ok()
        .filter(|_| digits)
        .map(u64::from)
        .ok_or("a whole number")
}

pub(crate) fn bandwidth(text: &str) -> Result<u64, &'static str> {
    number(text)
        .ok()
        .filter(|speed| *speed > 0)
        .ok_or("a whole number of MiB/s above zero")
}

fn list(text: &str) -> Vec<String> {
    text.split([' ', ',', '\t', '\n'])
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults<const N: usize>(pairs: [(&str, &str); N]) -> Vec<String> {
        Parameters::read(&Environment::from(pairs)).faults
    }

    #[test]
    fn a_path_alone_is_a_sound_configuration() {
        assert_eq!(
            faults([("OCF_RESKEY_config", "/etc/a b;*%.xml")]),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_missing_path_is_a_fault() {
        assert_eq!(faults([]).len(), 1);
        assert_eq!(faults([("OCF_RESKEY_config", "")]).len(), 1);
    }

    #[test]
    fn wrongly_typed_values_are_faults_and_count_as_unset() {
        let environment = Environment::from([
            ("OCF_RESKEY_config", "/vm.xml"),
            ("OCF_RESKEY_migration_bandwidth", "fast"),
            ("OCF_RESKEY_force_stop", "perhaps"),
            ("OCF_RESKEY_shutdown_timeout", "-1"),
            ("OCF_RESKEY_migration_transport", "pigeon"),
        ]);
        let parameters = Parameters::read(&environment);
        assert_eq!(parameters.faults.len(), 4);
        assert_eq!(parameters.bandwidth, None);
        assert_eq!(parameters.transport, Transport::Ssh);
    }

    #[test]
    fn a_clone_is_a_fault() {
        assert_eq!(
            faults([
                ("OCF_RESKEY_config", "/vm.xml"),
                ("OCF_RESKEY_CRM_meta_clone_max", "2")
            ])
            .len(),
            1
        );
    }

    #[test]
    fn peers_are_separated_by_blanks_or_commas() {
        assert_eq!(list("a, b  c"), ["a", "b", "c"]);
    }
}
