//! One run of the agent, as Pacemaker's executor makes it.

use std::path::Path;
use std::time::{Duration, Instant};

use super::during::{RunStep, UnderWay};
use super::path::HiddenTools;
use super::stage::Stage;
use super::trouble::Trouble;
use super::{advertised, environment, secret};
use crate::case::{DEFAULT_TIMEOUT, Run};
use crate::history::{AskedBy, Exit, Invocation, Outcome, StepPath, ToolCall, What};
use crate::lab::{Command, Finished, Node, Process};
use crate::millis::Millis;
use crate::ocf::{Call, Code, Dialect, FenceCode, Reading, Verb, exit_reason};
use crate::tool;

/// The user that runs an agent without privilege.
const NOBODY: &str = "nobody";

/// Runs the agent once and waits for its end; both are recorded, and the node is looked at afterwards. What the run has in
/// its `during` is carried out by `run_step`. A run without a `step` makes the given world.
///
/// # Errors
/// When the lab fails. How the agent ends is never an error.
pub(super) fn invoke(
    stage: &Stage<'_>,
    run: &Run,
    step: Option<&StepPath>,
    run_step: &RunStep<'_>,
) -> Result<Outcome, Trouble> {
    stage.check_deadline()?;
    let given = run.timeout.unwrap_or(DEFAULT_TIMEOUT);
    let run = &*stage.actors.patience.grant(run);
    let call = environment::call(stage, run)?;
    carry_out(stage, &Asking { run, call, given }, step, run_step)
}

/// A run that is about to be made.
pub(super) struct Asking<'a> {
    pub(super) run: &'a Run,
    /// How the agent is called.
    pub(super) call: Call,
    /// The timeout that the case gives.
    pub(super) given: Millis,
}

/// As [`invoke`], by a call that is known.
///
/// # Errors
/// When the lab fails.
pub(super) fn carry_out(
    stage: &Stage<'_>,
    asking: &Asking<'_>,
    step: Option<&StepPath>,
    run_step: &RunStep<'_>,
) -> Result<Outcome, Trouble> {
    stage.check_deadline()?;
    let Asking { run, call, given } = asking;
    let node = stage.node(&run.node)?;
    let invocation = invocation(stage, run, step, call);
    let (id, timeout) = (invocation.id, invocation.timeout);
    let command = Command {
        stand_ins: environment::stand_ins(stage, run),
        ..command(stage, node, call, &invocation.user)
    };
    let calls = calls(stage, node, 0)?.len();
    let speed = &stage.migration_speed;
    speed.set_before(run.action.as_ref(), &run.node);
    stage.recorder.record(What::Began(invocation));
    let hidden = HiddenTools::hide(node, &run.without_tools, stage.case.needs.shell)?;
    let began = Instant::now();
    let running = node.exec(&command)?;
    let limit = run.kill_after.map_or(timeout, |after| after.0);
    let under_way = UnderWay::new(stage, run, node, running.pid());
    let until = began + Duration::from_millis(limit);
    let (finished, steps) = under_way.wait_beside(step, || running.wait(until), run_step);
    let (finished, took) = (finished?, began.elapsed());
    hidden.restore()?;
    let exit = match finished.exit {
        Exit::TimedOut if run.kill_after.is_some() => Exit::Killed,
        Exit::Signal(_) if under_way.is_killed() => Exit::Killed,
        Exit::Code(code) if is_fencing(run) => of_fencing(code),
        exit => in_dialect(stage.actors.profile.dialect, exit),
    };
    let outcome = Outcome {
        exit,
        took: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        calls: self::calls(stage, node, calls)?,
        header: header(node, &command.program, run)?,
        ..ended(id, finished)
    };
    stage.recorder.record(What::Ended(outcome.clone()));
    secret::look(stage, node, &outcome)?;
    look(stage, run, exit);
    if depends_on_metadata(exit) && !is_fencing(run) {
        advertised::record_actions(stage, node, &command);
    }
    let beyond = timeout.saturating_sub(given.0);
    let timed_out = exit == Exit::TimedOut;
    stage.extend_deadline(if timed_out { beyond } else { outcome.took });
    steps?;
    if timed_out {
        stage.check_deadline()?;
    }
    Ok(outcome)
}

/// Whether the agent is asked as a fence agent.
const fn is_fencing(run: &Run) -> bool {
    matches!(run.action, Some(Verb::Fence(_)))
}

/// What a code says that came from a fence agent.
fn of_fencing(code: Code) -> Exit {
    let number = i32::from(code.number());
    FenceCode::from_number(number).map_or(Exit::Other(number), Exit::Fence)
}

/// What an end says to an agent's dialect.
fn in_dialect(dialect: Dialect, exit: Exit) -> Exit {
    let number = match exit {
        Exit::Code(code) => i32::from(code.number()),
        Exit::Other(number) => number,
        _ => return exit,
    };
    match dialect.rules().read(number) {
        Reading::Standard(code) => Exit::Code(code),
        Reading::Own => Exit::OfDialect(number),
        Reading::Unknown => Exit::Other(number),
    }
}

/// Looks at the node after a run that ended so; after a start until the guest writes.
fn look(stage: &Stage<'_>, run: &Run, exit: Exit) {
    stage.look(&run.node);
    if run.action == Some(Verb::Start) && exit == Exit::Code(Code::Success) {
        stage.await_writer();
    }
}

/// What the end of a process itself shows.
fn ended(id: u32, finished: Finished) -> Outcome {
    let left = finished.left_running.iter();
    Outcome {
        id,
        exit: finished.exit,
        took: 0,
        reason: exit_reason(&finished.err.text),
        stdout: finished.out,
        stderr: finished.err,
        left_running: left.map(Process::command_line).collect(),
        calls: Vec::new(),
        pressure: finished.pressure,
        header: None,
        answered: false,
    }
}

/// Whether the agent's metadata decide what such an end says of it.
fn depends_on_metadata(exit: Exit) -> bool {
    match exit {
        Exit::TimedOut => true,
        Exit::Code(code) => code.is_of_roles(),
        _ => false,
    }
}

fn invocation(stage: &Stage<'_>, run: &Run, step: Option<&StepPath>, call: &Call) -> Invocation {
    Invocation {
        id: stage.next_id(),
        by: step.cloned().map_or(AskedBy::World, AskedBy::Step),
        label: run.label.clone(),
        node: run.node.clone(),
        verb: run.action.clone(),
        to: run.to.clone(),
        from: run.from.clone(),
        interval: run.interval,
        args: told(call),
        env: call.env.clone(),
        timeout: run.timeout.unwrap_or(DEFAULT_TIMEOUT).0,
        user: if run.unprivileged { NOBODY } else { "root" }.to_owned(),
    }
}

/// The arguments, and the lines of standard input.
fn told(call: &Call) -> Vec<String> {
    let lines = call.input.lines().map(str::to_owned);
    call.args.iter().cloned().chain(lines).collect()
}

/// That call in a node, by that user.
pub(super) fn command(stage: &Stage<'_>, node: &dyn Node, call: &Call, user: &str) -> Command {
    Command {
        program: node
            .place_of(&stage.actors.agent.path)
            .display()
            .to_string(),
        args: call.args.clone(),
        env: call.env.clone(),
        user: user.to_owned(),
        dir: call.dir.to_owned(),
        umask: call.umask,
        input: call.input.clone(),
        alone: !stage.actors.profile.dialect.rules().kills_group(),
        stand_ins: Vec::new(),
    }
}

/// The calls of tools that the stand-ins have logged, without the first `skip`; none where the case needs no stand-in.
fn calls(stage: &Stage<'_>, node: &dyn Node, skip: usize) -> Result<Vec<ToolCall>, Trouble> {
    if stage.case.needs.tools.is_empty() {
        return Ok(Vec::new());
    }
    let log = node.read(&tool::log_file(Path::new(tool::FOLDER)))?;
    Ok(tool::calls(&log.unwrap_or_default(), skip))
}

/// The init-script header in the agent's file, which only its metadata are held against.
/// Source: Linux Standard Base, comment conventions for init scripts.
fn header(node: &dyn Node, program: &str, run: &Run) -> Result<Option<String>, Trouble> {
    if run.action != Some(Verb::MetaData) {
        return Ok(None);
    }
    let header = "/^### BEGIN INIT INFO/,/^### END INIT INFO/p";
    let found = node.run("sed", &["-n", header, program])?.out.text;
    Ok(found.contains("### END INIT INFO").then_some(found))
}
