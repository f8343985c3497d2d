//! The agents in unpacked packages.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::error::PackageError;
use crate::ocf::OCF_ROOT;
use crate::plan::Agent;

/// The agent to judge when none is named.
const USUAL: &str = "ocf:heartbeat:VirtualDomain";

/// How many agents a message names at most.
const NAMED: usize = 4;

/// The shell functions that agents share, below [`OCF_ROOT`].
const FUNCTIONS: &str = "lib/heartbeat/ocf-shellfuncs";

/// Packages that were unpacked into one folder.
#[derive(Clone, Copy)]
pub(super) struct Unpacked<'a> {
    /// The folder.
    pub(super) root: &'a Path,
    /// The packages' names and versions, for messages.
    pub(super) label: &'a str,
}

/// Finds the agent with that OCF name; without a name [`USUAL`], or the only agent.
///
/// # Errors
/// When there is no such agent, several are there and none is named, or the agent could not run.
pub(super) fn find(packages: Unpacked<'_>, asked: Option<&str>) -> Result<Agent, PackageError> {
    let label = || packages.label.to_owned();
    let ocf = packages.root.join(OCF_ROOT.trim_start_matches('/'));
    let all = agents(&ocf);
    let name = match asked {
        Some(asked) if !all.is_empty() => asked,
        _ => usual(&all, packages.label)?,
    };
    let parts: Vec<&str> = name.split(':').collect();
    let ["ocf", provider, kind] = parts[..] else {
        return Err(PackageError::WrongForm {
            asked: name.to_owned(),
        });
    };
    if !all.iter().any(|known| known == name) {
        return Err(PackageError::NotThere {
            asked: name.to_owned(),
            label: label(),
            some: some_names(&all),
        });
    }
    let below = Path::new("resource.d").join(provider).join(kind);
    check_runnable(&ocf, &below, name, label)?;
    Ok(Agent {
        path: Path::new(OCF_ROOT).join(below),
        name: kind.to_owned(),
        ocf_name: Some(name.to_owned()),
    })
}

/// Chooses an agent when none is named.
fn usual<'a>(all: &'a [String], label: &str) -> Result<&'a str, PackageError> {
    match all {
        [] => Err(PackageError::NoAgent {
            label: label.to_owned(),
        }),
        all if all.iter().any(|name| name == USUAL) => Ok(USUAL),
        [only] => Ok(only),
        all => Err(PackageError::Several {
            label: label.to_owned(),
            count: all.len(),
            some: some_names(all),
        }),
    }
}

/// Refuses an agent that would fail for a reason that is not in its own file.
fn check_runnable(
    ocf: &Path,
    below: &Path,
    asked: &str,
    label: impl Fn() -> String,
) -> Result<(), PackageError> {
    let file = ocf.join(below);
    let mode = file.metadata().map(|found| found.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o111 == 0) {
        return Err(PackageError::NotExecutable {
            asked: asked.to_owned(),
            label: label(),
        });
    }
    let text = fs::read(&file).unwrap_or_default();
    if reads_functions(&String::from_utf8_lossy(&text)) && !ocf.join(FUNCTIONS).is_file() {
        return Err(PackageError::NoFunctions {
            asked: asked.to_owned(),
            label: label(),
        });
    }
    Ok(())
}

/// Whether a shell script sources the shell functions that agents share.
fn reads_functions(text: &str) -> bool {
    text.lines().map(str::trim_start).any(|line| {
        (line.starts_with(". ") || line.starts_with("source ")) && line.contains("ocf-shellfuncs")
    })
}

/// The OCF names of all agents, sorted.
fn agents(ocf: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for provider in names(&ocf.join("resource.d")) {
        for kind in names(&ocf.join("resource.d").join(&provider)) {
            if ocf.join("resource.d").join(&provider).join(&kind).is_file() {
                all.push(format!("ocf:{provider}:{kind}"));
            }
        }
    }
    all.sort();
    all
}

/// The names of the entries of a folder that are not hidden.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| !name.starts_with('.')).collect()
}

/// The first names of a list, and how many more there are.
fn some_names(all: &[String]) -> String {
    let named = all.iter().take(NAMED).cloned().collect::<Vec<_>>();
    match all.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_line_that_sources_the_functions_counts() {
        assert!(reads_functions(
            "#!/bin/sh\n. ${OCF_FUNCTIONS_DIR}/ocf-shellfuncs\n"
        ));
        assert!(reads_functions("  . /usr/lib/ocf/x/.ocf-shellfuncs"));
        assert!(!reads_functions(
            "# like ocf-shellfuncs\necho . ocf-shellfuncs\n"
        ));
    }
}
