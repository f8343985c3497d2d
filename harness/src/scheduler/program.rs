use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use thiserror::Error;

use crate::installed;

/// The program that asks Pacemaker's scheduler.
pub const PROGRAM: &str = "crm_simulate";

/// How long it may take. It takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where it looks for programs: a user's own path is nothing to it.
const PATH: &str = "/usr/sbin:/usr/bin:/sbin:/bin";

/// Why no scheduler could be asked, or why its answer is of no use.
#[derive(Debug, Error)]
pub enum SchedulerError {
    /// There is none.
    #[error("{0}; it is in the package pacemaker-cli-utils, or pacemaker-cli")]
    NotThere(String),
    /// A file of ours could not be written or read, or the program could not be run.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: io::Error,
    },
    /// The program did not end.
    #[error("{PROGRAM} did not answer in {} s", PATIENCE.as_secs())]
    Silent,
    /// The program refused what it was given.
    #[error("{PROGRAM} failed: {0}")]
    Failed(String),
    /// What it wrote is not what is known of it.
    #[error("{PROGRAM} wrote what cannot be read: {0}")]
    Unreadable(String),
}

/// Why no scheduler can be asked here, as a sentence's end; none when one can.
#[must_use]
pub fn lacking() -> Option<String> {
    installed::missing(&[PROGRAM]).or_else(|| installed::unfit_pacemaker(PROGRAM))
}

/// The program with a folder of its own, which holds all that it reads and writes. It is given files alone, and nothing of
/// the environment: the cluster of this machine, if it has one, is not asked.
#[derive(Debug)]
pub struct Simulator {
    program: PathBuf,
    folder: TempDir,
}

impl Simulator {
    /// That of this machine.
    ///
    /// # Errors
    /// When it is not installed, or no folder can be made.
    pub fn here() -> Result<Self, SchedulerError> {
        let found = installed::program(PROGRAM);
        Self::at(found.ok_or_else(|| SchedulerError::NotThere(format!("there is no {PROGRAM}")))?)
    }

    /// The program at a path.
    ///
    /// # Errors
    /// When no folder can be made.
    pub fn at(program: PathBuf) -> Result<Self, SchedulerError> {
        let folder = tempfile::tempdir().map_err(failed("make a folder"))?;
        Ok(Self { program, folder })
    }

    /// Where the program is.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Which Pacemaker it is of, as it says itself.
    pub(super) fn version(&self) -> Result<String, SchedulerError> {
        let said = self.run(&["--version"])?;
        let line = said.lines().next().unwrap_or_default();
        Ok(line.trim().to_owned())
    }

    /// The CIB of a cluster that has carried out everything that its scheduler ordered, all of it with success.
    pub(super) fn carried_out(&self, cib: &str) -> Result<String, SchedulerError> {
        self.ask(cib, &["--simulate", "--save-output"])
    }

    /// The graph of what the scheduler orders.
    pub(super) fn ordered(&self, cib: &str) -> Result<String, SchedulerError> {
        self.ask(cib, &["--run", "--save-graph"])
    }

    /// Has it read a CIB and write a file, as the last of `how` says; what is in that file.
    fn ask(&self, cib: &str, how: &[&str]) -> Result<String, SchedulerError> {
        let path = |name: &str| self.folder.path().join(name);
        let (asked, answer) = (path("cib.xml"), path("answer.xml"));
        fs::write(&asked, cib).map_err(failed("write a CIB"))?;
        let (asked, wanted) = (shown(&asked), shown(&answer));
        let mut args = vec!["--quiet", "--xml-file", asked];
        args.extend(how.iter().copied().chain([wanted]));
        self.run(&args)?;
        fs::read_to_string(&answer).map_err(failed("read its answer"))
    }

    fn run(&self, args: &[&str]) -> Result<String, SchedulerError> {
        let folder = shown(self.folder.path());
        let env = [
            ("PATH", PATH),
            ("LC_ALL", "C"),
            ("HOME", folder),
            ("TMPDIR", folder),
            // Where it keeps a copy of the CIB while it works on it.
            ("CIB_shadow_dir", folder),
        ];
        let started = duct::cmd(&self.program, args)
            .full_env(env)
            .dir(folder)
            .stdin_null()
            .stdout_capture()
            .stderr_capture()
            .unchecked()
            .start()
            .map_err(failed("run crm_simulate"))?;
        let ended = started.wait_timeout(PATIENCE);
        let Some(output) = ended.map_err(failed("wait for crm_simulate"))? else {
            let _ = started.kill();
            return Err(SchedulerError::Silent);
        };
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let said = said.lines().last().unwrap_or("it says nothing").to_owned();
            return Err(SchedulerError::Failed(said));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

fn failed(what: &'static str) -> impl Fn(io::Error) -> SchedulerError {
    move |source| SchedulerError::Io {
        what: format!("cannot {what}"),
        source,
    }
}

/// A path of ours as text: it has nothing in it that is no text.
fn shown(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}
