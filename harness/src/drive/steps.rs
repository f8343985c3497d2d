//! The steps of a case, one after the other or together.

use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use super::fault::{self, Faults};
use super::invocation::invoke;
use super::outside::{self, Wish};
use super::stage::Stage;
use super::{Trouble, given, postcopy};
use crate::case::{Outside, Run, Settle, Step};
use crate::history::{Actor, Entry, History, StepPath, What};
use crate::judge::condition;
use crate::ocf::Verb;

/// How often a condition is looked at again.
const POLL: Duration = Duration::from_millis(25);

/// How many looks a wait takes at most.
const LOOKS: u32 = 800;

/// Does all steps in their order.
///
/// # Errors
/// When the lab fails or time is over; steps after that are not done.
pub(super) fn all(stage: &Stage<'_>, steps: &[Step], faults: &Faults) -> Result<(), Trouble> {
    for (index, step) in steps.iter().enumerate() {
        stage.overdue()?;
        one(stage, step, &StepPath::when(index), faults)?;
    }
    Ok(())
}

/// Does one step after the other as `next` tells them, by everything that was done and seen before.
///
/// # Errors
/// As [`all`].
pub(super) fn told(
    stage: &Stage<'_>,
    next: &mut dyn FnMut(&History) -> Option<Step>,
    faults: &Faults,
) -> Result<(), Trouble> {
    let mut index = 0;
    while let Some(step) = next(&stage.recorder.history()) {
        stage.overdue()?;
        one(stage, &step, &StepPath::when(index), faults)?;
        index += 1;
    }
    Ok(())
}

/// Does one step.
///
/// # Errors
/// As for all.
pub(super) fn one(
    stage: &Stage<'_>,
    step: &Step,
    at: &StepPath,
    faults: &Faults,
) -> Result<(), Trouble> {
    announce(stage, step, at);
    match step {
        Step::Run(run) => repeat(stage, run, at, faults),
        Step::Together(steps) => together(stage, steps, at, faults),
        Step::Fault(fault) => faults.inject(stage, fault),
        Step::Heal(kind) => faults.heal(stage, *kind),
        Step::Outside(deed) => by_hand(stage, deed),
        Step::Guest(deed) => given::tell_guest(stage, *deed),
        Step::Settle(settle) => settled(stage, settle, at),
        // Judged afterwards, from what is seen now.
        Step::Check(_) => {
            stage.look_everywhere();
            Ok(())
        }
        Step::Signal(_) => Err(Trouble::Given("no run is under way to be signalled".into())),
    }
}

pub(super) fn announce(stage: &Stage<'_>, step: &Step, at: &StepPath) {
    let text = describe(step);
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
fn describe(step: &Step) -> String {
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
        Step::Together(steps) => {
            let all: Vec<_> = steps.iter().map(describe).collect();
            format!("together: {}", all.join(", "))
        }
        Step::Fault(fault) => format!("fault: {}", fault::describe(fault)),
        Step::Heal(kind) => format!("heal {kind}"),
        Step::Outside(Outside::Suspend(node)) => format!("by hand: suspend the guest on {node}"),
        Step::Outside(Outside::Resume(node)) => format!("by hand: resume the guest on {node}"),
        Step::Outside(Outside::Create(node)) => format!("by hand: create the guest on {node}"),
        Step::Outside(Outside::Define(node)) => format!("by hand: define the guest on {node}"),
        Step::Guest(deed) => format!("tell the guest: {deed:?}").to_lowercase(),
        Step::Outside(Outside::Autostart(node)) => {
            format!("by hand: mark the guest on {node} for autostart")
        }
        Step::Outside(Outside::Abort(node)) => format!("by hand: abort the job on {node}"),
        Step::Outside(Outside::PostCopy(node)) => {
            format!("by hand: migrate the guest from {node} by post-copy")
        }
        Step::Outside(Outside::Destroy(node)) => format!("by hand: destroy the guest on {node}"),
        Step::Signal(signal) => format!("{:?} to {:?}", signal.signal, signal.to).to_lowercase(),
        Step::Settle(settle) => format!("wait at most {}", settle.within),
        Step::Check(_) => "look".to_owned(),
    }
}

fn repeat(stage: &Stage<'_>, run: &Run, at: &StepPath, faults: &Faults) -> Result<(), Trouble> {
    for _ in 0..run.times {
        invoke(stage, run, Some(at), faults)?;
    }
    Ok(())
}

fn together(
    stage: &Stage<'_>,
    steps: &[Step],
    at: &StepPath,
    faults: &Faults,
) -> Result<(), Trouble> {
    let barrier = Barrier::new(steps.len());
    let run_one = |index: usize, step: &Step| {
        let path = at.together(index);
        barrier.wait();
        one(stage, step, &path, faults)
    };
    thread::scope(|scope| {
        let run_one = &run_one;
        let threads: Vec<_> = steps
            .iter()
            .enumerate()
            .map(|(index, step)| scope.spawn(move || run_one(index, step)))
            .collect();
        let ends: Vec<_> = threads
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect();
        ends.into_iter().try_for_each(|end| {
            end.unwrap_or_else(|_| Err(Trouble::Given("the harness panicked".into())))
        })
    })
}

fn by_hand(stage: &Stage<'_>, deed: &Outside) -> Result<(), Trouble> {
    let uuid = stage.lab.subject().uuid;
    let (name, wish) = match deed {
        Outside::Suspend(node) => (node, Wish::Suspend(uuid)),
        Outside::Resume(node) => (node, Wish::Resume(uuid)),
        Outside::Create(node) => (node, Wish::Create(given::plain(stage))),
        Outside::Define(node) => (node, Wish::Define(given::plain(stage))),
        Outside::Autostart(node) => {
            outside::ask(stage.node(node)?, Wish::Define(given::plain(stage)))?;
            (node, Wish::Autostart(uuid))
        }
        Outside::Abort(node) => {
            // virt 0.5 wraps no virDomainAbortJob.
            let args = ["--connect", "qemu:///system", "domjobabort", &uuid];
            stage.node(node)?.run("virsh", &args)?;
            return Ok(());
        }
        Outside::PostCopy(node) => return postcopy::begin(stage, node),
        Outside::Destroy(node) => (node, Wish::Destroy(uuid)),
    };
    outside::ask(stage.node(name)?, wish)?;
    stage.look(name);
    Ok(())
}

fn settled(stage: &Stage<'_>, settle: &Settle, at: &StepPath) -> Result<(), Trouble> {
    let within = Duration::from_millis(settle.within.0);
    // Who waits for a minute looks more seldom: a look costs what others on the machine need.
    let pause = POLL.max(within / LOOKS);
    let until = Instant::now() + within;
    let held = loop {
        stage.look_everywhere();
        let holds = |entries: &[Entry]| condition::holds(&settle.until, entries);
        if stage.recorder.read(holds) == Some(true) {
            break true;
        }
        if Instant::now() > until {
            break false;
        }
        stage.overdue()?;
        thread::sleep(pause);
    };
    stage.recorder.record(What::Settled {
        path: at.clone(),
        held,
    });
    Ok(())
}
