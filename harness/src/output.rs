//! What a process prints: read as it comes, and kept up to a limit.

use std::collections::VecDeque;
use std::io::{PipeReader, Read as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::history::Output;

/// Bytes kept of a stream's beginning, and as many of its end.
const KEPT: usize = 128 << 10;

/// The bounded memory of one stream: its beginning and its end.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    bytes: u64,
}

impl Kept {
    /// Takes what comes next.
    pub(crate) fn take(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let room = (KEPT - self.head.len()).min(bytes.len());
        let (head, tail) = bytes.split_at(room);
        self.head.extend_from_slice(head);
        self.tail.extend(tail);
        self.tail.drain(..self.tail.len().saturating_sub(KEPT));
    }

    /// What a history keeps of the stream.
    pub(crate) fn into_output(mut self) -> Output {
        let cut = self.bytes > (self.head.len() + self.tail.len()) as u64;
        if cut {
            self.head.extend_from_slice(b"\n[cut]\n");
        }
        self.head.extend(self.tail);
        let text = String::from_utf8_lossy(&self.head).into_owned();
        let odd = |letter: char| letter.is_control() && letter != '\n' && letter != '\t';
        // The cut may fall into the middle of a letter, which is not the command's doing.
        let torn = !cut && std::str::from_utf8(&self.head).is_err();
        Output {
            binary: torn || text.contains(odd),
            text,
            bytes: self.bytes,
            cut,
        }
    }
}

/// Reads both streams until both have ended or `stopped` is closed from the other side. `take` gets each piece with the
/// number of its stream; where it returns false, nobody wants more, the stream is closed, and so its writer learns of it.
pub(crate) fn read_both(
    pipes: [PipeReader; 2],
    stopped: &UnixStream,
    mut take: impl FnMut(usize, &[u8]) -> bool,
) {
    let mut pipes = pipes.map(|pipe| Some(pipe).filter(|pipe| unblock(pipe.as_fd())));
    loop {
        let mut watched = vec![PollFd::new(stopped.as_fd(), PollFlags::POLLIN)];
        let open = pipes.iter().flatten();
        watched.extend(open.map(|pipe| PollFd::new(pipe.as_fd(), PollFlags::POLLIN)));
        if watched.len() == 1 {
            return;
        }
        let _ = poll(&mut watched, PollTimeout::NONE);
        let told_to_stop = watched.first().is_some_and(|fd| fd.any().unwrap_or(true));
        for (number, pipe) in pipes.iter_mut().enumerate() {
            let is_open = |pipe: &mut PipeReader| drain(pipe, |piece| take(number, piece));
            if !pipe.as_mut().is_some_and(is_open) {
                *pipe = None;
            }
        }
        if told_to_stop {
            return;
        }
    }
}

fn unblock(fd: BorrowedFd<'_>) -> bool {
    fcntl(fd, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).is_ok()
}

/// Reads what is there; whether more may come. Bounded, for a process left behind may never pause.
fn drain(pipe: &mut PipeReader, mut take: impl FnMut(&[u8]) -> bool) -> bool {
    let mut buffer = [0; 64 << 10];
    for _ in 0..64 {
        match pipe.read(&mut buffer) {
            Ok(0) => return false,
            Ok(read) if !take(buffer.get(..read).unwrap_or_default()) => return false,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return error.kind() == std::io::ErrorKind::WouldBlock,
        }
    }
    true
}
