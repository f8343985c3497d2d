//! The operator's definition of the domain, parsed as the XML it is.

use std::io;
use std::path::Path;

use roxmltree::{Document, Node, ParsingOptions};

use crate::ocf::{ExitCode, Failure};
use crate::patient;

/// A definition that can be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Definition {
    /// The guest's identity, in the canonical form.
    pub(crate) uuid: String,
    /// The guest's name.
    pub(crate) name: String,
    /// The text, as libvirt gets it.
    pub(crate) xml: String,
}

impl Definition {
    /// Reads and parses the file.
    ///
    /// # Errors
    /// 5 when the file isn't here, 4 when it may not be read, 2 when it is no usable definition: all of them faults
    /// of this node, none of which may stop the guest elsewhere.
    pub(crate) fn load(path: &Path) -> Result<Self, Failure> {
        let shown = path.display();
        let text = patient::read(path).and_then(|bytes| {
            let invalid = |error| io::Error::new(io::ErrorKind::InvalidData, error);
            String::from_utf8(bytes).map_err(invalid)
        });
        let xml = text.map_err(|error| {
            let code = match error.kind() {
                // It may answer again: nothing is wrong for good.
                io::ErrorKind::TimedOut => ExitCode::Generic,
                io::ErrorKind::PermissionDenied => ExitCode::Permission,
                io::ErrorKind::InvalidData => ExitCode::Arguments,
                _ => ExitCode::Installed,
            };
            Failure::new(
                code,
                format!("the definition {shown} can't be read: {error}"),
            )
        })?;
        Self::parse(&xml)
            .map_err(|why| Failure::arguments(format!("the definition {shown} is unusable: {why}")))
    }

    /// Parses a definition.
    ///
    /// # Errors
    /// A sentence that says what is missing. A `<uuid>` is demanded: without one libvirt would make up another
    /// identity at every start, and no two nodes could agree which guest is meant.
    pub(crate) fn parse(xml: &str) -> Result<Self, String> {
        let options = ParsingOptions {
            allow_dtd: true,
            ..ParsingOptions::default()
        };
        let document = Document::parse_with_options(xml, options)
            .map_err(|error| format!("not XML: {error}"))?;
        let root = document.root_element();
        if root.tag_name().name() != "domain" {
            return Err(format!(
                "its root is <{}>, not <domain>",
                root.tag_name().name()
            ));
        }
        let name = child(&root, "name")
            .filter(|name| !name.trim().is_empty())
            .ok_or("it has no <name>")?;
        let written =
            child(&root, "uuid").ok_or("it has no <uuid>, by which the guest is identified")?;
        let uuid =
            canonical(&written).ok_or_else(|| format!("its <uuid> \"{written}\" is none"))?;
        Ok(Self {
            uuid,
            name,
            xml: xml.to_owned(),
        })
    }
}

/// The UUID that a file too damaged to be parsed still shows. Good enough to doubt, never to start anything.
pub(crate) fn salvage(path: &Path) -> Option<String> {
    let text = String::from_utf8_lossy(&patient::read(path).ok()?).into_owned();
    let (_, rest) = text.split_once("<uuid>")?;
    canonical(rest.split_once("</uuid>")?.0)
}

/// A UUID as libvirt prints it: lower case, with dashes.
pub(crate) fn canonical(text: &str) -> Option<String> {
    let digits: String = text
        .trim()
        .chars()
        .filter(|c| *c != '-')
        .collect::<String>()
        .to_ascii_lowercase();
    if digits.len() != 32 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let parts = [
        &digits[..8],
        &digits[8..12],
        &digits[12..16],
        &digits[16..20],
        &digits[20..],
    ];
    Some(parts.join("-"))
}

/// A short fingerprint (FNV-1a), to notice that the definition was changed since the start.
pub(crate) fn digest(xml: &str) -> String {
    let hash = xml.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// The whole text of a child element, entities resolved and CDATA included.
fn child(root: &Node<'_, '_>, tag: &str) -> Option<String> {
    let element = root
        .children()
        .find(|node| node.is_element() && node.tag_name().name() == tag)?;
    Some(element.children().filter_map(|node| node.text()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "c0ffee00-1111-4222-8333-444455556666";

    fn name_of(xml: &str) -> Result<String, String> {
        Definition::parse(xml).map(|definition| definition.name)
    }

    #[test]
    fn one_line_and_a_name_within_metadata_do_not_confuse() {
        let xml = format!(
            "<!-- <name>no</name> --><domain><metadata><name>other</name></metadata><uuid>{UUID}</uuid><name>vm</name></domain>"
        );
        assert_eq!(name_of(&xml).unwrap(), "vm");
    }

    #[test]
    fn entities_and_cdata_are_text() {
        let xml = format!("<domain><name>a&amp;<![CDATA[b<c]]></name><uuid>{UUID}</uuid></domain>");
        assert_eq!(name_of(&xml).unwrap(), "a&b<c");
    }

    #[test]
    fn a_definition_without_uuid_or_name_or_end_is_refused() {
        assert!(
            name_of("<domain><name>vm</name></domain>")
                .unwrap_err()
                .contains("<uuid>")
        );
        assert!(
            name_of(&format!("<domain><uuid>{UUID}</uuid></domain>"))
                .unwrap_err()
                .contains("<name>")
        );
        assert!(name_of(&format!("<domain><uuid>{UUID}</uuid><name>vm</name>")).is_err());
        assert!(name_of("").is_err());
    }

    #[test]
    fn a_uuid_is_brought_into_one_form() {
        assert_eq!(
            canonical(" C0FFEE00111142228333444455556666\n").as_deref(),
            Some(UUID)
        );
        assert_eq!(canonical("vm"), None);
        assert_eq!(canonical("zzzzzzzz-1111-4222-8333-444455556666"), None);
    }

    #[test]
    fn a_damaged_file_may_still_show_its_uuid() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vm.xml");
        fs::write(&path, format!("<domain><uuid>{UUID}</uuid><na")).unwrap();
        assert_eq!(salvage(&path).as_deref(), Some(UUID));
    }
}
