//! Where the password of the configuration has got to.

use std::path::Path;

use super::configuration::SECRET;
use super::stage::Stage;
use super::trouble::Trouble;
use super::world;
use crate::case::ConfigForm;
use crate::history::{Outcome, Sighting, What};
use crate::lab::Node;

/// Looks for the password after a run, in cases whose configuration has one.
///
/// # Errors
/// When the lab cannot list its files.
pub(super) fn look(stage: &Stage<'_>, node: &dyn Node, outcome: &Outcome) -> Result<(), Trouble> {
    if stage.case.given.config != ConfigForm::Secret {
        return Ok(());
    }
    let streams = [
        ("standard output", &outcome.stdout.text),
        ("standard error", &outcome.stderr.text),
    ];
    let printed = streams
        .into_iter()
        .filter(|(_, text)| text.contains(SECRET))
        .map(|(name, _)| name.to_owned());
    let mut places: Vec<String> = printed.collect();
    let files = world::new_files(stage.lab, node)?.into_iter();
    places.extend(files.filter(|file| shows(node, Path::new(file))));
    stage.recorder.record(What::Saw(Sighting::Exposed {
        node: node.name().clone(),
        places,
    }));
    Ok(())
}

/// Whether others can read the password in that file of a node.
fn shows(node: &dyn Node, file: &Path) -> bool {
    let mode = |path: &Path| node.mode(path).ok().flatten();
    let open = |path: &Path, bit| mode(path).is_some_and(|mode| mode & bit != 0);
    let reached = file.ancestors().skip(1).all(|folder| open(folder, 0o001));
    let has = || {
        let content = node.read(file).ok().flatten().unwrap_or_default();
        String::from_utf8_lossy(&content).contains(SECRET)
    };
    reached && open(file, 0o004) && has()
}
