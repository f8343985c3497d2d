//! The shapes of elements that more than one dialect has, and what they are made of.

/// The shape of one element.
pub(in crate::ocf) struct Shape {
    pub(in crate::ocf) name: &'static str,
    pub(in crate::ocf) attributes: &'static [Attribute],
    pub(in crate::ocf) content: Content,
}

/// An attribute that an element may or must have.
pub(in crate::ocf) struct Attribute {
    pub(in crate::ocf) name: &'static str,
    pub(in crate::ocf) needed: bool,
    /// The values it may have; any when there are none.
    pub(in crate::ocf) values: &'static [&'static str],
}

/// What may stand inside an element.
pub(in crate::ocf) enum Content {
    /// These elements in this order.
    Elements(&'static [Child]),
    /// Anything.
    Anything,
}

/// How often an element may stand at its place.
pub(in crate::ocf) struct Child {
    pub(in crate::ocf) name: &'static str,
    pub(in crate::ocf) least: usize,
    pub(in crate::ocf) most: usize,
}

pub(in crate::ocf) const MANY: usize = usize::MAX;
const LANG: &[Attribute] = &[optional("lang")];
const YES_NO: &[&str] = &["0", "1"];

pub(in crate::ocf) const fn needed(name: &'static str) -> Attribute {
    Attribute {
        name,
        needed: true,
        values: &[],
    }
}

pub(in crate::ocf) const fn optional(name: &'static str) -> Attribute {
    Attribute {
        name,
        needed: false,
        values: &[],
    }
}

pub(in crate::ocf) const fn yes_no(name: &'static str) -> Attribute {
    Attribute {
        name,
        needed: false,
        values: YES_NO,
    }
}

pub(in crate::ocf) const fn child(name: &'static str, least: usize, most: usize) -> Child {
    Child { name, least, most }
}

pub(in crate::ocf) const fn text(name: &'static str) -> Shape {
    Shape {
        name,
        attributes: LANG,
        content: Content::Anything,
    }
}

pub(in crate::ocf) const AGENT: Shape = Shape {
    name: "resource-agent",
    attributes: &[needed("name"), optional("version")],
    content: Content::Elements(&[
        child("version", 1, 1),
        child("longdesc", 0, MANY),
        child("shortdesc", 0, MANY),
        child("parameters", 0, 1),
        child("actions", 1, 1),
        child("special", 0, MANY),
    ]),
};
pub(in crate::ocf) const VERSION: Shape = Shape {
    name: "version",
    attributes: &[],
    content: Content::Anything,
};
pub(in crate::ocf) const SPECIAL: Shape = Shape {
    name: "special",
    attributes: &[needed("tag")],
    content: Content::Anything,
};
pub(in crate::ocf) const PARAMETERS: Shape = Shape {
    name: "parameters",
    attributes: &[],
    content: Content::Elements(&[child("parameter", 0, MANY)]),
};
pub(in crate::ocf) const ACTIONS: Shape = Shape {
    name: "actions",
    attributes: &[],
    content: Content::Elements(&[child("action", 0, MANY)]),
};
pub(in crate::ocf) const OPTION: Shape = Shape {
    name: "option",
    attributes: &[needed("value")],
    content: Content::Elements(&[]),
};
pub(in crate::ocf) const ACTION: Shape = Shape {
    name: "action",
    attributes: &[
        needed("name"),
        needed("timeout"),
        optional("interval"),
        optional("start-delay"),
        optional("depth"),
        optional("role"),
    ],
    content: Content::Elements(&[]),
};
pub(in crate::ocf) const CONTENT: Shape = Shape {
    name: "content",
    attributes: &[
        Attribute {
            name: "type",
            needed: true,
            values: &["boolean", "string", "integer", "second", "time", "select"],
        },
        optional("default"),
    ],
    content: Content::Elements(&[child("option", 0, MANY)]),
};
pub(in crate::ocf) const PARAMETER_PARTS: Content = Content::Elements(&[
    child("longdesc", 1, MANY),
    child("shortdesc", 1, MANY),
    child("content", 1, 1),
]);
