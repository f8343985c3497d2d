//! Labels: every one that is judged belongs to one run, which has ended by then and fits the check.

use std::collections::BTreeMap;

use super::walk::{At, check_at, condition, fences, runs, then};
use super::wrong::{Lint, Wrong};
use crate::case::mistake::suggestion;
use crate::case::{Check, Step, StepAt};
use crate::ocf::{FenceAction, Verb};

/// Refuses labels that are unknown, given twice or judged before their run has ended.
pub(super) fn check_labels(lint: &mut Lint<'_>) {
    let spec = &lint.case.spec;
    let mut labels = Labels {
        known: BTreeMap::new(),
        lint,
    };
    for At { path, item } in runs(spec) {
        labels.define(&path, item.label.as_deref(), item.action.clone());
    }
    for At { path, item } in fences(spec) {
        let action = Some(Verb::Fence(item.action));
        labels.define(&path, item.label.as_deref(), action);
    }
    let mut ended = Vec::new();
    for step in spec.outer_steps() {
        labels.follow(&step, &mut ended);
    }
    for check in spec.then.iter().enumerate().map(then) {
        labels.judged(&check, &ended);
    }
}

struct Labels<'l, 'a> {
    lint: &'l mut Lint<'a>,
    /// Every label with what the run that it names does.
    known: BTreeMap<&'a str, Option<Verb>>,
}

impl<'a> Labels<'_, 'a> {
    fn define(&mut self, path: &str, label: Option<&'a str>, action: Option<Verb>) {
        let Some(label) = label else {
            return;
        };
        if self.known.insert(label, action).is_some() {
            let message = format!("two runs have the label `{label}`");
            let help = "give each run a label of its own, in a `repeat` by `${round}`: checks name one run";
            self.lint.at(
                &format!("{path}.as"),
                Wrong::new(message, "given a second time", help),
            );
        }
    }

    /// Judges checks in the order of the steps.
    fn follow(&mut self, at: &StepAt<'a>, ended: &mut Vec<&'a str>) {
        match at.step {
            Step::Run(run) => {
                // Each step of `during` has ended when the next one begins, and the run ends after them all.
                for inner in at.inner() {
                    self.follow(&inner, ended);
                }
                ended.extend(run.label.as_deref());
            }
            Step::Fence(fence) => ended.extend(fence.label.as_deref()),
            Step::Together(_) => self.together(at, ended),
            Step::Check(check) => self.judged(&check_at(&at.value_path(), check), ended),
            Step::Settle(settle) => {
                self.waited_for(&condition(&at.value_path(), &settle.until));
            }
            _ => {}
        }
    }

    /// What begins together has not ended for each other.
    fn together(&mut self, at: &StepAt<'a>, ended: &mut Vec<&'a str>) {
        let before = ended.clone();
        for inner in at.inner() {
            let mut now = before.clone();
            self.follow(&inner, &mut now);
            ended.extend_from_slice(&now[before.len()..]);
        }
    }

    fn judged(&mut self, check: &At<'_, Check>, ended: &[&str]) {
        for (path, label) in named(check) {
            let Some(action) = self.known.get(label).cloned() else {
                self.unknown(&path, label);
                continue;
            };
            if !ended.contains(&label) {
                let message = format!("the run `{label}` has not ended here");
                let help = "judge it in a later step, or in `then`";
                self.lint
                    .at(&path, Wrong::new(message, "it is judged too early", help));
            }
            self.fits(&path, check.item, (label, action.as_ref()));
        }
    }

    fn unknown(&mut self, path: &str, label: &str) {
        let message = format!("no run has the label `{label}`");
        let help = match self.known.is_empty() {
            true => format!("give the run that is meant `as: {label}`"),
            false => suggestion(label, self.known.keys().copied()),
        };
        self.lint
            .at(path, Wrong::new(message, "not a label of this case", help));
    }

    /// A check of a run's answer is only asked of an action that gives such answers.
    fn fits(&mut self, path: &str, check: &Check, (label, action): (&str, Option<&Verb>)) {
        let (wanted, what): (&[Verb], _) = match check {
            Check::Agrees(_) => (&[Verb::Monitor, Verb::Status], "`agrees` judges monitors"),
            Check::Metadata { .. } => (
                &[Verb::MetaData, Verb::Fence(FenceAction::Metadata)],
                "`metadata` judges what meta-data printed",
            ),
            _ => return,
        };
        let fits = |action: &Verb| wanted.contains(action);
        if !action.is_some_and(fits) {
            let action = action.map_or("no action", Verb::as_str);
            let label_text = format!("`{label}` runs {action}");
            let help = format!("name the label of a run of {}", wanted[0]);
            self.lint.at(path, Wrong::new(what, label_text, help));
        }
    }

    fn waited_for(&mut self, check: &At<'_, Check>) {
        if let Some((path, label)) = named(check).first() {
            let message = "`settle` waits for something that waiting cannot change";
            let text = format!("the run `{label}` ends as it ends");
            let help = "use `check`; `settle` waits for running, state, guest and the like";
            self.lint.at(path, Wrong::new(message, text, help));
        }
    }
}

/// The labels that a check names, each with its path.
fn named<'c>(At { path, item }: &At<'c, Check>) -> Vec<(String, &'c str)> {
    let labels = item.labels().into_iter();
    labels
        .map(|(below, label)| (format!("{path}{below}"), label))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::case::load_text;

    #[test]
    fn what_ran_together_during_a_run_is_judged_after_it() {
        let case = "case: both say what they see\nclause: [MIG-02]\nlevel: must\n\
            needs: {nodes: 2, actions: [migrate_to, migrate_from]}\n\
            given: {a: running, b: absent}\nwhen:\n  - run:\n      action: migrate_to\n      \
            node: a\n      to: b\n      returns: success\n      during:\n        \
            - when: incoming\n          do:\n            together:\n              \
            - run: {action: monitor, node: a, as: at_a, returns: anything}\n              \
            - run: {action: monitor, node: b, as: at_b, returns: anything}\n        \
            - do: {check: {agrees: [at_a]}}\nthen:\n  - agrees: [at_a, at_b]\n";
        let loaded = load_text(Path::new("migrate/seen.yaml"), case, None);
        assert_eq!(loaded.expect("it is good").len(), 1);
    }
}
