use std::fmt;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use miette::Diagnostic;
use thiserror::Error;

use crate::ocf::OCF_ROOT;

/// A resource agent found on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Its file.
    pub path: PathBuf,
    /// Its file's name, such as `VirtualDomain`.
    pub name: String,
    /// `ocf:PROVIDER:TYPE`, where that is how it was asked for or its folder says so.
    pub ocf_name: Option<String>,
}

/// Why there is no agent to run.
#[derive(Debug, Error, Diagnostic, PartialEq, Eq)]
pub enum AgentError {
    /// Neither of the two forms.
    #[error("`{asked}` names no agent")]
    #[diagnostic(help(
        "write `ocf:PROVIDER:TYPE`, such as `ocf:heartbeat:VirtualDomain`, or a path"
    ))]
    WrongForm {
        /// What was asked for.
        asked: String,
    },
    /// The file is not there.
    #[error("there is no agent at {}", path.display())]
    #[diagnostic(help("{}", how_to_install(asked)))]
    NotThere {
        /// What was asked for.
        asked: String,
        /// The file that was looked for.
        path: PathBuf,
    },
    /// A folder, a socket or the like.
    #[error("{} is no file but {what}", path.display())]
    #[diagnostic(help("name the agent's file itself"))]
    NoFile {
        /// What was found.
        path: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// Its source, before a build has put the paths in.
    #[error("{} is a template: its build puts something else in the place of {placeholder}", path.display())]
    #[diagnostic(help("take the agent that the build makes, such as that of a package"))]
    Template {
        /// The file.
        path: PathBuf,
        /// What stands there yet.
        placeholder: String,
    },
    /// Nobody may execute it.
    #[error("{} may not be executed", path.display())]
    #[diagnostic(help("`chmod +x {}`", path.display()))]
    NotExecutable {
        /// The file.
        path: PathBuf,
    },
}

fn how_to_install(asked: &str) -> String {
    if asked.starts_with("ocf:heartbeat:") {
        "agents of `heartbeat` come with the package resource-agents".to_owned()
    } else if asked.starts_with("ocf:") {
        format!("agents are looked for in {OCF_ROOT}/resource.d/PROVIDER/TYPE")
    } else {
        "name the agent's file, or write `ocf:PROVIDER:TYPE`".to_owned()
    }
}

impl Agent {
    /// Finds `ocf:PROVIDER:TYPE` under the usual [`OCF_ROOT`], or the file at a path.
    ///
    /// # Errors
    /// There is none, or it cannot be run.
    pub fn find(asked: &str) -> Result<Self, AgentError> {
        Self::find_under(Path::new(OCF_ROOT), asked)
    }

    /// Finds an agent where `OCF_ROOT` is `root`.
    ///
    /// # Errors
    /// There is none, or it cannot be run.
    pub fn find_under(root: &Path, asked: &str) -> Result<Self, AgentError> {
        let wrong = || AgentError::WrongForm {
            asked: asked.to_owned(),
        };
        let parts: Vec<&str> = asked.split(':').collect();
        let (path, ocf_name) = match parts.as_slice() {
            ["ocf", provider, kind] if is_word(provider) && is_word(kind) => {
                let path = root.join("resource.d").join(provider).join(kind);
                (path, Some(asked.to_owned()))
            }
            ["ocf", ..] | [""] => return Err(wrong()),
            [word] if is_word(word) && !Path::new(word).exists() => return Err(wrong()),
            _ => (PathBuf::from(asked), None),
        };
        let path = runnable(asked, path)?;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let ocf_name = ocf_name.or_else(|| name_by_folder(&path));
        Ok(Self {
            path,
            name,
            ocf_name,
        })
    }
}

impl Agent {
    /// The provider, as in `OCF_RESOURCE_PROVIDER`; `test` for an agent outside the usual folder.
    #[must_use]
    pub fn provider(&self) -> &str {
        let name = self.ocf_name.as_deref().unwrap_or_default();
        name.split(':').nth(1).unwrap_or("test")
    }
}

impl fmt::Display for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.ocf_name {
            Some(name) => f.write_str(name),
            None => write!(f, "{}", self.path.display()),
        }
    }
}

fn is_word(part: &str) -> bool {
    !part.is_empty() && !part.starts_with('.') && !part.contains('/')
}

fn runnable(asked: &str, path: PathBuf) -> Result<PathBuf, AgentError> {
    let not_there = || AgentError::NotThere {
        asked: asked.to_owned(),
        path: path.clone(),
    };
    let found = path.metadata().map_err(|_| not_there())?;
    if found.is_dir() {
        return Err(AgentError::NoFile {
            path,
            what: "a folder",
        });
    }
    if !found.is_file() {
        return Err(AgentError::NoFile {
            path,
            what: "something else",
        });
    }
    if found.permissions().mode() & 0o111 == 0 {
        return Err(AgentError::NotExecutable { path });
    }
    if let Some(placeholder) = placeholder(&fs::read_to_string(&path).unwrap_or_default()) {
        return Err(AgentError::Template { path, placeholder });
    }
    // Not where a link leads: the cluster executes the link, whose name is the agent's.
    std::path::absolute(&path).map_err(|_| not_there())
}

/// The `@NAME@` by which a text's interpreter or a file that it sources begins, as autoconf has its templates.
fn placeholder(text: &str) -> Option<String> {
    let first = text.lines().next().and_then(|line| line.strip_prefix("#!"));
    let sourced = text.lines().map(str::trim_start);
    let sourced =
        sourced.filter_map(|line| line.strip_prefix(". ").or(line.strip_prefix("source ")));
    first.into_iter().chain(sourced).find_map(|file| {
        let name = file
            .trim_start()
            .trim_start_matches('"')
            .strip_prefix('@')?;
        let (name, _) = name.split_once('@')?;
        let is_name = !name.is_empty() && !name.contains(char::is_whitespace);
        is_name.then(|| format!("@{name}@"))
    })
}

/// `…/resource.d/heartbeat/VirtualDomain` is `ocf:heartbeat:VirtualDomain`.
fn name_by_folder(path: &Path) -> Option<String> {
    let mut parts = path.iter().rev();
    let (kind, provider) = (parts.next()?.to_str()?, parts.next()?.to_str()?);
    (parts.next()? == "resource.d").then(|| format!("ocf:{provider}:{kind}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root_with(mode: u32) -> tempfile::TempDir {
        let root = tempfile::tempdir().expect("a folder");
        let folder = root.path().join("resource.d/heartbeat");
        fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("Machine");
        fs::write(&file, "#!/bin/sh\n").expect("a file");
        let permissions = fs::Permissions::from_mode(mode);
        fs::set_permissions(file, permissions).expect("a mode");
        root
    }

    #[test]
    fn an_ocf_name_is_found_under_the_root() {
        let root = root_with(0o755);
        let agent = Agent::find_under(root.path(), "ocf:heartbeat:Machine").expect("it is there");
        assert_eq!(
            (agent.name.as_str(), agent.to_string().as_str()),
            ("Machine", "ocf:heartbeat:Machine")
        );
    }

    #[test]
    fn a_path_in_the_usual_place_has_its_ocf_name_too() {
        let root = root_with(0o755);
        let path = root.path().join("resource.d/heartbeat/Machine");
        let agent = Agent::find(&path.to_string_lossy()).expect("it is there");
        assert_eq!(agent.ocf_name.as_deref(), Some("ocf:heartbeat:Machine"));
    }

    #[test]
    fn a_link_is_an_agent_of_its_own_name() {
        let root = root_with(0o755);
        let folder = root.path().join("resource.d/heartbeat");
        std::os::unix::fs::symlink("Machine", folder.join("Linked")).expect("a link");
        let agent = Agent::find_under(root.path(), "ocf:heartbeat:Linked").expect("it is there");
        assert_eq!(
            (agent.name.as_str(), agent.path),
            ("Linked", folder.join("Linked"))
        );
    }

    #[test]
    fn a_template_of_an_agent_is_told_from_an_agent_that_writes_one() {
        let found = |text: &str| placeholder(text);
        assert_eq!(found("#!@BASH_SHELL@\n").as_deref(), Some("@BASH_SHELL@"));
        let sourced = "#!/bin/sh\n. @libdir@/ocf-shellfuncs\n";
        assert_eq!(found(sourced).as_deref(), Some("@libdir@"));
        let writes = "#!/bin/sh\n# @NAME@\nsed 's/@NAME@/vm/'\n. \"$dir/functions\"\n";
        assert_eq!(found(writes), None);
    }

    #[test]
    fn what_cannot_be_run_is_refused_with_its_reason() {
        let root = root_with(0o644);
        let find = |asked: &str| Agent::find_under(root.path(), asked).expect_err("it is no agent");
        assert!(matches!(
            find("ocf:heartbeat:Machine"),
            AgentError::NotExecutable { .. }
        ));
        assert!(matches!(
            find("ocf:heartbeat:Machina"),
            AgentError::NotThere { .. }
        ));
        assert!(matches!(
            find(&root.path().to_string_lossy()),
            AgentError::NoFile { .. }
        ));
        for asked in [
            "ocf:heartbeat",
            "ocf::x",
            "ocf:../x:y",
            "VirtualDomain-of-nobody",
            "",
        ] {
            assert!(
                matches!(find(asked), AgentError::WrongForm { .. }),
                "{asked}"
            );
        }
    }
}
