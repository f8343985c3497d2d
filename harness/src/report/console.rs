use std::collections::BTreeSet;
use std::io::{self, Stdout, Write};

use anstream::AutoStream;
use anstyle::Style;

use super::cause::{Cause, HELP};
use super::diagnosis::took;
use super::event::{CaseEnd, Event, Reporter};
use super::progress::Progress;
use super::summary::{Summary, cases};
use crate::judge::Severity;
use crate::style::{self, styled};

/// How much a console tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// Failures, cases that are unknown, and the end.
    Quiet,
    /// What a person wants to know.
    #[default]
    Usual,
    /// Every case, also beside bars.
    Verbose,
}

/// Shows a person what happens, and at the end what can be done about it.
///
/// With bars, which show the running cases, only what did not pass gets a line of its own; without
/// them every case is one line.
pub struct Console<W> {
    out: W,
    progress: Option<Progress>,
    detail: Detail,
    summary: Summary,
    /// The causes of finished cases that did not pass.
    causes: BTreeSet<Cause>,
}

impl Console<AutoStream<Stdout>> {
    /// A console on standard output with bars on standard error.
    #[must_use]
    pub fn pretty() -> Self {
        Self {
            progress: Some(Progress::on_stderr()),
            ..Self::plain(anstream::stdout())
        }
    }
}

impl<W: Write> Console<W> {
    /// A console without bars.
    pub fn plain(out: W) -> Self {
        Self {
            out,
            progress: None,
            detail: Detail::default(),
            summary: Summary::default(),
            causes: BTreeSet::new(),
        }
    }

    /// The console, telling that much.
    #[must_use]
    pub fn telling(self, detail: Detail) -> Self {
        Self { detail, ..self }
    }

    fn begin(&mut self) -> io::Result<()> {
        if self.detail == Detail::Quiet {
            return Ok(());
        }
        let start = &self.summary.start;
        let (total, agent, lab) = (cases(start.total), start.whom(), &start.lab);
        let order = match start.seed {
            Some(seed) => format!(", in the order of seed {seed}"),
            None => String::new(),
        };
        writeln!(self.out, "{total} against {agent} on {lab}{order}")
    }

    fn case_line(&mut self, end: &CaseEnd) -> io::Result<()> {
        let passed = end.known.is_some() || end.verdict.severity == Severity::Pass;
        // A cause that was shown before needs no line of its own beside the bars.
        let cause = Cause::beside_the_case(&end.verdict).filter(|_| !passed);
        let told_before = cause.is_some_and(|cause| !self.causes.insert(cause));
        let (out, progress) = (&mut self.out, self.progress.as_ref());
        let is_told = match self.detail {
            Detail::Quiet => end.known.is_none() && end.verdict.severity > Severity::Warn,
            Detail::Usual => progress.is_none() || !(passed || told_before),
            Detail::Verbose => true,
        };
        let line = line(end);
        match progress {
            _ if !is_told => Ok(()),
            Some(progress) => progress.aside(|| writeln!(out, "{line}")),
            None => writeln!(out, "{line}"),
        }
    }

    fn interrupted(&mut self) -> io::Result<()> {
        let out = &mut self.out;
        let mut write = || {
            writeln!(
                out,
                "interrupted: cleaning up (press Ctrl-C again to quit now)"
            )
        };
        match &self.progress {
            Some(progress) => progress.aside(write),
            None => write(),
        }
    }

    fn summarise(&mut self) -> io::Result<()> {
        self.beginning()?;
        let is_quiet = self.detail == Detail::Quiet;
        let least = if is_quiet {
            Severity::Unknown
        } else {
            Severity::Warn
        };
        let told = [Severity::Warn, Severity::Unknown, Severity::Fail];
        for severity in told.into_iter().filter(|one| *one >= least) {
            for group in self.summary.groups(severity) {
                if let Some(heading) = group.heading() {
                    writeln!(self.out, "\n{heading}")?;
                }
                writeln!(self.out, "\n{}", diagnosis(group.first))?;
                if let Some(also) = group.also() {
                    writeln!(self.out, "  {:<9} {also}", "also")?;
                }
            }
        }
        if !is_quiet {
            self.notes()?;
            self.known()?;
            self.skipped()?;
        }
        self.closing()
    }

    /// Cases that could not begin are counted first, and one of them is shown.
    fn beginning(&mut self) -> io::Result<()> {
        let summary = &self.summary;
        let Some((beginning, group)) = summary.beginning().zip(summary.not_begun()) else {
            return Ok(());
        };
        let one = match group.others.is_empty() {
            true => "",
            false => "; one of them",
        };
        let shown = diagnosis(group.first);
        writeln!(
            self.out,
            "\n{beginning}{one}:\n\n{shown}\n  {:<9} {HELP}",
            "help"
        )
    }

    /// What conforming cases report: the agent's choices in matters of policy.
    fn notes(&mut self) -> io::Result<()> {
        let passed: Vec<_> = self.summary.of(Severity::Pass).collect();
        if passed.iter().any(|end| !end.verdict.notes.is_empty()) {
            writeln!(self.out, "\nreported")?;
        }
        // A note that many cases share is shown once.
        let mut notes: Vec<(&str, Vec<&str>)> = Vec::new();
        for end in passed {
            for note in &end.verdict.notes {
                let id = end.verdict.case.0.as_str();
                match notes.iter_mut().find(|(known, _)| *known == note.as_str()) {
                    Some((_, ids)) => ids.push(id),
                    None => notes.push((note, vec![id])),
                }
            }
        }
        for (note, ids) in notes {
            match ids[..] {
                [id] => writeln!(self.out, "  {id}: {note}")?,
                _ => writeln!(self.out, "  {}: {note}", cases(ids.len()))?,
            }
        }
        Ok(())
    }

    fn known(&mut self) -> io::Result<()> {
        let known: Vec<_> = self
            .summary
            .ended
            .iter()
            .filter(|end| end.known.is_some())
            .collect();
        if !known.is_empty() {
            writeln!(self.out, "\nknown deviations")?;
        }
        for end in known {
            let reason = end.known.as_deref().unwrap_or_default();
            writeln!(self.out, "  {}: {reason}", end.verdict.case.0)?;
        }
        for end in self.summary.ended.iter().filter(|end| end.mended) {
            let id = &end.verdict.case.0;
            writeln!(self.out, "  {id} passes now: take its known deviation out")?;
        }
        Ok(())
    }

    fn skipped(&mut self) -> io::Result<()> {
        let skips = self.summary.skips();
        if !skips.is_empty() {
            writeln!(self.out, "\nskipped")?;
        }
        for (reason, count) in skips {
            writeln!(self.out, "  {:<9} {reason}", cases(count))?;
        }
        Ok(())
    }

    fn closing(&mut self) -> io::Result<()> {
        let summary = &self.summary;
        writeln!(self.out, "\n{}", summary.counts())?;
        writeln!(self.out, "{}", summary.sentence())?;
        if let Some(results) = &summary.results {
            writeln!(self.out, "results: {results}")?;
        }
        match summary.again() {
            Some(command) => writeln!(self.out, "again:   {command}"),
            None => Ok(()),
        }
    }
}

impl<W: Write> Reporter for Console<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        self.summary.note(event);
        if matches!(event, Event::RunStarted(_)) {
            // Before there are bars that it would tear.
            self.begin()?;
        }
        if let Some(progress) = &mut self.progress {
            progress.event(event);
        }
        match event {
            Event::CaseEnded(end) => self.case_line(end),
            Event::Interrupted => self.interrupted(),
            Event::RunStarted(_)
            | Event::CaseStarted { .. }
            | Event::StepBegan { .. }
            | Event::RunEnded { .. } => Ok(()),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        self.summarise()?;
        self.out.flush()
    }
}

/// A case's diagnosis, or its id where it has none.
fn diagnosis(end: &CaseEnd) -> &str {
    let text = end.diagnosis.as_deref().unwrap_or(&end.verdict.case.0);
    text.trim_end()
}

/// One case as one line.
fn line(end: &CaseEnd) -> String {
    let severity = end.verdict.severity;
    let word = if end.known.is_some() {
        "known"
    } else {
        severity.word()
    };
    let word = styled(style(end), format!("{word:<7}"));
    format!("{word}  {}  {}", end.verdict.case.0, took(&end.verdict))
}

const fn style(end: &CaseEnd) -> Style {
    match end.verdict.severity {
        _ if end.known.is_some() => style::KNOWN,
        Severity::Pass => style::GOOD,
        Severity::Warn => style::WARNING,
        Severity::Unknown => style::UNKNOWN,
        Severity::Fail => style::BAD,
    }
}
