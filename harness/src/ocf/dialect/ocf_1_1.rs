use super::pacemaker;
use super::rules::Rules;
use crate::ocf::call::{Call, Request};
use crate::ocf::schema;
use crate::ocf::schema::shapes::{
    ACTION, ACTIONS, AGENT, CONTENT, Content, MANY, OPTION, PARAMETERS, SPECIAL, Shape, VERSION,
    child, needed, optional, text, yes_no,
};

/// OCF resource agent API 1.1, as Pacemaker speaks it. Its shapes are those of `ra-api.rng`.
pub(super) struct Ocf11;

impl Rules for Ocf11 {
    fn call(&self, request: &Request<'_>) -> Call {
        pacemaker::call(request)
    }

    fn version(&self) -> Option<&'static str> {
        Some("1.1")
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
            optional("unique-group"),
            yes_no("required"),
            yes_no("reloadable"),
        ],
        content: Content::Elements(&[
            child("deprecated", 0, 1),
            child("longdesc", 1, MANY),
            child("shortdesc", 1, MANY),
            child("content", 1, 1),
        ]),
    },
    Shape {
        name: "deprecated",
        attributes: &[],
        content: Content::Anything,
    },
    CONTENT,
    OPTION,
    ACTIONS,
    ACTION,
    SPECIAL,
];
