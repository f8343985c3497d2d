//! What a process prints: read as it comes, kept up to a limit, and passed on where somebody else waits for it.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{PipeReader, Read, Write as _};
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
    fn take(&mut self, bytes: &[u8]) {
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

/// One stream of a process.
#[derive(Debug)]
pub(crate) struct Stream {
    /// None once it has ended.
    pipe: Option<PipeReader>,
    kept: Kept,
    pass_on: Option<File>,
}

impl Stream {
    /// A stream that is only kept.
    pub(crate) fn kept(pipe: PipeReader) -> Self {
        Self {
            pipe: Some(pipe).filter(|pipe| unblock(pipe.as_fd())),
            kept: Kept::default(),
            pass_on: None,
        }
    }

    /// A stream that is written to a file, too.
    pub(crate) fn passed_on(pipe: PipeReader, to: File) -> Self {
        Self {
            pass_on: Some(to),
            ..Self::kept(pipe)
        }
    }

    /// Reads what is there. Bounded, for a process left behind may never pause. Where nobody takes what is passed on the
    /// stream ends, and so its writer learns of it.
    fn drain(&mut self) {
        let mut buffer = [0; 64 << 10];
        for _ in 0..64 {
            let Some(pipe) = &mut self.pipe else { return };
            match pipe.read(&mut buffer) {
                Ok(0) => self.pipe = None,
                Ok(read) => {
                    let read = buffer.get(..read).unwrap_or_default();
                    self.kept.take(read);
                    let passed = self.pass_on.as_mut().map(|to| to.write_all(read));
                    if passed.is_some_and(|passed| passed.is_err()) {
                        self.pipe = None;
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return,
                Err(_) => self.pipe = None,
            }
        }
    }
}

/// Reads both streams until both have ended or `stopped` is closed from the other side.
pub(crate) fn read_both(mut streams: [Stream; 2], stopped: &UnixStream) -> [Kept; 2] {
    loop {
        let mut watched = vec![PollFd::new(stopped.as_fd(), PollFlags::POLLIN)];
        let pipes = streams.iter().filter_map(|stream| stream.pipe.as_ref());
        watched.extend(pipes.map(|pipe| PollFd::new(pipe.as_fd(), PollFlags::POLLIN)));
        if watched.len() == 1 {
            break;
        }
        let _ = poll(&mut watched, PollTimeout::NONE);
        let told_to_stop = watched.first().is_some_and(|fd| fd.any().unwrap_or(true));
        streams.iter_mut().for_each(Stream::drain);
        if told_to_stop {
            break;
        }
    }
    streams.map(|stream| stream.kept)
}

fn unblock(fd: BorrowedFd<'_>) -> bool {
    fcntl(fd, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).is_ok()
}
