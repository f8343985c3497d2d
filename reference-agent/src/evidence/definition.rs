//! The operator's definition of the domain, read within a time and parsed as the XML it is.
//!
//! What counts as a definition is what libvirt takes: UTF-8 whatever encoding is declared, up to the first NUL, with
//! entities of its own, with prefixes that nobody declared, and with a name that may have blanks around it.

use std::path::Path;
use std::time::Duration;

use roxmltree::{Document, Error, Node, ParsingOptions};

use super::reading::{LONGEST, read_within};
use crate::ocf::Failure;
use crate::uuid::canonical;

/// How many undeclared prefixes are put up with.
const PREFIXES: usize = 16;

/// A definition that can be started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Definition {
    /// The guest's identity, in the canonical form.
    pub(crate) uuid: String,
    /// Whether the file gives no UUID: then the domain of that name is the guest, whatever UUID it has, and `uuid` is
    /// the one that a start gives it.
    pub(crate) by_name: bool,
    /// The guest's name.
    pub(crate) name: String,
    /// The text, as libvirt gets it.
    pub(crate) xml: String,
}

/// A definition that can't be used, and what it shows all the same. Good enough to doubt, never to start anything.
#[derive(Debug)]
pub(crate) struct Damaged {
    /// What is wrong.
    pub(crate) failure: Failure,
    /// The UUID that it seems to have.
    pub(crate) uuid: Option<String>,
    /// The name that it seems to have.
    pub(crate) name: Option<String>,
}

impl From<Failure> for Damaged {
    fn from(failure: Failure) -> Self {
        Self {
            failure,
            uuid: None,
            name: None,
        }
    }
}

impl Definition {
    /// Reads and parses the file, whose folder may hang as NFS does.
    ///
    /// # Errors
    /// 5 when the file isn't here, 4 when it may not be read, 2 when it is no usable definition, 1 when it can't be read
    /// `within` that time: all of them faults of this node, none of which may stop the guest elsewhere.
    pub(crate) fn load(path: &Path, within: Duration) -> Result<Self, Damaged> {
        let shown = path.display();
        let bytes = read_within(path, within)?;
        let unusable = |why: String| Damaged {
            failure: Failure::arguments(format!("the definition {shown} is unusable: {why}")),
            uuid: between(&bytes, "<uuid>", "</uuid>").and_then(|text| canonical(&text)),
            name: between(&bytes, "<name>", "</name>"),
        };
        if bytes.len() as u64 > LONGEST {
            return Err(unusable(format!(
                "it is longer than the {LONGEST} bytes that libvirt takes"
            )));
        }
        let text = std::str::from_utf8(&bytes).map_err(|error| unusable(error.to_string()))?;
        Self::parse(text).map_err(unusable)
    }

    /// Parses a definition.
    ///
    /// # Errors
    /// A sentence that says what is missing.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        // To libvirt it is a C string.
        let xml = text.split('\0').next().unwrap_or_default();
        let Identity { name, uuid, inside } = Identity::of(xml, PREFIXES)?;
        let Some(written) = uuid else {
            let uuid = derived(&name);
            let (before, after) = xml.split_at_checked(inside).ok_or("it has no content")?;
            return Ok(Self {
                xml: format!("{before}{}{after}", element(&uuid)),
                uuid,
                by_name: true,
                name,
            });
        };
        Ok(Self {
            uuid: canonical(&written).ok_or_else(|| format!("its <uuid> \"{written}\" is none"))?,
            by_name: false,
            name,
            xml: xml.to_owned(),
        })
    }

    /// A definition without a UUID for a guest that has one already.
    pub(crate) fn of_guest(mut self, uuid: &str) -> Self {
        if self.by_name {
            self.xml = self.xml.replacen(&element(&self.uuid), &element(uuid), 1);
            self.uuid = uuid.to_owned();
        }
        self
    }
}

/// What a document says about which guest it is.
struct Identity {
    name: String,
    /// As it is written; none where libvirt would make one up.
    uuid: Option<String>,
    /// Where the root element's content begins, in bytes.
    inside: usize,
}

impl Identity {
    /// Reads a document with so many undeclared prefixes at most.
    fn of(xml: &str, prefixes: usize) -> Result<Self, String> {
        let options = ParsingOptions {
            allow_dtd: true,
            ..ParsingOptions::default()
        };
        match Document::parse_with_options(xml, options) {
            Ok(document) => Self::in_root(&document.root_element()),
            Err(Error::UnknownNamespace(prefix, _)) if prefixes > 0 => {
                Self::of(&without_prefix(xml, &prefix), prefixes - 1)
            }
            Err(error) => Err(format!("not XML: {error}")),
        }
    }

    fn in_root(root: &Node<'_, '_>) -> Result<Self, String> {
        let tag = root.tag_name().name();
        if tag != "domain" {
            return Err(format!("its root is <{tag}>, not <domain>"));
        }
        Ok(Self {
            name: child(root, "name").ok_or("it has no <name>")?,
            uuid: child(root, "uuid"),
            inside: root.first_child().map_or(0, |first| first.range().start),
        })
    }
}

/// Makes `<prefix:tag>` `<prefix.tag>`, as long as before. libvirt takes such a document, and what has a prefix is not
/// what is looked for here.
fn without_prefix(text: &str, prefix: &str) -> String {
    text.replace(&format!("<{prefix}:"), &format!("<{prefix}."))
        .replace(&format!("</{prefix}:"), &format!("</{prefix}."))
}

/// The element that says which guest it is.
fn element(uuid: &str) -> String {
    format!("<uuid>{uuid}</uuid>")
}

/// The UUID (version 8 of RFC 9562) of a guest whose definition has none: the same on every node and at every start, where
/// libvirt would make up another one each time.
fn derived(name: &str) -> String {
    let half = |part: &str| u64::from_str_radix(&digest(&format!("{part}{name}")), 16);
    let [high, low] = [half("1:"), half("2:")].map(Result::unwrap_or_default);
    let high = high & !0xf000 | 0x8000;
    let low = low & !(0b11 << 62) | 0b10 << 62;
    canonical(&format!("{high:016x}{low:016x}")).unwrap_or_default()
}

/// What stands between two tags in a text that is too damaged to be parsed.
fn between(bytes: &[u8], begin: &str, end: &str) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let (_, rest) = text.split_once(begin)?;
    Some(rest.split_once(end)?.0.to_owned())
}

/// A short fingerprint (FNV-1a), to notice that the definition was changed since the start.
pub(crate) fn digest(xml: &str) -> String {
    let hash = xml.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// The whole text of the first child element of that name and of no namespace, entities resolved and CDATA included; an
/// empty one is none. This is what XPath's `string(./tag[1])` gives, by which libvirt reads.
fn child(root: &Node<'_, '_>, tag: &str) -> Option<String> {
    let element = root.children().find(|node| node.tag_name() == tag.into())?;
    let texts = element.descendants().filter(Node::is_text);
    let text: String = texts.filter_map(|node| node.text()).collect();
    Some(text).filter(|text| !text.is_empty())
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
    fn a_definition_without_name_or_end_is_refused() {
        assert!(
            name_of(&format!("<domain><uuid>{UUID}</uuid></domain>"))
                .unwrap_err()
                .contains("<name>")
        );
        assert!(name_of(&format!("<domain><uuid>{UUID}</uuid><name>vm</name>")).is_err());
        assert!(name_of("<domstatus><domain><name>vm</name></domain></domstatus>").is_err());
        assert!(name_of("").is_err());
    }

    #[test]
    fn a_definition_without_uuid_gets_one_by_its_name() {
        for empty in ["", "<uuid/>", "<uuid></uuid>"] {
            let xml = format!(
                "\u{feff}<?xml version='1.0'?>\r\n<!-- a --><domain\n type='kvm' >{empty}\n<name>vm</name></domain>"
            );
            let read = Definition::parse(&xml).unwrap();
            assert!(read.by_name);
            let written = Definition::parse(&read.xml).unwrap();
            assert_eq!((&written.uuid, written.by_name), (&read.uuid, false));
            let adopted = read.clone().of_guest(UUID);
            assert_eq!(Definition::parse(&adopted.xml).unwrap().uuid, UUID);
        }
        let uuid = |name: &str| {
            let xml = format!("<domain><name>{name}</name></domain>");
            Definition::parse(&xml).unwrap().uuid
        };
        assert_eq!(uuid("vm"), uuid("vm"));
        assert_ne!(uuid("vm"), uuid("vm2"));
        assert_eq!(uuid("vm").as_bytes()[14], b'8');
    }

    #[test]
    fn what_libvirt_takes_is_read_as_libvirt_reads_it() {
        // Each was tried with libvirt 11.3.
        let taken = [
            ("", "<name>  vm </name>", "  vm "),
            ("", "<name>\tvm</name>", "\tvm"),
            ("", "<name>v<!-- prod -->m</name>", "vm"),
            ("", "<name>v<b>m</b></name>", "vm"),
            ("", "<name>first</name><name>vm</name>", "first"),
            (
                "",
                "<x:name xmlns:x='urn:x'>other</x:name><name>vm</name>",
                "vm",
            ),
            ("", "<y:z/><name>vm</name><q:c><q:d/></q:c>", "vm"),
            (
                "",
                "<name>it's &quot;q&quot; $HOME</name>",
                "it's \"q\" $HOME",
            ),
            ("", "<name>--help</name>", "--help"),
            (
                "<!DOCTYPE domain [<!ENTITY n 'vm'>]>",
                "<name>&n;</name>",
                "vm",
            ),
            (
                "<!DOCTYPE domain [<!ENTITY a 'v'><!ENTITY n '&a;m'>]>",
                "<name>&n;</name>",
                "vm",
            ),
            (
                "<!DOCTYPE domain SYSTEM 'nowhere.dtd'>",
                "<name>vm</name>",
                "vm",
            ),
            ("<?xml version='1.0'?>\n<?a b?>", "<name>vm</name>", "vm"),
            (
                "<?xml version='1.0' encoding='ISO-8859-1'?>",
                "<name>ü</name>",
                "ü",
            ),
            (
                "\u{feff}<?xml version='1.0' encoding='utf-8'?>",
                "<name>vm</name>",
                "vm",
            ),
            (
                "<!-- <name>old</name> -->\r\n",
                "\r\n<name>vm</name>\r\n",
                "vm",
            ),
        ];
        for (before, names, name) in taken {
            for uuid in ["", &format!("<uuid>\n{UUID} </uuid>")] {
                let xml = format!("{before}<domain type = 'kvm' id='7'>{names}{uuid}</domain>");
                let read = Definition::parse(&xml);
                assert_eq!(
                    read.as_ref().map(|read| read.name.as_str()),
                    Ok(name),
                    "{xml}"
                );
                assert_eq!(name_of(&read.unwrap().xml).as_deref(), Ok(name), "{xml}");
            }
        }
        let xml = format!("<domain><name>vm</name><uuid>{UUID}</uuid></domain>\0garbage");
        assert!(!Definition::parse(&xml).unwrap().xml.contains('g'));
    }

    #[test]
    fn what_libvirt_refuses_is_no_definition() {
        for xml in [
            "<domain xmlns='urn:x'><name>vm</name></domain>",
            "<domain><name>vm</name><uuid> </uuid></domain>",
            "<domain><name></name></domain>",
            "<domain><name>vm</name></domain>garbage",
            "<domain><name>vm</name><title>&foo;</title></domain>",
        ] {
            assert!(Definition::parse(xml).is_err(), "{xml}");
        }
    }

    #[test]
    fn a_damaged_file_may_still_show_its_guest() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vm.xml");
        let text = format!("<domain><name>vm</name><uuid>{UUID}</uuid><na");
        std::fs::write(&path, text).unwrap();
        let damaged = Definition::load(&path, Duration::from_secs(60)).unwrap_err();
        assert_eq!(damaged.uuid.as_deref(), Some(UUID));
        assert_eq!(damaged.name.as_deref(), Some("vm"));
    }
}
