use std::collections::VecDeque;
use std::io::{PipeReader, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::history::Output;

/// Bytes kept of a stream's beginning, and as many of its end.
const KEPT: usize = 128 << 10;

/// The bounded memory of one stream: its beginning and its end.
#[derive(Debug, Default)]
pub(super) struct Kept {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    bytes: u64,
}

impl Kept {
    fn take(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let room = (KEPT - self.head.len()).min(bytes.len());
        let (head, tail) = bytes.split_at(room);
        self.head.extend_from_slice(head);
        self.tail.extend(tail);
        self.tail.drain(..self.tail.len().saturating_sub(KEPT));
    }

    /// What a history keeps of the stream.
    pub(super) fn into_output(mut self) -> Output {
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

/// Reads both streams until both have ended or `stopped` is closed from the other side.
pub(super) fn read_both(
    mut out: PipeReader,
    mut err: PipeReader,
    stopped: &UnixStream,
) -> [Kept; 2] {
    let mut kept = [Kept::default(), Kept::default()];
    let mut open = [unblock(out.as_fd()), unblock(err.as_fd())];
    while open.contains(&true) {
        let mut watched = vec![PollFd::new(stopped.as_fd(), PollFlags::POLLIN)];
        if open[0] {
            watched.push(PollFd::new(out.as_fd(), PollFlags::POLLIN));
        }
        if open[1] {
            watched.push(PollFd::new(err.as_fd(), PollFlags::POLLIN));
        }
        let _ = poll(&mut watched, PollTimeout::NONE);
        let told_to_stop = watched.first().is_some_and(|fd| fd.any().unwrap_or(true));
        open[0] = open[0] && drain(&mut out, &mut kept[0]);
        open[1] = open[1] && drain(&mut err, &mut kept[1]);
        if told_to_stop {
            break;
        }
    }
    kept
}

fn unblock(fd: BorrowedFd<'_>) -> bool {
    fcntl(fd, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).is_ok()
}

/// Reads what is there; whether more may come. Bounded, for a process left behind may never pause.
fn drain(stream: &mut impl Read, kept: &mut Kept) -> bool {
    let mut buffer = [0; 64 << 10];
    for _ in 0..64 {
        match stream.read(&mut buffer) {
            Ok(0) => return false,
            Ok(read) => kept.take(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return error.kind() == std::io::ErrorKind::WouldBlock,
        }
    }
    true
}
