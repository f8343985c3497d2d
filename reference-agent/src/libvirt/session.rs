//! Sessions with a libvirt, with a deadline around everything: any of its calls may hang for ever.
//!
//! Each question is a session of its own, in a thread of its own: connect, ask, disconnect. A thread whose answer
//! comes too late is left behind; it ends with the process. Nothing is kept between sessions, so a daemon that was
//! restarted in between is no special case.

use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use virt::connect::Connect;
use virt::domain::Domain;

use super::library;
use super::trouble::Trouble;

/// The answer of a session that was begun.
#[derive(Debug)]
pub(crate) struct Pending<T> {
    answers: Receiver<Result<T, Trouble>>,
    uri: String,
}

impl<T> Pending<T> {
    /// Waits for the answer. One that hasn't come may be waited for again.
    ///
    /// # Errors
    /// Every kind of trouble; [`Trouble::Hung`] when the time is over.
    pub(crate) fn wait(&self, within: Duration) -> Result<T, Trouble> {
        match self.answers.recv_timeout(within) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(Trouble::Hung(format!(
                "libvirt at {} gave no answer within {:.1} s",
                self.uri,
                within.as_secs_f64()
            ))),
            Err(RecvTimeoutError::Disconnected) => Err(Trouble::Failed(
                "a libvirt session ended without an answer".to_owned(),
            )),
        }
    }
}

/// Asks a libvirt one thing, for at most `within`.
///
/// # Errors
/// As [`Pending::wait`].
pub(super) fn ask<T: Send + 'static>(
    uri: &str,
    within: Duration,
    question: impl FnOnce(&Connect) -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    begin(uri, question).wait(within)
}

/// Begins a session whose answer is waited for later.
pub(super) fn begin<T: Send + 'static>(
    uri: &str,
    question: impl FnOnce(&Connect) -> Result<T, Trouble> + Send + 'static,
) -> Pending<T> {
    let place = uri.to_owned();
    begin_with(uri, move |answers| converse(&place, question, answers))
}

/// Does something in a thread of its own, which sends what comes of it.
pub(super) fn begin_with<T: Send + 'static>(
    uri: &str,
    work: impl FnOnce(&Sender<Result<T, Trouble>>) + Send + 'static,
) -> Pending<T> {
    let (sender, answers) = mpsc::channel();
    // Where no thread can be made the sender goes with the closure, and the receiver sees a closed channel.
    drop(thread::Builder::new().spawn(move || work(&sender)));
    Pending {
        answers,
        uri: uri.to_owned(),
    }
}

/// One session.
pub(super) fn converse<T>(
    uri: &str,
    question: impl FnOnce(&Connect) -> Result<T, Trouble>,
    answers: &Sender<Result<T, Trouble>>,
) {
    let connection = match open(uri) {
        Ok(connection) => connection,
        Err(trouble) => return drop(answers.send(Err(trouble))),
    };
    let answer =
        panic::catch_unwind(AssertUnwindSafe(|| question(&connection))).unwrap_or_else(|_| {
            Err(Trouble::Failed(
                "a panic inside the libvirt binding".to_owned(),
            ))
        });
    // The answer goes first: closing is a call too, and may hang.
    let _ = answers.send(answer);
    close(connection);
}

/// Looks a domain up by its UUID within an open session.
///
/// # Errors
/// [`Trouble::NoDomain`] and libvirt's own.
pub(super) fn with_domain<T>(
    connection: &Connect,
    uuid: &str,
    question: impl FnOnce(&Domain) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    let domain = connection.lookup_domain_by_uuid_string(uuid)?;
    let answer = question(&domain);
    close(domain);
    answer
}

/// Gives a libvirt object back. virt's `Drop` panics when libvirt fails to, and that changes no answer.
pub(super) fn close<T>(object: T) {
    let _ = panic::catch_unwind(AssertUnwindSafe(|| drop(object)));
}

/// Opens a connection.
///
/// # Errors
/// [`Trouble::Denied`] when this user may not, [`Trouble::Missing`] without the library, [`Trouble::Unreachable`]
/// otherwise.
pub(super) fn open(uri: &str) -> Result<Connect, Trouble> {
    library::load().map_err(Trouble::Missing)?;
    Connect::open(Some(uri)).map_err(|error| {
        let why = format!("no connection to libvirt at {uri}: {}", error.message());
        match Trouble::from(error) {
            Trouble::Denied(_) => Trouble::Denied(why),
            // libvirt has no code of its own for a socket that may not be opened; messages are never translated
            // here, since the agent doesn't set a locale.
            _ if why.contains("Permission denied") => Trouble::Denied(why),
            _ => Trouble::Unreachable(why),
        }
    })
}
