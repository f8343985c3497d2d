//! Steps that a case repeats, written out one round after the other.
//!
//! It is done before all else is read, so that driver, history and judge know steps in a row and nothing more.

use super::mistake::{Mistake, SourceText, suggestion};
use super::yaml::{Yaml, YamlEntry, YamlKind};

/// The step's key.
const REPEAT: &str = "repeat";

/// What stands for the number of the round, from 1, within the steps.
const ROUND: &str = "${round}";

/// How often steps may be repeated.
pub(super) const TIMES: std::ops::RangeInclusive<i64> = 2..=50;

/// Writes each `repeat` in `when` out.
pub(crate) fn write_out(source: &SourceText, mut root: Yaml) -> Result<Yaml, Mistake> {
    if let YamlKind::Map(entries) = &mut root.kind
        && let Some(when) = entries.iter_mut().find(|entry| entry.key == "when")
        && let YamlKind::List(steps) = &mut when.value.kind
    {
        let mut written = Vec::new();
        for step in std::mem::take(steps) {
            match repeated(&step) {
                Some(entry) => written.append(&mut write_rounds(source, entry)?),
                None => written.push(step),
            }
        }
        *steps = written;
    }
    Ok(root)
}

/// What is repeated, if the step repeats.
fn repeated(step: &Yaml) -> Option<&YamlEntry> {
    match &step.kind {
        // With a second key it is not a step at all, and refused where steps are read.
        YamlKind::Map(entries) => match entries.as_slice() {
            [only] if only.key == REPEAT => Some(only),
            _ => None,
        },
        _ => None,
    }
}

fn write_rounds(source: &SourceText, repeat: &YamlEntry) -> Result<Vec<Yaml>, Mistake> {
    let (times, steps) = times_and_steps(source, repeat)?;
    if let Some(inner) = steps.iter().find_map(repeated) {
        let message = "a `repeat` within a `repeat`";
        return Err(source
            .mistake(inner.span, message, "this is repeated already")
            .with_help("repeat once, with all the steps of a round in their order"));
    }
    let round = |number| steps.iter().map(move |step| fill_round(step, number));
    Ok((1..=times).flat_map(round).collect())
}

/// How often, and which steps.
fn times_and_steps<'a>(
    source: &SourceText,
    repeat: &'a YamlEntry,
) -> Result<(i64, &'a [Yaml]), Mistake> {
    let such = "write `repeat: {times: 20, steps: [{run: …}, {run: …}]}`";
    let YamlKind::Map(entries) = &repeat.value.kind else {
        return Err(source
            .mistake(repeat.value.span, "`repeat` is a map", "this is none")
            .with_help(such));
    };
    if let Some(other) = (entries.iter()).find(|entry| !["times", "steps"].contains(&&*entry.key)) {
        let message = format!("`{}` is no key of `repeat`", other.key);
        return Err(source
            .mistake(other.span, message, "unknown here")
            .with_help(suggestion(&other.key, ["times", "steps"])));
    }
    let value = |key: &str| {
        let entry = entries.iter().find(|entry| entry.key == key);
        entry.map(|entry| &entry.value).ok_or_else(|| {
            let message = format!("`{key}` is missing");
            source
                .mistake(repeat.span, message, "this repeats")
                .with_help(such)
        })
    };
    let (times, steps) = (value("times")?, value("steps")?);
    let times = match times.kind {
        YamlKind::Whole(number) if TIMES.contains(&number) => number,
        _ => {
            let (least, most) = (TIMES.start(), TIMES.end());
            let message = format!("`times` is a number from {least} to {most}");
            return Err(source
                .mistake(times.span, message, "this is none")
                .with_help("to do them once, write the steps alone"));
        }
    };
    match &steps.kind {
        YamlKind::List(steps) if !steps.is_empty() => Ok((times, steps)),
        _ => Err(source
            .mistake(steps.span, "`steps` has no steps", "a list belongs here")
            .with_help(such)),
    }
}

/// The node with the round's number filled in.
fn fill_round(node: &Yaml, round: i64) -> Yaml {
    let fill = |text: &str| text.replace(ROUND, &round.to_string());
    let kind = match &node.kind {
        YamlKind::Text(text) => YamlKind::Text(fill(text)),
        YamlKind::List(items) => {
            YamlKind::List(items.iter().map(|item| fill_round(item, round)).collect())
        }
        YamlKind::Map(entries) => YamlKind::Map(
            entries
                .iter()
                .map(|entry| YamlEntry {
                    key: entry.key.clone(),
                    span: entry.span,
                    value: fill_round(&entry.value, round),
                })
                .collect(),
        ),
        other => other.clone(),
    };
    Yaml {
        kind,
        span: node.span,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::case::{LoadedCase, Step, load_text};

    fn load(steps: &str) -> LoadedCase {
        let text = format!(
            "case: stop of a stopped guest succeeds\nclause: [STOP-02]\nlevel: must\ntable:\n  - {{action: stop}}\nwhen:\n{steps}"
        );
        let loaded = load_text(Path::new("stop/often.yaml"), &text, None);
        loaded.expect("it is good").remove(0)
    }

    #[test]
    fn the_steps_are_written_out_round_by_round_where_the_repeat_stands() {
        let repeated = load(
            "  - guest: deaf\n  - repeat:\n      times: 2\n      steps:\n        - run: {action: \"${action}\", node: a, \
             as: \"r-${round}\", returns: success}\n        - check: {report: \"r-${round}\"}\n  - guest: panic\n",
        );
        let written = load(
            "  - guest: deaf\n  - run: {action: \"${action}\", node: a, as: r-1, returns: success}\n  - check: {report: r-1}\n  \
             - run: {action: stop, node: a, as: r-2, returns: success}\n  - check: {report: r-2}\n  - guest: panic\n",
        );
        assert_eq!(repeated.spec, written.spec);
    }

    #[test]
    fn a_step_of_any_round_stands_where_it_was_written() {
        let case = load(
            "  - repeat: {times: 50, steps: [{run: {action: \"${action}\", node: a, returns: success}}]}\n",
        );
        assert_eq!(case.spec.when.len(), 50);
        assert!(matches!(case.spec.when[49], Step::Run(_)));
        assert_eq!(case.at("when[49].run.node"), case.at("when[0].run.node"));
    }
}
