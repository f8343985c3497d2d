//! libvirt, with a deadline around everything: any of its calls may hang for ever.
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
use virt::error::{Error, ErrorNumber};

use crate::libvirt::library;
use crate::libvirt::state::{self, Condition, condition};
use crate::libvirt::wire::{self, Told};
use crate::ocf::ExitCode;

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// A daemon that answers says that it doesn't know the domain.
    NoDomain,
    /// libvirt refuses to talk to this user.
    Denied(String),
    /// Its library isn't installed on this node.
    Missing(String),
    /// No connection could be made.
    Unreachable(String),
    /// No answer came in time.
    Hung(String),
    /// The call failed.
    Failed(String),
}

impl Trouble {
    /// What happened, for an operator.
    pub(crate) fn why(&self) -> &str {
        match self {
            Self::NoDomain => "the domain is unknown",
            Self::Denied(why)
            | Self::Missing(why)
            | Self::Unreachable(why)
            | Self::Hung(why)
            | Self::Failed(why) => why,
        }
    }

    /// The code of an action that fails for it.
    pub(crate) fn code(&self) -> ExitCode {
        match self {
            Self::Denied(_) => ExitCode::Permission,
            Self::Missing(_) => ExitCode::Installed,
            Self::NoDomain | Self::Unreachable(_) | Self::Hung(_) | Self::Failed(_) => {
                ExitCode::Generic
            }
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let code = error.code();
        if code.is(ErrorNumber::NoDomain) {
            return Self::NoDomain;
        }
        let why = error.message().to_owned();
        let denied = [
            ErrorNumber::AuthFailed,
            ErrorNumber::AuthCancelled,
            ErrorNumber::AccessDenied,
        ];
        if code.is_any(denied.to_vec()) {
            Self::Denied(why)
        } else {
            Self::Failed(why)
        }
    }
}

/// Asks a libvirt one thing, for at most `within`.
///
/// # Errors
/// Every kind of trouble; [`Trouble::Hung`] when the time is over.
pub(crate) fn ask<T: Send + 'static>(
    uri: &str,
    within: Duration,
    question: impl FnOnce(&Connect) -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    receive(&begin(uri, question), within, uri)
}

/// The same about one domain, found by its UUID and nothing else.
///
/// # Errors
/// As [`ask`], and [`Trouble::NoDomain`].
pub(crate) fn ask_about<T: Send + 'static>(
    uri: &str,
    uuid: &str,
    within: Duration,
    question: impl FnOnce(&Domain) -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    let uuid = uuid.to_owned();
    ask(uri, within, move |connection| {
        with_domain(connection, &uuid, question)
    })
}

/// The state of a domain: by libvirt's protocol where that is enough, and otherwise by its library.
///
/// # Errors
/// As [`ask_about`].
pub(crate) fn state(uri: &str, uuid: &str, within: Duration) -> Result<Condition, Trouble> {
    let (place, uuid) = (uri.to_owned(), uuid.to_owned());
    let answers = aside(move |sender| match wire::state(&place, &uuid) {
        Some(told) => drop(sender.send(match told {
            Told::State(state, reason) => Ok(state::condition_in(state, reason)),
            Told::NoDomain => Err(Trouble::NoDomain),
        })),
        None => converse(
            &place,
            |connection| with_domain(connection, &uuid, state_of),
            sender,
        ),
    });
    receive(&answers, within, uri)
}

/// The state of a domain that was found.
///
/// # Errors
/// libvirt's own. virt 0.5's `state` swallows them and gives a state of -1 instead.
pub(crate) fn state_of(domain: &Domain) -> Result<Condition, Trouble> {
    let (state, reason) = domain.state()?;
    if state.is_unknown_and(|raw| raw == u32::MAX) {
        return Err(Error::last_error().into());
    }
    Ok(condition(reason))
}

/// Begins a session whose answer will come over the channel.
pub(crate) fn begin<T: Send + 'static>(
    uri: &str,
    question: impl FnOnce(&Connect) -> Result<T, Trouble> + Send + 'static,
) -> Receiver<Result<T, Trouble>> {
    let uri = uri.to_owned();
    aside(move |sender| converse(&uri, question, sender))
}

/// Does something in a thread of its own, which sends what comes of it.
fn aside<T: Send + 'static>(
    work: impl FnOnce(&Sender<Result<T, Trouble>>) + Send + 'static,
) -> Receiver<Result<T, Trouble>> {
    let (sender, receiver) = mpsc::channel();
    // Where no thread can be made the sender goes with the closure, and the receiver sees a closed channel.
    drop(thread::Builder::new().spawn(move || work(&sender)));
    receiver
}

/// One session.
fn converse<T>(
    uri: &str,
    question: impl FnOnce(&Connect) -> Result<T, Trouble>,
    sender: &Sender<Result<T, Trouble>>,
) {
    let connection = match open(uri) {
        Ok(connection) => connection,
        Err(trouble) => return drop(sender.send(Err(trouble))),
    };
    let answer =
        panic::catch_unwind(AssertUnwindSafe(|| question(&connection))).unwrap_or_else(|_| {
            Err(Trouble::Failed(
                "a panic inside the libvirt binding".to_owned(),
            ))
        });
    // The answer goes first: closing is a call too, and may hang.
    let _ = sender.send(answer);
    close(connection);
}

/// Waits for the answer of a session.
///
/// # Errors
/// As [`ask`].
pub(crate) fn receive<T>(
    answers: &Receiver<Result<T, Trouble>>,
    within: Duration,
    uri: &str,
) -> Result<T, Trouble> {
    match answers.recv_timeout(within) {
        Ok(answer) => answer,
        Err(RecvTimeoutError::Timeout) => Err(Trouble::Hung(format!(
            "libvirt at {uri} gave no answer within {:.1} s",
            within.as_secs_f64()
        ))),
        Err(RecvTimeoutError::Disconnected) => Err(Trouble::Failed(
            "a libvirt session ended without an answer".to_owned(),
        )),
    }
}

/// Looks a domain up within an open session.
///
/// # Errors
/// [`Trouble::NoDomain`] and libvirt's own.
pub(crate) fn with_domain<T>(
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
pub(crate) fn close<T>(object: T) {
    let _ = panic::catch_unwind(AssertUnwindSafe(|| drop(object)));
}

/// Opens a connection.
///
/// # Errors
/// [`Trouble::Denied`] when this user may not, [`Trouble::Missing`] without the library, [`Trouble::Unreachable`]
/// otherwise.
pub(crate) fn open(uri: &str) -> Result<Connect, Trouble> {
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
