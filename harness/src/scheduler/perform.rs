use super::program::{SchedulerError, Simulator};
use super::{cib, graph, past};
use crate::case::{CaseSpec, Schedule, Step};
use crate::history::{Actor, History, LabFacts, Scheduled, StepKind, What};
use crate::recorder::Recorder;

/// Asks the scheduler all that a case asks it; `on_step` is told of each step as it begins.
///
/// A scheduler that cannot be asked is trouble in the history.
#[must_use]
pub fn perform(
    case: &CaseSpec,
    simulator: Result<Simulator, SchedulerError>,
    on_step: &dyn Fn(&str),
) -> History {
    let recorder = Recorder::start();
    let lab = LabFacts::default();
    recorder.record(What::Ready { lab });
    let asked = simulator.and_then(|it| ask_all(case, &it, &recorder, on_step));
    recorder.record(match asked {
        Ok(()) => What::Done,
        Err(error) => What::Trouble {
            text: error.to_string(),
        },
    });
    recorder.history()
}

fn ask_all(
    case: &CaseSpec,
    simulator: &Simulator,
    recorder: &Recorder,
    on_step: &dyn Fn(&str),
) -> Result<(), SchedulerError> {
    for at in case.outer_steps() {
        let text = "ask the scheduler".to_owned();
        on_step(&text);
        recorder.record(What::Step {
            path: at.path,
            kind: StepKind::Schedule,
            actor: Actor::Case,
            node: None,
            text,
        });
        if let Step::Schedule(schedule) = at.step {
            recorder.record(What::Scheduled(ask(schedule, simulator)?));
        }
    }
    Ok(())
}

/// Lets the cluster start everything, adds what the case says, and asks what is to be done now.
fn ask(schedule: &Schedule, simulator: &Simulator) -> Result<Scheduled, SchedulerError> {
    let started = simulator.carried_out(&cib::at_the_beginning(schedule))?;
    let status = past::status(&started, schedule).map_err(SchedulerError::Unreadable)?;
    let graph = simulator.ordered(&cib::now(schedule, &status))?;
    graph::plan(&graph, simulator.version()?).map_err(SchedulerError::Unreadable)
}
