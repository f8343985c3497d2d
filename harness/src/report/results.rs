use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use thiserror::Error;

use crate::case::CaseId;
use crate::files::{fill_atomically, write_atomically};
use crate::history::History;
use crate::judge::Verdict;

/// The file that the debug log goes to.
pub(super) const DEBUG_LOG: &str = "debug.log";

/// How a run's folder is named by its time.
pub(super) const TIME: &str = "%Y-%m-%dT%H-%M-%S";

/// A place in the results folder that could not be written.
#[derive(Debug, Error)]
#[error(
    "cannot write the results to {}: {source}; make the folder writable, free some space, or name \
     another one with --report DIR", path.display()
)]
pub struct ResultsError {
    /// The path.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

impl From<ResultsError> for io::Error {
    fn from(error: ResultsError) -> Self {
        Self::new(error.source.kind(), error.to_string())
    }
}

/// The folder of one run's results.
///
/// `run.json`, `events.jsonl` and the reports lie in it, and for every case a folder below
/// `cases`: one with `started` and without `verdict.json` is of a case that died.
#[derive(Clone, Debug)]
pub struct Results {
    folder: PathBuf,
    /// The topmost folder that was made for it.
    made: PathBuf,
    /// What `latest` led to before.
    before: Option<PathBuf>,
}

impl Results {
    /// Makes the folder of a new run below `root`, named by the time, and points `latest` at it.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(root: &Path) -> Result<Self, ResultsError> {
        Self::create_for(root, None)
    }

    /// The same; after the time comes the name of the other program's run that it is made for, such as nextest's.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create_for(root: &Path, run: Option<&str>) -> Result<Self, ResultsError> {
        let now = jiff::Zoned::now().strftime(TIME).to_string();
        let now = run.map_or_else(|| now.clone(), |run| format!("{now}.{run}"));
        let names = std::iter::once(now.clone()).chain((2..100).map(|n| format!("{now}.{n}")));
        let mut taken = None;
        for name in names {
            match Self::named(root, &name) {
                // By another run of the same second.
                Err(error) if error.source.kind() == io::ErrorKind::AlreadyExists => {
                    taken = Some(error);
                }
                made => return made,
            }
        }
        Err(taken.unwrap_or_else(|| ResultsError {
            path: root.join(now),
            source: io::ErrorKind::AlreadyExists.into(),
        }))
    }

    /// Makes the folder of a run with that name, and points `latest` at it.
    ///
    /// # Errors
    /// When it is there already, or cannot be made.
    pub fn named(root: &Path, name: &str) -> Result<Self, ResultsError> {
        let latest = root.join("latest");
        let folder = root.join(name);
        let results = Self {
            made: topmost_missing(&folder),
            before: fs::read_link(&latest).ok(),
            folder,
        };
        let failed = |path: &Path| {
            let path = path.to_owned();
            |source| ResultsError { path, source }
        };
        if root.exists() && !root.is_dir() {
            // create_dir_all would say that it is there already.
            return Err(failed(root)(Errno::ENOTDIR.into()));
        }
        fs::create_dir_all(root)
            .inspect_err(|_| results.withdraw())
            .map_err(failed(root))?;
        // Only from here on is it ours to take back.
        fs::create_dir(&results.folder).map_err(failed(root))?;
        let made = fs::create_dir(results.folder.join("cases"))
            .map_err(failed(root))
            .and_then(|()| point(&latest, name).map_err(failed(&latest)));
        match made {
            Ok(()) => Ok(results),
            Err(error) => {
                results.withdraw();
                Err(error)
            }
        }
    }

    /// The folder of a run that is over, to be written into again.
    #[must_use]
    pub fn of_finished(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            made: folder.to_owned(),
            before: None,
        }
    }

    /// Removes what was made for a run that never started.
    pub fn withdraw(&self) {
        let Some(root) = self.folder.parent() else {
            return;
        };
        let latest = root.join("latest");
        if fs::read_link(&latest).ok().as_deref() == self.folder.file_name().map(Path::new) {
            let _ = fs::remove_file(&latest);
            if let Some(before) = &self.before {
                let _ = std::os::unix::fs::symlink(before, &latest);
            }
        }
        // What cannot be removed, or holds anything of others, stays: there is nobody to report it to.
        let _ = fs::remove_dir_all(&self.folder);
        for folder in root.ancestors() {
            if !folder.starts_with(&self.made) || fs::remove_dir(folder).is_err() {
                break;
            }
        }
    }

    /// Makes a file of the run's that grows while the run goes on.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn growing_file(&self, name: &str) -> Result<GrowingFile, ResultsError> {
        let path = self.folder.join(name);
        match fs::File::create(&path) {
            Ok(file) => Ok(GrowingFile { path, file }),
            Err(source) => Err(ResultsError { path, source }),
        }
    }

    /// Opens `debug.log`, to which lines are added one by one. As long as it is open, the run goes on for all who ask.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open_debug_log(&self) -> Result<fs::File, ResultsError> {
        let path = self.folder.join(DEBUG_LOG);
        let mut options = fs::File::options();
        let opened = options.create(true).append(true).open(&path);
        // Where the file system has no locks, a run that goes on is taken for one that is over.
        let _ = opened.as_ref().map(fs::File::try_lock);
        opened.map_err(|source| ResultsError { path, source })
    }

    /// A file of the run's that is there, or there anew, once it is whole.
    #[must_use]
    pub fn whole_file(&self, name: &str) -> WholeFile {
        WholeFile {
            path: self.folder.join(name),
            content: Vec::new(),
        }
    }

    /// The run's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of a case.
    #[must_use]
    pub fn case_folder(&self, id: &CaseId) -> PathBuf {
        self.folder.join("cases").join(id.folder())
    }

    /// Marks a case as started.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin_case(&self, id: &CaseId) -> Result<PathBuf, ResultsError> {
        let folder = self.case_folder(id);
        fs::create_dir_all(&folder).map_err(|source| ResultsError {
            path: folder.clone(),
            source,
        })?;
        write(
            &folder.join("started"),
            format!("{}\n", jiff::Zoned::now()).as_bytes(),
        )?;
        Ok(folder)
    }

    /// Keeps what was done and seen in a case, before it is judged.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_history(&self, id: &CaseId, history: &History) -> Result<(), ResultsError> {
        let path = History::file_in(&self.case_folder(id));
        history
            .write(&path)
            .map_err(|source| ResultsError { path, source })
    }

    /// What was done and seen in a case, and why that cannot be read; nothing of a case whose lab never started.
    pub(super) fn history(&self, id: &CaseId) -> (History, Option<String>) {
        match History::read(&History::file_in(&self.case_folder(id))) {
            Ok(history) => (history, None),
            Err(error) if error.is_missing() => (History::default(), None),
            Err(error) => (History::default(), Some(error.to_string())),
        }
    }

    /// Keeps the verdict on a case.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn keep_verdict(&self, verdict: &Verdict) -> Result<(), ResultsError> {
        let path = self.case_folder(&verdict.case).join("verdict.json");
        match serde_json::to_vec_pretty(verdict) {
            Ok(bytes) => write(&path, &bytes),
            Err(error) => Err(ResultsError {
                path,
                source: error.into(),
            }),
        }
    }

    /// Writes a file of the run itself, by what need not be in memory as a whole.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn fill(
        &self,
        name: &str,
        fill: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
    ) -> Result<(), ResultsError> {
        let path = self.folder.join(name);
        fill_atomically(&path, fill).map_err(|source| ResultsError { path, source })
    }

    /// Writes a file of the run itself, also into a folder below it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), ResultsError> {
        let path = self.folder.join(name);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.map_err(|source| ResultsError {
            path: path.clone(),
            source,
        })?;
        write(&path, bytes)
    }
}

/// A file of the results to which is added; its errors say which one it is.
#[derive(Debug)]
pub struct GrowingFile {
    path: PathBuf,
    file: fs::File,
}

impl GrowingFile {
    fn name<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        outcome.map_err(|source| {
            let path = self.path.clone();
            ResultsError { path, source }.into()
        })
    }
}

impl io::Write for GrowingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes);
        self.name(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.file.flush();
        self.name(flushed)
    }
}

/// A file of the results that is put in place by [`io::Write::flush`], with all that was written until then; its errors say
/// which one it is.
#[derive(Debug)]
pub struct WholeFile {
    path: PathBuf,
    content: Vec<u8>,
}

impl io::Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.content.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(write(&self.path, &self.content)?)
    }
}

/// The first of a folder's ancestors that is not there, or the folder itself.
fn topmost_missing(folder: &Path) -> PathBuf {
    let missing = folder
        .ancestors()
        .take_while(|ancestor| !ancestor.as_os_str().is_empty() && !ancestor.exists());
    missing.last().unwrap_or(folder).to_owned()
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), ResultsError> {
    write_atomically(path, bytes).map_err(|source| ResultsError {
        path: path.to_owned(),
        source,
    })
}

/// Makes a symbolic link, or turns it; two runs that do so at once must not fail.
fn point(link: &Path, target: &str) -> io::Result<()> {
    let fresh = link.with_extension(format!("{}", std::process::id()));
    let _ = fs::remove_file(&fresh);
    std::os::unix::fs::symlink(target, &fresh)?;
    fs::rename(&fresh, link)
}
