use super::rules::Rules;
use crate::ocf::call::{Call, Request};
use crate::ocf::schema;
use crate::ocf::schema::shapes::{
    ACTIONS, CONTENT, Content, MANY, OPTION, Shape, child, needed, optional, text, yes_no,
};

/// The fence-agent API, as Pacemaker's fencer speaks it: options on standard input, a line each.
///
/// Source: ClusterLabs/fence-agents, doc/FenceAgentAPI.md and lib/metadata.rng.
pub(super) struct Fence;

impl Rules for Fence {
    /// The request's own arguments are lines that come before the options.
    fn call(&self, request: &Request<'_>) -> Call {
        let mut input = String::new();
        let mut line = |text: &str| {
            input.push_str(text);
            input.push('\n');
        };
        request.args.iter().for_each(|text| line(text));
        for (name, value) in request.resource.parameters {
            line(&format!("{name}={value}"));
        }
        let path = [("PATH", request.path)].into_iter();
        let locale = request.locale.map(|locale| ("LANG", locale));
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Call {
            args: Vec::new(),
            env: path.chain(locale).map(owned).collect(),
            input,
            dir: "/",
            umask: 0o026,
        }
    }

    /// The API names 1 alone for a failure; Pacemaker takes every other code but 0 and 2 for one, too.
    fn exempt(&self) -> &'static [&'static str] {
        &["OCF-EXIT-10"]
    }

    fn shape_faults(&self, metadata: &str) -> Vec<String> {
        schema::faults(metadata, SHAPES)
    }
}

const SHAPES: &[Shape] = &[
    Shape {
        name: "resource-agent",
        attributes: &[needed("name"), needed("shortdesc")],
        content: Content::Elements(&[
            child("symlink", 0, MANY),
            child("longdesc", 1, 1),
            child("vendor-url", 1, 1),
            child("parameters", 1, 1),
            child("actions", 1, 1),
        ]),
    },
    Shape {
        name: "symlink",
        attributes: &[needed("name"), needed("shortdesc")],
        content: Content::Elements(&[]),
    },
    text("longdesc"),
    text("shortdesc"),
    text("vendor-url"),
    Shape {
        name: "parameters",
        attributes: &[],
        content: Content::Elements(&[child("parameter", 1, MANY)]),
    },
    Shape {
        name: "parameter",
        attributes: &[
            needed("name"),
            yes_no("unique"),
            yes_no("required"),
            yes_no("deprecated"),
            optional("obsoletes"),
        ],
        content: Content::Elements(&[
            child("getopt", 1, 1),
            child("content", 1, 1),
            child("shortdesc", 1, MANY),
        ]),
    },
    Shape {
        name: "getopt",
        attributes: &[needed("mixed")],
        content: Content::Elements(&[]),
    },
    CONTENT,
    OPTION,
    ACTIONS,
    Shape {
        name: "action",
        attributes: &[needed("name"), yes_no("on_target"), yes_no("automatic")],
        content: Content::Elements(&[]),
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::millis::Millis;
    use crate::ocf::call::Resource;
    use crate::ocf::fence::FenceAction;
    use crate::ocf::metadata::Metadata;
    use crate::ocf::verb::Verb;

    #[test]
    fn lines_of_the_case_come_first_and_then_each_option_has_a_line_of_its_own() {
        let parameters = FenceAction::Off.options("vm1");
        let request = Request {
            verb: Some(&Verb::Fence(FenceAction::Off)),
            args: &["# a comment".to_owned()],
            resource: Resource {
                instance: "vm1",
                provider: "",
                kind: "fence_x",
                parameters: &parameters,
                metadata: &Metadata::default(),
                folder: "/",
                has_parent: false,
            },
            node: "a",
            node_number: 1,
            to: None,
            from: None,
            interval: None,
            depth: None,
            timeout: Millis(60_000),
            path: "/bin",
            locale: None,
        };
        let call = Fence.call(&request);
        assert!(call.args.is_empty());
        let input = "# a comment\naction=off\nnodename=vm1\nport=vm1\n";
        assert_eq!(call.input, input);
    }

    #[test]
    fn metadata_of_the_schema_have_no_fault() {
        let sound = "<resource-agent name=\"fence_x\" shortdesc=\"x\"><longdesc>x</longdesc>\
            <vendor-url>x</vendor-url><parameters><parameter name=\"port\" unique=\"0\" required=\"1\">\
            <getopt mixed=\"-n\"/><content type=\"string\"/><shortdesc lang=\"en\">x</shortdesc></parameter></parameters>\
            <actions><action name=\"off\"/></actions></resource-agent>";
        assert_eq!(Fence.shape_faults(sound), [""; 0]);
        let wrong = sound.replace("<getopt mixed=\"-n\"/>", "");
        assert_eq!(Fence.shape_faults(&wrong).len(), 1);
    }
}
