//! Where a migration goes: the URIs that lead to the destination.

use crate::ocf::Failure;
use crate::parameters::Parameters;

/// The destination's libvirt.
///
/// # Errors
/// Code 6 when the local URI can't be turned into a remote one.
pub(crate) fn destination(parameters: &Parameters, node: &str) -> Result<String, Failure> {
    if let Some(template) = &parameters.remote_uri {
        return Ok(fill(template, node));
    }
    let unusable = || {
        Failure::configured(format!(
            "hypervisor={} has no remote counterpart",
            parameters.hypervisor
        ))
    };
    let (scheme, rest) = parameters
        .hypervisor
        .split_once("://")
        .ok_or_else(unusable)?;
    let driver = scheme
        .split('+')
        .next()
        .filter(|driver| !driver.is_empty())
        .ok_or_else(unusable)?;
    let (_, path) = rest.split_once('/').ok_or_else(unusable)?;
    let path = path.split(['?', '#']).next().unwrap_or_default();
    // Nobody is there to type a password: ssh must fail instead of asking.
    let query = if parameters.transport.scheme() == "ssh" {
        "?no_tty=1"
    } else {
        ""
    };
    Ok(format!(
        "{driver}+{}://{}/{path}{query}",
        parameters.transport.scheme(),
        host(node)
    ))
}

/// The migration's data stream, if the operator prescribes it.
pub(crate) fn stream(parameters: &Parameters, node: &str) -> Option<String> {
    parameters
        .migration_uri
        .as_ref()
        .map(|template| fill(template, node))
}

fn fill(template: &str, node: &str) -> String {
    template.replace("%n", &host(node))
}

/// An IPv6 address stands in brackets within a URI.
fn host(node: &str) -> String {
    if node.contains(':') && !node.starts_with('[') {
        format!("[{node}]")
    } else {
        node.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    fn to<const N: usize>(pairs: [(&str, &str); N], node: &str) -> String {
        destination(&Parameters::read(&Environment::from(pairs)), node).unwrap()
    }

    #[test]
    fn the_default_is_ssh_to_the_system_daemon() {
        assert_eq!(to([], "n2"), "qemu+ssh://n2/system?no_tty=1");
    }

    #[test]
    fn the_local_transport_and_query_do_not_reach_the_remote_uri() {
        let pairs = [
            ("OCF_RESKEY_hypervisor", "qemu+unix:///system?socket=/run/x"),
            ("OCF_RESKEY_migration_transport", "tcp"),
        ];
        assert_eq!(to(pairs, "n2"), "qemu+tcp://n2/system");
        let pairs = [
            ("OCF_RESKEY_hypervisor", "qemu+ssh://root@h/system"),
            ("OCF_RESKEY_migration_transport", "tls"),
        ];
        assert_eq!(to(pairs, "n2"), "qemu+tls://n2/system");
    }

    #[test]
    fn an_address_of_ip_version_6_gets_its_brackets() {
        assert_eq!(
            to([("OCF_RESKEY_migration_transport", "tcp")], "fe80::1"),
            "qemu+tcp://[fe80::1]/system"
        );
    }

    #[test]
    fn a_template_replaces_the_whole_uri() {
        assert_eq!(
            to(
                [("OCF_RESKEY_remote_uri", "qemu+tcp://%n-mig:16510/system")],
                "n2"
            ),
            "qemu+tcp://n2-mig:16510/system"
        );
        let parameters = Parameters::read(&Environment::from([(
            "OCF_RESKEY_migration_uri",
            "tcp://%n:49152",
        )]));
        assert_eq!(
            stream(&parameters, "fe80::1").as_deref(),
            Some("tcp://[fe80::1]:49152")
        );
    }

    #[test]
    fn a_hypervisor_without_a_path_leads_nowhere() {
        let parameters = Parameters::read(&Environment::from([("OCF_RESKEY_hypervisor", "qemu")]));
        assert!(destination(&parameters, "n2").is_err());
    }
}
