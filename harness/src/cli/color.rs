//! `--color`: whether output is coloured.

use std::ffi::OsString;

use anstream::ColorChoice;
use anstyle::{AnsiColor, Style};
use clap::builder::Styles;
use clap::{Args, ValueEnum};

use super::environment;

/// The styles of `--help` and of clap's error messages.
pub(super) const STYLES: Styles = Styles::styled()
    .header(Style::new().bold())
    .usage(Style::new().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(Style::new())
    .error(AnsiColor::Red.on_default().bold())
    .valid(AnsiColor::Green.on_default())
    .invalid(AnsiColor::Yellow.on_default());

#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Color {
    /// When to colour the output; `auto` does it on a terminal, and heeds NO_COLOR and CLICOLOR_FORCE
    #[arg(
        long,
        value_enum,
        value_name = "WHEN",
        default_value = "auto",
        global = true,
        help_heading = "Global options"
    )]
    color: When,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum When {
    Auto,
    Always,
    Never,
}

impl Color {
    /// What the arguments ask for as far as they can be read: `--help`, and an error in them, is printed before they are parsed.
    pub(super) fn peek(arguments: &[OsString]) -> Self {
        let words: Vec<_> = arguments
            .iter()
            .map(|word| word.to_string_lossy())
            .collect();
        let parse = |value: &str| When::from_str(value, false).ok();
        let mut asked = words.iter().enumerate().filter_map(|(at, word)| {
            let value = word.strip_prefix("--color=");
            let next = || words.get(at + 1).filter(|_| word == "--color");
            value.or_else(|| next().map(AsRef::as_ref)).and_then(parse)
        });
        let from_environment =
            || parse(environment::value(&environment::variable("", "color"))?.to_str()?);
        let color = asked.next_back().or_else(from_environment);
        Self {
            color: color.unwrap_or(When::Auto),
        }
    }

    /// Makes it so for all output from here on.
    pub(super) fn apply(self) {
        match self.color {
            When::Auto => ColorChoice::Auto,
            When::Always => ColorChoice::Always,
            When::Never => ColorChoice::Never,
        }
        .write_global();
    }
}

#[cfg(test)]
mod tests {
    use super::{Color, When};

    #[test]
    fn the_last_valid_choice_counts_before_the_arguments_are_parsed() {
        let peek = |line: &str| {
            let words: Vec<_> = line.split(' ').map(Into::into).collect();
            Color::peek(&words).color
        };
        assert_eq!(peek("run --color always --help"), When::Always);
        assert_eq!(peek("--color=always run --color=never"), When::Never);
        assert_eq!(peek("run --color --help"), When::Auto);
        assert_eq!(peek("run --color=red"), When::Auto);
    }
}
