//! The mark that a running guest carries: whose guest it is.
//!
//! It is part of the guest's live definition and so travels with it: the node it arrived on knows whose guest it is even
//! if the definition's file is missing there.

use virt::domain::Domain;
use virt::sys;

use super::trouble::Trouble;

/// The mark's XML namespace.
const NAMESPACE: &str = "urn:virt-reference-agent:1";

/// The prefix that libvirt writes it with.
const PREFIX: &str = "virt-reference-agent";

/// The resource that a guest is marked for.
pub(super) fn read(domain: &Domain) -> Option<String> {
    let kind = i32::try_from(sys::VIR_DOMAIN_METADATA_ELEMENT).ok()?;
    let xml = domain
        .metadata(kind, Some(NAMESPACE), sys::VIR_DOMAIN_AFFECT_LIVE)
        .ok()?;
    let document = roxmltree::Document::parse(&xml).ok()?;
    document
        .root_element()
        .attribute("instance")
        .map(str::to_owned)
}

/// Marks a running guest as a resource's.
///
/// # Errors
/// libvirt's own: not every driver can.
pub(super) fn set(domain: &Domain, resource: &str) -> Result<(), Trouble> {
    let kind = i32::try_from(sys::VIR_DOMAIN_METADATA_ELEMENT).unwrap_or(2);
    let xml = format!("<resource instance=\"{}\"/>", escaped(resource));
    let flags = sys::VIR_DOMAIN_AFFECT_LIVE;
    domain.set_metadata(kind, Some(&xml), Some(PREFIX), Some(NAMESPACE), flags)?;
    Ok(())
}

/// Text as an XML attribute's value.
fn escaped(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '&' => "&amp;".to_owned(),
            '<' => "&lt;".to_owned(),
            '"' => "&quot;".to_owned(),
            other => other.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_name_survives_as_an_attribute() {
        let xml = format!("<r i=\"{}\"/>", escaped("a\"<&>'b"));
        let document = roxmltree::Document::parse(&xml).unwrap();
        assert_eq!(document.root_element().attribute("i"), Some("a\"<&>'b"));
    }
}
