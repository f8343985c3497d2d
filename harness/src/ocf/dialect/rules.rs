use crate::ocf::call::{Call, Request};
use crate::ocf::code::Code;
use crate::ocf::returned::Returned;
use crate::ocf::verb::Verb;

/// What a dialect demands of an agent, and how it is spoken.
pub trait Rules: Sync {
    /// How the manager runs an agent for that request.
    fn call(&self, request: &Request<'_>) -> Call;

    /// The word by which an agent's metadata advertise that verb.
    fn advertised_as<'v>(&self, verb: &'v Verb) -> &'v str {
        verb.as_str()
    }

    /// The version of OCF that metadata of this dialect name, where it is one of OCF's.
    fn version(&self) -> Option<&'static str> {
        None
    }

    /// What is wrong with the shape of metadata, each fault in one sentence with its line.
    fn shape_faults(&self, metadata: &str) -> Vec<String>;

    /// Whether an agent that ended with `code` when it was asked for `verb` ended as a case allows by `allowed`.
    fn admits(&self, _verb: Option<&Verb>, code: Code, allowed: Returned) -> bool {
        allowed.admits(code)
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
