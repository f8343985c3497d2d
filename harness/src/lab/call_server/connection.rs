//! One connection: a run of the agent, an event, or a fencing.

use std::io::{self, BufReader};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing::debug;

use super::calling_node::CallingNode;
use super::observer::{AgentInCluster, ClusterObserver, ClusterRun, RunEnd};
use super::script::Decision;
use super::shared::Shared;
use crate::cluster_call::{
    Agent, FenceRequest, Request, RunAnswer, RunBegins, RunNews, receive, send,
};
use crate::history::{Exit, Fenced, NodeName, Output};
use crate::lab::pressure;
use crate::lab::process::Process;
use crate::ocf::{Code, Verb};
use crate::output::Kept;

/// By how much the executor's kill may come early by our clock, which starts when a run has said that it is there: on a
/// busy machine that took 0.22 s.
const EARLY: Duration = Duration::from_millis(800);

/// The signal that ends a whole group when it is killed.
const KILL: i32 = 9;

/// Serves one connection from a node to its end.
///
/// # Errors
/// When it breaks, or says what it should not.
pub(super) fn serve(shared: &Shared, node: &CallingNode, stream: UnixStream) -> io::Result<()> {
    let mut lines = BufReader::new(stream);
    match receive(&mut lines)? {
        Some(Request::Run(begins)) => {
            let caller = Caller {
                shared,
                node,
                lines,
            };
            caller.run(begins)
        }
        Some(Request::Alert(variables)) => {
            if let Some(observer) = shared.observer() {
                observer.alert(node.name(), &variables);
            }
            send(lines.get_ref(), &())
        }
        Some(Request::Fence(request)) => fence(shared, node.name(), &request, lines.get_ref()),
        None => Ok(()),
    }
}

fn fence(
    shared: &Shared,
    by: &NodeName,
    request: &FenceRequest,
    stream: &UnixStream,
) -> io::Result<()> {
    let Some((answer, outcome)) = shared.device.obey(by, request, stream) else {
        return Ok(());
    };
    debug!("{request:?}, asked for by {by}: {answer:?}");
    if let (Some(observer), Some(node), Some(outcome)) =
        (shared.observer(), &request.target, outcome)
    {
        observer.fenced(Fenced {
            node: NodeName::from(node.as_str()),
            by: by.clone(),
            action: request.action.word().to_owned(),
            outcome,
        });
    }
    send(stream, &answer)
}

/// A process of the resource agent that has connected.
struct Caller<'a> {
    shared: &'a Shared,
    node: &'a CallingNode,
    lines: BufReader<UnixStream>,
}

impl Caller<'_> {
    fn run(mut self, begins: RunBegins) -> io::Result<()> {
        let run = ClusterRun {
            node: self.node.name().clone(),
            args: begins.args,
            env: begins.env,
            user: begins.user,
        };
        let Some(agent) = self.shared.agent() else {
            debug!("{:?} on {}, and no agent was named", run.args, run.node);
            return self.answer(&RunAnswer::Exit(Code::ErrInstalled.number()));
        };
        let execute = RunAnswer::Execute(in_message(agent));
        if run.verb() == Some(Verb::MetaData) {
            return self.answer(&execute);
        }
        let under_way = self.shared.runs.begin(self.node, begins.process);
        let told = self.shared.observer().map(|observer| {
            let number = observer.run_begins(&run);
            Told { observer, number }
        });
        let clock = Clock::start(self.node);
        let decision = self.shared.script.decide(&run, &execute, self.stream());
        let end = match decision {
            Decision::Answer(code) => RunEnd {
                is_answer: true,
                ..clock.end(Exit::Code(code))
            },
            Decision::Held => self.await_end(&run, &clock, begins.process),
            Decision::Run => {
                self.answer(&execute)?;
                self.await_end(&run, &clock, begins.process)
            }
        };
        drop(under_way);
        if let Some(told) = told {
            told.observer.run_ended(&run, told.number, end);
        }
        // Nobody hears it where the process was killed.
        match decision {
            Decision::Answer(code) => self.answer(&RunAnswer::Exit(code.number())),
            Decision::Held | Decision::Run => {
                let instead = self.shared.script.instead(&run).map(Code::number);
                send(self.stream(), &instead)
            }
        }
    }

    /// Waits until the process says how the agent ended, or has ended itself.
    fn await_end(&mut self, run: &ClusterRun, clock: &Clock<'_>, process: i32) -> RunEnd {
        let (mut stdout, mut stderr) = (Kept::default(), Kept::default());
        let ended = loop {
            match receive(&mut self.lines) {
                Ok(Some(RunNews::Printed(piece))) => match piece.is_of_errors() {
                    true => stderr.take(&piece.bytes()),
                    false => stdout.take(&piece.bytes()),
                },
                Ok(Some(RunNews::Ended(exit))) => break Some(exit),
                Ok(None) | Err(_) => break None,
            }
        };
        let left = ended.map(|_| self.node.left_of_group(process));
        RunEnd {
            stdout: stdout.into_output(),
            stderr: stderr.into_output(),
            left_running: { left.iter().flatten() }
                .map(Process::command_line)
                .collect(),
            ..clock.end(ended.unwrap_or_else(|| self.killed(run, clock)))
        }
    }

    /// How a run ended whose process was killed before it could say so.
    fn killed(&self, run: &ClusterRun, clock: &Clock<'_>) -> Exit {
        let timeout = run.timeout().map(Duration::from_millis);
        let is_late = timeout.is_some_and(|timeout| clock.began.elapsed() + EARLY >= timeout);
        match self.shared.device.has_power(&run.node) {
            false => Exit::Killed,
            true if is_late => Exit::TimedOut,
            true => Exit::Signal(KILL),
        }
    }

    fn answer(&self, answer: &RunAnswer) -> io::Result<()> {
        send(self.stream(), answer)
    }

    fn stream(&self) -> &UnixStream {
        self.lines.get_ref()
    }
}

/// An observer, and its number for a run.
struct Told {
    observer: Arc<dyn ClusterObserver>,
    number: u32,
}

/// When a run began, and how long tasks of its machine had waited for a processor by then.
struct Clock<'a> {
    node: &'a CallingNode,
    began: Instant,
    waited: Option<u64>,
}

impl<'a> Clock<'a> {
    fn start(node: &'a CallingNode) -> Self {
        Self {
            node,
            began: Instant::now(),
            waited: node.waited(),
        }
    }

    /// The end of a run now, of which no more is known than how it ended.
    fn end(&self, exit: Exit) -> RunEnd {
        let took = self.began.elapsed();
        RunEnd {
            exit,
            is_answer: false,
            took: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            stdout: Output::default(),
            stderr: Output::default(),
            left_running: Vec::new(),
            pressure: pressure::percent(self.waited, self.node.waited(), took),
        }
    }
}

fn in_message(agent: AgentInCluster) -> Agent {
    Agent {
        program: agent.program,
        provider: agent.provider,
        kind: agent.kind,
        stand_ins: agent.stand_ins,
    }
}
