use super::pacemaker;
use super::rules::Rules;
use crate::ocf::call::{Call, Request};
use crate::ocf::schema;
use crate::ocf::schema::shapes::{
    ACTION, ACTIONS, AGENT, Content, PARAMETER_PARTS, PARAMETERS, SPECIAL, Shape, VERSION, needed,
    optional, text, yes_no,
};
use crate::ocf::verb::Verb;

/// rgmanager's own. No call of rgmanager is written here yet: an agent of this dialect is run as Pacemaker would run it.
pub(super) struct Rgmanager;

impl Rules for Rgmanager {
    fn call(&self, request: &Request<'_>) -> Call {
        pacemaker::call(request)
    }

    fn advertised_as<'v>(&self, verb: &'v Verb) -> &'v str {
        match verb {
            Verb::Monitor => Verb::Status.as_str(),
            other => other.as_str(),
        }
    }

    /// Its codes are not bound to actions, and `migrate` is one action for both halves of a migration.
    fn exempt(&self) -> &'static [&'static str] {
        &["OCF-EXIT-07", "OCF-EXIT-08", "OCF-EXIT-09", "META-04"]
    }

    fn shape_faults(&self, metadata: &str) -> Vec<String> {
        schema::faults(metadata, SHAPES)
    }
}

const SHAPES: &[Shape] = &[
    AGENT,
    VERSION,
    text("longdesc"),
    text("shortdesc"),
    PARAMETERS,
    Shape {
        name: "parameter",
        attributes: &[
            needed("name"),
            yes_no("unique"),
            yes_no("required"),
            yes_no("primary"),
            yes_no("reconfig"),
            optional("inherit"),
        ],
        content: PARAMETER_PARTS,
    },
    Shape {
        name: "content",
        attributes: &[optional("type"), optional("default")],
        content: Content::Anything,
    },
    ACTIONS,
    ACTION,
    SPECIAL,
];
