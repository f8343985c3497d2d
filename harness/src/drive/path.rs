//! The tools that a run finds: with stand-ins in front, with some of them gone, or with another shell as `/bin/sh`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::trouble::Trouble;
use crate::case::{CaseSpec, Shell};
use crate::installed::PATH;
use crate::lab::{LabError, Node, SH};
use crate::plan::Profile;
use crate::tool;

/// The search path with the stand-ins in front.
#[must_use]
pub(super) fn with_stand_ins() -> String {
    format!("{}:{PATH}", tool::FOLDER)
}

/// The tools that have stand-ins in a case: those that it needs so, and that of an engine which is one itself.
#[must_use]
pub(super) fn stand_ins(case: &CaseSpec, profile: &Profile) -> Vec<String> {
    let of_engine = profile.engine().stand_in().map(str::to_owned);
    let tools = case.needs.tools.iter().cloned().chain(of_engine);
    tools.collect::<BTreeSet<_>>().into_iter().collect()
}

/// Prints the file that a name on a path leads to in the end, and nothing when it leads to none.
const FIND: &str = r#"PATH=$0; found=$(command -v "$1") && readlink -e "$found"; :"#;

/// Tools that are gone from a node, or show another program, for as long as this lives.
///
/// A search path without them would not do: ocf-shellfuncs appends the usual folders to whatever path
/// it is given. So `/dev/null`, which nobody can execute, is mounted over each.
#[derive(Debug)]
pub(super) struct HiddenTools<'a> {
    node: &'a dyn Node,
    places: Vec<String>,
}

impl<'a> HiddenTools<'a> {
    /// Takes tools away from a node, and shows it a shell as `/bin/sh`. A tool that the machine does not have is gone already.
    ///
    /// # Errors
    /// When a tool cannot be hidden.
    pub(super) fn hide(
        node: &'a dyn Node,
        tools: &[String],
        shell: Option<Shell>,
    ) -> Result<Self, Trouble> {
        let places = Vec::new();
        let mut hidden = Self { node, places };
        for tool in tools {
            if let Some(place) = place(node, tool)? {
                hidden.cover("/dev/null", place)?;
            }
        }
        if let Some(shell) = shell {
            let own = place(node, shell.program())?.map(PathBuf::from);
            let sh = place(node, SH)?.map(PathBuf::from);
            if let Some((shell, sh)) = shell.as_sh(own, sh).map_err(Trouble::Step)? {
                hidden.cover(&shell.to_string_lossy(), sh.display().to_string())?;
            }
        }
        Ok(hidden)
    }

    fn cover(&mut self, by: &str, place: String) -> Result<(), LabError> {
        self.node.run("mount", &["--bind", by, &place])?;
        self.places.push(place);
        Ok(())
    }

    /// Gives them back.
    ///
    /// # Errors
    /// When one stays hidden: the lab must not be used again.
    pub(super) fn restore(mut self) -> Result<(), LabError> {
        let places = std::mem::take(&mut self.places);
        places.iter().try_for_each(|place| self.uncover(place))
    }

    /// At once, even where something that the agent left running still executes what covers it.
    fn uncover(&self, place: &str) -> Result<(), LabError> {
        self.node.run("umount", &["--lazy", place]).map(drop)
    }
}

impl Drop for HiddenTools<'_> {
    fn drop(&mut self) {
        for place in &self.places {
            // The run failed, so the lab is thrown away in any case.
            let _ = self.uncover(place);
        }
    }
}

/// Where a tool lies in a node; none when it is not there.
fn place(node: &dyn Node, tool: &str) -> Result<Option<String>, LabError> {
    let found = node.run("sh", &["-c", FIND, PATH, tool])?;
    let place = found.out.text.trim();
    Ok((!place.is_empty()).then(|| place.to_owned()))
}
