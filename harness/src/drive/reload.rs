//! A run for each parameter that an action applies without a restart.

use std::collections::BTreeMap;

use super::stage::Stage;
use super::trouble::Trouble;
use super::{advertised, environment};
use crate::case::Run;
use crate::ocf::PARAMETER;

/// The run once for each reloadable parameter in the metadata that the case has printed, with that parameter alone
/// changed, to the run's own value of it or another than it has; as the others are where none can be changed.
///
/// # Errors
/// When no metadata were printed.
pub(super) fn one_by_one(stage: &Stage<'_>, run: &Run) -> Result<Vec<Run>, Trouble> {
    let metadata = advertised::printed(stage)?;
    let rules = stage.actors.profile.dialect.rules();
    let applies = |parameter: &&_| {
        let action = run.action.as_ref();
        action.is_some_and(|action| rules.reloads(action, parameter))
    };
    let wanted = stage.actors.profile.own_parameters(&run.parameters);
    let run = &Run {
        parameters: BTreeMap::new(),
        ..run.clone()
    };
    let set = environment::parameters_of(stage, run)?;
    let reloadable = metadata.parameters.iter().filter(applies);
    let changed = reloadable.filter_map(|parameter| {
        let now = set.get(&parameter.name).map(String::as_str);
        let wanted = wanted.get(&parameter.name).cloned().flatten();
        let value = wanted.or_else(|| rules.other_value(parameter, now))?;
        let mut changed = run.clone();
        let variable = format!("{PARAMETER}{}", parameter.name);
        changed.env.insert(variable, Some(value));
        Some(changed)
    });
    let changed: Vec<_> = changed.collect();
    Ok(match changed.is_empty() {
        true => vec![run.clone()],
        false => changed,
    })
}
