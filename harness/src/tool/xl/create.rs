//! `create`: a domain from a configuration file.

use std::fs;
use std::io;

use virt::sys;

use super::answer::Failed;
use super::config::Settings;
use super::domain::BESIDE;
use super::toolstack::Toolstack;
use super::words::{Words, usage};
use crate::tool::host::template_file;
use crate::tool::print::complain;
use crate::xml::escaped;

/// The exit code where the name is taken, or the file cannot be read.
const REFUSED: u8 = 3;

/// `create FILE [SETTING...]`.
pub(super) fn create(toolstack: &Toolstack, words: &Words) -> Result<(), Failed> {
    let settings = settings(words)?;
    let unnamed = || Failed::because("Domain name must be specified.");
    let name = settings.text("name").ok_or_else(unnamed)?;
    if words.has(&["-n"]) {
        return Ok(());
    }
    if toolstack.find(name).is_ok_and(|domain| domain.name == name) {
        let text = format!("libxl: error: Domain with name \"{name}\" already exists.");
        return Err(Failed(REFUSED, text));
    }
    let flags = match words.has(&["-p"]) {
        true => sys::VIR_DOMAIN_START_PAUSED,
        false => 0,
    };
    let mut definition = definition(&fs::read_to_string(template_file())?, name, &settings)?;
    if toolstack.has_on_the_way(name)? {
        definition = beside(&definition, name)?;
    }
    toolstack.libvirt().create_domain_xml(&definition, flags)?;
    Ok(())
}

/// The settings of the file, and those that are words of the call, which come last.
fn settings(words: &Words) -> Result<Settings, Failed> {
    let (more, files): (Vec<_>, Vec<_>) = words.rest.iter().partition(|word| word.contains('='));
    let [file] = files[..] else {
        return Err(usage("create"));
    };
    let mut text = fs::read_to_string(file).map_err(|error| unread(file, &error))?;
    if !words.has(&["-q"]) {
        complain(&format!("Parsing config from {file}"))?;
    }
    for setting in more {
        text.push_str(&format!("\n{setting}"));
    }
    let no_setting = |line| format!("{file}:{line}: config parsing error\nFailed to parse config");
    Settings::parse(&text).map_err(|line| Failed::because(no_setting(line)))
}

fn unread(file: &str, error: &io::Error) -> Failed {
    let why = error.to_string();
    let why = why.split(" (os error").next().unwrap_or_default();
    Failed(
        REFUSED,
        format!("Failed to read config file: {file}: {why}"),
    )
}

/// The definition of a guest as libvirt takes it beside one of the same name and UUID.
fn beside(definition: &str, name: &str) -> Result<String, Failed> {
    let uuid = definition.split_once("<uuid>");
    let uuid = uuid.and_then(|(_, rest)| rest.split_once("</uuid>"));
    let (uuid, _) = uuid.ok_or_else(|| Failed::because("libxl: error: no UUID"))?;
    let name = format!("{name}{BESIDE}");
    let renamed = between(definition, ["<name>", "</name>"], &name);
    let identified = between(&renamed, ["<uuid>", "</uuid>"], &new_uuid()?);
    Ok(identified.replacen("</name>", &format!("</name><title>{uuid}</title>"), 1))
}

fn new_uuid() -> io::Result<String> {
    let uuid = fs::read_to_string("/proc/sys/kernel/random/uuid")?;
    Ok(uuid.trim().to_owned())
}

/// The lab's own definition with what the file gives.
fn definition(template: &str, name: &str, settings: &Settings) -> Result<String, Failed> {
    let uuid = match settings.text("uuid") {
        Some(uuid) => uuid.to_owned(),
        None => new_uuid()?,
    };
    let named = between(template, ["<name>", "</name>"], name);
    let identified = between(&named, ["<uuid>", "</uuid>"], &uuid);
    Ok(match settings.disk() {
        Some(disk) => between(&identified, ["socket='", "'"], disk),
        None => identified,
    })
}

/// The text with another value where the first of its kind stands.
fn between(text: &str, [begin, end]: [&str; 2], value: &str) -> String {
    let replaced = || {
        let (before, rest) = text.split_once(begin)?;
        let (_, after) = rest.split_once(end)?;
        Some(format!("{before}{begin}{}{end}{after}", escaped(value)))
    };
    replaced().unwrap_or_else(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_has_what_the_file_gives() {
        let template = "<name>vm1</name><uuid>u</uuid><host socket='/s'/>";
        let text = "uuid = '7'\ndisk = [ 'format=raw, target=/t' ]\n";
        let settings = Settings::parse(text).expect("it is good");
        let made = definition(template, "it's & one", &settings).expect("it has a UUID");
        let wanted = "<name>it&apos;s &amp; one</name><uuid>7</uuid><host socket='/t'/>";
        assert_eq!(made, wanted);
    }

    #[test]
    fn a_guest_beside_another_has_a_name_and_uuid_of_its_own_and_keeps_the_uuid_as_its_title() {
        let made = beside("<name>vm1</name><uuid>7</uuid>", "vm1").expect("there is a UUID");
        let begin = "<name>vm1--beside</name><title>7</title><uuid>";
        assert!(made.starts_with(begin), "{made}");
        assert!(!made.ends_with("<uuid>7</uuid>"), "{made}");
    }
}
