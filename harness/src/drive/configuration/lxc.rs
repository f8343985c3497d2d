//! LXC's own format: one setting a line. Source: lxc.container.conf(5).

use std::path::PathBuf;

use super::format::{ConfigFormat, Guests, place};
use crate::case::ConfigForm;

/// Containers whose files LXC's own tools read. The file has no name of the container, which the tools are given.
pub(super) struct Lxc;

impl ConfigFormat for Lxc {
    fn path(&self, form: ConfigForm) -> PathBuf {
        place(form, "conf")
    }

    fn name(&self, _form: ConfigForm, guests: &Guests<'_>) -> String {
        guests.subject.name.clone()
    }

    fn content(&self, form: ConfigForm, guests: &Guests<'_>) -> Option<String> {
        let plain = guests.plain.to_owned();
        match form {
            ConfigForm::Missing => None,
            ConfigForm::Empty => Some(String::new()),
            // In the middle of a setting's name.
            ConfigForm::Truncated => Some(plain.split(".init").next()?.to_owned()),
            ConfigForm::MissingDisk => Some(plain.replace("/subject\n", "/subject.not-there\n")),
            _ => Some(plain),
        }
    }

    fn is_whole(&self, content: &[u8]) -> bool {
        let text = String::from_utf8_lossy(content);
        let mut lines = text.lines().filter(|line| !line.starts_with('#'));
        text.ends_with('\n') && lines.all(|line| line.contains(" = "))
    }

    fn is_sound(&self, form: ConfigForm) -> bool {
        !form.is_broken()
    }
}
