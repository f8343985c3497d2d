use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::entry::Entry;
use crate::files::write_atomically;

/// The format of a history's file, which its first line tells: `{"format":2}`. It is raised once a released version
/// writes something that the version before can't read, or would read as something else.
pub const FORMAT: u32 = 2;

/// The name of a case's history in its folder, compressed by gzip.
const COMPRESSED: &str = "history.jsonl.gz";
/// The same as plain text: as it was unpacked, or as a version before wrote it.
const PLAIN: &str = "history.jsonl";

/// Everything done and seen while one case ran, ordered by time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The entries.
    pub entries: Vec<Entry>,
}

/// Why a history can't be read.
#[derive(Debug, Error)]
pub enum HistoryError {
    /// The file can't be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A line isn't what it should be.
    #[error("{}:{line}: {source}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line's number, from 1.
        line: usize,
        /// Why.
        source: serde_json::Error,
    },
    /// The file has another format.
    #[error("{}: {}", path.display(), refusal(*found))]
    Format {
        /// The file.
        path: PathBuf,
        /// Its format.
        found: u32,
    },
    /// The file has nothing of a history.
    #[error("{}: not a history: it has no first line such as {{\"format\":{FORMAT}}}", path.display())]
    NotHistory {
        /// The file.
        path: PathBuf,
    },
}

impl HistoryError {
    /// Whether there is no such file.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Unreadable { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}

fn refusal(found: u32) -> String {
    let (age, help) = if found < FORMAT {
        (
            "an older",
            "run the case again, or use the version that recorded it",
        )
    } else {
        ("a newer", "use the version that recorded it")
    };
    format!(
        "recorded by {age} virt-ra-tester in format {found}, and this one reads format {FORMAT}: {help}"
    )
}

#[derive(Serialize)]
struct Header {
    format: u32,
}

/// What the first line of a history has, of any format. Format 1 had no such line, and began with an entry.
#[derive(Deserialize)]
struct FirstLine {
    format: Option<u32>,
    at: Option<u64>,
}

impl History {
    /// Where the history of a case is in its folder, or would be.
    #[must_use]
    pub fn file_in(folder: &Path) -> PathBuf {
        let plain = folder.join(PLAIN);
        match plain.exists() {
            true => plain,
            false => folder.join(COMPRESSED),
        }
    }

    /// Reads a history from its file.
    ///
    /// # Errors
    /// When the file can't be read, has another format, or a line is not an entry.
    pub fn read(path: &Path) -> Result<Self, HistoryError> {
        let mut entries = Vec::new();
        for (line, number) in opened(path)?.lines().zip(2..) {
            let line = line.map_err(|source| unreadable(path, source))?;
            let entry = serde_json::from_str(&line);
            entries.push(entry.map_err(|source| HistoryError::Line {
                path: path.to_owned(),
                line: number,
                source,
            })?);
        }
        entries.sort_by_key(|entry: &Entry| entry.at);
        Ok(Self { entries })
    }

    /// Whether this version can read a history's file, by its first line.
    ///
    /// # Errors
    /// As [`Self::read`], without the entries.
    pub fn check_format(path: &Path) -> Result<(), HistoryError> {
        opened(path).map(|_| ())
    }

    /// Writes the history: a line with the format, and one JSON object a line for the entries; compressed where the
    /// file's name ends in `.gz`.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut lines = serde_json::to_vec(&Header { format: FORMAT })?;
        lines.push(b'\n');
        for entry in &self.entries {
            serde_json::to_writer(&mut lines, entry)?;
            lines.push(b'\n');
        }
        match is_compressed(path) {
            true => write_atomically(path, &compressed(&lines)?),
            false => write_atomically(path, &lines),
        }
    }
}

/// The file behind its first line, where this version can read it.
fn opened(path: &Path) -> Result<Box<dyn BufRead>, HistoryError> {
    let file = File::open(path).map_err(|source| unreadable(path, source))?;
    let mut file: Box<dyn BufRead> = match is_compressed(path) {
        true => Box::new(BufReader::new(GzDecoder::new(BufReader::new(file)))),
        false => Box::new(BufReader::new(file)),
    };
    let mut line = String::new();
    let read = file.read_line(&mut line);
    read.map_err(|source| unreadable(path, source))?;
    let path = || path.to_owned();
    match serde_json::from_str(&line) {
        Ok(FirstLine {
            format: Some(FORMAT),
            ..
        }) => Ok(file),
        Ok(FirstLine {
            format: Some(found),
            ..
        }) => Err(HistoryError::Format {
            path: path(),
            found,
        }),
        Ok(FirstLine { at: Some(_), .. }) => Err(HistoryError::Format {
            path: path(),
            found: 1,
        }),
        Ok(_) | Err(_) => Err(HistoryError::NotHistory { path: path() }),
    }
}

fn is_compressed(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "gz")
}

/// Quickly, since cases are running meanwhile.
fn compressed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn unreadable(path: &Path, source: io::Error) -> HistoryError {
    let path = path.to_owned();
    HistoryError::Unreadable { path, source }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{FORMAT, History};
    use crate::history::{Entry, Moment, What};

    fn refused(text: &str) -> String {
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), text).expect("it can be written");
        let error = History::read(file.path()).expect_err("it is refused");
        let checked = History::check_format(file.path()).expect_err("it is refused");
        assert_eq!(checked.to_string(), error.to_string());
        let path = file.path().display().to_string();
        let message = error.to_string();
        message.strip_prefix(&path).expect("the file").to_owned()
    }

    fn history() -> History {
        let (at, what) = (Moment(7), What::Done);
        let entries = vec![Entry { at, what }];
        History { entries }
    }

    #[test]
    fn a_history_is_read_back_as_it_was_written() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["history.jsonl.gz", "history.jsonl"] {
            let file = folder.path().join(name);
            history().write(&file).expect("it can be written");
            assert_eq!(History::file_in(folder.path()), file);
            assert_eq!(History::read(&file).expect("it is one"), history());
        }
    }

    #[test]
    fn a_compressed_history_that_was_cut_off_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = History::file_in(folder.path());
        history().write(&file).expect("it can be written");
        let whole = fs::read(&file).expect("it is there");
        for size in [whole.len() - 9, 5, 0] {
            fs::write(&file, &whole[..size]).expect("it can be written");
            let error = History::read(&file).expect_err("it is refused");
            assert!(error.to_string().contains("history.jsonl.gz: "), "{error}");
        }
    }

    #[test]
    fn a_history_without_a_first_line_is_of_an_older_version() {
        assert_eq!(
            refused("{\"at\":1,\"what\":\"done\"}\n"),
            ": recorded by an older virt-ra-tester in format 1, and this one reads format 2: run the case again, or use \
             the version that recorded it"
        );
    }

    #[test]
    fn a_history_of_a_newer_version_is_refused() {
        let newer = FORMAT + 1;
        let message = refused(&format!("{{\"format\":{newer},\"more\":0}}\n"));
        assert!(
            message.contains("a newer virt-ra-tester in format 3"),
            "{message}"
        );
    }

    #[test]
    fn what_is_no_history_is_said_to_be_none() {
        for text in ["", "no JSON", "{}\n"] {
            assert!(refused(text).starts_with(": not a history"), "{text}");
        }
    }
}
