//! A case for a lab that is slower than cases are written for.

use super::{CaseSpec, Check, ClusterDo, DEFAULT_TIMEOUT, Millis, Outage, Run, Step};

impl CaseSpec {
    /// The same case with all the time that it gives multiplied: to the agent, to what it waits for, and to itself.
    ///
    /// What must take or last at least so long stays as it is.
    #[must_use]
    pub fn stretched(&self, pace: u32) -> Self {
        Self {
            timeout: longer(self.timeout, pace),
            when: self.when.iter().map(|step| step.stretched(pace)).collect(),
            then: self
                .then
                .iter()
                .map(|check| check.stretched(pace))
                .collect(),
            ..self.clone()
        }
    }
}

impl Step {
    /// The same step with all the time that it gives multiplied.
    #[must_use]
    pub fn stretched(&self, pace: u32) -> Self {
        match self {
            Self::Run(run) => Self::Run(run.stretched(pace)),
            Self::Fence(fence) => {
                let mut fence = fence.clone();
                fence.timeout = Some(longer(fence.limit(), pace));
                Self::Fence(fence)
            }
            Self::Together(steps) => {
                Self::Together(steps.iter().map(|step| step.stretched(pace)).collect())
            }
            Self::Settle(settle) => {
                let mut settle = settle.clone();
                settle.within = longer(settle.within, pace);
                Self::Settle(settle)
            }
            Self::Check(check) => Self::Check(check.stretched(pace)),
            Self::Cluster(deed) => Self::Cluster(deed.stretched(pace)),
            _ => self.clone(),
        }
    }
}

impl Run {
    /// The same run with more time, also where the case leaves its time to the suite.
    #[must_use]
    pub fn stretched(&self, pace: u32) -> Self {
        let mut run = self.clone();
        run.timeout = Some(longer(self.timeout.unwrap_or(DEFAULT_TIMEOUT), pace));
        run.within = self.within.map(|within| longer(within, pace));
        run.kill_after = self.kill_after.map(|after| longer(after, pace));
        for during in &mut run.during {
            during.step = during.step.stretched(pace);
        }
        run
    }
}

impl ClusterDo {
    fn stretched(&self, pace: u32) -> Self {
        let mut deed = self.clone();
        match &mut deed {
            Self::Create(create) => {
                for timeout in create.timeouts.values_mut() {
                    *timeout = longer(*timeout, pace);
                }
            }
            Self::Reach(reach) => reach.within = longer(reach.within, pace),
            _ => {}
        }
        deed
    }
}

impl Check {
    fn stretched(&self, pace: u32) -> Self {
        match self {
            Self::Took(took) => {
                let mut took = took.clone();
                took.at_most = took.at_most.map(|most| longer(most, pace));
                Self::Took(took)
            }
            Self::Outage(outage) => Self::Outage(Outage {
                at_most: longer(outage.at_most, pace),
            }),
            other => other.clone(),
        }
    }
}

fn longer(time: Millis, pace: u32) -> Millis {
    Millis(time.0.saturating_mul(u64::from(pace)))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::case::{CaseSpec, load_text};

    fn case(times: [&str; 4]) -> CaseSpec {
        let [case, run, within, took] = times;
        let text = format!(
            "case: a migration ends\nclause: [MIG-TO-01]\nlevel: must\nneeds: {{nodes: 2}}\ntimeout: {case}\n\
             given: {{a: running}}\nwhen:\n  - run:\n      action: migrate_to\n      node: a\n      to: b\n      as: moved\n      \
             timeout: {run}\n      within: {run}\n      returns: success\n      during:\n        - {{when: begun, do: {{run: {{action: monitor, \
             node: a, timeout: {within}, returns: anything}}}}}}\n  - settle: {{until: {{running: {{exactly: 1}}}}, within: {within}}}\n\
             then:\n  - took: {{of: moved, at_most: {took}, at_least: 1s}}\n"
        );
        let loaded = load_text(Path::new("migrate/one.yaml"), &text, None);
        loaded.expect("it is good")[0].spec.clone()
    }

    #[test]
    fn all_the_time_that_a_case_gives_is_stretched() {
        let usual = case(["2m", "10s", "5s", "8s"]);
        assert_eq!(usual.stretched(3), case(["6m", "30s", "15s", "24s"]));
        assert_eq!(usual.stretched(1), usual);
    }
}
