//! `config show`: the effective value of every option, and where each is from.

use std::fmt;
use std::io::Write;
use std::path::Path;

use clap::{Arg, ArgAction, Args, Command, Subcommand};
use schemars::JsonSchema;
use serde::Serialize;

use super::config_file::ConfigFile;
use super::environment;
use super::exit::Exit;
use super::failure::Failure;
use super::printed::Printed;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print every option that has a value, and where the value is from: a variable, a file, or the default
    Show(Printed),
}

/// The answer to `config show`.
#[derive(Serialize, JsonSchema)]
pub(super) struct Shown {
    /// The file of options, if there is one.
    file: Option<String>,
    options: Vec<Effective>,
}

#[derive(Serialize, JsonSchema)]
struct Effective {
    /// The words of the command; empty for an option of all commands.
    command: String,
    option: String,
    values: Vec<String>,
    from: String,
}

pub(super) fn run(
    arguments: &Arguments,
    (all, asked): (&Command, Option<&Path>),
    out: &mut impl Write,
) -> Result<Exit, Failure> {
    let What::Show(printed) = &arguments.command;
    let file = ConfigFile::find(asked, all)?;
    let mut options = Vec::new();
    collect(all, &[], file.as_ref(), &mut options);
    let file = file.map(|file| file.path.display().to_string());
    printed.print(out, &Shown { file, options })?;
    Ok(Exit::Conforms)
}

/// The options of a command and its subcommands that have a value.
fn collect(
    command: &Command,
    words: &[String],
    file: Option<&ConfigFile>,
    found: &mut Vec<Effective>,
) {
    found.extend(command.get_arguments().filter_map(|arg| {
        let long = arg.get_long()?;
        let (values, from) = effective(arg, words, file)?;
        Some(Effective {
            command: words.join(" "),
            option: long.to_owned(),
            values,
            from,
        })
    }));
    for sub in command.get_subcommands() {
        let words = [words, &[sub.get_name().to_owned()]].concat();
        collect(sub, &words, file, found);
    }
}

/// The values of an option and where they are from; none where it has none.
fn effective(
    arg: &Arg,
    words: &[String],
    file: Option<&ConfigFile>,
) -> Option<(Vec<String>, String)> {
    let long = arg.get_long()?;
    let command = words.last().map_or("", String::as_str);
    let variable = environment::variable(command, long);
    if let Some(value) = environment::value(&variable) {
        let value = value.to_string_lossy().into_owned();
        let value = match arg.get_action() {
            ArgAction::SetTrue => environment::is_yes(&value).to_string(),
            _ => value,
        };
        return Some((vec![value], variable));
    }
    let in_file = file.and_then(|file| Some((file, file.values(words, long)?)));
    if let Some((file, (values, line))) = in_file {
        return Some((values.to_vec(), format!("{}:{line}", file.path.display())));
    }
    let usual = arg.get_default_values().iter();
    let usual: Vec<_> = usual
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    (!usual.is_empty()).then(|| (usual, "default".to_owned()))
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => writeln!(f, "# {file}")?,
            None => writeln!(f, "# no file of options was found")?,
        }
        let mut command = "";
        for option in &self.options {
            if option.command != command {
                command = &option.command;
                writeln!(f, "\n[{}]", command.replace(' ', "."))?;
            }
            let values: Vec<_> = option.values.iter().map(|value| written(value)).collect();
            let value = match values.as_slice() {
                [one] => one.clone(),
                many => format!("[{}]", many.join(", ")),
            };
            let setting = format!("{} = {value}", option.option);
            writeln!(f, "{setting:<40}  # {}", option.from)?;
        }
        Ok(())
    }
}

/// A value as TOML has it.
fn written(value: &str) -> String {
    let is_plain = value == "true" || value == "false" || value.parse::<u32>().is_ok();
    match is_plain {
        true => value.to_owned(),
        // Strings of JSON are strings of TOML.
        false => serde_json::Value::from(value).to_string(),
    }
}
