use super::pacemaker;
use super::rules::Rules;
use crate::ocf::call::{Call, Request};
use crate::ocf::schema;
use crate::ocf::schema::shapes::{
    ACTION, ACTIONS, AGENT, CONTENT, OPTION, PARAMETER_PARTS, PARAMETERS, SPECIAL, Shape, VERSION,
    needed, text, yes_no,
};

/// OCF resource agent API 1.0, as Pacemaker speaks it. Its shapes are those of `ra-api-1.dtd` and `metadata.rng`.
pub(super) struct Ocf10;

impl Rules for Ocf10 {
    fn call(&self, request: &Request<'_>) -> Call {
        pacemaker::call(request)
    }

    fn version(&self) -> Option<&'static str> {
        Some("1.0")
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
        attributes: &[needed("name"), yes_no("unique"), yes_no("required")],
        content: PARAMETER_PARTS,
    },
    CONTENT,
    OPTION,
    ACTIONS,
    ACTION,
    SPECIAL,
];
