use crate::ocf::call::{Call, Request};
use crate::ocf::code::Code;
use crate::ocf::metadata::Parameter;
use crate::ocf::returned::Returned;
use crate::ocf::verb::Verb;

/// What an exit code is to a dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// One of the standard.
    Standard(Code),
    /// One that only this dialect knows.
    Own,
    /// None that it knows.
    Unknown,
}

/// What a dialect demands of an agent, and how it is spoken.
pub trait Rules: Sync {
    /// How the manager runs an agent for that request.
    fn call(&self, request: &Request<'_>) -> Call;

    /// The word by which an agent's metadata advertise that verb.
    fn advertised_as<'v>(&self, verb: &'v Verb) -> &'v str {
        verb.as_str()
    }

    /// The word by which the manager asks for that verb.
    fn asked_as<'v>(&self, verb: &'v Verb) -> &'v str {
        verb.as_str()
    }

    /// Whether the manager asks for that verb, and not for a restart, when this parameter was changed.
    /// Source: OCF 1.1, reload-agent action; Pacemaker Administration, "Reloading an Agent": `reload` of an agent without
    /// `reload-agent` is for parameters that are not `unique`.
    fn reloads(&self, verb: &Verb, parameter: &Parameter) -> bool {
        match verb {
            Verb::ReloadAgent => parameter.reloadable,
            Verb::Reload => !parameter.unique && parameter.unique_group.is_none(),
            _ => false,
        }
    }

    /// Another value that the agent takes for a parameter, which has this one now.
    fn other_value(&self, parameter: &Parameter, now: Option<&str>) -> Option<String> {
        parameter.other_value(now)
    }

    /// The version of OCF that metadata of this dialect name, where it is one of OCF's.
    fn version(&self) -> Option<&'static str> {
        None
    }

    /// What is wrong with the shape of metadata, each fault in one sentence with its line.
    fn shape_faults(&self, metadata: &str) -> Vec<String>;

    /// Whether an agent that exited with `number` when it was asked for `verb` ended as a case allows by `allowed`.
    fn admits(&self, _verb: Option<&Verb>, number: i32, allowed: Returned) -> bool {
        Code::from_number(number).is_some_and(|code| allowed.admits(code))
    }

    /// What an agent says by the code that it exits with.
    fn read(&self, number: i32) -> Reading {
        Code::from_number(number).map_or(Reading::Unknown, Reading::Standard)
    }

    /// Whether some codes are for some actions alone.
    fn binds_codes(&self) -> bool {
        true
    }

    /// Whether the manager kills an agent with its whole process group; else its own process alone, and what it has started
    /// goes on.
    fn kills_group(&self) -> bool {
        true
    }

    /// Whether the manager reads an agent's metadata before it calls it.
    fn reads_metadata(&self) -> bool {
        false
    }

    /// The clauses that this dialect does not demand, by their ids in the register.
    fn exempt(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether this dialect demands a clause.
    fn demands(&self, clause: &str) -> bool {
        !self.exempt().contains(&clause)
    }
}
