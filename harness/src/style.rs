//! Colours of what people read on a terminal.
//!
//! Text is styled wherever it is written, and the stream that it goes to removes the styles where they are not wanted: see
//! [`anstream::AutoStream`]. So no other file asks whether there is a terminal.

use std::fmt::{Display, Formatter, Result};

use anstyle::{AnsiColor, Style};

/// What is as it should be.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();

/// What failed, or is missing.
pub(crate) const BAD: Style = AnsiColor::Red.on_default();

/// What deserves attention.
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default();

/// What could not be decided.
pub(crate) const UNKNOWN: Style = AnsiColor::Magenta.on_default();

/// What is known and tolerated.
pub(crate) const KNOWN: Style = AnsiColor::Cyan.on_default();

/// A heading, or the name of what follows.
pub(crate) const HEADING: Style = Style::new().bold();

/// Shows a text in a style.
pub(crate) const fn styled<T: Display>(style: Style, text: T) -> Styled<T> {
    Styled { style, text }
}

/// A text in a style.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Styled<T> {
    style: Style,
    text: T,
}

impl<T: Display> Display for Styled<T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self { style, text } = self;
        write!(f, "{style}{text}{style:#}")
    }
}
