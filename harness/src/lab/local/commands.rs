//! The way to a node's first process, which runs the harness's commands.

use std::io::{self, IoSlice, IoSliceMut, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};

use crate::lab::command::{COMMANDS_SOCKET, Command, FAILED, STARTED};

/// How long a node's first process may take to start a command.
const STARTING: Duration = Duration::from_secs(30);

/// The way to a node's first process, which executes commands.
#[derive(Debug)]
pub(super) struct Commands {
    socket: Mutex<UnixStream>,
}

impl Commands {
    /// Connects to a node by the host's id of its first process.
    pub(super) fn connect(init: i32) -> io::Result<Self> {
        let path = format!("/proc/{init}/root{COMMANDS_SOCKET}");
        let socket = Mutex::new(UnixStream::connect(Path::new(&path))?);
        Ok(Self { socket })
    }

    /// Sends a command with the other ends of its streams and of its own socket.
    pub(super) fn send(&self, command: &Command, files: &[OwnedFd; 3]) -> io::Result<()> {
        let text = serde_json::to_vec(command)?;
        let length = u32::try_from(text.len()).map_err(io::Error::other)?;
        let files = files.each_ref().map(AsFd::as_fd);
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(3))];
        let mut beside = SendAncillaryBuffer::new(&mut space);
        beside.push(SendAncillaryMessage::ScmRights(&files));
        // One command at a time: its parts must not mix with another's.
        let mut socket = self.socket.lock().unwrap_or_else(PoisonError::into_inner);
        sendmsg(
            &*socket,
            &[IoSlice::new(&length.to_le_bytes())],
            &mut beside,
            SendFlags::NOSIGNAL,
        )?;
        socket.write_all(&text)
    }
}

/// Waits for the first answer about a command: the host's id of its process.
pub(super) fn first_process(mut socket: &UnixStream) -> Result<i32, String> {
    let late = |error: &dyn std::fmt::Display| format!("its node did not start it: {error}");
    socket
        .set_read_timeout(Some(STARTING))
        .map_err(|error| late(&error))?;
    let mut answer = [0];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmCredentials(1))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    // With a timeout the kernel takes up no reading again after a signal (signal(7)).
    rustix::io::retry_on_intr(|| {
        recvmsg(
            socket,
            &mut [IoSliceMut::new(&mut answer)],
            &mut beside,
            RecvFlags::empty(),
        )
    })
    .map_err(|error| late(&error))?;
    match answer {
        [STARTED] => {
            let sender = beside.drain().find_map(|message| match message {
                RecvAncillaryMessage::ScmCredentials(sender) => Some(sender.pid.as_raw_pid()),
                _ => None,
            });
            sender.ok_or_else(|| "its process cannot be seen from outside".to_owned())
        }
        [FAILED] => {
            let mut why = String::new();
            let _ = socket.read_to_string(&mut why);
            Err(why)
        }
        _ => Err(late(&"it ended")),
    }
}
