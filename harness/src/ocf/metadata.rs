//! An agent's metadata as a value. The judge decides what it must contain.

use std::collections::BTreeMap;

use roxmltree::{Document, Node, ParsingOptions};

use super::verb::Verb;

/// What `meta-data` printed, read leniently: what is missing is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// The attribute `name` of the whole.
    pub name: String,
    /// The attribute `version` of the whole: the agent's own version.
    pub own_version: Option<String>,
    /// The text of the element `version`: the OCF version the agent follows.
    pub version: String,
    /// Long descriptions of the agent.
    pub longdesc: Vec<Text>,
    /// Short descriptions of the agent.
    pub shortdesc: Vec<Text>,
    /// The parameters, in their order.
    pub parameters: Vec<Parameter>,
    /// The actions, in their order; an action may occur more than once, with other depths.
    pub actions: Vec<Offer>,
    /// What it says to one manager alone.
    pub specials: Vec<Special>,
}

/// A part for one manager.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Special {
    /// The manager.
    pub tag: String,
    /// rgmanager: how many instances of the resource may run on a node.
    pub max_instances: Option<String>,
    /// rgmanager: the types of resources that may be its children.
    pub children: Vec<String>,
}

/// A text in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The attribute `lang`.
    pub lang: Option<String>,
    /// The text, without blanks around it.
    pub text: String,
}

/// One parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, without `OCF_RESKEY_`.
    pub name: String,
    /// Whether two resources may not share its value.
    pub unique: bool,
    /// OCF 1.1: the parameters that together may not be shared.
    pub unique_group: Option<String>,
    /// Whether it must be set.
    pub required: bool,
    /// OCF 1.1: whether `reload-agent` applies a change of it.
    pub reloadable: bool,
    /// OCF 1.1: whether it is marked as deprecated.
    pub deprecated: bool,
    /// rgmanager: whether its value is the resource's name.
    pub primary: bool,
    /// rgmanager: whether `reconfig` applies a change of it.
    pub reconfig: bool,
    /// rgmanager: the attribute of a parent that it has its value from, as `TYPE%ATTRIBUTE` or `ATTRIBUTE`.
    pub inherit: Option<String>,
    /// The type of its content.
    pub kind: Option<String>,
    /// Its default.
    pub default: Option<String>,
    /// The values a `select` admits.
    pub options: Vec<String>,
    /// Its long descriptions.
    pub longdesc: Vec<Text>,
    /// Its short descriptions.
    pub shortdesc: Vec<Text>,
}

/// An action that is advertised.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// The action's name.
    pub name: String,
    /// The advertised timeout in milliseconds, when it is there and can be read.
    pub timeout: Option<u64>,
    /// The advertised interval in milliseconds, when it is there and can be read.
    pub interval: Option<u64>,
    /// The check level.
    pub depth: Option<String>,
    /// The role it is for.
    pub role: Option<String>,
}

impl Metadata {
    /// Reads the metadata; a DOCTYPE is allowed and not followed.
    ///
    /// # Errors
    /// What is wrong with the text as XML, or that it is no metadata, in one sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let document = document(text)?;
        let root = document.root_element();
        if root.tag_name().name() != "resource-agent" {
            let name = root.tag_name().name();
            return Err(format!(
                "the document is a <{name}>, not a <resource-agent>"
            ));
        }
        let parameters = children(root, "parameters").flat_map(|all| children(all, "parameter"));
        let actions = children(root, "actions").flat_map(|all| children(all, "action"));
        Ok(Self {
            name: root.attribute("name").unwrap_or_default().to_owned(),
            own_version: root.attribute("version").map(ToOwned::to_owned),
            version: children(root, "version")
                .map(text_of)
                .next()
                .unwrap_or_default(),
            longdesc: texts(root, "longdesc"),
            shortdesc: texts(root, "shortdesc"),
            parameters: parameters.map(parameter).collect(),
            actions: actions.map(offer).collect(),
            specials: children(root, "special").map(special).collect(),
        })
    }

    /// The names of the actions in a metadata document; none when it cannot be read.
    #[must_use]
    pub fn advertised(text: &str) -> Vec<String> {
        let actions = Self::parse(text).map(|metadata| metadata.actions);
        let actions = actions.unwrap_or_default().into_iter();
        actions.map(|offer| offer.name).collect()
    }

    /// The names of the parameters in a metadata document; none when it cannot be read.
    #[must_use]
    pub fn parameter_names(text: &str) -> Option<Vec<String>> {
        let parameters = Self::parse(text).ok()?.parameters.into_iter();
        Some(parameters.map(|one| one.name).collect())
    }

    /// The parameter of that name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|one| one.name == name)
    }

    /// Whether an action is advertised.
    #[must_use]
    pub fn offers(&self, action: &str) -> bool {
        self.actions.iter().any(|one| one.name == action)
    }

    /// The longest timeout advertised for an action, in milliseconds.
    #[must_use]
    pub fn timeout(&self, action: &str) -> Option<u64> {
        let offers = self.actions.iter().filter(|one| one.name == action);
        offers.filter_map(|one| one.timeout).max()
    }
}

/// The timeout in milliseconds that an agent advertises for an action; for an action that it does not advertise, the
/// longest of all.
#[must_use]
pub fn advertised_timeout(advertised: &BTreeMap<Verb, u64>, action: Option<&Verb>) -> u64 {
    let longest = || advertised.values().copied().max();
    let named = action.and_then(|verb| advertised.get(verb)).copied();
    named.or_else(longest).unwrap_or_default()
}

/// Reads a text as XML, without any access to what a DOCTYPE names.
pub(super) fn document(text: &str) -> Result<Document<'_>, String> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| format!("no XML: {error}"))
}

fn children<'a, 'i>(node: Node<'a, 'i>, name: &'static str) -> impl Iterator<Item = Node<'a, 'i>> {
    node.children()
        .filter(move |child| child.has_tag_name(name))
}

fn text_of(node: Node<'_, '_>) -> String {
    let parts = node
        .descendants()
        .filter(Node::is_text)
        .filter_map(|part| part.text());
    parts.collect::<String>().trim().to_owned()
}

fn texts(node: Node<'_, '_>, name: &'static str) -> Vec<Text> {
    let read = |one: Node<'_, '_>| Text {
        lang: one.attribute("lang").map(str::to_owned),
        text: text_of(one),
    };
    children(node, name).map(read).collect()
}

fn parameter(node: Node<'_, '_>) -> Parameter {
    let content = children(node, "content").next();
    let of_content = |name| {
        content
            .and_then(|content| content.attribute(name))
            .map(str::to_owned)
    };
    let options = content
        .into_iter()
        .flat_map(|content| children(content, "option"));
    Parameter {
        name: node.attribute("name").unwrap_or_default().to_owned(),
        unique: is_yes(node, "unique"),
        unique_group: node.attribute("unique-group").map(str::to_owned),
        required: is_yes(node, "required"),
        reloadable: is_yes(node, "reloadable"),
        deprecated: children(node, "deprecated").next().is_some(),
        primary: is_yes(node, "primary"),
        reconfig: is_yes(node, "reconfig"),
        inherit: node.attribute("inherit").map(str::to_owned),
        kind: of_content("type"),
        default: of_content("default"),
        options: options
            .filter_map(|one| one.attribute("value").map(str::to_owned))
            .collect(),
        longdesc: texts(node, "longdesc"),
        shortdesc: texts(node, "shortdesc"),
    }
}

fn offer(node: Node<'_, '_>) -> Offer {
    Offer {
        name: node.attribute("name").unwrap_or_default().to_owned(),
        timeout: node.attribute("timeout").and_then(duration),
        interval: node.attribute("interval").and_then(duration),
        depth: node.attribute("depth").map(str::to_owned),
        role: node.attribute("role").map(str::to_owned),
    }
}

fn special(node: Node<'_, '_>) -> Special {
    let attributes = children(node, "attributes").next();
    let text = |name: &str, of: Node<'_, '_>| of.attribute(name).map(str::to_owned);
    Special {
        tag: text("tag", node).unwrap_or_default(),
        max_instances: attributes.and_then(|one| text("maxinstances", one)),
        children: children(node, "child")
            .filter_map(|one| text("type", one))
            .collect(),
    }
}

fn is_yes(node: Node<'_, '_>, attribute: &str) -> bool {
    matches!(node.attribute(attribute), Some("1" | "true"))
}

/// A time as Pacemaker reads it, in milliseconds: a number of seconds, or with a unit in any case, or ISO 8601's `PT1M30S`.
///
/// Source: Pacemaker lib/common/strings.c, `pcmk_parse_interval_spec` and `pcmk__parse_ms`.
#[must_use]
pub fn duration(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_lowercase();
    if let Some(period) = text.strip_prefix("pt") {
        return iso(period);
    }
    let (number, rest) = leading_number(&text)?;
    // What follows the point is passed over, as Pacemaker does.
    let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    match unit.trim() {
        "ms" | "msec" => Some(number),
        "us" | "usec" => Some(number / 1000),
        "" | "s" | "sec" => number.checked_mul(1000),
        "m" | "min" => number.checked_mul(60_000),
        "h" | "hr" => number.checked_mul(3_600_000),
        _ => None,
    }
}

/// Hours, minutes and seconds of a period of ISO 8601, such as `1h30m`.
fn iso(period: &str) -> Option<u64> {
    let (mut rest, mut sum) = (period, 0_u64);
    while !rest.is_empty() {
        let (number, after) = leading_number(rest)?;
        let unit = after.chars().next().filter(|unit| "hms".contains(*unit))?;
        rest = &after[unit.len_utf8()..];
        sum = sum.checked_add(duration(&format!("{number}{unit}"))?)?;
    }
    (!period.is_empty()).then_some(sum)
}

/// The number that a text begins with, and what follows.
fn leading_number(text: &str) -> Option<(u64, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (number, rest) = text.split_at(end.unwrap_or(text.len()));
    Some((number.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_and_without_a_unit() {
        let read = [
            "90", "90s", "500ms", "2min", "1.5 S", "PT1M30S", "pt1h", "PT", "soon",
        ];
        let ms = [90_000, 90_000, 500, 120_000, 1000, 90_000, 3_600_000].map(Some);
        assert_eq!(read.map(duration), [&ms[..], &[None, None]].concat()[..]);
    }

    #[test]
    fn a_doctype_is_passed_over() {
        let text = "<?xml version=\"1.0\"?>\n<!DOCTYPE resource-agent SYSTEM \"ra-api-1.dtd\">\n\
                    <resource-agent name=\"x\"><version>1.0</version></resource-agent>\n";
        let metadata = Metadata::parse(text).expect("it is metadata");
        assert_eq!(
            (metadata.name.as_str(), metadata.version.as_str()),
            ("x", "1.0")
        );
    }

    #[test]
    fn words_after_the_document_are_refused() {
        assert!(Metadata::parse("<resource-agent name=\"x\"/>\nDone.").is_err());
    }
}
