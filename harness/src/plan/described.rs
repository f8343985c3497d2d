//! A profile together with the text that it was read from, and how it fits the agent that it is to describe.

use std::path::Path;

use super::folders;
use super::written::written;
use super::{Agent, Profile, ProfileError};
use crate::case::{CaseError, SourceText, SpanIndex, nearest, read_placed};
use crate::lab::LaidOver;

/// A profile, and where it stands.
#[derive(Clone, Debug)]
pub struct Described {
    /// What it says.
    pub profile: Profile,
    /// The file that it was read from, into which a mistake points; none of a built-in one.
    file: Option<(SourceText, SpanIndex)>,
    /// The folders of this machine that it has laid over places of the nodes.
    pub laid_over: Vec<LaidOver>,
}

impl Described {
    /// The profile that `--profile` asks for: a built-in name, or a path.
    ///
    /// # Errors
    /// There is none, or something in it is wrong.
    pub fn named(asked: &str) -> Result<Self, ProfileError> {
        let is_path = asked.contains('/') || asked.ends_with(".yaml");
        if !is_path {
            return Profile::builtin(asked).map(Self::built_in);
        }
        let source = SourceText::read(Path::new(asked))?;
        let (mut profile, places) = read_placed(&source).map_err(CaseError::from)?;
        let laid_over = folders::take(&mut profile, &source, &places)?;
        Ok(Self {
            profile,
            file: Some((source, places)),
            laid_over,
        })
    }

    /// The built-in profile that describes the agent.
    ///
    /// # Errors
    /// There is none.
    pub fn of(agent: &Agent) -> Result<Self, ProfileError> {
        Profile::of(agent).map(Self::built_in)
    }

    const fn built_in(profile: Profile) -> Self {
        Self {
            profile,
            file: None,
            laid_over: Vec::new(),
        }
    }

    /// Whether it is one of the suite's own.
    #[must_use]
    pub const fn is_built_in(&self) -> bool {
        self.file.is_none()
    }

    /// The agent that it names, as `--agent` would: a path in a file is one from the file's own folder.
    #[must_use]
    pub fn agent(&self) -> String {
        let agent = &self.profile.agent;
        let is_name = agent.starts_with("ocf:") || !agent.contains('/');
        let folder = self.file.as_ref().and_then(|(file, _)| file.path.parent());
        let elsewhere = |folder: &&Path| !is_name && !["", "."].map(Path::new).contains(folder);
        match folder.filter(elsewhere) {
            Some(folder) => {
                let below = agent.strip_prefix("./").unwrap_or(agent);
                folder.join(below).display().to_string()
            }
            None => agent.clone(),
        }
    }

    /// Compares the profile with the parameters that the agent's own metadata have.
    ///
    /// A built-in profile describes an agent of any version, so what this one has not it does without: the role is
    /// absent, and what needs it is skipped. Only `config` stays, without which no guest would be named.
    ///
    /// # Errors
    /// Every parameter that a profile's file names and the agent has not: a slip of the pen.
    pub fn fit(&mut self, agent: &Agent, known: &[String]) -> Result<(), Vec<CaseError>> {
        let Some((source, places)) = &self.file else {
            self.profile.do_without_unknown(known);
            return Ok(());
        };
        let is_unknown = |name: &str| !known.iter().any(|one| one == name);
        let mistake = |path: &str, name: &str, at_key: bool| {
            let place = match at_key {
                true => places.nearest_key(path),
                false => places.nearest(path),
            };
            let message = format!("{agent} has no parameter `{name}`");
            let mistake = source.mistake(place, message, "not in the agent's metadata");
            CaseError::from(mistake.with_help(meant(name, known)))
        };
        let roles = self.profile.parameters.iter();
        let roles = roles.filter(|(_, parameter)| is_unknown(&parameter.name));
        let roles = roles.map(|(role, parameter)| {
            let path = format!("parameters.{}", written(role));
            let within = format!("{path}.parameter");
            let path = places.find(&within).map_or(path, |_| within);
            mistake(&path, &parameter.name, false)
        });
        // What `--param` adds is not in the file.
        let in_file = |name: &&String| places.find(&format!("set.{name}")).is_some();
        let set = self.profile.set.keys().filter(in_file);
        let set = set.filter(|name| is_unknown(name));
        let set = set.map(|name| mistake(&format!("set.{name}"), name, true));
        let in_cluster = self.profile.set_in_cluster.keys();
        let in_cluster = in_cluster.filter(|name| is_unknown(name));
        let in_cluster =
            in_cluster.map(|name| mistake(&format!("set_in_cluster.{name}"), name, true));
        let mistakes: Vec<_> = roles.chain(set).chain(in_cluster).collect();
        match mistakes.is_empty() {
            true => Ok(()),
            false => Err(mistakes),
        }
    }
}

/// What a parameter that the agent has not was probably meant to be, or all that it has.
#[must_use]
pub fn meant(name: &str, known: &[String]) -> String {
    if let Some(near) = nearest(name, known.iter().map(String::as_str)) {
        return format!("did you mean `{near}`?");
    }
    match known {
        [] => "its metadata have no parameter at all".to_owned(),
        _ => format!("its metadata have `{}`", known.join("`, `")),
    }
}

impl Profile {
    /// The profile that `--profile` asks for: a built-in name, or a path.
    ///
    /// # Errors
    /// There is none, or something in it is wrong.
    pub fn named(asked: &str) -> Result<Self, ProfileError> {
        Described::named(asked).map(|found| found.profile)
    }
}

#[cfg(test)]
mod tests {
    use miette::Diagnostic;

    use super::*;
    use crate::case::Role;
    use crate::engine::Engine;

    fn described(text: &str) -> (tempfile::TempDir, Described) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mine.yaml");
        std::fs::write(&path, text).expect("it can be written");
        let found = Described::named(&path.to_string_lossy()).expect("it is good");
        (folder, found)
    }

    fn agent() -> Agent {
        Agent {
            path: "/opt/machine".into(),
            name: "machine".to_owned(),
            ocf_name: Some("ocf:mine:machine".to_owned()),
        }
    }

    fn known(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn every_parameter_that_the_agent_has_not_is_shown_in_the_file_with_what_was_meant() {
        let (_folder, mut mine) = described(
            "name: mine\nagent: ocf:mine:machine\nparameters:\n  config: xmlfiel\nset:\n  uri: x\n  banana: z\n",
        );
        let mistakes = mine.fit(&agent(), &known(&["xmlfile", "uri"]));
        let mistakes = mistakes.expect_err("two are wrong");
        let told: Vec<_> = mistakes.iter().map(told).collect();
        let name = "ocf:mine:machine has no parameter";
        let slip = format!("4:11 {name} `xmlfiel`; did you mean `xmlfile`?");
        let other = format!("7:3 {name} `banana`; its metadata have `xmlfile`, `uri`");
        assert_eq!(told, [slip, other]);
    }

    #[test]
    fn a_parameter_within_a_map_is_shown_at_its_place() {
        let (_folder, mut mine) = described(
            "name: mine\nagent: x\nparameters:\n  bandwidth: {parameter: optoins, value: \"-b ${value}\"}\n",
        );
        let mistakes = mine.fit(&agent(), &known(&["options"]));
        let mistakes = mistakes.expect_err("one is wrong");
        let told: Vec<_> = mistakes.iter().map(told).collect();
        let wanted = "4:26 ocf:mine:machine has no parameter `optoins`; did you mean `options`?";
        assert_eq!(told, [wanted]);
    }

    /// A mistake with its place and its help.
    fn told(mistake: &CaseError) -> String {
        let CaseError::Mistake(mistake) = mistake else {
            return mistake.to_string();
        };
        let (span, help) = (mistake.span(), mistake.help());
        let help = help.map_or_else(String::new, |help| help.to_string());
        format!("{}:{} {mistake}; {help}", span.line, span.column)
    }

    #[test]
    fn a_profile_that_fits_is_left_as_it_is() {
        let (_folder, mut mine) =
            described("name: mine\nagent: x\nparameters: {config: xml}\nset: {uri: x}\n");
        let before = mine.profile.clone();
        // As `--param` would: it is not in the file, and is told elsewhere.
        mine.profile.set.insert("other".to_owned(), String::new());
        assert!(mine.fit(&agent(), &known(&["xml", "uri"])).is_ok());
        assert_eq!(mine.profile.parameters, before.parameters);
    }

    #[test]
    fn a_built_in_profile_does_without_what_this_version_of_the_agent_lacks() {
        let mut stock = Described::named("virtualdomain").expect("it is built in");
        let fitted = stock.fit(&agent(), &known(&["hypervisor", "snapshot"]));
        assert!(fitted.is_ok());
        let roles: Vec<_> = stock.profile.parameters.keys().copied().collect();
        assert_eq!(roles, [Role::Config, Role::Hypervisor, Role::SaveDirectory]);
        let lacking = stock.profile.lacking.get(&Role::Bandwidth);
        assert_eq!(lacking.map(String::as_str), Some("migration_speed"));
    }

    #[test]
    fn the_path_of_an_agent_is_one_from_the_profiles_own_folder() {
        let (folder, mine) = described("name: mine\nagent: ./machine\nparameters: {}\n");
        assert_eq!(
            mine.agent(),
            folder.path().join("machine").display().to_string()
        );
        let (_folder, mine) = described("name: mine\nagent: ocf:a:b\n");
        assert_eq!(mine.agent(), "ocf:a:b");
    }

    #[test]
    fn the_engine_is_libvirt_unless_the_profile_says_or_shows_another() {
        let engine = |rest: &str| {
            let (_folder, mine) = described(&format!("name: mine\nagent: ocf:a:b\n{rest}\n"));
            mine.profile.engine()
        };
        assert_eq!(engine("parameters: {config: xml}"), Engine::Libvirt);
        assert_eq!(engine("engine: qemu"), Engine::Qemu);
        let disk = "set: {options: '-drive file=nbd:unix:/run/vrt/subject.sock'}";
        assert_eq!(engine(disk), Engine::Qemu);
        assert_eq!(engine(&format!("{disk}\nengine: libvirt")), Engine::Libvirt);
        assert_eq!(
            engine(&format!("{disk}\nparameters: {{config: xml}}")),
            Engine::Libvirt
        );
    }
}
