//! The page's lines and sections, and how they are written.

use std::fmt;

use anstyle::Style;
use schemars::JsonSchema;
use serde::Serialize;

use crate::style::{BAD, GOOD, HEADING, WARNING, styled};

/// What a line comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It is there and works.
    Has,
    /// It is missing, and its lab cannot run without it.
    Lacks,
    /// Only another user can tell.
    Unknown,
    /// Worth knowing; nothing depends on it.
    Note,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Has => "ok",
            Self::Lacks => "NO",
            Self::Unknown => "?",
            Self::Note => "-",
        })
    }
}

impl Mark {
    /// The mark in its colour, two columns wide.
    fn styled(self) -> impl fmt::Display {
        let style = match self {
            Self::Has => GOOD,
            Self::Lacks => BAD,
            Self::Unknown => WARNING,
            Self::Note => Style::new(),
        };
        styled(style, format!("{self:<2}"))
    }
}

/// One line: what was looked for, what was found, and how to fix it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Line {
    /// What it comes to.
    pub mark: Mark,
    /// What was looked for.
    pub what: String,
    /// What was found.
    pub found: String,
    /// The command or the words that fix it.
    pub fix: Option<String>,
}

impl Line {
    pub(super) fn has(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            mark: Mark::Has,
            what: what.into(),
            found: found.into(),
            fix: None,
        }
    }

    pub(super) fn lacks(
        what: impl Into<String>,
        found: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            mark: Mark::Lacks,
            what: what.into(),
            found: found.into(),
            fix: Some(fix.into()),
        }
    }

    pub(super) fn note(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            mark: Mark::Note,
            what: what.into(),
            found: found.into(),
            fix: None,
        }
    }

    pub(super) fn unknown(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            mark: Mark::Unknown,
            ..Self::note(what, found)
        }
    }

    pub(super) fn fixed_by(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }
}

/// Lines that belong together under a title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Section {
    /// The title.
    pub title: String,
    /// The lines.
    pub lines: Vec<Line>,
}

impl Section {
    pub(super) fn new(title: &str, lines: Vec<Line>) -> Self {
        Self {
            title: title.to_owned(),
            lines,
        }
    }

    /// The worst of its lines: lacking before unknown before the rest.
    fn comes_to(&self) -> Mark {
        let any = |mark| self.lines.iter().any(|line| line.mark == mark);
        [Mark::Lacks, Mark::Unknown]
            .into_iter()
            .find(|mark| any(*mark))
            .unwrap_or(Mark::Has)
    }

    /// The section of a lab that also needs what `common` lists: its title says what it comes to.
    pub(super) fn of_lab(title: &str, lines: Vec<Line>, common: Option<&Self>) -> Self {
        let own = Self::new(title, lines);
        let lacks = common.is_some_and(|it| it.comes_to() == Mark::Lacks);
        let verdict = match own.comes_to() {
            Mark::Lacks => "not ready",
            _ if lacks => "not ready: fix the lines marked NO above",
            Mark::Unknown => "unknown",
            Mark::Has | Mark::Note => "ready",
        };
        Self::new(&format!("{title}: {verdict}"), own.lines)
    }
}

/// A section as it is written, its lines' first column that wide.
pub(super) struct Written<'a>(pub(super) &'a Section, pub(super) usize);

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(section, width) = *self;
        writeln!(f, "{}", styled(HEADING, &section.title))?;
        for line in &section.lines {
            let mark = line.mark.styled();
            writeln!(f, "  {mark}  {:<width$}  {}", line.what, line.found)?;
            if let Some(fix) = &line.fix {
                writeln!(f, "      {:<width$}  fix: {fix}", "")?;
            }
        }
        Ok(())
    }
}
