//! Xen's own format, by its tool `xl`: one setting a line. Source: xl.cfg(5).

use std::path::PathBuf;

use super::format::{ConfigFormat, Guests, place};
use super::libvirt::SECRET;
use crate::case::ConfigForm;
use crate::lab::DomainSpec;
use crate::tool;

/// Guests whose files the stand-in for `xl` reads.
pub(super) struct Xl;

impl ConfigFormat for Xl {
    fn path(&self, form: ConfigForm) -> PathBuf {
        place(form, "cfg")
    }

    fn name(&self, form: ConfigForm, guests: &Guests<'_>) -> String {
        name(form, guests)
    }

    fn content(&self, form: ConfigForm, guests: &Guests<'_>) -> Option<String> {
        content(form, guests)
    }

    /// libvirt's definition of a guest of that name, for the lab has no other hypervisor.
    fn definition(&self, form: ConfigForm, guests: &Guests<'_>) -> Option<String> {
        let name = name(form, guests).replace('&', "&amp;");
        let own = format!("<name>{}</name>", guests.subject.name);
        Some(guests.plain.replace(&own, &format!("<name>{name}</name>")))
    }

    fn is_whole(&self, content: &[u8]) -> bool {
        tool::is_whole_xl_config(content)
    }

    fn is_sound(&self, form: ConfigForm) -> bool {
        !form.is_broken() && form != ConfigForm::NoUuid
    }
}

/// The file's content in that form; none when there is to be no file.
fn content(form: ConfigForm, guests: &Guests<'_>) -> Option<String> {
    let plain = plain(&name(form, guests), guests.subject);
    let lines = |keep: &dyn Fn(&str) -> bool| {
        let kept = plain.lines().filter(|line| keep(line));
        kept.map(|line| format!("{line}\n")).collect::<String>()
    };
    Some(match form {
        ConfigForm::Missing => return None,
        ConfigForm::Empty => String::new(),
        // In the middle of the UUID.
        ConfigForm::Truncated => plain.split("-0000").next().unwrap_or_default().to_owned(),
        ConfigForm::OneLine => {
            let settings = lines(&|line| !line.starts_with('#'));
            format!("{}\n", settings.trim_end().replace('\n', "; "))
        }
        ConfigForm::NoUuid => lines(&|line| !line.starts_with("uuid")),
        ConfigForm::MissingDisk => {
            let disk = DomainSpec::SUBJECT_SOCKET;
            plain.replace(disk, &format!("{disk}.not-there"))
        }
        ConfigForm::Secret => format!("{plain}vnc = 1\nvncpasswd = \"{SECRET}\"\n"),
        ConfigForm::Commented => plain.replacen("\"\nuuid", "\"  # do not rename\nuuid", 1),
        ConfigForm::CommentedOut => {
            format!("#name = \"other\"\n#uuid = \"00000000-0000-0000-0000-00000000dead\"\n{plain}")
        }
        ConfigForm::SecondName => {
            format!("{plain}device_model_args = [\n    \"-append\",\n    \"name=other\",\n]\n")
        }
        _ => plain,
    })
}

/// The guest's name in that form.
fn name(form: ConfigForm, guests: &Guests<'_>) -> String {
    let own = &guests.subject.name;
    match form {
        // One kind of quotes: the format has no way to write both.
        ConfigForm::QuotedName => format!("it's {own} & 100% $HOME"),
        // xl looks for no UUID in the place of a name.
        ConfigForm::NameIsUuid => own.clone(),
        _ => guests.name(form),
    }
}

/// The file of a guest of that name as an operator writes it.
fn plain(name: &str, subject: &DomainSpec) -> String {
    let DomainSpec {
        uuid,
        memory,
        socket,
        ..
    } = subject;
    let disk = socket.as_deref().unwrap_or_default();
    format!(
        "# The guest of the suite.\nname = \"{name}\"\nuuid = \"{uuid}\"\ntype = \"hvm\"\nmemory={memory}\nvcpus = 1\n\
         disk = [ 'format=raw, vdev=hda, access=rw, target={disk}' ]\non_reboot = \"restart\"\non_crash = \"preserve\"\n"
    )
}

#[cfg(test)]
mod tests {
    use super::super::format::Bystander;
    use super::*;
    use crate::lab::Accel;

    fn with(act: impl FnOnce(&Guests<'_>)) {
        act(&Guests {
            subject: &DomainSpec::subject(Accel::Tcg, ""),
            plain: "<name>vm1</name>",
            bystander: Bystander { id: 3, uuid: "u-u" },
        });
    }

    #[test]
    fn a_form_can_be_read_to_its_end_where_its_name_says_so() {
        with(|guests| {
            for form in [
                ConfigForm::Plain,
                ConfigForm::OneLine,
                ConfigForm::Commented,
                ConfigForm::SecondName,
                ConfigForm::CommentedOut,
                ConfigForm::Secret,
                ConfigForm::QuotedName,
                ConfigForm::NoUuid,
            ] {
                let text = content(form, guests).expect("there is a file");
                assert!(Xl.is_whole(text.as_bytes()), "{form:?}: {text}");
            }
            for form in [ConfigForm::Empty, ConfigForm::Truncated] {
                let text = content(form, guests).expect("there is a file");
                assert!(!Xl.is_whole(text.as_bytes()), "{form:?}: {text}");
            }
            assert_eq!(content(ConfigForm::Missing, guests), None);
        });
    }

    #[test]
    fn a_guest_started_by_hand_has_the_name_of_the_file() {
        with(|guests| {
            let definition = |form| Xl.definition(form, guests).expect("there is one");
            assert_eq!(definition(ConfigForm::Missing), "<name>vm1</name>");
            assert_eq!(definition(ConfigForm::NameIsId), "<name>3</name>");
            let quoted = "<name>it's vm1 &amp; 100% $HOME</name>";
            assert_eq!(definition(ConfigForm::QuotedName), quoted);
        });
    }
}
