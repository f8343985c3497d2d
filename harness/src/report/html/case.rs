//! One case on the page.

use super::head::anchor;
use crate::case::{ClauseId, LoadedCase, Register};
use crate::history::{History, seconds};
use crate::judge::{Finding, Severity};
use crate::report::accused::{Told, Words};
use crate::report::diagnosis::{SourceLine, when_and_where, word};
use crate::report::escape::escape;
use crate::report::event::CaseEnd;
use crate::report::picture::Picture;
use crate::report::timeline::lines;

/// A case with all that is told of it.
pub(super) struct Case<'a> {
    pub(super) end: &'a CaseEnd,
    /// The case itself; none when the suite has it no more.
    pub(super) loaded: Option<&'a LoadedCase>,
    pub(super) register: &'a Register,
    pub(super) history: &'a History,
    /// Why the history could not be read, if it could not.
    pub(super) unreadable: Option<String>,
    /// The command that runs chosen cases again, without their names.
    pub(super) again: &'a str,
}

impl Case<'_> {
    /// Writes the case; failures are open, and all else a click away.
    pub(super) fn write(&self, page: &mut String) {
        let verdict = &self.end.verdict;
        let known = self.end.known.is_some();
        let word = if known {
            "known"
        } else {
            word(verdict.severity)
        };
        let open = match verdict.severity {
            Severity::Fail if !known => " open=\"open\"",
            _ => "",
        };
        let (id, key) = (escape(&verdict.case.0), anchor(&verdict.case.0));
        let sentence = self.sentence();
        let twice = match verdict.double_run() {
            Some(_) => "<span class=\"badge\">runs twice</span> ",
            None => "",
        };
        page.push_str(&format!(
            "<details class=\"case\"{open}>\n<summary><span class=\"word {word}\">{word}</span> \
             <b>{id}</b> {twice}<span class=\"soft\">{}</span><br/><span>{}</span></summary>\n\
             <div class=\"inside\" id=\"{key}\">\n",
            seconds(verdict.took),
            escape(sentence)
        ));
        self.known(page);
        self.findings(page);
        if let Some(picture) = Picture::of(self.history, verdict) {
            page.push_str(&picture.inline(&key));
            page.push_str("<p class=\"hint\">The picture goes on to the right: scroll it.</p>\n");
        }
        if let Some(why) = &self.unreadable {
            let why = escape(why);
            page.push_str(&format!(
                "<p class=\"kv\"><span class=\"key\">history</span> cannot be read: {why}</p>\n"
            ));
        }
        self.rest(page);
        page.push_str("</div>\n</details>\n");
    }

    fn sentence(&self) -> &str {
        self.loaded
            .map_or("(the suite has no such case)", |case| &case.spec.case)
    }

    fn known(&self, page: &mut String) {
        if let Some(reason) = &self.end.known {
            let reason = escape(reason);
            page.push_str(&format!("<p>A known deviation: {reason}</p>\n"));
        } else if self.end.mended {
            page.push_str("<p>This passes now: take its known deviation out.</p>\n");
        }
    }

    fn findings(&self, page: &mut String) {
        if self.end.verdict.findings.is_empty() {
            return;
        }
        page.push_str("<ol class=\"findings\">\n");
        let mut told = Told::default();
        for finding in &self.end.verdict.findings {
            page.push_str("<li>");
            self.finding(page, finding);
            if let Some(said) = told.words(finding, self.history) {
                words(page, &said);
            }
            page.push_str("</li>\n");
        }
        page.push_str("</ol>\n");
    }

    fn finding(&self, page: &mut String, finding: &Finding) {
        let place = when_and_where(finding);
        page.push_str(&format!(
            "<p class=\"kv\"><span class=\"key\">expected</span> {}</p>\n\
             <p class=\"kv\"><span class=\"key\">seen</span> <strong>{}</strong><span class=\"soft\">{}</span></p>\n",
            escape(&finding.expected),
            escape(&finding.seen),
            escape(&place)
        ));
        for id in &finding.clauses {
            self.clause(page, id);
        }
        let located = self
            .loaded
            .and_then(|case| SourceLine::of(case, &finding.place));
        let place = match &located {
            Some(at) => format!(
                "{}:{} {}: {}",
                at.file,
                at.line,
                finding.place,
                at.text.trim()
            ),
            None => finding.place.clone(),
        };
        page.push_str(&format!(
            "<p class=\"kv\"><span class=\"key\">case</span> <code>{}</code></p>\n",
            escape(&place)
        ));
    }

    fn clause(&self, page: &mut String, id: &ClauseId) {
        let words = match self.register.find(id) {
            Some(clause) => format!(
                "{} <span class=\"soft\">({})</span>",
                escape(&clause.text),
                escape(&clause.source)
            ),
            None => "not in the register".to_owned(),
        };
        let id = escape(&id.0);
        page.push_str(&format!(
            "<p class=\"kv\"><span class=\"key\">demand</span> <b>{id}</b> {words}</p>\n"
        ));
    }

    fn rest(&self, page: &mut String) {
        let verdict = &self.end.verdict;
        for note in &verdict.notes {
            let note = escape(note);
            page.push_str(&format!(
                "<p class=\"kv\"><span class=\"key\">note</span> {note}</p>\n"
            ));
        }
        if verdict.findings.is_empty() {
            for id in self.loaded.iter().flat_map(|case| &case.spec.clause) {
                self.clause(page, id);
            }
        } else {
            self.timeline(page);
        }
        if let Some(case) = self.loaded {
            let file = case.file.display().to_string();
            let file = escape(&file);
            page.push_str(&format!(
                "<p class=\"kv\"><span class=\"key\">file</span> <code>{file}</code></p>\n"
            ));
        }
        let again = format!("{} ={}", self.again, verdict.case.0);
        let again = escape(&again);
        page.push_str(&format!(
            "<p class=\"kv\"><span class=\"key\">again</span> <code>{again}</code></p>\n"
        ));
    }

    /// The picture in words, to the millisecond.
    fn timeline(&self, page: &mut String) {
        let told = lines(&self.history.entries);
        if told.is_empty() {
            return;
        }
        page.push_str("<details><summary>The same in words</summary>\n<pre tabindex=\"0\">");
        for line in told {
            page.push_str(&escape(&line.to_string()));
            page.push('\n');
        }
        page.push_str("</pre>\n</details>\n");
    }
}

/// What the agent itself said in the run that a finding accuses.
fn words(page: &mut String, words: &Words<'_>) {
    let row = |key: &str, value: &str| {
        format!("<p class=\"kv\"><span class=\"key\">{key}</span>{value}</p>\n")
    };
    let run = escape(&words.run);
    page.push_str("<div class=\"words\">\n");
    page.push_str(&row("its run", &format!(" {run}")));
    if let Some(reason) = words.reason {
        let reason = escape(reason);
        page.push_str(&row("its reason", &format!(" {reason}")));
    }
    if !words.stderr.is_empty() {
        let stderr = words.stderr.join("\n");
        let stderr = escape(&stderr);
        page.push_str(&row("its stderr", ""));
        page.push_str(&format!("<pre class=\"wrap\">{stderr}</pre>\n"));
    }
    page.push_str("</div>\n");
}
