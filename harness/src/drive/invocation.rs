//! One run of the agent, as Pacemaker's executor makes it.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use super::during::Companion;
use super::fault::Faults;
use super::path::Covered;
use super::stage::Stage;
use super::{Trouble, secret, shim};
use crate::case::{DEFAULT_TIMEOUT, Run};
use crate::history::{Exit, Invocation, Outcome, ToolCall, What};
use crate::lab::{Command, Node, Process};
use crate::ocf::{Action, Code};

/// How the last reason that an agent gave is marked on its standard error.
/// Source: Pacemaker's `parse_exit_reason_from_stderr`; ocf-shellfuncs, `ocf_exit_reason`.
const REASON: &str = "ocf-exit-reason:";

/// Where agents run: no agent may depend on it (clause OCF-ENV-05).
const WORKING_DIRECTORY: &str = "/";

/// The user that runs an agent without privilege.
const NOBODY: &str = "nobody";

/// Runs the agent once and waits for its end; both are recorded, and the node is looked at afterwards.
///
/// # Errors
/// When the lab fails. How the agent ends is never an error.
pub(super) fn invoke(
    stage: &Stage<'_>,
    run: &Run,
    step: &[usize],
    faults: &Faults,
) -> Result<Outcome, Trouble> {
    stage.overdue()?;
    let node = stage.node(&run.node)?;
    let invocation = invocation(stage, run, step)?;
    let (id, timeout) = (invocation.id, invocation.timeout);
    let command = command(stage, node, &invocation, run);
    let calls = calls(stage, node, 0)?.len();
    stage.recorder.record(What::Began(invocation));
    let covered = Covered::take(node, &run.without_tools, stage.case.needs.shell)?;
    let began = Instant::now();
    let running = node.exec(&command)?;
    let timeout = Duration::from_millis(timeout);
    let (limit, exit_at_limit) = match run.kill_after {
        Some(after) => (Duration::from_millis(after.0), Exit::Killed),
        None => (timeout, Exit::TimedOut),
    };
    let companion = Companion {
        stage,
        run,
        step,
        faults,
        node,
        group: running.pid(),
        over: AtomicBool::new(false),
        killed: AtomicBool::new(false),
    };
    let (finished, deeds) = companion.attend(|| running.wait(began + limit));
    let finished = finished?;
    let took = began.elapsed();
    covered.give_back()?;
    let outcome = Outcome {
        id,
        exit: match finished.exit {
            Exit::TimedOut => exit_at_limit,
            Exit::Signal(_) if companion.has_killed() => Exit::Killed,
            exit => exit,
        },
        took: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        reason: reason(&finished.err.text),
        stdout: finished.out,
        stderr: finished.err,
        left_running: finished
            .left_running
            .iter()
            .map(Process::command_line)
            .collect(),
        calls: self::calls(stage, node, calls)?,
        pressure: finished.pressure,
        header: header(node, &command.program, run)?,
    };
    stage.recorder.record(What::Ended(outcome.clone()));
    secret::look(stage, node, &outcome)?;
    stage.look(&run.node);
    if run.action.as_deref() == Some("start") && outcome.exit == Exit::Code(Code::Success) {
        stage.await_writer();
    }
    deeds?;
    if matches!(outcome.exit, Exit::TimedOut) {
        stage.overdue()?;
    }
    Ok(outcome)
}

fn invocation(stage: &Stage<'_>, run: &Run, step: &[usize]) -> Result<Invocation, Trouble> {
    Ok(Invocation {
        id: stage.next_id(),
        step: step.to_vec(),
        label: run.label.clone(),
        node: run.node.clone(),
        action: run.action.clone().map(Action),
        args: run.args.clone(),
        env: stage.environment(run)?,
        timeout: run.timeout.unwrap_or(DEFAULT_TIMEOUT).0,
        user: if run.unprivileged { NOBODY } else { "root" }.to_owned(),
    })
}

fn command(stage: &Stage<'_>, node: &dyn Node, invocation: &Invocation, run: &Run) -> Command {
    let action = run.action.iter().cloned();
    Command {
        program: node
            .place_of(&stage.actors.agent.path)
            .display()
            .to_string(),
        args: action.chain(run.args.iter().cloned()).collect(),
        env: invocation.env.clone(),
        user: invocation.user.clone(),
        dir: WORKING_DIRECTORY.to_owned(),
    }
}

/// The calls of tools that the stand-ins have logged, without the first `skip`; none where the case needs no stand-in.
fn calls(stage: &Stage<'_>, node: &dyn Node, skip: usize) -> Result<Vec<ToolCall>, Trouble> {
    if stage.case.needs.tools.is_empty() {
        return Ok(Vec::new());
    }
    let log = node.read(&shim::log_file(Path::new(shim::FOLDER)))?;
    Ok(shim::calls(&log.unwrap_or_default(), skip))
}

/// The init-script header in the agent's file, which only its metadata are held against.
/// Source: Linux Standard Base, comment conventions for init scripts.
fn header(node: &dyn Node, program: &str, run: &Run) -> Result<Option<String>, Trouble> {
    if run.action.as_deref() != Some("meta-data") {
        return Ok(None);
    }
    let header = "/^### BEGIN INIT INFO/,/^### END INIT INFO/p";
    let found = node.run("sed", &["-n", header, program])?.out.text;
    Ok(found.contains("### END INIT INFO").then_some(found))
}

/// The text of the last reason that an agent gave.
fn reason(stderr: &str) -> Option<String> {
    let last = stderr
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix(REASON));
    last.map(|reason| reason.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn the_last_reason_counts_and_its_mark_must_begin_the_line() {
        let stderr =
            "ocf-exit-reason:first\nnoise\nocf-exit-reason: second \nlog ocf-exit-reason:no";
        assert_eq!(reason(stderr).as_deref(), Some("second"));
        assert_eq!(reason("nothing"), None);
    }
}
