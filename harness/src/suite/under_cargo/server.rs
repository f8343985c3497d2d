//! The command that runs the cases for all tests of a run, reached by a socket that has no file.
//!
//! Whoever binds the socket's name first starts the command, and gives it the socket as standard input. The name is free
//! again when the command has ended, however it ended. The command ends with what runs the tests, which it waits for.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek};
use std::os::fd::OwnedFd;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, thread};

use rustix::net::sockopt::socket_peercred;
use serde::de::DeserializeOwned;

use super::runner::Runner;
use super::wire::{self, Request};

/// The command, running or not yet.
#[derive(Debug)]
pub(super) struct Server {
    program: PathBuf,
    runner: Runner,
    /// How many labs it has, if that was asked for.
    jobs: Option<usize>,
}

impl Server {
    /// That of this process's run. `binaries` is the folder of the workspace's programs.
    pub(super) fn of(binaries: &Path, jobs: Option<usize>) -> Self {
        Self {
            program: binaries.join("virt-ra-tester"),
            runner: Runner::of_this_process(),
            jobs,
        }
    }

    /// Asks it, and starts it where it does not run yet.
    ///
    /// # Errors
    /// When it does not start, or ends before it answers: a sentence.
    pub(super) fn ask<T: DeserializeOwned>(&self, request: &Request) -> Result<T, String> {
        let (stream, told) = self.reach().map_err(|error| {
            let program = self.program.display();
            format!("cannot start {program}: {error}; `cargo build --workspace` builds it")
        })?;
        let answer = wire::send(&stream, request).and_then(|()| wire::receive(&stream));
        answer.map_err(|_| {
            told.and_then(words).unwrap_or_else(|| {
                "the command that runs the cases of all tests has ended before it answered"
                    .to_owned()
            })
        })
    }

    /// A connection; for who has started the command, also what that writes to standard error.
    fn reach(&self) -> io::Result<(UnixStream, Option<File>)> {
        let address = SocketAddr::from_abstract_name(self.runner.socket())?;
        loop {
            match UnixStream::connect_addr(&address) {
                Ok(stream) => return trusted(stream).map(|stream| (stream, None)),
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => {}
                Err(error) => return Err(error),
            }
            match UnixListener::bind_addr(&address) {
                Ok(listener) => {
                    // Before it starts: if it ends early, the connection ends with it.
                    let stream = UnixStream::connect_addr(&address)?;
                    return Ok((stream, Some(self.start(listener)?)));
                }
                // Another test was faster, and is about to listen.
                Err(error) if error.kind() == ErrorKind::AddrInUse => thread::yield_now(),
                Err(error) => return Err(error),
            }
        }
    }

    /// Starts the command where the user called cargo, in a process group of its own: nextest ends those of its tests.
    fn start(&self, listener: UnixListener) -> io::Result<File> {
        let told = tempfile::tempfile()?;
        let jobs = self.jobs.iter();
        let jobs = jobs.flat_map(|jobs| ["--jobs".to_owned(), jobs.to_string()]);
        let mut command = Command::new(&self.program);
        command
            .args(["run", "--serve", &self.runner.argument()])
            .args(jobs)
            .stdin(OwnedFd::from(listener))
            .stdout(Stdio::null())
            .stderr(told.try_clone()?)
            .process_group(0);
        // Cargo starts tests in their package's folder.
        let typed_in = env::var_os("PWD").map(PathBuf::from);
        if let Some(folder) = typed_in.filter(|folder| folder.is_dir()) {
            command.current_dir(folder);
        }
        command.spawn()?;
        Ok(told)
    }
}

/// What the command wrote; nothing if it was killed.
fn words(mut told: File) -> Option<String> {
    let mut text = String::new();
    told.rewind().ok()?;
    told.read_to_string(&mut text).ok()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A connection to this user's own process: anybody may bind the name.
fn trusted(stream: UnixStream) -> io::Result<UnixStream> {
    let peer = socket_peercred(&stream)?;
    match peer.uid.as_raw() == nix::unistd::geteuid().as_raw() {
        true => Ok(stream),
        false => Err(ErrorKind::PermissionDenied.into()),
    }
}
