//! The command line: one file a subcommand.

mod bundled;
mod color;
mod conduct;
mod config;
mod config_file;
mod diff;
pub mod doctor;
mod dry_run;
mod environment;
mod exit;
mod explain;
mod explore;
mod failure;
mod filters;
mod generate;
mod hold;
mod identify;
mod in_cluster;
mod judge;
mod lab;
mod lab_shell;
mod lab_target;
mod labs;
mod lint;
mod list;
mod matrix;
mod merge;
mod metadata;
mod printed;
mod profile;
mod report;
mod results;
mod run;
mod schema;
mod select;
mod serve;
mod tell;
mod typed_by_hand;
mod vagrant;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use color::Color;
use config_file::ConfigFile;
pub use exit::Exit;
use failure::Failure;
pub use schema::schemas;

use crate::lab::Boots;
use crate::log;
use crate::style::{BAD, styled};

/// Conformance suite for resource agents that run virtual machines.
///
/// Every option can also be given by an environment variable, which its help names, and in virt-ra-tester.toml.
///
/// Exit codes: 0 conforms, 1 does not conform, 2 wrong usage or invalid input, 3 inconclusive (the lab
/// failed), 4 no case selected, 130 interrupted.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100, styles = color::STYLES)]
struct Arguments {
    #[command(flatten)]
    color: Color,
    /// File of options; by default virt-ra-tester.toml in the working directory or the nearest folder above it, else in
    /// $XDG_CONFIG_HOME
    #[arg(
        long,
        value_name = "FILE",
        global = true,
        help_heading = "Global options"
    )]
    config: Option<PathBuf>,
    /// Log what the harness and its labs do to standard error, filtered as by RUST_LOG, such as `debug`; a run's results have
    /// it in debug.log in any case
    #[arg(long, value_name = "FILTER", global = true, value_parser = log_filter, help_heading = "Global options")]
    log: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run cases against an agent in a lab, and judge it
    Run(run::Arguments),
    /// Run random sequences of what Pacemaker may do, and shrink those that break an invariant
    Explore(explore::Arguments),
    /// List cases, the clauses they cover, or the cases that no faulty agent proves
    List(list::Arguments),
    /// Explain what a case does or what a clause demands
    Explain(explain::Arguments),
    /// Check case files without running them
    Lint(lint::Arguments),
    /// Print the JSON schema of a file, such as a case or run.json, or of what a command answers as JSON
    Schema(schema::Arguments),
    /// Write the first profile of an agent that no built-in one describes
    Profile(profile::Arguments),
    /// Judge a finished run again from its histories, without a lab
    Judge(judge::Arguments),
    /// Write the reports of a finished run again: report.html, conformance.yaml, report.tap, junit.xml; or a page of chosen
    /// cases
    Report(report::Arguments),
    /// Join the results of several runs or shards into one
    Merge(merge::Arguments),
    /// Tell what changed from one run to another; exits with 1 where a case fails that did not
    Diff(diff::Arguments),
    /// Write one static page of many runs: agents and their versions, by profiles of demands and by findings
    Matrix(matrix::Arguments),
    /// Remove the results of old runs
    Results(results::Arguments),
    /// Start and hold a lab, open a shell in one, list the running labs, or stop one
    Lab(lab::Arguments),
    /// Show the effective value of every option, and where each is from
    Config(config::Arguments),
    /// Show what this machine has and lacks for each kind of lab
    Doctor(doctor::Arguments),
    /// Write manual pages or shell completions, as an installation has them
    #[command(hide = true)]
    Generate(generate::Arguments),
}

fn log_filter(text: &str) -> Result<String, String> {
    let read = log::filter(text).map(|_| text.to_owned());
    read.map_err(|error| error.to_string())
}

/// Runs the command line, and returns the exit code.
#[must_use]
pub fn main() -> Exit {
    let arguments: Vec<_> = std::env::args_os().collect();
    Color::peek(&arguments).apply();
    let arguments = match parse(arguments) {
        Ok(arguments) => arguments,
        Err(exit) => return exit,
    };
    // Not locked: `run` tells what happens from a thread of its own.
    let out = &mut anstream::stdout();
    arguments.color.apply();
    let asked = arguments
        .log
        .clone()
        .or_else(|| std::env::var("RUST_LOG").ok());
    log::start(asked.as_deref().filter(|text| !text.is_empty()));
    dispatch(arguments, out).unwrap_or_else(|failure| end(&failure))
}

/// Prints why the command ends.
fn end(failure: &Failure) -> Exit {
    let message = failure.message.trim_end();
    if !message.is_empty() {
        let name = styled(BAD, "virt-ra-tester");
        let _ = writeln!(anstream::stderr(), "{name}: {message}");
    }
    failure.exit
}

/// The command with all its options, and the variables that they are read from.
#[must_use]
pub fn command() -> clap::Command {
    environment::read_by(Arguments::command())
}

/// Reads the arguments; what is wrong with them, or with the file of options, is printed.
fn parse(words: Vec<OsString>) -> Result<Arguments, Exit> {
    let matched = |command: clap::Command, words: Vec<OsString>| {
        let matches = command.clone().try_get_matches_from(words);
        let read = matches.and_then(|matches| {
            let read = Arguments::from_arg_matches(&matches);
            read.map_err(|error| error.format(&mut command.clone()))
        });
        read.map_err(|error| refuse(&error))
    };
    let arguments = matched(command(), words.clone())?;
    if matches!(arguments.command, Command::Config(_)) {
        return Ok(arguments);
    }
    let file = ConfigFile::find(arguments.config.as_deref(), &command());
    match file.map_err(|failure| end(&failure))? {
        None => Ok(arguments),
        // Once more, since the file only has what nothing else has said.
        Some(file) => matched(file.applied_to(command()), words),
    }
}

/// Prints an error in the arguments, or the help or version that was asked for.
fn refuse(error: &clap::Error) -> Exit {
    // clap prints help and version on standard output, mistakes on standard error.
    let _ = error.print();
    if let Some(variable) = environment::blamed(error) {
        let _ = writeln!(anstream::stderr(), "\nthe value is from {variable}");
    }
    match error.use_stderr() {
        true => Exit::Usage,
        false => Exit::Conforms,
    }
}

fn dispatch(arguments: Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    match arguments.command {
        Command::Run(arguments) => run::run(&arguments, out),
        Command::Explore(arguments) => explore::run(&arguments, out),
        Command::List(arguments) => list::run(&arguments, out),
        Command::Explain(arguments) => explain::run(&arguments, out),
        Command::Lint(arguments) => lint::run(&arguments, out),
        Command::Schema(arguments) => schema::run(&arguments, out),
        Command::Profile(arguments) => profile::run(&arguments, out),
        Command::Judge(arguments) => judge::run(&arguments, out),
        Command::Report(arguments) => report::run(&arguments, out),
        Command::Merge(arguments) => merge::run(&arguments, out),
        Command::Diff(arguments) => diff::run(&arguments, out),
        Command::Matrix(arguments) => matrix::run(&arguments, out),
        Command::Results(arguments) => results::run(&arguments, out),
        Command::Lab(arguments) => lab::run(&arguments, out),
        Command::Generate(arguments) => generate::run(&arguments, command()),
        Command::Config(config) => {
            config::run(&config, (&command(), arguments.config.as_deref()), out)
        }
        Command::Doctor(arguments) => {
            let ready = doctor::run(&arguments, out, &kvm)?;
            Ok(if ready {
                Exit::Conforms
            } else {
                Exit::Inconclusive
            })
        }
    }
}

/// Whether guests run under KVM on this machine, as a guest itself has shown.
fn kvm() -> doctor::Kvm {
    match std::fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/kvm")
    {
        Err(error) if error.kind() == io::ErrorKind::NotFound => doctor::Kvm::Absent,
        Err(_) => doctor::Kvm::Denied,
        Ok(_) if !Boots::may_open_kvm() => doctor::Kvm::DeniedInLabs,
        Ok(_) => {
            let boots = Boots::measure(labs::BOOT_PATIENCE);
            match boots.kvm {
                Some(took) => doctor::Kvm::Works(took),
                None => doctor::Kvm::Broken,
            }
        }
    }
}
