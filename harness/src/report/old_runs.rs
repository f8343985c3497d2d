//! Old runs' folders below a folder of results.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::results::{DEBUG_LOG, TIME};

/// The runs below a folder of results, the newest first.
#[derive(Debug)]
pub struct OldRuns {
    root: PathBuf,
    runs: Vec<PathBuf>,
}

impl OldRuns {
    /// Finds the folders that runs have made, by their names and by what runs write into them. Links are not followed, and
    /// everything else is left out.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn below(root: &Path) -> io::Result<Self> {
        let mut runs = Vec::new();
        for entry in fs::read_dir(root)? {
            let entry = entry?;
            let is_named = entry.file_name().to_str().is_some_and(is_time);
            if is_named && entry.file_type()?.is_dir() && is_run(&entry.path()) {
                runs.push(entry.path());
            }
        }
        runs.sort_by(|one, other| other.file_name().cmp(&one.file_name()));
        Ok(Self {
            root: root.to_owned(),
            runs,
        })
    }

    /// Those beyond the newest ones that nobody writes into.
    pub fn beyond(&self, keep: usize) -> impl Iterator<Item = &Path> {
        let old = self.runs.iter().skip(keep).map(PathBuf::as_path);
        old.filter(|folder| !is_in_use(folder))
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.runs.len()
    }

    /// Takes `latest` away where it led to a run that is gone.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn mend_latest(&self) -> io::Result<()> {
        let latest = self.root.join("latest");
        match latest.is_symlink() && !latest.exists() {
            true => fs::remove_file(latest),
            false => Ok(()),
        }
    }
}

/// Whether a name is one that [`super::Results::create_for`] gives: a time, and after a point a number where two runs
/// began in one second, or the name of another program's run.
fn is_time(name: &str) -> bool {
    let (time, more) = name.split_once('.').unwrap_or((name, ""));
    // nextest names its runs by UUIDs.
    let is_made = |byte: u8| byte.is_ascii_hexdigit() || b"-.".contains(&byte);
    more.bytes().all(is_made) && jiff::civil::DateTime::strptime(TIME, time).is_ok()
}

fn is_run(folder: &Path) -> bool {
    let holds = |name: &str| folder.join(name).is_file();
    folder.join("cases").is_dir() && (holds("run.json") || holds(DEBUG_LOG))
}

/// Whether a run still goes on there: it holds a lock on its debug log, which ends with its process.
fn is_in_use(folder: &Path) -> bool {
    let log = fs::File::open(folder.join(DEBUG_LOG));
    log.is_ok_and(|log| matches!(log.try_lock(), Err(fs::TryLockError::WouldBlock)))
}

#[cfg(test)]
mod tests {
    use super::is_time;

    #[test]
    fn only_a_time_names_a_run() {
        for good in [
            "2026-11-30T03-14-00",
            "2026-11-30T03-14-00.2",
            "2026-11-30T03-14-00.9c634903-05d4-42de-9a7b-514390adfc90",
        ] {
            assert!(is_time(good), "{good}");
        }
        for bad in [
            "mine",
            "2026-11-30",
            "2026-11-30T03-14-00.old",
            "2026-13-30T03-14-00",
        ] {
            assert!(!is_time(bad), "{bad}");
        }
    }
}
