//! `virt-ra-tester.toml`: options that need not be typed. Its tables are commands and its keys the long names of options.

use std::env;
use std::path::{Path, PathBuf};

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgAction, Command};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::failure::{Failure, render};
use crate::case::{Mistake, SourceText, Span, suggestion};

/// The file's name where it is looked for.
const NAME: &str = "virt-ra-tester.toml";

/// Options that no file can set.
const TYPED: [&str; 3] = ["config", "help", "version"];

/// A file of options that was read.
#[derive(Debug)]
pub(super) struct ConfigFile {
    pub(super) path: PathBuf,
    entries: Vec<Entry>,
}

/// An option that the file sets.
#[derive(Debug)]
struct Entry {
    /// The words of the command; none for an option of all commands.
    command: Vec<String>,
    long: String,
    values: Vec<String>,
    line: usize,
}

impl ConfigFile {
    /// The file that was asked for, or the nearest one at the working directory or above it, or the user's own.
    ///
    /// # Errors
    /// When it cannot be read, or anything in it is wrong: that is shown at its place.
    pub(super) fn find(asked: Option<&Path>, command: &Command) -> Result<Option<Self>, Failure> {
        let found = asked.map(Path::to_owned).or_else(nearest).or_else(own);
        let Some(path) = found else {
            return Ok(None);
        };
        let source = SourceText::read(&path).map_err(|error| Failure::usage(render(&error)))?;
        let reading = Reading {
            source: &source,
            root: command,
        };
        let entries = reading.entries();
        let entries = entries.map_err(|mistake| Failure::usage(render(&mistake)))?;
        Ok(Some(Self { path, entries }))
    }

    /// The values of an option, and the line that sets them; none where the file does not.
    pub(super) fn values(&self, command: &[String], long: &str) -> Option<(&[String], usize)> {
        let is_it = |entry: &&Entry| entry.command == command && entry.long == long;
        let entry = self.entries.iter().find(is_it)?;
        Some((&entry.values, entry.line))
    }

    /// The command with the file's values as its defaults, which every other source overrides.
    pub(super) fn applied_to(&self, command: Command) -> Command {
        let entries = self.entries.iter();
        entries.fold(command, |command, entry| entry.set(command, &entry.command))
    }
}

impl Entry {
    fn set(&self, command: Command, below: &[String]) -> Command {
        let [first, rest @ ..] = below else {
            let values = self.values.clone();
            return command.mut_args(|arg| match is_named(&arg, &self.long) {
                true => arg.default_values(values.clone()),
                false => arg,
            });
        };
        command.mut_subcommand(first, |sub| self.set(sub, rest))
    }
}

/// The file in the working directory, or in the nearest folder above it that has one.
fn nearest() -> Option<PathBuf> {
    let here = env::current_dir().ok()?;
    let mut places = here.ancestors().map(|folder| folder.join(NAME));
    places.find(|place| place.is_file())
}

/// The user's own file.
///
/// Source: XDG Base Directory Specification, `$XDG_CONFIG_HOME`.
fn own() -> Option<PathBuf> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty());
    let folder = set("XDG_CONFIG_HOME").map(PathBuf::from);
    let folder = folder.or_else(|| Some(Path::new(&set("HOME")?).join(".config")))?;
    Some(folder.join(NAME)).filter(|place| place.is_file())
}

/// Whether an option has that long name and may stand in a file.
fn is_named(arg: &Arg, long: &str) -> bool {
    arg.get_long() == Some(long) && !TYPED.contains(&long)
}

/// A file that is being read.
struct Reading<'a> {
    source: &'a SourceText,
    root: &'a Command,
}

impl Reading<'_> {
    fn entries(&self) -> Result<Vec<Entry>, Mistake> {
        let text = &self.source.text;
        let table = DeTable::parse(text).map_err(|error| {
            let place = error.span().unwrap_or_default();
            self.mistake(&place, error.message(), "here")
                .with_help("see https://toml.io for how TOML is written")
        })?;
        let mut entries = Vec::new();
        let place = (self.root, Vec::new());
        self.table(table.get_ref(), &place, &mut entries)?;
        Ok(entries)
    }

    fn table(
        &self,
        table: &DeTable<'_>,
        place: &(&Command, Vec<String>),
        entries: &mut Vec<Entry>,
    ) -> Result<(), Mistake> {
        let (command, words) = place;
        // In the order of the text, so that the first mistake is shown.
        let mut pairs: Vec<_> = table.iter().collect();
        pairs.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in pairs {
            let name: &str = key.get_ref();
            let option = command.get_arguments().find(|arg| is_named(arg, name));
            match (command.find_subcommand(name), option) {
                (Some(sub), _) => {
                    let DeValue::Table(inner) = value.get_ref() else {
                        return Err(self.no_table(name, value));
                    };
                    let words = [words.as_slice(), &[name.to_owned()]].concat();
                    self.table(inner, &(sub, words), entries)?;
                }
                (None, Some(option)) => entries.push(self.entry(option, words, value)?),
                (None, None) => return Err(self.unknown(command, key)),
            }
        }
        Ok(())
    }

    fn entry(
        &self,
        option: &Arg,
        command: &[String],
        value: &Spanned<DeValue<'_>>,
    ) -> Result<Entry, Mistake> {
        let long = option.get_long().unwrap_or_default().to_owned();
        let listed = match value.get_ref() {
            DeValue::Array(items) if matches!(option.get_action(), ArgAction::Append) => {
                items.iter().collect()
            }
            _ => vec![value],
        };
        let mut values = Vec::new();
        for one in listed {
            let text = scalar(one.get_ref()).ok_or_else(|| self.no_scalar(&long, one))?;
            let text = self.beside(option, text);
            self.check(option, command, (&text, one))?;
            values.push(text);
        }
        Ok(Entry {
            command: command.to_owned(),
            line: self.span(&value.span()).line,
            values,
            long,
        })
    }

    /// A relative path in the file is relative to the file's folder.
    fn beside(&self, option: &Arg, text: String) -> String {
        let names = option.get_value_names().unwrap_or_default();
        let kind = names.first().map_or("", |name| name.as_str());
        let is_path = match kind {
            "AGENT" | "NAME|FILE" => text.contains('/'),
            _ => kind.contains("FILE") || kind.contains("DIR"),
        };
        let folder = self.source.path.parent().filter(|_| is_path);
        folder.map_or(text.clone(), |folder| {
            folder.join(text).display().to_string()
        })
    }

    /// Refuses a value that the option would not take on the command line.
    fn check(
        &self,
        option: &Arg,
        command: &[String],
        (text, value): (&str, &Spanned<DeValue<'_>>),
    ) -> Result<(), Mistake> {
        let long = option.get_long().unwrap_or_default();
        let wrong = match option.get_action() {
            ArgAction::SetTrue => match value.get_ref() {
                DeValue::Boolean(_) => None,
                _ => Some("write `true` or `false`".to_owned()),
            },
            _ => refusal(self.root, command, &format!("--{long}={text}")),
        };
        wrong.map_or(Ok(()), |help| {
            let message = format!("`{text}` is no value of `{long}`");
            let mistake = self.mistake(&value.span(), &message, "this value");
            Err(mistake.with_help(help))
        })
    }

    fn unknown(&self, command: &Command, key: &Spanned<std::borrow::Cow<'_, str>>) -> Mistake {
        let options = command.get_arguments().filter_map(Arg::get_long);
        let options = options.filter(|long| !TYPED.contains(long));
        let commands = command.get_subcommands();
        let commands = commands.filter(|command| !command.is_hide_set());
        let known = options.chain(commands.map(Command::get_name));
        let message = format!("unknown key `{}`", key.get_ref());
        let help = suggestion(key.get_ref(), known);
        self.mistake(&key.span(), &message, "no option has this name")
            .with_help(help)
    }

    fn no_table(&self, name: &str, value: &Spanned<DeValue<'_>>) -> Mistake {
        let message = format!("`{name}` is a command");
        self.mistake(&value.span(), &message, "no table")
            .with_help(format!("write its options below `[{name}]`"))
    }

    fn no_scalar(&self, long: &str, value: &Spanned<DeValue<'_>>) -> Mistake {
        let message = format!("`{long}` takes a single value");
        self.mistake(&value.span(), &message, "more than that")
            .with_help("write a string, a number, `true` or `false`")
    }

    fn mistake(&self, place: &std::ops::Range<usize>, message: &str, label: &str) -> Mistake {
        self.source.mistake(self.span(place), message, label)
    }

    fn span(&self, place: &std::ops::Range<usize>) -> Span {
        let before = self.source.text.get(..place.start).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Span {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            length: place.len(),
            offset: place.start,
        }
    }
}

/// A value as it would be typed; none of a table, a list or a date.
fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.to_string()),
        DeValue::Boolean(is) => Some(is.to_string()),
        _ => None,
    }
}

/// Why a command does not take an option, as help; none where it does.
fn refusal(root: &Command, command: &[String], word: &str) -> Option<String> {
    let words = ["virt-ra-tester"].into_iter();
    let words = words
        .chain(command.iter().map(String::as_str))
        .chain([word]);
    let error = root.clone().try_get_matches_from(words).err()?;
    let long = word.split('=').next()?;
    let Some(ContextValue::String(about)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    error.get(ContextKind::InvalidValue)?;
    if !about.starts_with(long) {
        return None;
    }
    if let Some(ContextValue::Strings(values)) = error.get(ContextKind::ValidValue) {
        return Some(format!("possible values: {}", values.join(", ")));
    }
    let source = std::error::Error::source(&error);
    Some(source.map_or_else(|| error.to_string(), ToString::to_string))
}
