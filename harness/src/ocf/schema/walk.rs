use roxmltree::{Document, Node};

use super::shapes::{Attribute, Child, Content, Shape};

/// Every place where the document differs from the shapes.
pub(super) fn faults(document: &Document<'_>, shapes: &[Shape]) -> Vec<String> {
    let (root, mut faults) = (document.root_element(), Vec::new());
    match shapes.first() {
        Some(first) if root.has_tag_name(first.name) => element(root, shapes, &mut faults),
        Some(first) => {
            let name = root.tag_name().name();
            faults.push(format!(
                "the document is a <{name}>, not a <{}>",
                first.name
            ));
        }
        None => {}
    }
    faults
}

fn element(node: Node<'_, '_>, shapes: &[Shape], faults: &mut Vec<String>) {
    let name = node.tag_name().name();
    let Some(shape) = shapes.iter().find(|shape| shape.name == name) else {
        faults.push(at(node, &format!("<{name}> is unknown")));
        return;
    };
    attributes(node, shape, faults);
    if let Content::Elements(children) = &shape.content {
        elements(node, children, faults);
        for child in node.children().filter(Node::is_element) {
            element(child, shapes, faults);
        }
    }
}

fn attributes(node: Node<'_, '_>, shape: &Shape, faults: &mut Vec<String>) {
    for rule in shape.attributes {
        faults.extend(attribute(node, rule).map(|fault| at(node, &fault)));
    }
    let known = |name: &str| shape.attributes.iter().any(|rule| rule.name == name);
    for found in node
        .attributes()
        .filter(|found| found.namespace().is_none())
    {
        if !known(found.name()) {
            let fault = format!("<{}> has no attribute `{}`", shape.name, found.name());
            faults.push(at(node, &fault));
        }
    }
}

fn attribute(node: Node<'_, '_>, rule: &Attribute) -> Option<String> {
    let (tag, name) = (node.tag_name().name(), rule.name);
    match node.attribute(name) {
        None if rule.needed => Some(format!("<{tag}> lacks its attribute `{name}`")),
        Some(value) if !rule.values.is_empty() && !rule.values.contains(&value) => {
            let values = rule.values.join(", ");
            Some(format!(
                "`{name}=\"{value}\"` of <{tag}> is none of {values}"
            ))
        }
        _ => None,
    }
}

/// Checks that the children stand in the rules' order, each as often as its rule admits.
fn elements(node: Node<'_, '_>, rules: &[Child], faults: &mut Vec<String>) {
    let tag = node.tag_name().name();
    let mut found = node.children().filter(Node::is_element).peekable();
    for rule in rules {
        let mut count = 0;
        while count < rule.most
            && found
                .next_if(|child| child.has_tag_name(rule.name))
                .is_some()
        {
            count += 1;
        }
        if count < rule.least {
            faults.push(at(
                node,
                &format!("<{tag}> lacks <{}> at its place", rule.name),
            ));
        }
    }
    if let Some(child) = found.next() {
        let name = child.tag_name().name();
        faults.push(at(
            child,
            &format!("<{name}> does not belong here in <{tag}>"),
        ));
    }
    let stray = node
        .children()
        .filter(Node::is_text)
        .filter_map(|part| part.text());
    if stray.into_iter().any(|text| !text.trim().is_empty()) {
        faults.push(at(node, &format!("<{tag}> holds text of its own")));
    }
}

fn at(node: Node<'_, '_>, fault: &str) -> String {
    let place = node.document().text_pos_at(node.range().start);
    format!("line {}: {fault}", place.row)
}
