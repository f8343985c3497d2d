use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::alerts;
use crate::case::{DEFAULT_TIMEOUT, Millis};
use crate::drive::migration_speed::MigrationSpeed;
use crate::history::{AskedBy, ClusterEvent, Fenced, Invocation, NodeName, Outcome, What};
use crate::lab::{ClusterObserver, ClusterRun, RunEnd};
use crate::ocf::exit_reason;
use crate::recorder::Recorder;
use crate::witness::Witness;

/// Records what the cluster does, and has the witness look at the node after each run.
#[derive(Debug)]
pub(in crate::drive) struct ClusterRecorder(RwLock<Option<Ears>>);

/// Where it goes, and what is done before it.
#[derive(Clone, Debug)]
pub(in crate::drive) struct Ears {
    pub(in crate::drive) recorder: Arc<Recorder>,
    pub(in crate::drive) witness: Option<Arc<Witness>>,
    /// The number of the next run.
    pub(in crate::drive) next: Arc<AtomicU32>,
    pub(in crate::drive) migration_speed: Arc<MigrationSpeed>,
}

impl ClusterRecorder {
    /// Records until it is closed.
    pub(in crate::drive) fn new(ears: Ears) -> Self {
        Self(RwLock::new(Some(ears)))
    }

    /// Records nothing from now on, and waits for what is being recorded.
    pub(super) fn close(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn with<T: Default>(&self, act: impl FnOnce(&Ears) -> T) -> T {
        let ears = self.0.read().unwrap_or_else(PoisonError::into_inner);
        ears.as_ref().map_or_else(T::default, act)
    }
}

impl ClusterObserver for ClusterRecorder {
    fn run_begins(&self, run: &ClusterRun) -> u32 {
        self.with(|ears| {
            let speed = &ears.migration_speed;
            speed.set_before(run.verb().as_ref(), &run.node);
            let id = ears.next.fetch_add(1, Ordering::Relaxed);
            ears.recorder.record(What::Began(invocation(id, run)));
            id
        })
    }

    fn run_ended(&self, run: &ClusterRun, number: u32, end: RunEnd) {
        self.with(|ears| {
            let answered = end.is_answer;
            ears.recorder.record(What::Ended(outcome(number, end)));
            if let (Some(witness), false) = (&ears.witness, answered) {
                witness.look(&run.node);
            }
        });
    }

    fn alert(&self, _node: &NodeName, variables: &BTreeMap<String, String>) {
        self.with(|ears| {
            if let Some(event) = alerts::event(variables) {
                let at = alerts::moment(variables, ears.recorder.now());
                ears.recorder.record_at(at, What::Cluster(event));
            }
        });
    }

    fn fenced(&self, fencing: Fenced) {
        self.with(|ears| {
            let event = ClusterEvent::Fenced(fencing);
            ears.recorder.record(What::Cluster(event));
        });
    }
}

fn invocation(id: u32, run: &ClusterRun) -> Invocation {
    let node = |name: &str| run.meta(name).map(NodeName::from);
    let verb = run.verb();
    let is = |word: &str| run.args.first().is_some_and(|first| first == word);
    let interval = run.meta("interval").and_then(|text| text.parse().ok());
    Invocation {
        id,
        by: AskedBy::Cluster,
        label: None,
        node: run.node.clone(),
        to: node("migrate_target").filter(|_| is("migrate_to")),
        from: node("migrate_source").filter(|_| is("migrate_from")),
        verb,
        interval: interval.filter(|interval| *interval > 0).map(Millis),
        args: run.args.clone(),
        env: run.env.clone(),
        timeout: run.timeout().unwrap_or(DEFAULT_TIMEOUT.0),
        user: match run.user {
            0 => "root".to_owned(),
            other => other.to_string(),
        },
    }
}

fn outcome(id: u32, end: RunEnd) -> Outcome {
    Outcome {
        id,
        exit: end.exit,
        took: end.took,
        reason: exit_reason(&end.stderr.text),
        stdout: end.stdout,
        stderr: end.stderr,
        left_running: end.left_running,
        calls: Vec::new(),
        pressure: end.pressure,
        header: None,
        answered: end.is_answer,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::invocation;
    use crate::history::{AskedBy, NodeName};
    use crate::lab::ClusterRun;
    use crate::millis::Millis;
    use crate::ocf::Verb;

    fn run(word: &str, meta: &[(&str, &str)]) -> ClusterRun {
        let variable = |(name, value): &(&str, &str)| {
            let name = format!("OCF_RESKEY_CRM_meta_{name}");
            (name, (*value).to_owned())
        };
        ClusterRun {
            node: NodeName::from("a"),
            args: vec![word.to_owned()],
            env: meta.iter().map(variable).collect::<BTreeMap<_, _>>(),
            user: 0,
        }
    }

    #[test]
    fn a_run_of_the_cluster_is_read_from_what_the_executor_sets() {
        let ends = [("migrate_source", "a"), ("migrate_target", "b")];
        let to = invocation(
            3,
            &run("migrate_to", &[&ends[..], &[("timeout", "4000")]].concat()),
        );
        assert_eq!((to.id, to.timeout), (3, 4000));
        assert_eq!((to.by, to.user.as_str()), (AskedBy::Cluster, "root"));
        assert_eq!((to.from, to.to), (None, Some(NodeName::from("b"))));
        let from = invocation(4, &run("migrate_from", &ends));
        assert_eq!((from.from, from.to), (Some(NodeName::from("a")), None));
    }

    #[test]
    fn a_monitor_without_an_interval_is_a_probe() {
        let probe = invocation(0, &run("monitor", &[]));
        assert_eq!((probe.verb, probe.interval), (Some(Verb::Monitor), None));
        let recurring = invocation(1, &run("monitor", &[("interval", "10000")]));
        assert_eq!(recurring.interval, Some(Millis(10_000)));
    }
}
