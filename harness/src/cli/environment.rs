//! Environment variables of options: `--agent-package` is also read from VRT_AGENT_PACKAGE.

use std::env;
use std::ffi::OsString;

use clap::builder::BoolishValueParser;
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgAction, Command, Error};

/// Commands with an option whose name means something else in another command: its variable names the command, too.
const WITH_COMMAND: [(&str, &str); 1] = [("prune", "keep")];

/// The variable of a command's option, by the command's own name and the option's long one.
pub(super) fn variable(command: &str, long: &str) -> String {
    let name = match WITH_COMMAND.contains(&(command, long)) {
        true => format!("{command}_{long}"),
        false => long.to_owned(),
    };
    format!("VRT_{}", name.to_uppercase().replace('-', "_"))
}

/// What a variable says. An empty one is none, for that is how an action of a CI engine passes on an input that it did not
/// get.
pub(super) fn value(variable: &str) -> Option<OsString> {
    env::var_os(variable).filter(|value| !value.is_empty())
}

/// Whether a variable's word turns an option on, as [`BoolishValueParser`] takes it.
pub(super) fn is_yes(word: &str) -> bool {
    ["1", "on", "t", "true", "y", "yes"].contains(&word.to_lowercase().as_str())
}

/// The command, with a variable for every option that has a long name, and so for its subcommands.
pub(super) fn read_by(command: Command) -> Command {
    let own = command.get_name().to_owned();
    command
        .mut_args(
            |arg| match arg.get_long().map(|long| variable(&own, long)) {
                Some(name) => with_variable(arg, name),
                None => arg,
            },
        )
        .mut_subcommands(read_by)
}

fn with_variable(arg: Arg, name: String) -> Arg {
    let arg = match arg.get_action() {
        ArgAction::SetTrue => arg.value_parser(BoolishValueParser::new()),
        _ => arg,
    };
    match env::var_os(&name).is_some_and(|value| value.is_empty()) {
        true => arg,
        false => arg.env(name).hide_env_values(true),
    }
}

/// The variable that an error in the arguments is about, if the wrong value came from one.
pub(super) fn blamed(error: &Error) -> Option<String> {
    let Some(ContextValue::String(arg)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let long = arg.strip_prefix("--")?.split([' ', '=']).next()?;
    let Some(ContextValue::String(wrong)) = error.get(ContextKind::InvalidValue) else {
        return None;
    };
    let with_command = WITH_COMMAND.iter().filter(|(_, name)| *name == long);
    let commands = with_command.map(|(command, _)| *command).chain([""]);
    let mut variables = commands.map(|command| variable(command, long));
    variables.find(|name| value(name).is_some_and(|given| given.to_str() == Some(wrong)))
}

#[cfg(test)]
mod tests {
    use super::variable;

    #[test]
    fn a_variable_is_the_option_in_capitals() {
        assert_eq!(variable("run", "agent-package"), "VRT_AGENT_PACKAGE");
    }

    #[test]
    fn what_means_something_else_in_another_command_has_a_variable_of_its_own() {
        assert_eq!(variable("run", "keep"), "VRT_KEEP");
        assert_eq!(variable("prune", "keep"), "VRT_PRUNE_KEEP");
    }
}
