//! The domain's configuration file in the forms that operators really write, and in broken ones.

use std::path::PathBuf;

use crate::case::ConfigForm;

/// The password in the form `secret`: a word that occurs nowhere else; VNC takes eight letters.
pub(super) const SECRET: &str = "hUsh7pWd";

/// Where the configuration file of the subject lies in every node.
#[must_use]
pub(super) fn path(form: ConfigForm) -> PathBuf {
    PathBuf::from(match form {
        ConfigForm::SpacedPath => "/etc/libvirt/ha guests/vm1.xml",
        ConfigForm::DottedPath => "/etc/libvirt/ha.d/vm.1.xml",
        ConfigForm::InLibvirt => "/etc/libvirt/qemu/vm1.xml",
        _ => "/etc/libvirt/ha/vm1.xml",
    })
}

/// The file's content in that form, made of the plain form; none when there is to be no file.
///
/// `disk` is what stands for the disk's place in the plain form, `foreign` the bystander's libvirt id
/// and UUID.
#[must_use]
pub(super) fn content(plain: &str, form: ConfigForm, foreign: &Foreign<'_>) -> Option<String> {
    let name = format!("<name>{}</name>", foreign.name);
    let renamed = |other: &str| Some(plain.replace(&name, &format!("<name>{other}</name>")));
    match form {
        ConfigForm::Missing => None,
        ConfigForm::Empty => Some(String::new()),
        ConfigForm::Truncated => Some(plain[..plain.len() / 2].to_owned()),
        ConfigForm::OneLine => Some(plain.lines().map(str::trim).collect()),
        ConfigForm::Commented => {
            Some(plain.replace(&name, &format!("{name} <!-- do not rename -->")))
        }
        ConfigForm::SecondName => {
            let metadata = "  <metadata>\n    <o:owner xmlns:o=\"http://example.org/owner\">\n      \
                            <name>other</name>\n    </o:owner>\n  </metadata>\n</domain>";
            Some(plain.replace("</domain>", metadata))
        }
        ConfigForm::MissingDisk => {
            Some(plain.replace(foreign.disk, &format!("{}.not-there", foreign.disk)))
        }
        ConfigForm::NameIsId => renamed(&foreign.id.to_string()),
        ConfigForm::NameIsUuid => renamed(foreign.uuid),
        ConfigForm::Secret => {
            let console = format!(
                "  <graphics type='vnc' port='-1' autoport='yes' passwd='{SECRET}'/>\n  </devices>"
            );
            Some(plain.replace("</devices>", &console))
        }
        ConfigForm::MissingNetwork => {
            let interface = "  <interface type='network'>\n      <source network='not-there'/>\n    \
                             </interface>\n  </devices>";
            Some(plain.replace("</devices>", interface))
        }
        ConfigForm::Plain
        | ConfigForm::InLibvirt
        | ConfigForm::SpacedPath
        | ConfigForm::DottedPath
        | ConfigForm::Unreadable => Some(plain.to_owned()),
    }
}

/// What some forms borrow from the world around the subject.
#[derive(Debug)]
pub(super) struct Foreign<'a> {
    /// The subject's own name in the plain form.
    pub(super) name: &'a str,
    /// The place of the subject's disk in the plain form.
    pub(super) disk: &'a str,
    /// The bystander's libvirt id.
    pub(super) id: u32,
    /// The bystander's UUID.
    pub(super) uuid: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: &str = "<domain type='qemu'>\n  <name>vm1</name>\n  <devices>\n  <disk s='/d.sock'/>\n  </devices>\n</domain>\n";

    fn written(form: ConfigForm) -> String {
        let foreign = Foreign {
            name: "vm1",
            disk: "/d.sock",
            id: 3,
            uuid: "u-u",
        };
        content(PLAIN, form, &foreign).unwrap()
    }

    #[test]
    fn each_form_is_what_its_name_says() {
        assert_eq!(written(ConfigForm::OneLine).lines().count(), 1);
        assert!(written(ConfigForm::NameIsId).contains("<name>3</name>"));
        assert!(written(ConfigForm::NameIsUuid).contains("<name>u-u</name>"));
        assert!(written(ConfigForm::MissingDisk).contains("/d.sock.not-there"));
        assert!(written(ConfigForm::Secret).contains(SECRET));
        assert!(written(ConfigForm::MissingNetwork).contains("network='not-there'"));
        assert_eq!(written(ConfigForm::SecondName).matches("<name>").count(), 2);
        assert!(!written(ConfigForm::Truncated).contains("</domain>"));
    }
}
