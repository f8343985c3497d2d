//! The tools that a run finds: with the shim in front, or with some of them gone.

use super::environment::PATH;
use super::shim;
use crate::lab::{LabError, Node};

/// The search path with the stand-ins of the shim in front.
#[must_use]
pub(super) fn with_shim() -> String {
    format!("{}:{PATH}", shim::FOLDER)
}

/// Prints the file that a name on a path leads to in the end, and nothing when it leads to none.
const FIND: &str = r#"PATH=$0; found=$(command -v "$1") && readlink -e "$found"; :"#;

/// Tools that are gone from a node for as long as this lives.
///
/// A search path without them would not do: ocf-shellfuncs appends the usual folders to whatever path
/// it is given. So `/dev/null`, which nobody can execute, is mounted over each.
#[derive(Debug)]
pub(super) struct Gone<'a> {
    node: &'a dyn Node,
    covered: Vec<String>,
}

impl<'a> Gone<'a> {
    /// Takes tools away from a node. One that the machine does not have is gone already.
    ///
    /// # Errors
    /// When a tool cannot be covered.
    pub(super) fn take(node: &'a dyn Node, tools: &[String]) -> Result<Self, LabError> {
        let mut gone = Self {
            node,
            covered: Vec::new(),
        };
        for tool in tools {
            if let Some(place) = place(node, tool)? {
                node.run("mount", &["--bind", "/dev/null", &place])?;
                gone.covered.push(place);
            }
        }
        Ok(gone)
    }

    /// Gives them back.
    ///
    /// # Errors
    /// When one stays covered: the lab must not be used again.
    pub(super) fn give_back(mut self) -> Result<(), LabError> {
        let covered = std::mem::take(&mut self.covered);
        covered
            .iter()
            .try_for_each(|place| self.node.run("umount", &[place]).map(drop))
    }
}

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        for place in &self.covered {
            // The run failed, so the lab is thrown away in any case.
            let _ = self.node.run("umount", &[place]);
        }
    }
}

/// Where a tool lies in a node; none when it is not there.
fn place(node: &dyn Node, tool: &str) -> Result<Option<String>, LabError> {
    let found = node.run("sh", &["-c", FIND, PATH, tool])?;
    let place = found.out.text.trim();
    Ok((!place.is_empty()).then(|| place.to_owned()))
}
