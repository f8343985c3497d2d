//! What the programs say to the harness, and what it answers: JSON, a line each.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::history::Exit;

/// What a program says first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Request {
    /// The resource agent is called. The answer is a [`RunAnswer`]; where that is to execute the agent, a [`RunNews`] follows
    /// of each piece that it prints, and of its end.
    Run(RunBegins),
    /// The alert agent is called, with these `CRM_alert_*` variables. The answer is `null`.
    Alert(BTreeMap<String, String>),
    /// The fence agent is called. The answer is a [`FenceAnswer`].
    Fence(FenceRequest),
}

/// A call of the resource agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RunBegins {
    /// All arguments.
    pub(crate) args: Vec<String>,
    /// The whole environment.
    pub(crate) env: BTreeMap<String, String>,
    /// The user.
    pub(crate) user: u32,
    /// The id that its process has in the node; the executor starts it in a group of its own.
    pub(crate) process: i32,
}

/// What comes of a call of the resource agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RunAnswer {
    /// Execute the agent under test.
    Execute(Agent),
    /// End with this code.
    Exit(u8),
}

/// The agent under test, as a node has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Agent {
    /// Its file.
    pub(crate) program: String,
    /// Its provider, for `OCF_RESOURCE_PROVIDER`.
    pub(crate) provider: String,
    /// Its type, for `OCF_RESOURCE_TYPE`.
    pub(crate) kind: String,
    /// The tools in whose places it meets stand-ins.
    pub(crate) stand_ins: Vec<String>,
}

/// What becomes of the agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RunNews {
    /// It has printed something. Nothing is answered.
    Printed(Piece),
    /// Its first process has ended so. The answer is a code to end with, or `null` for what the agent ended with.
    Ended(Exit),
}

/// A piece of what the agent prints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Piece {
    /// The stream: 0 for standard output, 1 for standard error.
    stream: usize,
    /// A letter for each byte, for a piece may end within one.
    bytes: String,
}

impl Piece {
    pub(super) fn new(stream: usize, bytes: &[u8]) -> Self {
        let bytes = bytes.iter().copied().map(char::from).collect();
        Self { stream, bytes }
    }

    /// Whether it is of standard error.
    pub(crate) const fn is_of_errors(&self) -> bool {
        self.stream == 1
    }

    /// What was printed.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let letters = self.bytes.chars();
        { letters.map(u8::try_from) }
            .map(Result::unwrap_or_default)
            .collect()
    }
}

/// What a fence agent is asked to do. Source: ClusterLabs' fence-agent API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FenceAction {
    /// Tell whether the device can be used.
    Monitor,
    /// Tell whether a node has power.
    Status,
    /// Take a node's power.
    Off,
    /// Give a node its power.
    On,
    /// Take a node's power and give it again.
    Reboot,
}

impl FenceAction {
    /// Its word in the agent's options.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Monitor => "monitor",
            Self::Status => "status",
            Self::Off => "off",
            Self::On => "on",
            Self::Reboot => "reboot",
        }
    }

    /// The action of that word.
    pub(super) fn named(word: &str) -> Option<Self> {
        let all = [
            Self::Monitor,
            Self::Status,
            Self::Off,
            Self::On,
            Self::Reboot,
        ];
        all.into_iter().find(|action| action.word() == word)
    }
}

/// A call of the fence agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FenceRequest {
    /// What is to be done.
    pub(crate) action: FenceAction,
    /// To which node.
    pub(crate) target: Option<String>,
}

/// What the fence agent ends with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FenceAnswer {
    /// Its exit code.
    pub(crate) code: u8,
    /// What it prints on standard error; empty for nothing.
    pub(crate) says: String,
}

/// The most that is read of a message, in bytes: an environment, or a piece of output, escaped.
const LONGEST: u64 = 8 << 20;

/// Sends a message.
///
/// # Errors
/// When the other end is gone.
pub(crate) fn send(mut to: impl Write, message: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    to.write_all(&line)
}

/// Waits for a message; none when the other end has gone.
///
/// # Errors
/// When it is no such message.
pub(crate) fn receive<T: DeserializeOwned>(from: &mut impl BufRead) -> io::Result<Option<T>> {
    let mut line = Vec::new();
    from.by_ref().take(LONGEST).read_until(b'\n', &mut line)?;
    match line.last() {
        Some(b'\n') => Ok(Some(serde_json::from_slice(&line)?)),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::{FenceAction, FenceRequest, Piece, Request, receive, send};

    #[test]
    fn a_piece_of_output_keeps_each_of_its_bytes() {
        let bytes: Vec<u8> = (0..=255).collect();
        let mut wire = Vec::new();
        send(&mut wire, &Piece::new(1, &bytes)).expect("it is written to memory");
        let read: Option<Piece> = receive(&mut wire.as_slice()).expect("it is one");
        let read = read.expect("it is whole");
        assert_eq!((read.bytes(), read.is_of_errors()), (bytes, true));
    }

    #[test]
    fn a_message_is_read_back_and_half_a_one_is_the_end() {
        let request = Request::Fence(FenceRequest {
            action: FenceAction::Off,
            target: Some("b".to_owned()),
        });
        let mut wire = Vec::new();
        send(&mut wire, &request).expect("it is written to memory");
        let read = receive::<Request>(&mut wire.as_slice());
        assert_eq!(read.expect("it is one"), Some(request));
        wire.pop();
        let read = receive::<Request>(&mut wire.as_slice());
        assert_eq!(read.expect("it is no error"), None);
        assert!(receive::<Request>(&mut &b"{}\n"[..]).is_err());
    }
}
