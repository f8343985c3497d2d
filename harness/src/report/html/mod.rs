//! `report.html`: the whole run on one page, with a picture for each case. No script and no network: it can
//! be mailed, archived with a build, and opened years later.
//!
//! The markup is in the templates beside this file. Whatever they insert is escaped by `escape::Markup`; only what is
//! markup already, such as a rendered case or a picture, is marked as `safe` in them.

mod case;
mod found;
mod link;
mod page;
mod run_page;

use std::io;

use super::event::{Event, Reporter};
use super::results::Results;
use super::summary::Summary;
use crate::case::Suite;

pub use self::page::Extent;
pub use self::run_page::RunPage;

/// Writes `report.html` into a run's results when the run is over.
pub struct Html {
    results: Results,
    suite: Suite,
    summary: Summary,
}

impl Html {
    /// A page about the run whose results these are; the suite has the cases' sentences and the demands.
    #[must_use]
    pub fn new(results: Results, suite: Suite) -> Self {
        Self {
            results,
            suite,
            summary: Summary::default(),
        }
    }
}

impl Reporter for Html {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.summary.note(event);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let page = RunPage {
            results: &self.results,
            suite: &self.suite,
            summary: &self.summary,
            extent: Extent::default(),
            reported: None,
            confirmed: None,
        };
        Ok(self.results.fill("report.html", |file| page.write(file))?)
    }
}
