use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::{PackageError, Packages};
use crate::plan::{Agent, OCF_ROOT};

/// The agent that is judged where none is named.
const USUAL: &str = "ocf:heartbeat:VirtualDomain";

/// How many agents a message names.
const NAMED: usize = 4;

/// Where the shell functions lie, below [`OCF_ROOT`].
const FUNCTIONS: &str = "lib/heartbeat/ocf-shellfuncs";

/// The agent of that name, or the one that is meant where none is named.
pub(super) fn agent(packages: &Packages, asked: Option<&str>) -> Result<Agent, PackageError> {
    let label = || packages.label().to_owned();
    let ocf = packages.root().join(OCF_ROOT.trim_start_matches('/'));
    let all = agents(&ocf);
    let name = match (asked, all.as_slice()) {
        (_, []) => return Err(PackageError::NoAgent { label: label() }),
        (Some(asked), _) => asked,
        (None, all) if all.iter().any(|one| one == USUAL) => USUAL,
        (None, [only]) => only,
        (None, all) => {
            return Err(PackageError::Several {
                label: label(),
                count: all.len(),
                some: some(all),
            });
        }
    };
    let parts: Vec<&str> = name.split(':').collect();
    let ["ocf", provider, kind] = parts[..] else {
        return Err(PackageError::WrongForm {
            asked: name.to_owned(),
        });
    };
    if !all.iter().any(|one| one == name) {
        return Err(PackageError::NotThere {
            asked: name.to_owned(),
            label: label(),
            some: some(&all),
        });
    }
    let below = Path::new("resource.d").join(provider).join(kind);
    check(&ocf, &below, name, label)?;
    Ok(Agent {
        path: Path::new(OCF_ROOT).join(below),
        name: kind.to_owned(),
        ocf_name: Some(name.to_owned()),
    })
}

/// Refuses what would fail for a reason that has nothing to do with how the agent was written.
fn check(
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

/// Whether a shell's script reads the shell functions that agents share.
fn reads_functions(text: &str) -> bool {
    text.lines().map(str::trim_start).any(|line| {
        (line.starts_with(". ") || line.starts_with("source ")) && line.contains("ocf-shellfuncs")
    })
}

/// The names of all agents, in their order.
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

/// What lies in a folder and is not hidden.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| !name.starts_with('.')).collect()
}

fn some(all: &[String]) -> String {
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
    fn only_a_line_that_reads_the_functions_counts() {
        assert!(reads_functions(
            "#!/bin/sh\n. ${OCF_FUNCTIONS_DIR}/ocf-shellfuncs\n"
        ));
        assert!(reads_functions("  . /usr/lib/ocf/x/.ocf-shellfuncs"));
        assert!(!reads_functions(
            "# like ocf-shellfuncs\necho . ocf-shellfuncs\n"
        ));
    }
}
