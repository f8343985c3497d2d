//! Reading of profiles: the built-in ones, and those of a file.

use std::path::Path;

use miette::Diagnostic;
use thiserror::Error;

use super::{Agent, Profile};
use crate::case::{CaseError, SourceText, read_typed};

include!(concat!(env!("OUT_DIR"), "/shipped_profiles.rs"));

/// Why there is no profile to go by.
#[derive(Debug, Error, Diagnostic)]
pub enum ProfileError {
    /// Something in the file is wrong, or it cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Wrong(#[from] CaseError),
    /// No built-in profile has the name.
    #[error("there is no profile `{name}`")]
    #[diagnostic(help(
        "built in are {known}; a profile of your own is given by its path: `--profile ./{name}.yaml`"
    ))]
    Unknown {
        /// The name.
        name: String,
        /// The names of all built-in profiles.
        known: String,
    },
    /// No built-in profile describes the agent.
    #[error("no profile describes {agent}")]
    #[diagnostic(help("{}", how_to_write(agent)))]
    NoneFor {
        /// The agent.
        agent: String,
    },
}

fn how_to_write(agent: &str) -> String {
    format!(
        "`virt-ra-tester profile new --agent {agent} --output mine.yaml` writes a first one; give it with `--profile mine.yaml`"
    )
}

/// Names that a package installs an agent under, and that of the agent in its profile.
const INSTALLED_AS: [(&str, &str); 2] = [
    ("ocf:vrt:domain", "virt-reference-agent"),
    ("/usr/share/cluster/vrt-domain.sh", "virt-ra-reference-vm"),
];

impl Profile {
    /// The built-in profile of that name.
    ///
    /// # Errors
    /// There is none.
    pub fn builtin(name: &str) -> Result<Self, ProfileError> {
        for profile in Self::all_builtin() {
            let profile = profile?;
            if profile.name == name {
                return Ok(profile);
            }
        }
        Err(ProfileError::Unknown {
            name: name.to_owned(),
            known: builtin_names(),
        })
    }

    /// Every built-in profile.
    pub fn all_builtin() -> impl Iterator<Item = Result<Self, ProfileError>> {
        SHIPPED_PROFILES.iter().map(|(name, text)| {
            let path = Path::new("harness/profiles").join(name);
            Ok(read_typed(&SourceText::new(path, text)).map_err(CaseError::from)?)
        })
    }

    /// Reads a profile from a text; `name` is shown in errors.
    ///
    /// # Errors
    /// Something in it is wrong.
    pub fn parse(name: &Path, text: &str) -> Result<Self, ProfileError> {
        Ok(read_typed(&SourceText::new(name, text)).map_err(CaseError::from)?)
    }

    /// The built-in profile that describes the agent, by its OCF name, its path or its file's name.
    ///
    /// # Errors
    /// There is none; the error says how to write one.
    pub fn of(agent: &Agent) -> Result<Self, ProfileError> {
        for profile in Self::all_builtin() {
            let profile = profile?;
            if profile.describes(agent) {
                return Ok(profile);
            }
        }
        Err(ProfileError::NoneFor {
            agent: agent.to_string(),
        })
    }

    /// The JSON schema of a profile's file, for editors.
    #[must_use]
    pub fn schema() -> serde_json::Value {
        let mut schema = schemars::schema_for!(Self).to_value();
        schema["title"] = "A profile of virt-ra-tester".into();
        schema
    }

    /// Whether this profile's `agent` is that agent.
    #[must_use]
    pub fn describes(&self, agent: &Agent) -> bool {
        let names = [
            agent.ocf_name.as_deref(),
            agent.path.to_str(),
            Some(agent.name.as_str()),
        ];
        let installed_as = INSTALLED_AS
            .iter()
            .find(|(name, _)| names.contains(&Some(name)));
        names.contains(&Some(self.agent.as_str()))
            || installed_as.is_some_and(|(_, agent)| *agent == self.agent)
    }
}

fn builtin_names() -> String {
    let names: Vec<String> = Profile::all_builtin()
        .filter_map(Result::ok)
        .map(|profile| format!("`{}`", profile.name))
        .collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn agent(path: &str, ocf_name: Option<&str>) -> Agent {
        let path = PathBuf::from(path);
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        Agent {
            path,
            name,
            ocf_name: ocf_name.map(str::to_owned),
        }
    }

    #[test]
    fn every_built_in_profile_can_be_read() {
        for profile in Profile::all_builtin() {
            let profile = profile.expect("it is good");
            assert_eq!(
                Profile::builtin(&profile.name).expect("it has its name"),
                profile
            );
        }
    }

    #[test]
    fn a_profile_is_found_by_the_agent_it_describes() {
        let stock = agent(
            "/usr/lib/ocf/resource.d/heartbeat/VirtualDomain",
            Some("ocf:heartbeat:VirtualDomain"),
        );
        assert_eq!(
            Profile::of(&stock).expect("it is built in").name,
            "virtualdomain"
        );
        let bundled = agent("/work/target/debug/virt-reference-agent", None);
        let packaged = "/usr/lib/ocf/resource.d/vrt/domain";
        for found in [bundled, agent(packaged, Some("ocf:vrt:domain"))] {
            assert_eq!(
                Profile::of(&found).expect("it is built in").name,
                "reference"
            );
        }
    }

    #[test]
    fn an_agent_without_a_profile_is_told_how_to_write_one() {
        let error = Profile::of(&agent("/opt/mine", None)).expect_err("there is none");
        let help = error
            .help()
            .map(|help| help.to_string())
            .unwrap_or_default();
        assert_eq!(error.to_string(), "no profile describes /opt/mine");
        assert!(help.contains("profile new --agent /opt/mine"), "{help}");
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let error = Profile::named("virtdomain").expect_err("there is none");
        let help = error
            .help()
            .map(|help| help.to_string())
            .unwrap_or_default();
        assert!(help.contains("`reference`, `virtualdomain`"), "{help}");
    }
}
