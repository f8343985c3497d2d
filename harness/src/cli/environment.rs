//! Environment variables of options: `--agent-package` is also read from VRT_AGENT_PACKAGE.

use std::env;
use std::ffi::OsString;

use clap::builder::BoolishValueParser;
use clap::error::{ContextKind, ContextValue};
use clap::{Arg, ArgAction, Command, Error};

/// The variable of an option, by the option's long name.
pub(super) fn variable(long: &str) -> String {
    format!("VRT_{}", long.to_uppercase().replace('-', "_"))
}

/// What the environment says of an option. An empty variable is none, for that is how an action of a CI engine passes on
/// an input that it did not get.
pub(super) fn value(long: &str) -> Option<OsString> {
    env::var_os(variable(long)).filter(|value| !value.is_empty())
}

/// The command, with a variable for every option that has a long name, and so for its subcommands.
pub(super) fn read_by(command: Command) -> Command {
    command
        .mut_args(|arg| match arg.get_long().map(str::to_owned) {
            Some(long) => with_variable(arg, &long),
            None => arg,
        })
        .mut_subcommands(read_by)
}

fn with_variable(arg: Arg, long: &str) -> Arg {
    let arg = match arg.get_action() {
        ArgAction::SetTrue => arg.value_parser(BoolishValueParser::new()),
        _ => arg,
    };
    let name = variable(long);
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
    let given = value(long)?;
    (given.to_str() == Some(wrong)).then(|| variable(long))
}

#[cfg(test)]
mod tests {
    use super::variable;

    #[test]
    fn a_variable_is_the_option_in_capitals() {
        assert_eq!(variable("agent-package"), "VRT_AGENT_PACKAGE");
    }
}
