//! libvirt's test driver, which shows domains without guests.

use std::path::PathBuf;

use super::format::{ConfigFormat, Guests};
use crate::case::{ConfigForm, GivenState};
use crate::lab::DomainSpec;

/// The driver's URI, with the file that shows the domain.
const URI: &str = "test:///run/vrt/driver.xml";

/// That file.
const NODE_FILE: &str = "/run/vrt/driver.xml";

pub(super) struct TestDriver;

impl ConfigFormat for TestDriver {
    fn path(&self, _form: ConfigForm) -> PathBuf {
        PathBuf::from("/etc/libvirt/ha/vm1.xml")
    }

    fn content(&self, _form: ConfigForm, guests: &Guests<'_>) -> Option<String> {
        Some(definition(guests.subject))
    }

    fn is_sound(&self, _form: ConfigForm) -> bool {
        true
    }

    fn hypervisor_uri(&self) -> Option<&'static str> {
        Some(URI)
    }

    fn shown(&self, subject: &DomainSpec, state: GivenState) -> Option<(PathBuf, String)> {
        let domain = number(state).map_or(String::new(), |number| {
            let state = format!(
                "<test:runstate xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>{number}</test:runstate>\n</domain>"
            );
            definition(subject).replace("</domain>", &state)
        });
        Some((
            PathBuf::from(NODE_FILE),
            format!("<node>\n{domain}\n</node>\n"),
        ))
    }
}

/// libvirt's number of virDomainState, which `<test:runstate>` takes; none where there is no domain.
const fn number(state: GivenState) -> Option<u8> {
    match state {
        GivenState::Nostate => Some(0),
        GivenState::Running | GivenState::Outside => Some(1),
        GivenState::Blocked => Some(2),
        GivenState::Paused => Some(3),
        GivenState::Shutdown => Some(4),
        GivenState::Shutoff
        | GivenState::Autostart
        | GivenState::Managedsave
        | GivenState::Outdated => Some(5),
        GivenState::Crashed => Some(6),
        GivenState::Pmsuspended => Some(7),
        GivenState::Absent => None,
    }
}

/// The subject's definition as the test driver takes it.
fn definition(subject: &DomainSpec) -> String {
    format!(
        "<domain type='test'>\n  <name>{}</name>\n  <uuid>{}</uuid>\n  <memory unit='MiB'>{}</memory>\n  \
         <os>\n    <type>hvm</type>\n  </os>\n</domain>\n",
        subject.name, subject.uuid, subject.memory
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Accel;

    #[test]
    fn a_state_is_shown_by_its_number_and_no_domain_by_none() {
        let subject = DomainSpec::subject(Accel::Tcg, "");
        let shown = |state| TestDriver.shown(&subject, state).map(|(_, text)| text);
        let crashed = shown(GivenState::Crashed).expect("it is shown");
        assert!(crashed.contains(">6</test:runstate>"), "{crashed}");
        let absent = shown(GivenState::Absent).expect("the node is shown");
        assert!(!absent.contains("<domain"), "{absent}");
        for text in [crashed, absent] {
            roxmltree::Document::parse(&text).expect("it is well-formed");
        }
    }
}
