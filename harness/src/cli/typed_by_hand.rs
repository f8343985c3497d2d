//! The files of a shell that an agent is tried in: its variables, and what there is to type.

use std::collections::BTreeMap;
use std::path::Path;

use crate::lab::{Command, Entry, LabError, Node};
use crate::shell_quote::{quote, quote_all};

/// What the shell reads as it starts.
const START: &str = "/run/vrt/shell/start";
/// What has been typed in it, so to speak.
const HISTORY: &str = "/run/vrt/shell/history";

/// The shell's command line: of the caller's environment it has the kind of terminal alone.
pub(super) fn shell() -> Vec<String> {
    let terminal = std::env::var("TERM").unwrap_or_else(|_| "dumb".to_owned());
    let terminal = format!("TERM={terminal}");
    // Interactive also where nobody sits at a terminal, or it would read no START.
    let bash = ["HOME=/root", "/bin/bash", "--rcfile", START, "-i"];
    let words = ["/usr/bin/env", "-i", &terminal].into_iter().chain(bash);
    words.map(str::to_owned).collect()
}

/// What there is to type on a node.
pub(super) struct Typed<'a> {
    /// The agent.
    pub(super) whom: String,
    /// The case that the lab is in the world of.
    pub(super) case: Option<&'a str>,
    /// The agent's runs, as the harness would make them.
    pub(super) commands: Vec<Command>,
}

/// Puts the shell's files on a node.
///
/// # Errors
/// When the node cannot be written to.
pub(super) fn put(node: &dyn Node, typed: &Typed<'_>) -> Result<(), LabError> {
    let history = typed.lines().concat();
    node.put(Path::new(HISTORY), &Entry::File(history.into(), 0o644))?;
    let start = typed.start(&node.name().0);
    node.put(Path::new(START), &Entry::File(start.into(), 0o644))
}

impl Typed<'_> {
    /// The environment of the first run, which the shell has.
    fn env(&self) -> BTreeMap<String, String> {
        let first = self.commands.first();
        first.map(|command| command.env.clone()).unwrap_or_default()
    }

    fn lines(&self) -> Vec<String> {
        let env = self.env();
        let lines = self.commands.iter().map(|command| line(&env, command));
        lines.map(|line| line + "\n").collect()
    }

    /// The file that the shell reads as it starts.
    fn start(&self, node: &str) -> String {
        let env = self.env();
        let exports = env.iter();
        let exports = exports.map(|(name, value)| format!("export {name}={}\n", quote(value)));
        let (dir, umask) = match self.commands.first() {
            Some(command) => (command.dir.as_str(), command.umask),
            None => ("/", 0o022),
        };
        let world = match self.case {
            Some(case) => format!("in the world of {case}"),
            None => "without the guest".to_owned(),
        };
        let hello = format!(
            "node {node} of a new lab, {world}; the variables of {} are set, and the history (arrow up) has:\n{}\
             `exit` ends the lab.\n",
            self.whom,
            self.lines()
                .iter()
                .map(|line| format!("  {line}"))
                .collect::<String>()
        );
        format!(
            "{}cd {dir}\numask {umask:04o}\nHISTFILE={HISTORY}\nPS1='{node}: '\nprintf %s {}\n",
            exports.collect::<String>(),
            quote(&hello)
        )
    }
}

/// A run as it is typed in a shell with that environment.
fn line(env: &BTreeMap<String, String>, command: &Command) -> String {
    let gone = env.keys().filter(|name| !command.env.contains_key(*name));
    let gone = gone.flat_map(|name| ["-u".to_owned(), name.clone()]);
    let other = command.env.iter();
    let other = other.filter(|(name, value)| env.get(*name) != Some(value));
    let other = other.map(|(name, value)| format!("{name}={value}"));
    let changed: Vec<String> = gone.chain(other).collect();
    let program = (!changed.is_empty()).then(|| "env".to_owned());
    let words = program
        .into_iter()
        .chain(changed)
        .chain([command.program.clone()]);
    let words: Vec<String> = words.chain(command.args.iter().cloned()).collect();
    quote_all(words.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(action: &str, env: &[(&str, &str)]) -> Command {
        let env = env.iter();
        Command {
            env: env
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            ..Command::new("/agent", [action])
        }
    }

    #[test]
    fn each_run_is_typed_with_what_differs_from_the_shell() {
        let typed = Typed {
            whom: "an agent".to_owned(),
            case: None,
            commands: vec![
                command("start", &[("NAME", "start"), ("A", "it's")]),
                command("monitor", &[("A", "it's"), ("INTERVAL", "10 s")]),
                command("stop", &[("NAME", "start"), ("A", "it's")]),
            ],
        };
        let lines = typed.lines();
        let expected = [
            "/agent start\n",
            "env -u NAME 'INTERVAL=10 s' /agent monitor\n",
            "/agent stop\n",
        ];
        assert_eq!(lines, expected);
        let start = typed.start("a");
        assert!(start.starts_with("export A='it'\\''s'\nexport NAME=start\ncd /\numask 0022\n"));
        assert!(start.contains("without the guest"), "{start}");
    }
}
