//! The resource agent `ocf:vrt:subject`: the agent under test, recorded.
//!
//! The agent must not notice. It has this process's environment (but for the provider and the type, which are its own),
//! arguments, folder, umask, open files, signals, process group and session. What it prints is passed on as it comes.
//! This process ends as the agent did; a signal meant for the whole group ends the agent alone, for its end is to be
//! recorded.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Command, ExitCode, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use nix::unistd::{Gid, Uid, getpid};

use super::connection::Connection;
use super::message::{Agent, Piece, Request, RunAnswer, RunBegins, RunNews, send};
use crate::history::Exit;
use crate::ocf::{Code, Verb};
use crate::output::read_both;
use crate::signals::ignored;
use crate::tool;

/// The signals that somebody may send to an agent's group, or a terminal to that in its foreground.
const OF_GROUPS: [i32; 7] = [
    signal_hook::consts::SIGHUP,
    signal_hook::consts::SIGINT,
    signal_hook::consts::SIGQUIT,
    signal_hook::consts::SIGTERM,
    signal_hook::consts::SIGALRM,
    signal_hook::consts::SIGUSR1,
    signal_hook::consts::SIGUSR2,
];

/// Acts as the agent under test.
pub(super) fn act(args: &[OsString]) -> ExitCode {
    run(args).unwrap_or_else(|error| {
        let _ = writeln!(
            io::stderr(),
            "ocf-exit-reason:the lab has no agent: {error}"
        );
        ExitCode::from(1)
    })
}

fn run(args: &[OsString]) -> io::Result<ExitCode> {
    let lossy = |text: OsString| text.to_string_lossy().into_owned();
    let begins = RunBegins {
        args: args.iter().cloned().map(lossy).collect(),
        env: std::env::vars_os()
            .map(|(name, value)| (lossy(name), lossy(value)))
            .collect::<BTreeMap<_, _>>(),
        user: Uid::current().as_raw(),
        process: getpid().as_raw(),
    };
    let is_metadata = begins.args.first().map(String::as_str) == Some(Verb::MetaData.as_str());
    let mut connection = Connection::open()?;
    match connection.ask(&Request::Run(begins))? {
        RunAnswer::Exit(code) => Ok(ExitCode::from(code)),
        RunAnswer::Execute(agent) => {
            if !agent.stand_ins.is_empty() && Uid::current().is_root() {
                tool::put_in_place(&agent.stand_ins).map_err(io::Error::other)?;
            }
            match is_metadata {
                true => Err(command(&agent, args).exec()),
                false => execute(command(&agent, args), &mut connection),
            }
        }
    }
}

fn command(agent: &Agent, args: &[OsString]) -> Command {
    let mut command = Command::new(&agent.program);
    command
        .args(args)
        // Nothing changes by it, but that it keeps Rust from posix_spawn(3), with which glibc ignores two more signals.
        .gid(Gid::current().as_raw())
        .env("OCF_RESOURCE_PROVIDER", &agent.provider)
        .env("OCF_RESOURCE_TYPE", &agent.kind);
    command
}

/// Runs the agent to its end, tells the harness how it ended, and ends in the same way.
fn execute(mut command: Command, connection: &mut Connection) -> io::Result<ExitCode> {
    outlive_signals();
    let (out, its_out) = io::pipe()?;
    let (err, its_err) = io::pipe()?;
    let mut executor = [own(io::stdout().as_fd())?, own(io::stderr().as_fd())?];
    let harness = connection.sender()?;
    let mut agent = command.stdout(its_out).stderr(its_err).spawn()?;
    // It has the other ends of the pipes.
    drop(command);
    let (stop, stopped) = UnixStream::pair()?;
    let reader = std::thread::spawn(move || {
        read_both([out, err], &stopped, |stream, piece| {
            // To the harness first: this process may be killed now. Nobody listens there when the lab ends.
            let _ = send(&harness, &RunNews::Printed(Piece::new(stream, piece)));
            executor[stream].write_all(piece).is_ok()
        });
    });
    let status = agent.wait()?;
    // A process that it left behind may keep them open: what is there by now is all.
    drop(stop);
    let _ = reader.join();
    let ended = RunNews::Ended(exit(status));
    let instead: Option<u8> = connection.ask(&ended).unwrap_or_default();
    Ok(instead.map_or_else(|| end_like(status), ExitCode::from))
}

/// Makes this process survive signals that are meant for its whole group. After exec(2) they have their default effect
/// again; those that were ignored stay so.
fn outlive_signals() {
    let ignored = ignored();
    let taken = OF_GROUPS.iter().filter(|signal| !ignored.contains(signal));
    for signal in taken {
        let _ = signal_hook::flag::register(*signal, Arc::new(AtomicBool::new(false)));
    }
}

fn own(stream: BorrowedFd<'_>) -> io::Result<File> {
    Ok(File::from(stream.try_clone_to_owned()?))
}

fn exit(status: ExitStatus) -> Exit {
    let code = |code| Code::from_number(code).map_or(Exit::Other(code), Exit::Code);
    match status.code() {
        Some(number) => code(number),
        None => Exit::Signal(status.signal().unwrap_or_default()),
    }
}

/// Ends this process by the signal that ended another, or returns its code.
fn end_like(status: ExitStatus) -> ExitCode {
    if let Some(signal) = status.signal() {
        let _ = signal_hook::low_level::emulate_default_handler(signal);
        // One that cannot be handled, such as KILL.
        let _ = signal_hook::low_level::raise(signal);
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    ExitCode::from(code.unwrap_or(u8::MAX))
}
