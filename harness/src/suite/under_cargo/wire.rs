//! What a test asks the command that runs the cases, and what it answers: one question a connection, a line of JSON each.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Request {
    /// Which cases are there?
    Plan,
    /// What does the case with that id come to?
    Case(String),
}

/// The answer to [`Request::Plan`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PlanAnswer {
    /// The ids of the cases that run, the longest first.
    pub(crate) chosen: Vec<String>,
    /// Those of the cases that do not, each with its reason.
    pub(crate) skipped: Vec<(String, String)>,
}

/// The answer to [`Request::Case`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CaseAnswer {
    /// Whether the agent met every `must`, as far as it is known.
    pub(crate) is_met: bool,
    /// The diagnosis.
    pub(crate) text: String,
}

/// Sends a line.
pub(crate) fn send(mut stream: &UnixStream, line: &impl Serialize) -> io::Result<()> {
    let mut text = serde_json::to_vec(line)?;
    text.push(b'\n');
    stream.write_all(&text)
}

/// Waits for a line.
pub(crate) fn receive<T: DeserializeOwned>(stream: &UnixStream) -> io::Result<T> {
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    Ok(serde_json::from_str(&line)?)
}
