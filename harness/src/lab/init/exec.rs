//! The first process of a node: it runs commands and reaps.
//!
//! It takes each command with its pipes over a socket, starts it in a process group of its own, reports its process as
//! credentials (the kernel translates the id for the receiver) and at last how it ended. A program that is sent in for
//! each command (`nsenter` and this binary) took 15 ms to load each time, a third of the suite's time. libvirtd cannot
//! be PID 1: its QEMU probes stay zombies, and every start hangs.
//!
//! Pacemaker's executor treats commands alike: its environment and no other variable, KILL to the whole group when the
//! timeout has passed with no TERM before it, bounded output, and the last `ocf-exit-reason:` line kept.

use std::collections::HashMap;
use std::io::{self, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::lab::command::{self, COMMANDS_SOCKET, Ended, FAILED, STARTED};
use crate::lab::setup::LabResult;
use crate::tool;
use nix::sys::stat::{Mode, umask};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::User;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, UCred, recvmsg, sendmsg,
};
use signal_hook::consts::SIGCHLD;
use signal_hook::iterator::Signals;

/// The commands that run, by their processes in the node, with their own sockets.
type Commands = Arc<Mutex<HashMap<i32, UnixStream>>>;

fn lock(commands: &Commands) -> MutexGuard<'_, HashMap<i32, UnixStream>> {
    commands.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits for the harness, executes what it sends, and reaps what ends in the node, for ever.
///
/// That the node's first process does it, and not a program sent in for each command, saves the loading
/// of that program; and without a reaper libvirt's probes of QEMU stay zombies and every start hangs. It waits for the
/// signal and not for a child: where everything in the node was killed there is none, and later one that somebody else has
/// left.
///
/// # Errors
/// When the signal cannot be waited for.
pub(super) fn serve(listener: UnixListener) -> LabResult<()> {
    let commands = Commands::default();
    let mut ends = Signals::new([SIGCHLD]).map_err(|error| error.to_string())?;
    let known = Arc::clone(&commands);
    thread::spawn(move || obey(&listener, &known));
    // Some may have ended before.
    reap(&commands);
    ends.forever().for_each(|_| reap(&commands));
    Ok(())
}

fn obey(listener: &UnixListener, commands: &Commands) -> io::Result<()> {
    let (mut harness, _) = listener.accept()?;
    std::fs::remove_file(COMMANDS_SOCKET)?;
    while let Some(request) = Request::receive(&mut harness)? {
        // Held until the command is known: its end must find it, and one that cannot be executed is
        // reaped where it was started.
        let mut known = lock(commands);
        if let Some((pid, socket)) = request.start() {
            known.insert(pid, socket);
        }
        drop(known);
    }
    Ok(())
}

/// Reaps all processes that have ended, and reports the ends of commands to the harness.
fn reap(commands: &Commands) {
    let mut known = lock(commands);
    loop {
        let (pid, ended) = match waitpid(None, Some(WaitPidFlag::WNOHANG)) {
            Ok(WaitStatus::Exited(pid, code)) => (pid, Ended::Exited(code)),
            Ok(WaitStatus::Signaled(pid, signal, _)) => (pid, Ended::Signalled(signal as i32)),
            Ok(_) | Err(_) => return,
        };
        if let Some(mut socket) = known.remove(&pid.as_raw()) {
            // A harness that no longer listens has given the command up.
            let _ = serde_json::to_string(&ended).map(|text| socket.write_all(text.as_bytes()));
        }
    }
}

/// A command that came through the socket, in JSON after its length as four bytes, the lowest first. With
/// the length come its standard output, its standard error and its own socket.
struct Request {
    asked: command::Command,
    out: OwnedFd,
    err: OwnedFd,
    socket: UnixStream,
}

impl Request {
    /// The next one; none when the harness has gone.
    fn receive(harness: &mut UnixStream) -> io::Result<Option<Self>> {
        let mut length = [0; 4];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
        let mut beside = RecvAncillaryBuffer::new(&mut space);
        let received = recvmsg(
            &*harness,
            &mut [IoSliceMut::new(&mut length)],
            &mut beside,
            RecvFlags::CMSG_CLOEXEC,
        )?;
        if received.bytes == 0 {
            return Ok(None);
        }
        let rights = beside.drain().filter_map(|message| match message {
            RecvAncillaryMessage::ScmRights(files) => Some(files),
            _ => None,
        });
        let mut files = rights.flatten();
        let mut next = || files.next().ok_or(io::ErrorKind::InvalidData);
        let (out, err, socket) = (next()?, next()?, next()?.into());
        let mut text = vec![0; usize::try_from(u32::from_le_bytes(length)).unwrap_or_default()];
        harness.read_exact(&mut text)?;
        let asked = serde_json::from_slice(&text)?;
        Ok(Some(Self {
            asked,
            out,
            err,
            socket,
        }))
    }

    /// Starts it and reports that. Returns its process in the node and its own socket.
    fn start(self) -> Option<(i32, UnixStream)> {
        let Self {
            asked,
            out,
            err,
            mut socket,
        } = self;
        let started =
            spawn(&asked, out, err).and_then(|pid| tell_started(&socket, pid).map(|()| pid));
        match started {
            Ok(pid) => Some((pid, socket)),
            Err(trouble) => {
                let _ = socket.write_all(&[&[FAILED], trouble.as_bytes()].concat());
                None
            }
        }
    }
}

fn spawn(asked: &command::Command, out: OwnedFd, err: OwnedFd) -> LabResult<i32> {
    let mut command = Command::new(&asked.program);
    command
        .args(&asked.args)
        .env_clear()
        .envs(&asked.env)
        .current_dir(&asked.dir)
        .process_group(0)
        .stdin(standard_input(&asked.input)?)
        .stdout(out)
        .stderr(err);
    if asked.user != "root" {
        let user = User::from_name(&asked.user).ok().flatten();
        let user = user.ok_or_else(|| format!("the node has no user {}", asked.user))?;
        command.gid(user.gid.as_raw()).uid(user.uid.as_raw());
    }
    let mask = Mode::from_bits_truncate(asked.umask);
    let spawned = match asked.stand_ins.is_empty() {
        true => spawn_with(&mut command, mask),
        false => spawn_before(&asked.stand_ins, &mut command, mask)?,
    };
    let child = spawned.map_err(|error| format!("cannot execute {}: {error}", asked.program))?;
    Ok(child.id().cast_signed())
}

/// Starts a command with a mask that is this process's, which makes no files and executes one command at a time.
fn spawn_with(command: &mut Command, mask: Mode) -> io::Result<Child> {
    let own = umask(mask);
    let spawned = command.spawn();
    umask(own);
    spawned
}

/// Starts a command that meets stand-ins in the places of those tools, by a thread that sees them so and then ends.
fn spawn_before(
    tools: &[String],
    command: &mut Command,
    mask: Mode,
) -> LabResult<io::Result<Child>> {
    thread::scope(|scope| {
        let spawning = scope.spawn(|| {
            tool::put_in_place(tools)?;
            Ok(spawn_with(command, mask))
        });
        let panicked = |_| Err("a thread panicked".to_owned());
        spawning.join().unwrap_or_else(panicked)
    })
}

/// The end of a pipe that holds a text; a text as long as a pipe takes at once is none that a command needs.
fn standard_input(text: &str) -> LabResult<Stdio> {
    if text.is_empty() {
        return Ok(Stdio::null());
    }
    let failed = |error: io::Error| format!("a command gets no standard input: {error}");
    let (reading, mut writing) = io::pipe().map_err(failed)?;
    writing.write_all(text.as_bytes()).map_err(failed)?;
    Ok(reading.into())
}

/// Sends the process as credentials, in which the kernel puts the id that it has for the receiver.
fn tell_started(socket: &UnixStream, pid: i32) -> LabResult<()> {
    let credentials = UCred {
        pid: rustix::process::Pid::from_raw(pid).ok_or("a command has no process")?,
        uid: rustix::process::geteuid(),
        gid: rustix::process::getegid(),
    };
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmCredentials(1))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    beside.push(SendAncillaryMessage::ScmCredentials(credentials));
    let sent = sendmsg(
        socket,
        &[io::IoSlice::new(&[STARTED])],
        &mut beside,
        SendFlags::empty(),
    );
    sent.map(|_| ())
        .map_err(|error| format!("cannot tell which process it is: {error}"))
}
