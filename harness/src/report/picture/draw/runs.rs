//! The agent's runs in a lane.

use super::drawing::{Drawing, RUN, THIN};
use crate::history::{Exit, Moment};
use crate::ocf::{Code, FenceCode};
use crate::report::picture::canvas::{Labelled, rows, wide};
use crate::report::picture::run::{Run, Series, series};
use crate::report::picture::scale::WIDTH;

/// More rows than this are too many to read: then the runs of one step that ended alike share one.
const MANY: usize = 5;

impl Drawing {
    /// The rows of runs that were asked for alike.
    pub(super) fn runs(&mut self, name: &str, runs: &[&Run]) {
        let mut all: Vec<_> = runs.iter().map(|run| vec![*run]).collect();
        let mut placed = self.place(&all);
        if placed.2 > MANY {
            all = series(runs);
            placed = self.place(&all);
        }
        let (bars, chosen, count) = placed;
        if !runs.is_empty() {
            self.name(name, RUN);
        }
        for ((one, bar), row) in all.iter().zip(&bars).zip(chosen) {
            let y = self.y + f64::from(u16::try_from(row).unwrap_or(0)) * RUN;
            self.series(one, bar, y);
        }
        self.y += RUN * f64::from(u16::try_from(count.max(1)).unwrap_or(1));
    }

    /// The row of monitors that recur: a low bar each, with its word where it does not say what the one before said. Success
    /// gives way to the next bar.
    pub(super) fn monitors(&mut self, runs: &[&Run]) {
        if runs.is_empty() {
            return;
        }
        self.name("monitors", THIN);
        let bars = runs.iter().map(|run| {
            let (from, to) = self.ends(run.from, run.to.unwrap_or(Moment(u64::MAX)));
            Labelled::new(from, to, &run.label())
        });
        let bars: Vec<_> = bars.collect();
        for (run, bar) in runs.iter().zip(&bars) {
            let area = [bar.from, self.y + 4.0, bar.to - bar.from, THIN - 8.0];
            self.over.rect(look(run.exit), area, &run.title);
        }
        let mut said = None;
        for (index, (run, bar)) in runs.iter().zip(&bars).enumerate() {
            let label = run.label();
            let next = bars.get(index + 1).map_or(WIDTH, |next| next.from);
            let room = bar.to + wide(&label) + 8.0 <= next || look(run.exit) != "ok";
            if room && said.as_ref() != Some(&label) {
                bar.write(&mut self.over, ("", self.y + 12.0), &label);
            }
            said = Some(label);
        }
        self.y += THIN;
    }

    /// The bars of all series, their rows, and the number of rows.
    fn place(&self, all: &[Series<'_>]) -> (Vec<Labelled>, Vec<usize>, usize) {
        let open = Moment(u64::MAX);
        let bar = |one: &Series<'_>| {
            let from = one.iter().map(|run| run.from).min().unwrap_or(open);
            let to = one.iter().map(|run| run.to.unwrap_or(open)).max();
            let (from, to) = self.ends(from, to.unwrap_or(open));
            let label = label(one);
            match one.len() {
                1 => Labelled::new(from, to, &label),
                _ => Labelled::new(from, to.max(from + wide(&label)), "").bare(),
            }
        };
        let bars: Vec<_> = all.iter().map(bar).collect();
        let (chosen, count) = rows(&bars);
        (bars, chosen, count)
    }

    /// One run as a bar with its label, or several as low bars with their label below.
    fn series(&mut self, runs: &[&Run], bar: &Labelled, y: f64) {
        let (low, base) = if runs.len() > 1 {
            (7.0, 20.0)
        } else {
            (RUN - 4.0, 15.0)
        };
        for run in runs {
            let (from, to) = self.ends(run.from, run.to.unwrap_or(Moment(u64::MAX)));
            let area = [from, y + 2.0, to - from, low];
            self.over.rect(look(run.exit), area, &run.title);
        }
        match runs.len() {
            1 => bar.write(&mut self.over, ("", y + base), &label(runs)),
            _ => self.over.text("", (bar.from, y + base), &label(runs)),
        }
    }
}

/// What is written of one run, or of several that are alike.
fn label(runs: &[&Run]) -> String {
    let word = runs.first().map_or_else(String::new, |run| run.label());
    match runs.len() {
        0 | 1 => word,
        many => format!("{many} × {word}"),
    }
}

/// How a run looks by its end.
const fn look(exit: Option<Exit>) -> &'static str {
    match exit {
        Some(Exit::Code(Code::Success) | Exit::Fence(FenceCode::Success)) => "ok",
        Some(Exit::Code(_) | Exit::OfDialect(_) | Exit::Fence(_) | Exit::Other(_)) => "code",
        Some(Exit::Signal(_) | Exit::TimedOut | Exit::Killed) | None => "killed",
    }
}
