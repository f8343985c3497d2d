//! The parameters by the names of rgmanager's `vm.sh`.

use super::mapping::Mapping;
use crate::environment::Environment;
use crate::parameters::{self, DEFAULT_HYPERVISOR, Parameters, Transport, value};

/// What stands for the target's host in `migration_uri`.
const HOST: &str = "%s";

/// Reads all parameters; what is wrong is among their faults.
pub(super) fn read(environment: &Environment) -> (Parameters, Option<Mapping>) {
    let mut faults = Vec::new();
    let name = environment.parameter("name");
    if name.is_none() {
        faults.push("the required parameter \"name\" is not set".to_owned());
    }
    let hypervisor = environment.parameter("hypervisor_uri");
    let parameters = Parameters {
        name,
        config: parameters::definition(environment, "xmlfile", &mut faults),
        hypervisor_is_default: hypervisor.is_none(),
        hypervisor: hypervisor.unwrap_or_else(|| DEFAULT_HYPERVISOR.to_owned()),
        transport: Transport::Ssh,
        remote_uri: value(environment, "migration_uri", uri, &mut faults),
        migration_uri: None,
        bandwidth: value(environment, "migrate_options", bandwidth, &mut faults).flatten(),
        force_stop: false,
        no_kill: value(environment, "no_kill", parameters::boolean, &mut faults).unwrap_or(false),
        shutdown_timeout: None,
        peers: Vec::new(),
        dump_directory: None,
        faults: Vec::new(),
    };
    let mapping = value(environment, "migration_mapping", Mapping::read, &mut faults);
    (
        Parameters {
            faults,
            ..parameters
        },
        mapping,
    )
}

/// A URI of the target's libvirt. Without a place for its host it would lead to one host, whichever the target is.
fn uri(text: &str) -> Result<String, &'static str> {
    match text.contains(HOST) {
        true => Ok(text.replace(HOST, "%n")),
        false => Err("a URI in which %s stands for the target's host"),
    }
}

/// The one option of `virsh migrate` that this agent offers.
fn bandwidth(text: &str) -> Result<Option<u64>, &'static str> {
    const WANTED: &str = "`--bandwidth MIB`, the one option that is offered";
    let mut words = text.split([' ', '\t', '=']).filter(|word| !word.is_empty());
    match (words.next(), words.next(), words.next()) {
        (None, ..) => Ok(None),
        (Some("--bandwidth"), Some(speed), None) => {
            parameters::bandwidth(speed).map(Some).map_err(|_| WANTED)
        }
        _ => Err(WANTED),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transfer;

    fn read_with(pairs: &[(&str, &str)]) -> Parameters {
        let sound = [
            ("OCF_RESKEY_name", "vm1"),
            ("OCF_RESKEY_xmlfile", "/vm1.xml"),
        ];
        let all = sound.iter().chain(pairs).copied();
        read(&Environment::from_iter(all)).0
    }

    #[test]
    fn name_and_definition_are_required() {
        assert_eq!(read(&Environment::default()).0.faults.len(), 2);
        assert_eq!(read_with(&[]).faults, Vec::<String>::new());
    }

    #[test]
    fn a_default_that_is_empty_counts_as_unset() {
        let empty = [
            "migration_uri",
            "migration_mapping",
            "migrate_options",
            "no_kill",
        ];
        let pairs = empty.map(|name| format!("OCF_RESKEY_{name}"));
        let pairs: Vec<_> = pairs.iter().map(|name| (name.as_str(), "")).collect();
        assert_eq!(read_with(&pairs).faults, Vec::<String>::new());
    }

    #[test]
    fn the_host_takes_its_place_in_the_uri() {
        let parameters = read_with(&[("OCF_RESKEY_migration_uri", "qemu+tcp://%s/system")]);
        let there = transfer::destination(&parameters, "fe80::1");
        assert_eq!(there.unwrap(), "qemu+tcp://[fe80::1]/system");
        let one_host = read_with(&[("OCF_RESKEY_migration_uri", "qemu+tcp://b/system")]);
        assert_eq!(one_host.faults.len(), 1);
    }

    #[test]
    fn one_option_of_a_migration_is_offered() {
        for text in ["--bandwidth 7", "--bandwidth=7"] {
            let parameters = read_with(&[("OCF_RESKEY_migrate_options", text)]);
            assert_eq!(parameters.bandwidth, Some(7));
        }
        for text in [
            "--p2p",
            "--bandwidth",
            "--bandwidth 7 --unsafe",
            "--bandwidth x",
        ] {
            let parameters = read_with(&[("OCF_RESKEY_migrate_options", text)]);
            assert_eq!(parameters.faults.len(), 1, "{text}");
        }
    }
}
