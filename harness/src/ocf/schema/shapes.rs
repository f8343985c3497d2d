use crate::ocf::Dialect;

/// The shape of one element.
pub(super) struct Shape {
    pub(super) name: &'static str,
    pub(super) attributes: &'static [Attribute],
    pub(super) content: Content,
}

/// An attribute that an element may or must have.
pub(super) struct Attribute {
    pub(super) name: &'static str,
    pub(super) needed: bool,
    /// The values it may have; any when there are none.
    pub(super) values: &'static [&'static str],
}

/// What may stand inside an element.
pub(super) enum Content {
    /// These elements in this order.
    Elements(&'static [Child]),
    /// Anything.
    Anything,
}

/// How often an element may stand at its place.
pub(super) struct Child {
    pub(super) name: &'static str,
    pub(super) least: usize,
    pub(super) most: usize,
}

const MANY: usize = usize::MAX;
const LANG: &[Attribute] = &[optional("lang")];
const YES_NO: &[&str] = &["0", "1"];

const fn needed(name: &'static str) -> Attribute {
    Attribute {
        name,
        needed: true,
        values: &[],
    }
}

const fn optional(name: &'static str) -> Attribute {
    Attribute {
        name,
        needed: false,
        values: &[],
    }
}

const fn yes_no(name: &'static str) -> Attribute {
    Attribute {
        name,
        needed: false,
        values: YES_NO,
    }
}

const fn child(name: &'static str, least: usize, most: usize) -> Child {
    Child { name, least, most }
}

const fn text(name: &'static str) -> Shape {
    Shape {
        name,
        attributes: LANG,
        content: Content::Anything,
    }
}

const AGENT: Shape = Shape {
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
const VERSION: Shape = Shape {
    name: "version",
    attributes: &[],
    content: Content::Anything,
};
const SPECIAL: Shape = Shape {
    name: "special",
    attributes: &[needed("tag")],
    content: Content::Anything,
};
const PARAMETERS: Shape = Shape {
    name: "parameters",
    attributes: &[],
    content: Content::Elements(&[child("parameter", 0, MANY)]),
};
const ACTIONS: Shape = Shape {
    name: "actions",
    attributes: &[],
    content: Content::Elements(&[child("action", 0, MANY)]),
};
const OPTION: Shape = Shape {
    name: "option",
    attributes: &[needed("value")],
    content: Content::Elements(&[]),
};
const ACTION: Shape = Shape {
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
const CONTENT: Shape = Shape {
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
const PARAMETER_PARTS: Content = Content::Elements(&[
    child("longdesc", 1, MANY),
    child("shortdesc", 1, MANY),
    child("content", 1, 1),
]);

const OCF_1_0: &[Shape] = &[
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

const OCF_1_1: &[Shape] = &[
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

const RGMANAGER: &[Shape] = &[
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

/// The shapes of a dialect's elements; the first is the document's.
pub(super) const fn of(dialect: Dialect) -> &'static [Shape] {
    match dialect {
        Dialect::Ocf10 => OCF_1_0,
        Dialect::Ocf11 => OCF_1_1,
        Dialect::Rgmanager => RGMANAGER,
    }
}
