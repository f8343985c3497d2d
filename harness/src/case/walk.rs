//! The one walk over a case's steps: which steps have others within them is known here alone.

use std::collections::BTreeMap;

use super::{CaseSpec, ClusterDo, Role, Step};
use crate::history::{StepPath, Within};

/// A step with its address.
#[derive(Clone, Debug)]
pub struct StepAt<'a> {
    /// Its address.
    pub path: StepPath,
    /// The step.
    pub step: &'a Step,
}

impl<'a> StepAt<'a> {
    /// The path of the step's value in the case file, such as `when[2].run`.
    #[must_use]
    pub fn value_path(&self) -> String {
        format!("{}.{}", self.path, self.step.kind().key())
    }

    /// The steps directly within it, in their order.
    pub fn inner(&self) -> impl Iterator<Item = Self> + use<'a, '_> {
        self.step.inner().map(|(within, step)| Self {
            path: self.path.inner(within),
            step,
        })
    }

    fn add_to(self, found: &mut Vec<Self>) {
        let inner: Vec<_> = self.inner().collect();
        found.push(self);
        inner.into_iter().for_each(|step| step.add_to(found));
    }
}

impl CaseSpec {
    /// The steps of `when`, without those within them.
    pub fn outer_steps(&self) -> impl Iterator<Item = StepAt<'_>> {
        self.when.iter().enumerate().map(|(index, step)| StepAt {
            path: StepPath::when(index),
            step,
        })
    }

    /// Every step, each before the steps within it.
    #[must_use]
    pub fn steps(&self) -> Vec<StepAt<'_>> {
        let mut found = Vec::new();
        self.outer_steps().for_each(|step| step.add_to(&mut found));
        found
    }

    /// The step at an address.
    #[must_use]
    pub fn step(&self, path: &StepPath) -> Option<&Step> {
        let outer = self.when.get(path.index())?;
        path.within().iter().try_fold(outer, |step, wanted| {
            let mut inner = step.inner();
            inner.find_map(|(within, step)| (within == *wanted).then_some(step))
        })
    }

    /// Every value that it gives a role, in its world or in a step.
    #[must_use]
    pub fn role_values(&self) -> Vec<(Role, &str)> {
        let steps = self.steps().into_iter();
        let of_steps = steps.filter_map(|at| at.step.parameters());
        let given = std::iter::once(&self.given.parameters).chain(of_steps);
        given
            .flatten()
            .filter_map(|(role, value)| Some((*role, value.as_deref()?)))
            .collect()
    }

    /// Whether any step fits, however deep within others it is.
    pub fn any_step(&self, fits: impl Fn(&Step) -> bool) -> bool {
        self.when.iter().any(|step| step.any(&fits))
    }
}

impl Step {
    /// The steps directly within it: those of a `together`, and those of a run's `during`.
    pub fn inner(&self) -> impl Iterator<Item = (Within, &Self)> {
        let (together, during) = match self {
            Self::Together(steps) => (steps.as_slice(), [].as_slice()),
            Self::Run(run) => ([].as_slice(), run.during.as_slice()),
            _ => ([].as_slice(), [].as_slice()),
        };
        let together = together.iter().enumerate();
        let during = during.iter().enumerate();
        together
            .map(|(index, step)| (Within::Together(index), step))
            .chain(during.map(|(index, during)| (Within::During(index), &during.step)))
    }

    /// The values that it gives roles.
    const fn parameters(&self) -> Option<&BTreeMap<Role, Option<String>>> {
        match self {
            Self::Run(run) => Some(&run.parameters),
            Self::Cluster(ClusterDo::Create(create)) => Some(&create.parameters),
            _ => None,
        }
    }

    /// Whether it fits, or any step within it.
    pub fn any(&self, fits: &impl Fn(&Self) -> bool) -> bool {
        fits(self) || self.inner().any(|(_, step)| step.any(fits))
    }

    /// The time in milliseconds that it takes by `own`, and beside it the longest of the steps within it.
    pub(super) fn time(&self, own: &impl Fn(&Self) -> u64) -> u64 {
        let inner = self.inner().map(|(_, step)| step.time(own)).max();
        own(self).saturating_add(inner.unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::case::{CaseSpec, Suite, load_text};

    fn deep() -> CaseSpec {
        let text = "case: a migration ends\nclause: [MIG-TO-01]\nlevel: must\nneeds: {nodes: 2}\n\
            given: {a: running}\nwhen:\n  - together: [{guest: deaf}, {guest: slow}]\n  - run:\n      \
            action: migrate_to\n      node: a\n      to: b\n      timeout: 9s\n      returns: success\n      \
            during:\n        - {when: begun, do: {guest: dirty}}\n        - do:\n            together:\n              \
            - run: {action: monitor, node: b, timeout: 2s, returns: anything}\n              \
            - settle: {until: {silent: {for: 1s}}, within: 3s}\n";
        let loaded = load_text(Path::new("migrate/deep.yaml"), text, None);
        loaded.expect("it is good").remove(0).spec
    }

    #[test]
    fn each_step_comes_before_those_within_it() {
        let spec = deep();
        let paths: Vec<_> = spec.steps().iter().map(|at| at.value_path()).collect();
        let wanted = [
            "when[0].together",
            "when[0].together[0].guest",
            "when[0].together[1].guest",
            "when[1].run",
            "when[1].run.during[0].do.guest",
            "when[1].run.during[1].do.together",
            "when[1].run.during[1].do.together[0].run",
            "when[1].run.during[1].do.together[1].settle",
        ];
        assert_eq!(paths, wanted);
    }

    #[test]
    fn the_longest_of_the_steps_within_one_counts() {
        let spec = deep();
        assert_eq!(spec.longest_waits().0, 12_000);
        assert_eq!(spec.watches().0, 1_000);
    }

    #[test]
    fn every_address_leads_to_its_step_and_into_the_file() {
        let suite = Suite::shipped().expect("the suite is sound");
        for case in &suite.cases {
            for at in case.spec.steps() {
                assert_eq!(case.spec.step(&at.path), Some(at.step), "{}", case.id.0);
                let (id, path) = (&case.id.0, at.value_path());
                assert!(case.places.find(&path).is_some(), "{id}: {path}");
            }
        }
    }
}
