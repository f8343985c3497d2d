use super::breach::Breach;
use crate::case::{CaseSpec, ConfigForm, Role, Step};
use crate::judge::condition::config_pairs;
use crate::judge::record::Record;
use crate::judge::{Finding, Invariant};

/// Invariant 7: the configuration file is what the harness last made it.
pub(super) fn unchanged(spec: &CaseSpec, record: &Record<'_>) -> Vec<Finding> {
    if may_save(spec) {
        return Vec::new();
    }
    let nodes = record.nodes().into_iter();
    let changed = nodes.filter_map(|node| {
        let pairs = config_pairs(record, node);
        let (_, after, at) = pairs
            .into_iter()
            .find(|(before, after, _)| before != after)?;
        let seen = if after.is_some() {
            "its content has changed"
        } else {
            "it is gone"
        };
        Some(Breach {
            invariant: Invariant::ConfigUnchanged,
            clauses: &["START-04"],
            at: Some(at),
            node: Some(node),
            run: record.last_run(at, Some(node)),
            expected: expected(spec),
            seen: seen.to_owned(),
        })
    });
    changed.map(Breach::fail).collect()
}

fn expected(spec: &CaseSpec) -> String {
    let variables = match spec.given.config {
        ConfigForm::Nvram => ", with its firmware's variables,",
        _ => "",
    };
    format!("the configuration file{variables} as it was")
}

/// The parameters that ask for the file to be written.
const SAVES: [Role; 2] = [Role::SaveConfig, Role::SyncConfig];

/// Whether the case asks the agent to write the configuration back.
fn may_save(spec: &CaseSpec) -> bool {
    let asks = |step: &Step| match step {
        Step::Run(run) => SAVES.iter().any(|role| run.parameters.contains_key(role)),
        _ => false,
    };
    let given = |role| spec.given.parameters.contains_key(role);
    SAVES.iter().any(given) || spec.any_step(asks)
}
