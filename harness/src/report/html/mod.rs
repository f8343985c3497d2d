//! `report.html`: the whole run on one page, with a picture for each case. No script and no network: it can
//! be mailed, archived with a build, and opened years later.

mod case;
mod head;

use std::io;

use super::escape::escape;
use super::event::{CaseEnd, Event, Reporter};
use super::picture;
use super::results::Results;
use super::summary::Summary;
use crate::case::Suite;
use crate::history::History;
use crate::judge::Severity;

/// Writes `report.html` into a run's results when the run is over.
///
/// The histories are read from the results, one at a time: a run's are too many to keep.
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

    fn page(&self) -> String {
        let mut page = format!(
            "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n\
             <meta charset=\"utf-8\"/>\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
             <title>{}</title>\n<style>\n{}{}{}</style>\n</head>\n<body>\n\
             <svg width=\"0\" height=\"0\" class=\"hatchings\" aria-hidden=\"true\">\n{}</svg>\n",
            escape(&self.summary.sentence()),
            picture::COLOURS,
            picture::STYLE,
            include_str!("page.css"),
            picture::HATCHINGS,
        );
        let pages = self.cases();
        head::write(&mut page, &self.summary, pages.accelerator.as_deref());
        page.push_str("<main>\n");
        page.push_str(&pages.text);
        head::skipped(&mut page, &self.summary);
        page.push_str("</main>\n</body>\n</html>\n");
        page
    }

    fn cases(&self) -> Cases {
        let mut cases = Cases::default();
        let known: Vec<_> = self
            .summary
            .ended
            .iter()
            .filter(|end| end.known.is_some())
            .collect();
        let of = |severity| self.summary.of(severity).collect::<Vec<_>>();
        for (title, ends) in [
            ("Failed", of(Severity::Fail)),
            ("Unknown", of(Severity::Unknown)),
            ("Warned", of(Severity::Warn)),
            ("Known deviations", known),
            ("Passed", of(Severity::Pass)),
        ] {
            self.group(&mut cases, title, ends);
        }
        cases
    }

    fn group(&self, cases: &mut Cases, title: &str, ends: Vec<&CaseEnd>) {
        if ends.is_empty() {
            return;
        }
        let count = ends.len();
        cases.text.push_str(&format!(
            "<section>\n<h2>{title} <span>{count}</span></h2>\n"
        ));
        for end in head::by_id(ends) {
            let path = self
                .results
                .case_folder(&end.verdict.case)
                .join("history.jsonl");
            let (history, unreadable) = match History::read(&path) {
                Ok(history) => (history, None),
                // A case whose lab did not come about has left none, and its finding says so.
                Err(error) if error.is_missing() => (History::default(), None),
                Err(error) => (History::default(), Some(error.to_string())),
            };
            cases.accelerator = cases
                .accelerator
                .take()
                .or_else(|| head::accelerator(&history));
            let case = case::Case {
                end,
                loaded: self
                    .suite
                    .cases
                    .iter()
                    .find(|case| case.id == end.verdict.case),
                register: &self.suite.register,
                history: &history,
                unreadable,
                again: &self.summary.start.again,
            };
            case.write(&mut cases.text);
        }
        cases.text.push_str("</section>\n");
    }
}

/// The cases' part of the page, and what is learnt from their histories by the way.
#[derive(Default)]
struct Cases {
    text: String,
    accelerator: Option<String>,
}

impl Reporter for Html {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.summary.note(event);
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        Ok(self.results.write("report.html", self.page().as_bytes())?)
    }
}
