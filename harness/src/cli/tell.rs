//! Telling of a run: the console, and the files of its results, hear the same events.

use std::io::{self, Stdout};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::thread::{self, JoinHandle};

use super::{Exit, Failure};
use crate::case::Suite;
use crate::report::{
    Console, Event, EventLog, Html, Junit, Reporter, Results, ResultsError, RunFile, Tap,
};

/// Listens to the run's events in a thread that gives back how the command is to exit.
pub(super) fn tell(
    results: &Results,
    suite: Suite,
    events: Receiver<Event>,
    interrupted: &'static AtomicBool,
) -> Result<JoinHandle<Result<Exit, Failure>>, Failure> {
    let unwritable = |error: ResultsError| Failure::inconclusive(error.to_string());
    let log = EventLog::create(results).map_err(unwritable)?;
    let junit = Junit::new(results.file("junit.xml").map_err(unwritable)?);
    let tap = Tap::new(results.file("report.tap").map_err(unwritable)?);
    let html = Html::new(results.clone(), suite);
    let run_file = RunFile::new(results.clone());
    let mut teller = Teller {
        results: results.clone(),
        console: Console::stdout(),
        files: vec![
            Box::new(log),
            Box::new(junit),
            Box::new(tap),
            Box::new(run_file),
            Box::new(html),
        ],
        trouble: None,
        interrupted,
    };
    Ok(thread::spawn(move || {
        events.iter().for_each(|event| teller.event(&event));
        teller.finish()
    }))
}

/// Who tells of a run, and the first thing that went wrong with that.
struct Teller {
    results: Results,
    console: Console<Stdout>,
    files: Vec<Box<dyn Reporter + Send>>,
    trouble: Option<io::Error>,
    interrupted: &'static AtomicBool,
}

impl Teller {
    /// What cannot be kept is not worth running: the first trouble ends the run.
    fn event(&mut self, event: &Event) {
        if self.trouble.is_some() {
            return;
        }
        let written = self.files.iter_mut().try_for_each(|file| file.event(event));
        if let Err(error) = written.and_then(|()| self.console.event(event)) {
            self.trouble = Some(error);
            self.interrupted.store(true, Ordering::Relaxed);
        }
    }

    fn finish(mut self) -> Result<Exit, Failure> {
        if self.trouble.is_none() {
            let written = self.files.iter_mut().try_for_each(|file| file.finish());
            self.trouble = written.and_then(|()| self.console.finish()).err();
        }
        let summary = self.console.summary();
        match self.trouble {
            None => Ok(Exit::of_conclusion(summary.conclusion())),
            Some(error) => {
                if summary.ended.is_empty() {
                    self.results.withdraw();
                }
                Err(Failure::inconclusive(error.to_string()))
            }
        }
    }
}
