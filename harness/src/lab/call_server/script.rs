//! What a case has scripted: runs that are answered without the agent, and runs that wait before the agent begins.

use std::os::unix::net::UnixStream;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cluster_call::{RunAnswer, send};
use crate::history::NodeName;
use crate::ocf::{Code, Verb};

use super::observer::ClusterRun;

/// Which runs are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFilter {
    /// What the agent is asked to do; probes are monitors too.
    pub action: Verb,
    /// Where.
    pub node: NodeName,
}

impl RunFilter {
    fn fits(&self, run: &ClusterRun) -> bool {
        run.verb().as_ref() == Some(&self.action) && self.node == run.node
    }
}

/// An answer in the agent's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScriptedAnswer {
    /// To which runs.
    pub to: RunFilter,
    /// With which code.
    pub code: Code,
    /// How often.
    pub times: u32,
}

/// What is to be done with a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// The agent runs.
    Run,
    /// It waits until it is let go; whoever lets it go has been given its connection.
    Held,
    /// It ends with that code.
    Answer(Code),
}

/// The script of a lab, empty at the beginning of each case.
#[derive(Debug, Default)]
pub(super) struct Script(Mutex<Lines>);

#[derive(Debug, Default)]
struct Lines {
    answers: Vec<ScriptedAnswer>,
    holds: Vec<RunFilter>,
    waiting: Vec<(ClusterRun, RunAnswer, UnixStream)>,
    /// Whether the lab is being reset: no agent runs.
    resets: bool,
}

impl Script {
    /// What is to be done with a run that `answer` lets begin on `connection`.
    pub(super) fn decide(
        &self,
        run: &ClusterRun,
        answer: &RunAnswer,
        connection: &UnixStream,
    ) -> Decision {
        let mut lines = self.lines();
        if lines.resets {
            return Decision::Answer(in_reset(run));
        }
        let fits = |answer: &&mut ScriptedAnswer| answer.times > 0 && answer.to.fits(run);
        if let Some(found) = lines.answers.iter_mut().find(fits) {
            found.times -= 1;
            return Decision::Answer(found.code);
        }
        let held = lines.holds.iter().position(|hold| hold.fits(run));
        if let (Some(held), Ok(connection)) = (held, connection.try_clone()) {
            lines.holds.remove(held);
            let waiting = (run.clone(), answer.clone(), connection);
            lines.waiting.push(waiting);
            return Decision::Held;
        }
        Decision::Run
    }

    /// The code that a run ends with in the place of the agent's own, if it does.
    pub(super) fn instead(&self, run: &ClusterRun) -> Option<Code> {
        self.lines().resets.then(|| in_reset(run))
    }

    /// Adds an answer, after those that there are.
    pub(super) fn answer(&self, answer: ScriptedAnswer) {
        self.lines().answers.push(answer);
    }

    /// Makes the next such run wait.
    pub(super) fn hold(&self, runs: RunFilter) {
        self.lines().holds.push(runs);
    }

    /// Lets such runs begin that wait, and no longer makes the next one wait. False when there is none of either.
    pub(super) fn let_go(&self, runs: &RunFilter) -> bool {
        let mut lines = self.lines();
        let before = lines.holds.len() + lines.waiting.len();
        lines.holds.retain(|hold| hold != runs);
        let (free, rest): (Vec<_>, Vec<_>) = std::mem::take(&mut lines.waiting)
            .into_iter()
            .partition(|(run, ..)| runs.fits(run));
        lines.waiting = rest;
        for (_, answer, connection) in free {
            // A run that was killed meanwhile is told nothing.
            let _ = send(&connection, &answer);
        }
        lines.holds.len() + lines.waiting.len() < before
    }

    /// Forgets the script. `resets`: no agent runs from now on.
    pub(super) fn clear(&self, resets: bool) {
        let mut lines = self.lines();
        let waiting = std::mem::take(&mut lines.waiting);
        *lines = Lines {
            resets,
            ..Lines::default()
        };
        for (run, _, connection) in waiting {
            let _ = send(&connection, &RunAnswer::Exit(in_reset(&run).number()));
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a run is answered while the lab is reset: nothing is there any more.
fn in_reset(run: &ClusterRun) -> Code {
    match run.verb() {
        Some(Verb::Stop) => Code::Success,
        Some(verb) if verb.is_monitor() => Code::NotRunning,
        _ => Code::ErrGeneric,
    }
}
