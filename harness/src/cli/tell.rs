//! The reporters of a run: the console and the files of its results get the same events.

use std::env;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;
use std::thread::{self, JoinHandle};

use clap::{Args, ValueEnum};

use super::conduct::INTERRUPTED;
use super::exit::Exit;
use super::failure::Failure;
use crate::case::Suite;
use crate::report::{
    self, Console, Detail, Event, EventLog, Github, Reporter, Results, ResultsError, RunWriter,
    Summary,
};

/// How a run is told on standard output.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    /// Bars, a line for each case that did not pass, and at the end what to do about it
    Pretty,
    /// A line for each case, and at the end what to do about those that did not pass
    // VRT_FORMAT may hold a format of other commands, too.
    #[value(alias = "text")]
    Terse,
    /// Every event as it comes, one JSON object a line
    Json,
}

impl Format {
    /// What a person or a file is told where nothing was asked for.
    pub(super) fn usual() -> Self {
        match io::stdout().is_terminal() && io::stderr().is_terminal() {
            true => Self::Pretty,
            false => Self::Terse,
        }
    }

    fn screen(self, detail: Detail) -> Box<dyn Reporter + Send> {
        match self {
            Self::Pretty if detail != Detail::Quiet => Box::new(Console::pretty().telling(detail)),
            Self::Pretty | Self::Terse => {
                Box::new(Console::plain(anstream::stdout()).telling(detail))
            }
            Self::Json => Box::new(EventLog::new(io::stdout())),
        }
    }
}

/// How much of a run is told on standard output; JSON always has every event.
#[derive(Debug, Args)]
pub(super) struct Loudness {
    /// Tell only failures and the end
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Tell every case, also on a terminal
    #[arg(short, long)]
    verbose: bool,
}

impl Loudness {
    const fn detail(&self) -> Detail {
        match (self.quiet, self.verbose) {
            (true, _) => Detail::Quiet,
            (_, true) => Detail::Verbose,
            _ => Detail::Usual,
        }
    }
}

/// How a run is told on standard output, and how much of it.
pub(super) struct Screen<'a> {
    pub(super) format: Format,
    pub(super) loudness: &'a Loudness,
}

/// The reporter for a workflow of GitHub; none elsewhere. Its annotations go to standard error, which GitHub reads, too.
fn github(suite: &Suite) -> Option<Box<dyn Reporter + Send>> {
    env::var_os("GITHUB_ACTIONS").filter(|value| value == "true")?;
    let page = env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
    let page = page.map(PathBuf::from);
    Some(Box::new(Github::new(io::stderr(), page, suite)))
}

/// Listens to the run's events in a thread that gives back how the command is to exit.
pub(super) fn tell(
    results: &Results,
    suite: Suite,
    events: Receiver<Event>,
    screen: &Screen<'_>,
) -> Result<JoinHandle<Result<Exit, Failure>>, Failure> {
    let unwritable = |error: ResultsError| Failure::inconclusive(error.to_string());
    let log = EventLog::create(results).map_err(unwritable)?;
    let run_file = RunWriter::new(results.clone());
    let mut files: Vec<Box<dyn Reporter + Send>> = vec![Box::new(log), Box::new(run_file)];
    files.extend(github(&suite));
    let reports = report::reports(results, suite).into_iter();
    files.extend(reports.map(|(_, report)| report));
    let mut reporters = Reporters {
        results: results.clone(),
        screen: screen.format.screen(screen.loudness.detail()),
        summary: Summary::default(),
        files,
        trouble: None,
    };
    Ok(thread::spawn(move || {
        events.iter().for_each(|event| reporters.event(&event));
        reporters.finish()
    }))
}

/// What a thread came to that told a run.
///
/// # Errors
/// When it panicked.
pub(super) fn ended<T>(telling: JoinHandle<T>) -> Result<T, Failure> {
    let told = telling.join();
    told.map_err(|_| Failure::inconclusive("the report panicked"))
}

/// The console and the files that report a run, and the first error in writing them.
struct Reporters {
    results: Results,
    screen: Box<dyn Reporter + Send>,
    summary: Summary,
    files: Vec<Box<dyn Reporter + Send>>,
    trouble: Option<io::Error>,
}

impl Reporters {
    /// What cannot be kept is not worth running: the first trouble ends the run.
    fn event(&mut self, event: &Event) {
        if self.trouble.is_some() {
            return;
        }
        let written = self.files.iter_mut().try_for_each(|file| file.event(event));
        match written.and_then(|()| self.screen.event(event)) {
            // Only what has been reported counts.
            Ok(()) => self.summary.note(event),
            Err(error) => {
                self.trouble = Some(error);
                INTERRUPTED.store(true, Ordering::Relaxed);
            }
        }
    }

    fn finish(mut self) -> Result<Exit, Failure> {
        if self.trouble.is_none() {
            let written = self.files.iter_mut().try_for_each(|file| file.finish());
            self.trouble = written.and_then(|()| self.screen.finish()).err();
        }
        match self.trouble {
            None => Ok(Exit::of_conclusion(self.summary.conclusion())),
            Some(error) => {
                if self.summary.ended.is_empty() {
                    self.results.withdraw();
                }
                Err(Failure::inconclusive(error.to_string()))
            }
        }
    }
}
