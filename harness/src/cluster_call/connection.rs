use std::io::{self, BufReader};
use std::os::unix::net::UnixStream;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::message::{receive, send};
use super::place::socket;

/// A connection of this program to the harness.
pub(super) struct Connection(BufReader<UnixStream>);

impl Connection {
    /// Connects to this node's socket.
    pub(super) fn open() -> io::Result<Self> {
        let stream = UnixStream::connect(socket())?;
        Ok(Self(BufReader::new(stream)))
    }

    /// Another way to send messages over it.
    pub(super) fn sender(&self) -> io::Result<UnixStream> {
        self.0.get_ref().try_clone()
    }

    /// Sends a message and waits for the answer.
    pub(super) fn ask<T: DeserializeOwned>(&mut self, message: &impl Serialize) -> io::Result<T> {
        send(self.0.get_ref(), message)?;
        receive(&mut self.0)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}
