//! What the agent advertises in its metadata: the timeouts of its actions, and the defaults of its parameters.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::stage::Stage;
use super::trouble::Trouble;
use crate::history::{Entry, What};
use crate::lab::{Command, Node};
use crate::ocf::metadata::Metadata;
use crate::ocf::{Dialect, Verb};

/// How long the agent may take to print its metadata: as long as Pacemaker waits for them.
/// Source: Pacemaker, `PCMK_DEFAULT_METADATA_TIMEOUT_MS`.
const ANSWER: Duration = Duration::from_secs(30);

/// Records the actions that the agent advertises, unless it prints nothing readable. `command` is a run of it.
pub(super) fn record_actions(stage: &Stage<'_>, node: &dyn Node, command: &Command) {
    if let Some(actions) = actions(node, command) {
        let actions = as_asked_for(actions, stage.actors.profile.dialect);
        stage.recorder.record(What::Advertised(actions));
    }
}

/// The actions, and with them the verbs that the dialect asks for by the words of others.
fn as_asked_for(mut actions: BTreeMap<Verb, u64>, dialect: Dialect) -> BTreeMap<Verb, u64> {
    use Verb::{MigrateFrom, MigrateTo, Monitor, Reload, ReloadAgent};
    for verb in [Monitor, MigrateTo, MigrateFrom, Reload, ReloadAgent] {
        let word = Verb::from(dialect.rules().asked_as(&verb));
        if let Some(timeout) = actions.get(&word).copied() {
            actions.entry(verb).or_insert(timeout);
        }
    }
    actions
}

/// The actions that the agent advertises, with their timeouts in milliseconds; none when it prints nothing readable.
/// `command` is a run of it.
pub(super) fn actions(node: &dyn Node, command: &Command) -> Option<BTreeMap<Verb, u64>> {
    let command = Command {
        args: vec![Verb::MetaData.to_string()],
        ..command.clone()
    };
    let running = node.exec(&command).ok()?;
    let ended = running.wait(Instant::now() + ANSWER).ok()?;
    let metadata = Metadata::parse(&ended.out.text).ok()?;
    let time = |name: &str| metadata.timeout(name).unwrap_or_default();
    let names = metadata.actions.iter().map(|offer| offer.name.clone());
    let actions = names.map(|name| (Verb::from(name.as_str()), time(&name)));
    Some(actions.collect())
}

/// The metadata that the last meta-data of this case printed.
///
/// # Errors
/// When no run has printed any.
pub(super) fn printed(stage: &Stage<'_>) -> Result<Metadata, Trouble> {
    let metadata = |entry: &Entry| match &entry.what {
        What::Ended(outcome) if outcome.stdout.text.contains("<resource-agent") => {
            Metadata::parse(&outcome.stdout.text).ok()
        }
        _ => None,
    };
    let last = |entries: &[Entry]| entries.iter().rev().find_map(metadata);
    let printed = stage.recorder.read(last);
    printed.ok_or_else(|| Trouble::Step("no run of meta-data has printed any".to_owned()))
}

/// The parameters with a default, as the last meta-data of this case printed them.
///
/// # Errors
/// When no run has printed any.
pub(super) fn defaults(stage: &Stage<'_>) -> Result<Vec<(String, String)>, Trouble> {
    let parameters = printed(stage)?.parameters.into_iter();
    // An empty default is none: to set nothing is what it says.
    let set = |value: &String| !value.is_empty();
    Ok(parameters
        .filter_map(|one| Some((one.name, one.default.filter(set)?)))
        .collect())
}
