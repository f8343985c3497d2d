//! `generate`: the manual pages and the completions that an installation has, made from the command line's own description.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use clap_complete::Shell;

use super::exit::Exit;
use super::failure::Failure;

/// The command's name, as it is installed.
const NAME: &str = "virt-ra-tester";

/// The shells whose completions are made.
const SHELLS: [Shell; 3] = [Shell::Bash, Shell::Zsh, Shell::Fish];

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Kind of files
    #[arg(value_enum)]
    what: Kind,
    /// Folder that they are written into
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    Man,
    Completions,
}

/// Writes the files that describe `command`.
pub(super) fn run(arguments: &Arguments, mut command: clap::Command) -> Result<Exit, Failure> {
    let folder = &arguments.folder;
    let written = match arguments.what {
        Kind::Man => clap_mangen::generate_to(command, folder),
        Kind::Completions => {
            { SHELLS.into_iter() }.try_for_each(|shell| complete(shell, &mut command, folder))
        }
    };
    let place = folder.display();
    written.map(|()| Exit::Conforms).map_err(|error| {
        Failure::usage(format!(
            "cannot write to {place}: {error}; name a folder that is there and may be written to"
        ))
    })
}

/// Writes the completions for a shell.
fn complete(shell: Shell, command: &mut clap::Command, folder: &Path) -> io::Result<()> {
    let file = clap_complete::generate_to(shell, command, NAME, folder)?;
    if shell != Shell::Bash {
        return Ok(());
    }
    // clap_complete 4.6 spells a name with hyphens in two ways, so that bash finds the options of no subcommand.
    let [spelt, meant] = ["__subcmd__", "__"].map(|hyphen| NAME.replace('-', hyphen));
    let text = fs::read_to_string(&file)?;
    fs::write(&file, text.replace(&spelt, &meant))
}
