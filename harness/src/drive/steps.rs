//! The steps of a case, one after the other or together.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use super::during::UnderWay;
use super::invocation::invoke;
use super::stage::Stage;
use super::trouble::Trouble;
use super::{cluster, fault, fence, guest, outside, reload};
use crate::case::{Check, ClusterCheck, Run, Settle, Step};
use crate::engine::Engine;
use crate::history::{Actor, Entry, History, StepPath, What};
use crate::judge::condition;
use crate::ocf::Verb;
use crate::word::word;

/// How often a condition is looked at again.
const POLL: Duration = Duration::from_millis(25);

/// How many looks a wait takes at most.
const LOOKS: u32 = 800;

/// Carries out all steps in their order.
///
/// # Errors
/// When the lab fails or time is over; steps after that are not done.
pub(super) fn run_all(stage: &Stage<'_>, steps: &[Step]) -> Result<(), Trouble> {
    for (index, step) in steps.iter().enumerate() {
        stage.check_deadline()?;
        run_one(stage, step, &StepPath::when(index), None)?;
    }
    Ok(())
}

/// Carries out one step after the other. `next` gives each from everything that was done and seen before it.
///
/// # Errors
/// As for [`run_all`].
pub(super) fn run_improvised(
    stage: &Stage<'_>,
    next: &mut dyn FnMut(&History) -> Option<Step>,
) -> Result<(), Trouble> {
    let mut index = 0;
    while let Some(step) = next(&stage.recorder.history()) {
        stage.check_deadline()?;
        run_one(stage, &step, &StepPath::when(index), None)?;
        index += 1;
    }
    Ok(())
}

/// Carries out one step; `beside` is the run in whose `during` it is.
fn run_one(
    stage: &Stage<'_>,
    step: &Step,
    at: &StepPath,
    beside: Option<&UnderWay<'_>>,
) -> Result<(), Trouble> {
    announce(stage, step, at);
    match step {
        Step::Run(run) => repeat(stage, run, at),
        Step::Fence(step) => fence::fence(stage, step, at),
        Step::Together(steps) => together(stage, steps, at),
        Step::Fault(fault) => fault::inject(stage, fault),
        Step::Heal(kind) => fault::heal(stage, *kind),
        Step::Outside(action) => outside::act(stage, action),
        Step::Guest(command) => guest::command(stage, *command),
        Step::Settle(settle) => wait_for(stage, settle, at),
        // Judged afterwards, from what is seen now.
        Step::Check(_) => {
            stage.look_everywhere();
            Ok(())
        }
        Step::Signal(signal) => beside.map_or_else(
            || Err(Trouble::Step("no run is under way to be signalled".into())),
            |run| run.signal(*signal),
        ),
        Step::Cluster(deed) => cluster::ask(stage, deed),
        Step::Schedule(_) => Err(Trouble::Step("no scheduler is asked in this lab".into())),
    }
}

/// Announces a step as it begins: to whoever watches the run, and in the history.
fn announce(stage: &Stage<'_>, step: &Step, at: &StepPath) {
    let text = describe(step, stage.actors.profile.engine());
    (stage.actors.on_step)(&text);
    stage.recorder.record(What::Step {
        path: at.clone(),
        kind: step.kind(),
        actor: actor(stage, at),
        node: step.node().cloned(),
        text,
    });
}

/// Who takes the step at an address: one that the case itself does not have is drawn by `explore`.
fn actor(stage: &Stage<'_>, at: &StepPath) -> Actor {
    if at.is_during() {
        Actor::During
    } else if stage.case.step(at).is_some() {
        Actor::Case
    } else {
        Actor::Explore
    }
}

/// A step as a person would say it.
fn describe(step: &Step, engine: Engine) -> String {
    match step {
        Step::Run(run) => {
            let action = run.action.as_ref().map_or("(no action)", Verb::as_str);
            let times = if run.times > 1 {
                format!(" {} times", run.times)
            } else {
                String::new()
            };
            format!("run {action} on {}{times}", run.node)
        }
        Step::Fence(fence) => format!("{} on {}", Verb::Fence(fence.action), fence.node),
        Step::Together(steps) => {
            let all: Vec<_> = steps.iter().map(|step| describe(step, engine)).collect();
            format!("together: {}", all.join(", "))
        }
        Step::Fault(fault) => format!("fault: {}", fault::describe(fault, engine)),
        Step::Heal(kind) => format!("heal {kind}"),
        Step::Outside(action) => format!("by hand: {}", outside::describe(action)),
        Step::Guest(command) => format!("tell the guest: {}", word(command)),
        Step::Signal(signal) => format!("{} to {}", word(&signal.signal), word(&signal.to)),
        Step::Settle(settle) => format!("wait at most {}", settle.within),
        Step::Check(_) => "look".to_owned(),
        Step::Cluster(deed) => cluster::describe(deed),
        Step::Schedule(_) => "ask the scheduler".to_owned(),
    }
}

fn repeat(stage: &Stage<'_>, run: &Run, at: &StepPath) -> Result<(), Trouble> {
    for _ in 0..run.times {
        let runs = match run.each_reloadable {
            true => reload::one_by_one(stage, run)?,
            false => vec![run.clone()],
        };
        for run in &runs {
            invoke(stage, run, Some(at), &|step, at, run| {
                run_one(stage, step, at, Some(run))
            })?;
        }
    }
    Ok(())
}

fn together(stage: &Stage<'_>, steps: &[Step], at: &StepPath) -> Result<(), Trouble> {
    let barrier = Barrier::new(steps.len());
    let run_inner = |index: usize, step: &Step| {
        let path = at.together(index);
        barrier.wait();
        run_one(stage, step, &path, None)
    };
    thread::scope(|scope| {
        let run_inner = &run_inner;
        let threads: Vec<_> = steps
            .iter()
            .enumerate()
            .map(|(index, step)| scope.spawn(move || run_inner(index, step)))
            .collect();
        let ends: Vec<_> = threads
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect();
        ends.into_iter().try_for_each(|end| {
            end.unwrap_or_else(|_| Err(Trouble::Step("the harness panicked".into())))
        })
    })
}

fn wait_for(stage: &Stage<'_>, settle: &Settle, at: &StepPath) -> Result<(), Trouble> {
    let within = Duration::from_millis(settle.within.0);
    // Who waits for a minute looks more seldom: a look costs what others on the machine need.
    let pause = POLL.max(within / LOOKS);
    let until = Instant::now() + within;
    let mut idle = cluster::IdleWatch::default();
    let held = loop {
        stage.look_everywhere();
        if settle.until == Check::Cluster(ClusterCheck::Idle) {
            idle.look(stage);
        }
        let holds = |entries: &[Entry]| condition::holds(&settle.until, entries);
        if stage.recorder.read(holds) == Some(true) {
            break true;
        }
        if Instant::now() > until {
            break false;
        }
        stage.check_deadline()?;
        thread::sleep(pause);
    };
    stage.recorder.record(What::Settled {
        path: at.clone(),
        held,
    });
    Ok(())
}
