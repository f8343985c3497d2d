//! Colours: none where a program reads, some where they are asked for.

use std::path::Path;
use std::process::Command;

use conformance_tests::program::{Said, program, said};

/// The first byte of every escape sequence.
const ESCAPE: char = '\u{1b}';

/// One command for each kind of text that people read.
const COMMANDS: [&[&str]; 6] = [
    &["explain", "STOP-01"],
    &["explain", "stop::forced"],
    &["lint"],
    &["lint", "alias.yaml"],
    &["doctor"],
    &["--help"],
];

/// What a command prints into pipes.
fn run(arguments: &[&str], environment: &[(&str, &str)]) -> Said {
    let mut command = Command::new(program());
    command.args(arguments).envs(environment.iter().copied());
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
        if environment.iter().all(|(set, _)| *set != name) {
            command.env_remove(name);
        }
    }
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("bad-cases"));
    said(&mut command)
}

fn is_coloured(said: &Said) -> bool {
    said.out.contains(ESCAPE) || said.err.contains(ESCAPE)
}

#[test]
fn what_is_piped_has_no_colours() {
    for command in COMMANDS {
        assert!(!is_coloured(&run(command, &[])), "{command:?}");
    }
}

#[test]
fn colours_that_are_asked_for_are_there_and_change_nothing_else() {
    for command in COMMANDS {
        let plain = run(command, &[]);
        let asked = run(&[command, &["--color", "always"]].concat(), &[]);
        let forced = run(command, &[("CLICOLOR_FORCE", "1")]);
        for coloured in [asked, forced] {
            assert!(is_coloured(&coloured), "{command:?}");
            assert_eq!(coloured.code, plain.code);
            if command != ["doctor"] {
                assert_eq!(strip(&coloured.out), plain.out);
                assert_eq!(strip(&coloured.err), plain.err);
            }
        }
    }
}

#[test]
fn no_color_and_never_are_stronger_than_a_forced_colour() {
    for command in COMMANDS {
        let never = [command, &["--color=never"]].concat();
        assert!(
            !is_coloured(&run(&never, &[("CLICOLOR_FORCE", "1")])),
            "{command:?}"
        );
        let both = [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")];
        assert!(!is_coloured(&run(command, &both)), "{command:?}");
    }
}

/// The text without escape sequences that set colours.
fn strip(text: &str) -> String {
    let mut parts = text.split(ESCAPE);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |plain, part| {
        let rest = part.split_once('m').map_or(part, |(_, rest)| rest);
        plain + rest
    })
}
