use std::io::{self, BufRead, Write};
use std::path::Path;

use super::entry::Entry;

/// Everything done and seen while one case ran, ordered by time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The entries.
    pub entries: Vec<Entry>,
}

impl History {
    /// Reads a history from a file of one JSON object a line.
    ///
    /// # Errors
    /// When the file cannot be read, or a line is no entry.
    pub fn read(path: &Path) -> io::Result<Self> {
        let file = std::fs::File::open(path)?;
        let mut entries = Vec::new();
        for (index, line) in io::BufReader::new(file).lines().enumerate() {
            entries.push(serde_json::from_str(&line?).map_err(|error| {
                let place = format!("{}:{}: {error}", path.display(), index + 1);
                io::Error::new(io::ErrorKind::InvalidData, place)
            })?);
        }
        entries.sort_by_key(|entry: &Entry| entry.at);
        Ok(Self { entries })
    }

    /// Writes the history, one JSON object a line.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut file = io::BufWriter::new(std::fs::File::create(path)?);
        for entry in &self.entries {
            serde_json::to_writer(&mut file, entry)?;
            file.write_all(b"\n")?;
        }
        file.flush()
    }
}
