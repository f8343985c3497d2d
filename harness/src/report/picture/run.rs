//! The agent's runs, as a picture shows them.

use crate::history::{AskedBy, Exit, Invocation, Moment, Outcome, seconds};

/// One run of the agent.
pub(super) struct Run {
    pub(super) id: u32,
    pub(super) from: Moment,
    pub(super) to: Option<Moment>,
    /// The action, as it was asked for.
    name: String,
    pub(super) exit: Option<Exit>,
    /// The run as a sentence: action, end, time.
    pub(super) title: String,
    /// Whether the cluster asks for it again and again: a monitor with an interval.
    pub(super) recurs: bool,
    /// Who asked for it.
    by: AskedBy,
}

/// Runs that are drawn as one: of one step, and with the same end.
pub(super) type Series<'a> = Vec<&'a Run>;

/// Groups the runs of one step that ended alike, in the order of their beginning.
pub(super) fn series<'a>(runs: &[&'a Run]) -> Vec<Series<'a>> {
    let mut all: Vec<Series<'_>> = Vec::new();
    for run in runs {
        let same = |one: &&mut Series<'_>| {
            one.first()
                .is_some_and(|first| first.by == run.by && first.label() == run.label())
        };
        match all.iter_mut().find(same) {
            Some(one) => one.push(run),
            None => all.push(vec![run]),
        }
    }
    all
}

impl Run {
    pub(super) fn began(at: Moment, invocation: &Invocation) -> Self {
        let mut name = invocation
            .verb
            .as_ref()
            .map_or_else(|| "(no action)".to_owned(), ToString::to_string);
        if let Some(label) = &invocation.label {
            name.push_str(&format!(" ({label})"));
        }
        Self {
            id: invocation.id,
            from: at,
            to: None,
            title: format!("{name} began at {at}, no end seen"),
            name,
            exit: None,
            recurs: invocation.recurs(),
            by: invocation.by.clone(),
        }
    }

    /// Whether the cluster asked for it.
    pub(super) fn is_of_cluster(&self) -> bool {
        self.by == AskedBy::Cluster
    }

    pub(super) fn ended(&mut self, at: Moment, outcome: &Outcome) {
        self.to = Some(at);
        if outcome.answered {
            self.name.push_str(" (answered by the case)");
        }
        self.exit = Some(outcome.exit);
        let (name, exit, took) = (&self.name, outcome.exit, seconds(outcome.took));
        self.title = format!("{name}: {exit} after {took}, from {} to {at}", self.from);
        if let Some(reason) = &outcome.reason {
            self.title.push_str(&format!("; its reason: {reason}"));
        }
    }

    /// What stands in or beside its bar, such as `stop: success (0)`.
    pub(super) fn label(&self) -> String {
        let exit = match self.exit {
            None => "no end seen".to_owned(),
            Some(Exit::Code(code)) => {
                let word = code.to_string().to_lowercase();
                word.trim_start_matches("ocf_").to_owned()
            }
            Some(Exit::Fence(code)) => code.to_string(),
            Some(Exit::TimedOut) => "KILLED at its timeout".to_owned(),
            Some(Exit::Killed) => "KILLED by the case".to_owned(),
            Some(other) => other.to_string(),
        };
        format!("{}: {exit}", self.name)
    }
}
