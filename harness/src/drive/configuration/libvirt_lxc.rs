//! libvirt's XML of a container, in the forms of any other guest of libvirt's.

use std::path::PathBuf;

use super::format::{ConfigFormat, Guests};
use super::libvirt::Libvirt;
use crate::case::ConfigForm;

/// Containers whose definitions libvirt reads.
pub(super) struct LibvirtLxc;

impl ConfigFormat for LibvirtLxc {
    fn path(&self, form: ConfigForm) -> PathBuf {
        match form {
            ConfigForm::InLibvirt => "/etc/libvirt/lxc/vm1.xml".into(),
            _ => Libvirt.path(form),
        }
    }

    /// A container's disk is its root folder.
    fn content(&self, form: ConfigForm, guests: &Guests<'_>) -> Option<String> {
        let content = Libvirt.content(form, guests)?;
        Some(match form {
            ConfigForm::MissingDisk => content.replace("/subject'", "/subject.not-there'"),
            _ => content,
        })
    }

    fn is_sound(&self, form: ConfigForm) -> bool {
        Libvirt.is_sound(form)
    }

    fn hypervisor_uri(&self) -> Option<&'static str> {
        Some("lxc:///system")
    }
}
