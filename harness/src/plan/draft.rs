//! The first profile of an agent that none describes: what its metadata say, and guesses, each marked as one.

mod text;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::folders::FOR_STAND_INS;
use super::written::written;
use super::{Agent, Need, Profile, ProfileError};
use crate::case::Role;
use crate::engine::Engine;
use crate::lab::LaidOver;
use crate::ocf::metadata::{Metadata, Parameter};
use crate::ocf::{Dialect, Verb};
use text::Text;

/// What is known of an agent.
#[derive(Clone, Copy, Debug)]
pub struct Drafted<'a> {
    /// The agent.
    pub agent: &'a Agent,
    /// What it says of itself.
    pub metadata: &'a Metadata,
    /// How it was asked.
    pub dialect: Dialect,
    /// The agent's own text; empty of a program that is none.
    pub text: &'a str,
    /// What it needs and a lab's nodes have not.
    pub missed: &'a [Need],
    /// Folders of this machine that it was asked with.
    pub laid_over: &'a [LaidOver],
}

/// What a draft is made from.
#[derive(Debug)]
pub struct Draft<'a> {
    of: Drafted<'a>,
    known: Known,
}

/// What the built-in profiles know of agents.
#[derive(Debug, Default)]
struct Known {
    /// The names that agents have for a role's parameter.
    names: BTreeMap<Role, Vec<String>>,
    /// What such a parameter is always set to.
    values: BTreeMap<Role, String>,
    /// The tools that agents call.
    tools: Vec<String>,
}

impl Known {
    fn of_builtin() -> Result<Self, ProfileError> {
        let mut known = Self::default();
        for profile in Profile::all_builtin() {
            known.learn(&profile?);
        }
        // Each shell agent names it, for its texts.
        known.tools.retain(|tool| tool != "cat");
        known.tools.sort();
        known.tools.dedup();
        Ok(known)
    }

    fn learn(&mut self, profile: &Profile) {
        let plain = profile.parameters.iter();
        for (role, name) in plain.filter_map(|(role, it)| Some((role, it.plain_name()?))) {
            let names = self
                .names
                .entry(*role)
                .or_insert_with(|| vec![written(role)]);
            names.push(name.to_owned());
            if let Some(value) = profile.set.get(name) {
                self.values.entry(*role).or_insert_with(|| value.clone());
            }
        }
        self.tools.extend(profile.tools.iter().cloned());
    }
}

impl<'a> Draft<'a> {
    /// Compares an agent with those that the built-in profiles describe.
    ///
    /// # Errors
    /// A built-in profile is wrong.
    pub fn of(of: Drafted<'a>) -> Result<Self, ProfileError> {
        let known = Known::of_builtin()?;
        Ok(Self { of, known })
    }

    /// The profile as YAML, with its comments.
    #[must_use]
    pub fn yaml(&self) -> String {
        let mut out = format!(
            "# A first profile of {agent}. Lines with `guess` are guesses: check each, then see what would run with\n\
             # virt-ra-tester run --agent {agent} --profile FILE --dry-run\n\
             name: {name}\nagent: {quoted}\n",
            agent = self.of.agent,
            quoted = scalar(&self.of.agent.to_string()),
            name = scalar(&self.of.agent.name.to_lowercase()),
        );
        out += &self.dialect();
        out += &self.engine();
        for need in self.of.missed {
            let _ = writeln!(out, "# Missing: {need}");
        }
        let roles = self.roles();
        out += &section(
            "parameters",
            roles.iter().map(|(role, parameter)| {
                let line = format!("{}: {}", written(role), parameter.name);
                (line, format!("guess by its name: {}", about(parameter)))
            }),
        );
        out += &section(
            "set",
            roles.iter().filter_map(|(role, parameter)| {
                let value = self.known.values.get(role)?;
                Some((
                    format!("{}: {}", parameter.name, scalar(value)),
                    "guess".to_owned(),
                ))
            }),
        );
        out += &self.tools();
        out += &self.folders();
        out += &self.others(&roles);
        out
    }

    fn dialect(&self) -> String {
        let why = match self.of.dialect {
            Dialect::Ocf10 | Dialect::Ocf11 => "  # guess: the version in its metadata",
            Dialect::Fence => "  # guess: its name",
            Dialect::Rgmanager => "",
        };
        let mut lines = format!("dialect: {}{why}\n", written(&self.of.dialect));
        let mut actions = self.of.metadata.actions.iter();
        if actions.any(|action| action.name == Verb::Promote.as_str()) {
            lines += "# It advertises `promote`: the suite runs it as a plain resource, which is never promoted.\n";
        }
        lines
    }

    /// What runs its guests: never said outright, for its metadata do not tell.
    fn engine(&self) -> String {
        if self.of.dialect == Dialect::Fence {
            return String::new();
        }
        let Some((engine, tool)) = Text(self.of.text).engine() else {
            return "# engine: libvirt  # guess: its text names no tool that tells; say which it is\n".to_owned();
        };
        let socket = match engine {
            Engine::Qemu => "; list `qmp` under `features` if its emulators have a socket for it",
            _ => "",
        };
        format!(
            "engine: {}  # guess: its text names `{tool}`{socket}\n",
            engine.word()
        )
    }

    /// Roles by the names of the agent's parameters, each parameter once.
    fn roles(&self) -> Vec<(Role, &'a Parameter)> {
        let named = |role: &Role, names: &Vec<String>| {
            let mut names = names.iter();
            let found = names.find_map(|name| self.of.metadata.parameter(name))?;
            Some((*role, found))
        };
        let roles = self.known.names.iter();
        let mut roles: Vec<_> = roles
            .filter_map(|(role, names)| named(role, names))
            .collect();
        let mut taken = Vec::new();
        roles.retain(|(_, parameter)| {
            let is_new = !taken.contains(&&parameter.name);
            taken.push(&parameter.name);
            is_new
        });
        roles
    }

    /// The stand-ins that it was asked with, and the tools that its text tells.
    fn tools(&self) -> String {
        let mut tools = self.stand_ins();
        tools.extend(Text(self.of.text).tools(&self.known.tools));
        tools.sort();
        tools.dedup();
        match tools.is_empty() {
            true => String::new(),
            false => format!(
                "tools: [{}]  # guess: words of its text\n",
                tools.join(", ")
            ),
        }
    }

    /// Folders of stand-ins, which are laid over both places of tools.
    fn stand_ins(&self) -> Vec<String> {
        let over = self.of.laid_over.iter();
        let folders = over.filter(|over| over.place == Path::new(FOR_STAND_INS[0]));
        folders
            .map(|over| scalar(&over.folder.to_string_lossy()))
            .collect()
    }

    /// The folders that it was asked with.
    fn folders(&self) -> String {
        let is_of_stand_ins = |over: &&LaidOver| {
            FOR_STAND_INS
                .iter()
                .any(|place| over.place == Path::new(place))
        };
        let folders = { self.of.laid_over.iter() }.filter(|over| !is_of_stand_ins(over));
        let lines = folders.map(|over| {
            let place = scalar(&over.place.to_string_lossy());
            format!("  {place}: {}\n", scalar(&over.folder.to_string_lossy()))
        });
        let lines: String = lines.collect();
        match lines.is_empty() {
            true => lines,
            false => format!("folders:\n{lines}"),
        }
    }

    /// Every other parameter, as a comment.
    fn others(&self, roles: &[(Role, &Parameter)]) -> String {
        let is_other = |one: &&Parameter| !roles.iter().any(|(_, role)| role.name == one.name);
        let (required, free): (Vec<_>, Vec<_>) = self
            .of
            .metadata
            .parameters
            .iter()
            .filter(is_other)
            .partition(|one| one.required || one.primary);
        let list = |head: &str, some: &[&Parameter]| {
            let mut text = String::new();
            for (index, one) in some.iter().enumerate() {
                if index == 0 {
                    text += head;
                }
                let _ = writeln!(text, "#   {}: {}", one.name, about(one));
            }
            text
        };
        let must = "# Required: give each a value under `set`, or name it for a role under `parameters`.\n";
        list(must, &required) + &list("# No role is known for these:\n", &free)
    }
}

/// A key and what is below it, each line with its comment; nothing where there is nothing below.
fn section(key: &str, lines: impl Iterator<Item = (String, String)>) -> String {
    let mut text = String::new();
    for (line, comment) in lines {
        if text.is_empty() {
            let _ = writeln!(text, "{key}:");
        }
        let _ = writeln!(text, "  {line}  # {comment}");
    }
    text
}

/// A text as YAML writes it, quoted where it must be.
fn scalar(text: &str) -> String {
    let written = serde_yaml::to_string(text).unwrap_or_default();
    written.trim_end().to_owned()
}

/// What the agent says of a parameter, in one line.
fn about(parameter: &Parameter) -> String {
    let said = parameter
        .shortdesc
        .first()
        .map_or("", |one| one.text.as_str());
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    match parameter.default.as_deref() {
        Some(default) if !default.is_empty() => format!("{said} (default {default})"),
        _ => said,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    const METADATA: &str = r#"<resource-agent name="Mine"><version>1.0</version><parameters>
        <parameter name="config" required="1"><shortdesc lang="en">the  file</shortdesc><content type="string"/></parameter>
        <parameter name="hypervisor"><shortdesc lang="en">the URI</shortdesc><content type="string"/></parameter>
        <parameter name="owner" required="1"><shortdesc lang="en">who</shortdesc><content type="string"/></parameter>
        <parameter name="pause"><shortdesc lang="en">how long</shortdesc><content type="time" default="5"/></parameter>
        </parameters><actions/></resource-agent>"#;

    fn drafted(text: &str) -> String {
        drafted_of(METADATA, text)
    }

    fn drafted_of(metadata: &str, text: &str) -> String {
        let agent = Agent {
            path: PathBuf::from("/x/Mine"),
            name: "Mine".to_owned(),
            ocf_name: None,
        };
        let metadata = Metadata::parse(metadata).expect("it is metadata");
        let draft = Draft::of(Drafted {
            agent: &agent,
            metadata: &metadata,
            dialect: Dialect::Ocf10,
            text,
            missed: &[],
            laid_over: &[],
        });
        draft.expect("the built-in profiles are good").yaml()
    }

    #[test]
    fn a_draft_is_a_profile_that_can_be_read_and_its_guesses_are_marked() {
        let yaml = drafted("#!/bin/sh\n# xl list\nvirsh list\n");
        let profile = Profile::parse(Path::new("mine.yaml"), &yaml).expect("it is a profile");
        assert_eq!(profile.agent, "/x/Mine");
        assert_eq!(profile.tools, ["virsh"]);
        assert!(
            yaml.contains("  config: config  # guess by its name: the file\n"),
            "{yaml}"
        );
        assert!(
            yaml.contains("  hypervisor: qemu:///system  # guess\n"),
            "{yaml}"
        );
        assert!(yaml.contains("#   owner: who\n"), "{yaml}");
        assert!(yaml.contains("#   pause: how long (default 5)\n"), "{yaml}");
    }

    #[test]
    fn what_its_metadata_do_not_tell_is_marked_as_a_guess() {
        let yaml = drafted("#!/bin/sh\nxm list\n");
        let profile = Profile::parse(Path::new("mine.yaml"), &yaml).expect("it is a profile");
        assert_eq!(profile.engine(), Engine::Xl);
        for line in [
            "dialect: ocf-1.0  # guess: the version in its metadata\n",
            "engine: xl  # guess: its text names `xm`\n",
            "tools: [xm]  # guess: words of its text\n",
        ] {
            assert!(yaml.contains(line), "{line}\n{yaml}");
        }
        assert!(!yaml.contains("promote"), "{yaml}");
        let yaml = drafted("exec $OCF_RESKEY_binfile\n");
        assert!(yaml.contains("# engine: libvirt  # guess: "), "{yaml}");
    }

    #[test]
    fn an_agent_that_is_to_be_promoted_is_told_of() {
        let actions = "<actions><action name=\"promote\" timeout=\"5\"/></actions>";
        let yaml = drafted_of(&METADATA.replace("<actions/>", actions), "");
        assert!(yaml.contains("# It advertises `promote`"), "{yaml}");
    }

    #[test]
    fn a_program_that_is_no_text_has_no_guess_of_its_tools() {
        assert!(!drafted("").contains("tools:"));
    }
}
