//! libvirt's XML in the forms that operators really write, and in broken ones.

use std::path::PathBuf;

use super::format::{ConfigFormat, Guests, place};
use crate::case::ConfigForm;
use crate::lab::DomainSpec;

/// The password in the form `secret`: a word that occurs nowhere else; VNC takes eight letters.
pub(in crate::drive) const SECRET: &str = "hUsh7pWd";

/// What stands for the disk in the plain form.
const DISK: &str = DomainSpec::SUBJECT_SOCKET;

/// Guests whose definitions libvirt reads.
pub(super) struct Libvirt;

impl ConfigFormat for Libvirt {
    fn path(&self, form: ConfigForm) -> PathBuf {
        match form {
            ConfigForm::InLibvirt => "/etc/libvirt/qemu/vm1.xml".into(),
            _ => place(form, "xml"),
        }
    }

    fn content(&self, form: ConfigForm, guests: &Guests<'_>) -> Option<String> {
        content(form, guests)
    }

    fn beside(&self, form: ConfigForm) -> Vec<(PathBuf, Vec<u8>)> {
        // Variables of which each but the template's own is an operator's.
        let filled = |path, byte| (PathBuf::from(path), vec![byte; 64 << 10]);
        match form {
            ConfigForm::Nvram => vec![filled(VARIABLES, 0x5a), filled(TEMPLATE, 0xff)],
            _ => Vec::new(),
        }
    }

    fn is_sound(&self, form: ConfigForm) -> bool {
        !form.is_broken() && !matches!(form, ConfigForm::MissingNetwork | ConfigForm::NoUuid)
    }
}

/// The file's content in that form, made of the plain form; none when there is to be no file.
fn content(form: ConfigForm, guests: &Guests<'_>) -> Option<String> {
    let plain = &as_dumped(guests.plain);
    match form {
        ConfigForm::Missing => None,
        ConfigForm::Empty => Some(String::new()),
        ConfigForm::Truncated => Some(plain[..plain.len() / 2].to_owned()),
        ConfigForm::OneLine => Some(plain.lines().map(str::trim).collect()),
        ConfigForm::Crlf => Some(plain.replace('\n', "\r\n")),
        ConfigForm::Bom => Some(declared(plain)),
        ConfigForm::Mixed => Some(declared(&spelled(plain, ConfigForm::MetadataFirst, guests))),
        ConfigForm::CommentedOut => Some(format!("<!--\n{OTHER}-->\n{plain}")),
        ConfigForm::NoUuid => Some(without(plain, "  <uuid>", "</uuid>\n")),
        ConfigForm::Nvram => Some(with_flash(plain)),
        ConfigForm::MissingDisk => Some(plain.replace(DISK, &format!("{DISK}.not-there"))),
        ConfigForm::Secret => Some(with_device(
            plain,
            &format!("  <graphics type='vnc' port='-1' autoport='yes' passwd='{SECRET}'/>\n"),
        )),
        ConfigForm::MissingNetwork => Some(with_device(
            plain,
            "  <interface type='network'>\n      <source network='not-there'/>\n    </interface>\n",
        )),
        ConfigForm::SecondName => {
            let metadata = "  <metadata>\n    <o:owner xmlns:o=\"http://example.org/owner\">\n      \
                            <name>other</name>\n    </o:owner>\n  </metadata>\n</domain>";
            Some(plain.replace("</domain>", metadata))
        }
        ConfigForm::NameIsId
        | ConfigForm::NameIsUuid
        | ConfigForm::BlankName
        | ConfigForm::QuotedName
        | ConfigForm::DashedName
        | ConfigForm::UnicodeName
        | ConfigForm::Commented
        | ConfigForm::Cdata
        | ConfigForm::Entity
        | ConfigForm::MetadataFirst => Some(spelled(plain, form, guests)),
        ConfigForm::Plain
        | ConfigForm::OtherFileName
        | ConfigForm::InLibvirt
        | ConfigForm::SpacedPath
        | ConfigForm::DottedPath
        | ConfigForm::Unreadable => Some(plain.to_owned()),
    }
}

/// The plain form with its name written in another way, or with another name.
fn spelled(plain: &str, form: ConfigForm, guests: &Guests<'_>) -> String {
    let own = &guests.subject.name;
    let name = format!("<name>{own}</name>");
    let replaced = |new: &str| plain.replace(&name, new);
    let renamed = |other: &str| replaced(&format!("<name>{other}</name>"));
    match form {
        ConfigForm::Commented => replaced(&format!("{name} <!-- do not rename -->")),
        ConfigForm::Cdata => replaced(&format!(
            "<name><!-- do not rename --><![CDATA[{own}]]></name>"
        )),
        ConfigForm::Entity => format!(
            "<!DOCTYPE domain [<!ENTITY guest '{own}'>]>\n{}",
            renamed("&guest;")
        ),
        ConfigForm::MetadataFirst => replaced(&format!(
            "<metadata>\n    <o:guest xmlns:o='http://example.org/owner'>\n{OTHER}    </o:guest>\n  \
             </metadata>\n  {name}"
        )),
        _ => renamed(&guests.name(form).replace('&', "&amp;")),
    }
}

/// A definition after a byte order mark and a declaration.
fn declared(definition: &str) -> String {
    format!("\u{feff}<?xml version='1.0' encoding='UTF-8'?>\n{definition}")
}

/// A definition with one device more.
fn with_device(plain: &str, device: &str) -> String {
    plain.replace("</devices>", &format!("{device}  </devices>"))
}

/// Where the variables of a guest's firmware are, and what they are copied from where they are not there.
pub(in crate::drive) const VARIABLES: &str = "/var/lib/libvirt/qemu/nvram/vm1_VARS.fd";
const TEMPLATE: &str = "/run/vrt/guest.vars";

/// Another guest's elements, by which nobody may be misled.
const OTHER: &str =
    "      <name>other</name>\n      <uuid>00000000-0000-4000-8000-00000000dead</uuid>\n";

/// A definition as `virsh dumpxml` prints it of a running domain. All that is added is what libvirt makes of the rest by
/// itself, and ignores or takes in the same way when it reads it.
fn as_dumped(plain: &str) -> String {
    let controllers = "<controller type='pci' index='0' model='pci-root'>
      <alias name='pci.0'/>
    </controller>
    <controller type='ide' index='0'>
      <alias name='ide'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x01' function='0x1'/>
    </controller>
    <memballoon model='none'/>";
    let target = "<target dev='hda' bus='ide'/>
      <alias name='ide0-0-0'/>
      <address type='drive' controller='0' bus='0' target='0' unit='0'/>";
    let label = "  <seclabel type='none' model='none'/>\n</domain>";
    plain
        .replacen("'>", "' id='7'>", 1)
        .replace("<vcpu>", "<vcpu placement='static'>")
        .replace("<memballoon model='none'/>", controllers)
        .replace("<target dev='hda' bus='ide'/>", target)
        .replace("</domain>", label)
}

/// The definition with the ROM as flash, whose variables are beside it.
fn with_flash(plain: &str) -> String {
    let flash = plain.replace("type='rom'", "type='pflash'");
    let variables = format!("</loader>\n    <nvram template='{TEMPLATE}'>{VARIABLES}</nvram>");
    flash.replace("</loader>", &variables)
}

/// A text without what begins and ends so, for the first time.
fn without(text: &str, begin: &str, end: &str) -> String {
    let cut = || {
        let (before, rest) = text.split_once(begin)?;
        let (_, after) = rest.split_once(end)?;
        Some(format!("{before}{after}"))
    };
    cut().unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::format::Bystander;
    use super::*;
    use crate::lab::Accel;

    const PLAIN: &str = "<domain type='qemu'>\n  <name>vm1</name>\n  <uuid>own</uuid>\n  <loader type='rom'>/r</loader>\n  \
                         <devices>\n  <disk s='/run/vrt/subject.sock'/>\n  <target dev='hda' bus='ide'/>\n  </devices>\n</domain>\n";

    fn written(form: ConfigForm) -> String {
        let guests = Guests {
            subject: &DomainSpec::subject(Accel::Tcg, ""),
            plain: PLAIN,
            bystander: Bystander { id: 3, uuid: "u-u" },
        };
        content(form, &guests).unwrap()
    }

    #[test]
    fn each_form_is_what_its_name_says() {
        assert_eq!(written(ConfigForm::OneLine).lines().count(), 1);
        assert!(written(ConfigForm::NameIsId).contains("<name>3</name>"));
        assert!(written(ConfigForm::NameIsUuid).contains("<name>u-u</name>"));
        assert!(written(ConfigForm::MissingDisk).contains("/run/vrt/subject.sock.not-there"));
        assert!(written(ConfigForm::Secret).contains(SECRET));
        assert!(written(ConfigForm::MissingNetwork).contains("network='not-there'"));
        assert_eq!(written(ConfigForm::SecondName).matches("<name>").count(), 2);
        assert!(!written(ConfigForm::Truncated).contains("</domain>"));
        assert!(!written(ConfigForm::NoUuid).contains("uuid"));
        assert!(
            written(ConfigForm::Crlf)
                .lines()
                .all(|line| !line.contains('\n'))
        );
        assert!(
            written(ConfigForm::Nvram).contains("type='pflash'>/r</loader>\n    <nvram template=")
        );
    }

    #[test]
    fn every_spelling_of_a_name_is_the_same_name() {
        let name = |form| {
            let text = written(form);
            let options = roxmltree::ParsingOptions {
                allow_dtd: true,
                ..Default::default()
            };
            let document = roxmltree::Document::parse_with_options(&text, options).unwrap();
            let root = document.root_element();
            let name = root.children().find(|node| node.has_tag_name("name"));
            let texts = name.unwrap().children().filter(|node| node.is_text());
            texts.filter_map(|node| node.text()).collect::<String>()
        };
        for form in [
            ConfigForm::Plain,
            ConfigForm::NoUuid,
            ConfigForm::Crlf,
            ConfigForm::Bom,
            ConfigForm::Cdata,
            ConfigForm::Entity,
            ConfigForm::CommentedOut,
            ConfigForm::MetadataFirst,
            ConfigForm::Mixed,
            ConfigForm::Nvram,
        ] {
            assert_eq!(name(form), "vm1", "{form:?}");
        }
        assert_eq!(name(ConfigForm::BlankName), " vm1 of ours ");
        assert_eq!(name(ConfigForm::QuotedName), "it's \"vm1\" & $HOME");
    }
}
