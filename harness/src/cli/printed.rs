//! `--format` of the commands that print what is known: as text, or as one JSON value.

use std::fmt::Display;
use std::io::{self, Write};

use clap::{Args, ValueEnum};
use serde::Serialize;

/// How a command prints its answer.
#[derive(Debug, Args)]
pub(super) struct Printed {
    /// Output format
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: As,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum As {
    /// For people
    // VRT_FORMAT may hold a format of `run`, too.
    #[value(aliases = ["pretty", "terse"])]
    Text,
    /// One JSON value for programs; its keys only grow in number
    Json,
}

impl Printed {
    /// Prints an answer: its `Display` is the text with its last line break, and its fields are the JSON.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn print<T: Display + Serialize>(
        &self,
        out: &mut impl Write,
        answer: &T,
    ) -> io::Result<()> {
        // In one piece: standard output is written line by line otherwise.
        let text = match self.format {
            As::Text => answer.to_string(),
            As::Json => serde_json::to_string_pretty(answer)? + "\n",
        };
        out.write_all(text.as_bytes())
    }

    /// Whether a program reads the answer.
    pub(super) fn is_json(&self) -> bool {
        self.format == As::Json
    }
}
