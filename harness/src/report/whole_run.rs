//! Finished runs that are compared, joined or listed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Serialize;

use super::recorded::{RecordedError, read_run_file};
use super::run_file::RunFile;
use super::summary::Conclusion;

/// A run that was not interrupted, and its folder.
#[derive(Debug)]
pub struct WholeRun {
    /// The folder.
    pub folder: PathBuf,
    /// What `run.json` says.
    pub file: RunFile,
}

impl WholeRun {
    /// Reads a run's folder.
    ///
    /// # Errors
    /// When it is no run's folder, its `run.json` is truncated or of another format, or the run was interrupted.
    pub fn open(folder: &Path) -> Result<Self, RecordedError> {
        let file = read_run_file(folder)?;
        if file.conclusion == Conclusion::Interrupted {
            return Err(RecordedError::NotRun {
                path: folder.to_owned(),
                why: "the run was interrupted, and what it did not come to is not known".to_owned(),
            });
        }
        Ok(Self {
            folder: folder.to_owned(),
            file,
        })
    }

    /// What the run depends on besides the agent's own behaviour, by its name.
    #[must_use]
    pub fn facts(&self) -> Vec<(String, String)> {
        let RunFile { identity, .. } = &self.file;
        let (subject, host) = (&identity.subject, &identity.host);
        let fact = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let maybe = |value: &Option<String>| value.clone().unwrap_or_default();
        // Two checkouts have the same agent at two paths.
        let agent = [&subject.name, &self.file.agent];
        let agent = agent.into_iter().find(|name| !name.is_empty());
        let mut facts = vec![
            fact("agent", agent.map_or("", String::as_str)),
            fact("the agent's version", &maybe(&subject.version)),
            fact("the agent's package", &maybe(&subject.package)),
            fact("the agent's sha256", &maybe(&subject.sha256)),
            fact("profile", &self.file.profile),
            fact("the profile's digest", &identity.digests.profile),
            fact("the suite's digest", &identity.digests.suite),
            fact("the baseline's digest", &maybe(&identity.digests.baseline)),
            fact("the tool's version", &identity.tool.version),
            fact("the tool's commit", &maybe(&identity.tool.commit)),
            fact("distribution", &host.distribution),
            fact("architecture", &host.architecture),
            fact("accelerator", &host.accelerator),
        ];
        let own = |name: &str| name != "virt-ra-tester";
        let versions = self.file.versions.iter().filter(|(name, _)| own(name));
        facts.extend(versions.map(|(name, version)| fact(name, version)));
        facts
    }

    /// What differs from another run: the name of the fact, its value here, and its value there.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<Difference> {
        let (here, there) = (self.facts(), other.facts());
        let value = |facts: &[(String, String)], name: &str| {
            let mut found = facts.iter().filter(|(known, _)| known == name);
            found
                .next()
                .map_or_else(String::new, |(_, value)| value.clone())
        };
        let more = there
            .iter()
            .filter(|(name, _)| !here.iter().any(|(known, _)| known == name));
        let names = here.iter().chain(more).map(|(name, _)| name);
        names
            .map(|name| Difference {
                what: name.clone(),
                was: value(&here, name),
                now: value(&there, name),
            })
            .filter(|difference| difference.was != difference.now)
            .collect()
    }
}

/// Folders without those that lead to one named before, as `latest` does among all of a folder of results.
pub(super) fn distinct(folders: &[PathBuf]) -> Vec<&PathBuf> {
    let mut known = BTreeSet::new();
    let is_new = |folder: &&PathBuf| {
        let place = folder.canonicalize();
        known.insert(place.unwrap_or_else(|_| folder.to_path_buf()))
    };
    folders.iter().filter(is_new).collect()
}

/// A fact that differs between two runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Difference {
    /// The fact.
    pub what: String,
    /// Its value in the first run; empty where it has none.
    pub was: String,
    /// Its value in the second run; empty where it has none.
    pub now: String,
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::distinct;

    #[test]
    fn a_link_to_a_run_that_is_named_is_not_another_run() {
        let root = tempfile::tempdir().expect("a folder");
        let [one, two, latest] = ["one", "two", "latest"].map(|name| root.path().join(name));
        for folder in [&one, &two] {
            std::fs::create_dir(folder).expect("it can be made");
        }
        symlink("two", &latest).expect("it can be made");
        let named = [one.clone(), two.clone(), latest, one.clone()];
        assert_eq!(distinct(&named), [&one, &two]);
    }
}
