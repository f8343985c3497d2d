//! The log of the calls that stand-ins got.

use std::io::{BufRead, BufReader, Read};

use serde::{Deserialize, Serialize};

use crate::history::ToolCall;

/// One line of the log.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Logged {
    pub(super) call: ToolCall,
    /// Which answer of a script was given; none when the real tool answered, or there is no script.
    pub(super) answer: Option<usize>,
}

/// The calls in such a log, without the first `skip`.
#[must_use]
pub(crate) fn calls(log: &[u8], skip: usize) -> Vec<ToolCall> {
    let calls = read(log).into_iter().skip(skip);
    calls.map(|logged| logged.call).collect()
}

/// Every line that is whole.
pub(super) fn read(log: impl Read) -> Vec<Logged> {
    let lines = BufReader::new(log).lines().map_while(Result::ok);
    lines
        .filter_map(|line| serde_json::from_str(&line).ok())
        .collect()
}
