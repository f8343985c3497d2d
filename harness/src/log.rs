//! The debug log: what the harness and its labs do step by step, for whoever has to find out why a lab does not come up.
//!
//! It goes into `debug.log` of a run's results, and to standard error where it is asked for. A lab's own processes write
//! their lines to standard error, which the harness takes in ([`take_in`]): so what a process did before it was killed is
//! there.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::OnceLock;

use tracing::{Subscriber, debug};
use tracing_subscriber::filter::{EnvFilter, ParseError};
use tracing_subscriber::fmt::layer;
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::registry;

/// What is logged where nothing is asked for.
const USUAL: &str = "virt_ra_tester=debug";

/// Begins each line of the log that a lab's process writes to its standard error.
const MARK: &str = "log: ";

/// What is logged by this process.
static FILTER: OnceLock<String> = OnceLock::new();

/// The file that the log goes to, once there is one.
static FILE: OnceLock<File> = OnceLock::new();

/// Reads a filter, as `--log` and RUST_LOG take it: `debug`, or `virt_ra_tester::lab=trace,warn`.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn filter(text: &str) -> Result<EnvFilter, ParseError> {
    EnvFilter::builder().parse(text)
}

/// Starts the log of a command. `asked` is the filter that somebody asked for, who reads it on standard error.
pub(crate) fn start(asked: Option<&str>) {
    let asked = asked.filter(|text| filter(text).is_ok());
    let text = asked.unwrap_or(USUAL);
    let file = layer().with_ansi(false).with_writer(|| LogFile);
    let terminal = layer().with_ansi(false).with_writer(io::stderr);
    let terminal = terminal.with_filter(EnvFilter::new(text));
    let layers = registry().with(asked.map(|_| terminal));
    install(layers.with(file.with_filter(EnvFilter::new(text))), text);
}

/// Starts the log of a process inside a lab, whose standard error the harness takes in.
pub(crate) fn start_inside(text: &str) {
    let lines = layer()
        .without_time()
        .with_target(false)
        .with_level(false)
        .with_ansi(false)
        .with_writer(|| MarkedLine);
    install(
        registry().with(lines.with_filter(EnvFilter::new(text))),
        text,
    );
}

fn install(subscriber: impl Subscriber + Send + Sync, text: &str) {
    // There is one already where this is called twice, which loses nothing.
    let _ = tracing::subscriber::set_global_default(subscriber);
    let _ = FILTER.set(text.to_owned());
}

/// Lets the log go to a file from here on.
pub(crate) fn write_to(file: File) {
    let _ = FILE.set(file);
}

/// The filter for a process inside a lab that this one starts; none where nothing is logged.
pub(crate) fn filter_inside() -> Option<&'static str> {
    FILTER.get().map(String::as_str)
}

/// Takes in the standard error of a lab's process until its end: logs what it logs, and gives the lines that are none of
/// the log to `other`.
pub(crate) fn take_in(stream: impl Read, mut other: impl FnMut(String)) {
    let lines = BufReader::new(stream).split(b'\n').map_while(Result::ok);
    for line in lines {
        let line = String::from_utf8_lossy(&line);
        match line.strip_prefix(MARK) {
            // It has been filtered where it was written.
            Some(logged) => debug!(target: "virt_ra_tester::lab::init", "{logged}"),
            None => other(line.into_owned()),
        }
    }
}

/// The file of the log; nothing is kept before there is one.
struct LogFile;

impl Write for LogFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        FILE.get()
            .map_or(Ok(bytes.len()), |mut file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Standard error, with a mark before each event, which comes in one piece.
struct MarkedLine;

impl Write for MarkedLine {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let line = [MARK.as_bytes(), bytes].concat();
        io::stderr().write_all(&line)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{filter, take_in};

    #[test]
    fn what_is_no_line_of_the_log_is_passed_on() {
        let text =
            b"log: the switch is there\nunshare: \xff refused\nlog: node{name=\"a\"}: ready\nlast";
        let mut others = Vec::new();
        take_in(&text[..], |line| others.push(line));
        assert_eq!(others, ["unshare: \u{fffd} refused", "last"]);
    }

    #[test]
    fn a_filter_is_a_level_or_says_a_level_for_each_part() {
        for good in ["debug", "virt_ra_tester::lab=trace,warn", "off"] {
            assert!(filter(good).is_ok(), "{good}");
        }
        assert!(filter("virt_ra_tester=loud").is_err());
    }
}
