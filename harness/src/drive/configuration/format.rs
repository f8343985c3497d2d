use std::path::PathBuf;

use crate::case::{ConfigForm, GivenState};
use crate::lab::DomainSpec;

/// How the subject's configuration file is written for one hypervisor, and what else leads an agent to its guest.
pub(in crate::drive) trait ConfigFormat: Sync {
    /// Where the file lies in every node.
    fn path(&self, form: ConfigForm) -> PathBuf;

    /// The guest's name in a file of that form.
    fn name(&self, form: ConfigForm, guests: &Guests<'_>) -> String {
        guests.name(form)
    }

    /// The file's content in that form; none when there is to be no file.
    fn content(&self, form: ConfigForm, guests: &Guests<'_>) -> Option<String>;

    /// The definition by which an operator starts the guest of a sound file by hand; none when there is no file.
    fn definition(&self, form: ConfigForm, guests: &Guests<'_>) -> Option<String> {
        self.content(form, guests)
    }

    /// Whether a file's content can be read to its end.
    fn is_whole(&self, content: &[u8]) -> bool {
        is_whole_xml(content)
    }

    /// The files that belong to one in that form: their paths in every node, and what is in them.
    fn beside(&self, _form: ConfigForm) -> Vec<(PathBuf, Vec<u8>)> {
        Vec::new()
    }

    /// Whether the hypervisor can start a guest from a file in that form.
    fn is_sound(&self, form: ConfigForm) -> bool;

    /// The hypervisor's URI, where the agent has to be given one.
    fn hypervisor_uri(&self) -> Option<&'static str> {
        None
    }

    /// The file of a node that shows the subject in that state, where no guest has to be brought there.
    fn shown(&self, _subject: &DomainSpec, _state: GivenState) -> Option<(PathBuf, String)> {
        None
    }
}

/// Where a file with that suffix lies in every node: in the one folder below /etc that is a node's own.
pub(super) fn place(form: ConfigForm, suffix: &str) -> PathBuf {
    let file = match form {
        ConfigForm::SpacedPath => "ha guests/vm1",
        ConfigForm::DottedPath => "ha.d/vm.1",
        ConfigForm::OtherFileName => "ha/0017-web",
        ConfigForm::Mixed => "ha.d/our guests/0017.web",
        _ => "ha/vm1",
    };
    format!("/etc/libvirt/{file}.{suffix}").into()
}

/// The guests of which the file speaks.
#[derive(Debug)]
pub(in crate::drive) struct Guests<'a> {
    pub(in crate::drive) subject: &'a DomainSpec,
    /// The subject's definition as an operator would write it.
    pub(in crate::drive) plain: &'a str,
    pub(in crate::drive) bystander: Bystander<'a>,
}

impl Guests<'_> {
    /// The subject's name in a file of that form, where any name can be written.
    pub(super) fn name(&self, form: ConfigForm) -> String {
        let own = &self.subject.name;
        match form {
            ConfigForm::NameIsId => self.bystander.id.to_string(),
            ConfigForm::NameIsUuid => self.bystander.uuid.to_owned(),
            ConfigForm::BlankName => format!(" {own} of ours "),
            ConfigForm::QuotedName => format!("it's \"{own}\" & $HOME"),
            ConfigForm::DashedName => "--all".to_owned(),
            ConfigForm::UnicodeName => "Büro-仮想".to_owned(),
            _ => own.clone(),
        }
    }
}

/// What some forms borrow from the bystander.
#[derive(Debug)]
pub(in crate::drive) struct Bystander<'a> {
    /// The hypervisor's own number of it.
    pub(in crate::drive) id: u32,
    pub(in crate::drive) uuid: &'a str,
}

/// Whether a file's content is one well-formed XML document.
fn is_whole_xml(content: &[u8]) -> bool {
    let options = || roxmltree::ParsingOptions {
        allow_dtd: true,
        ..Default::default()
    };
    let parses = |text| roxmltree::Document::parse_with_options(text, options()).is_ok();
    std::str::from_utf8(content).is_ok_and(parses)
}
