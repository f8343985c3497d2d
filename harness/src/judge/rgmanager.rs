//! The rules on metadata that rgmanager's daemon reads.
//!
//! Source: what `rg_test` of redhat-cluster 3.0.12 was seen to make of an agent's metadata; the Red Hat Enterprise Linux 6
//! cluster administration guide, for resources and their children.

use super::AgentFacts;
use crate::ocf::metadata::{Metadata, Parameter};

/// The manager's name in a `special` element.
const MANAGER: &str = "rgmanager";

/// The deepest depth.
const DEEPEST: u32 = 99;

/// What is wrong, each fault in one sentence.
pub(super) fn faults(metadata: &Metadata, facts: &AgentFacts) -> Vec<String> {
    let mut faults = primary(&metadata.parameters);
    faults.extend(metadata.parameters.iter().filter_map(inherit));
    faults.extend(reconfig(metadata, facts));
    faults.extend(special(metadata));
    faults.extend(depths(metadata));
    faults
}

/// A resource is known by its one primary attribute, so that cannot come from elsewhere.
fn primary(parameters: &[Parameter]) -> Vec<String> {
    let primary: Vec<_> = parameters.iter().filter(|one| one.primary).collect();
    let names: Vec<_> = primary
        .iter()
        .map(|one| format!("`{}`", one.name))
        .collect();
    match primary.as_slice() {
        [] => vec!["no parameter is primary".to_owned()],
        [one] if one.inherit.is_some() => {
            vec![format!("the primary parameter {} is inherited", names[0])]
        }
        [_] => Vec::new(),
        _ => vec![format!(
            "more than one parameter is primary: {}",
            names.join(", ")
        )],
    }
}

/// `TYPE%ATTRIBUTE`, or `ATTRIBUTE` of whichever parent has it.
fn inherit(parameter: &Parameter) -> Option<String> {
    let wanted = parameter.inherit.as_deref()?;
    let is_name = |text: &str| {
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
        !text.is_empty() && text.chars().all(is_letter)
    };
    let parts: Vec<_> = wanted.split('%').collect();
    let is_sound = parts.len() <= 2 && parts.into_iter().all(is_name);
    let name = &parameter.name;
    (!is_sound).then(|| {
        format!("`{name}` inherits `{wanted}`, which is neither TYPE%ATTRIBUTE nor ATTRIBUTE")
    })
}

/// What identifies the guest cannot be changed while it runs.
fn reconfig(metadata: &Metadata, facts: &AgentFacts) -> Vec<String> {
    let changeable: Vec<_> = metadata
        .parameters
        .iter()
        .filter(|one| one.reconfig)
        .collect();
    let lacks = !changeable.is_empty() && !metadata.offers("reconfig");
    let lacks =
        lacks.then(|| "parameters are marked for `reconfig`, which is not advertised".to_owned());
    let identifies = |one: &&&Parameter| {
        one.primary || facts.config_parameter.as_deref() == Some(one.name.as_str())
    };
    let wrong = changeable.iter().filter(identifies).map(|one| {
        format!(
            "`{}` tells which guest is meant, and is marked for `reconfig`",
            one.name
        )
    });
    lacks.into_iter().chain(wrong).collect()
}

/// A guest runs once, and the daemon migrates no resource that has children.
fn special(metadata: &Metadata) -> Vec<String> {
    let mut all = metadata.specials.iter();
    let Some(special) = all.find(|one| one.tag == MANAGER) else {
        return vec![format!("there is no part for `{MANAGER}`")];
    };
    let mut faults = Vec::new();
    if special.max_instances.as_deref() != Some("1") {
        let said = special.max_instances.as_deref().unwrap_or("not there");
        faults.push(format!(
            "`maxinstances` is {said}, though a guest runs once"
        ));
    }
    if metadata.offers("migrate") && !special.children.is_empty() {
        let children = special.children.join(", ");
        faults.push(format!(
            "`migrate` is advertised, and with it children: {children}"
        ));
    }
    faults
}

fn depths(metadata: &Metadata) -> Vec<String> {
    let is_sound =
        |depth: &str| depth == "*" || depth.parse::<u32>().is_ok_and(|depth| depth <= DEEPEST);
    let wrong = metadata.actions.iter().filter_map(|one| {
        let depth = one.depth.as_deref().filter(|depth| !is_sound(depth))?;
        Some(format!(
            "the depth `{depth}` of `{}` is none from 0 to {DEEPEST}",
            one.name
        ))
    });
    wrong.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ocf::Dialect;

    const SOUND: &str = "<resource-agent name=\"vm\"><version>1.0</version><parameters>\
        <parameter name=\"name\" primary=\"1\"/><parameter name=\"xmlfile\"/>\
        <parameter name=\"no_kill\" reconfig=\"1\"/>\
        <parameter name=\"service_name\" inherit=\"service%name\"/></parameters><actions>\
        <action name=\"status\" depth=\"10\" timeout=\"20\"/><action name=\"reconfig\" timeout=\"5\"/>\
        <action name=\"migrate\" timeout=\"600\"/></actions>\
        <special tag=\"rgmanager\"><attributes maxinstances=\"1\"/></special></resource-agent>";

    fn found(change: (&str, &str)) -> Vec<String> {
        assert!(SOUND.contains(change.0), "{}", change.0);
        let metadata = Metadata::parse(&SOUND.replace(change.0, change.1)).expect("it is XML");
        let facts = AgentFacts {
            dialect: Dialect::Rgmanager,
            config_parameter: Some("xmlfile".to_owned()),
            shared_parameters: Vec::new(),
            file_name: None,
        };
        faults(&metadata, &facts)
    }

    #[test]
    fn what_the_daemon_reads_is_demanded_and_no_more() {
        assert_eq!(found(("", "")), Vec::<String>::new());
        assert_eq!(found(("service%name", "nfslock")), Vec::<String>::new());
    }

    #[test]
    fn each_fault_is_found_alone() {
        for (sound, wrong, says) in [
            (" primary=\"1\"", "", "no parameter is primary"),
            ("\"xmlfile\"", "\"xmlfile\" primary=\"1\"", "more than one"),
            (
                " primary=\"1\"",
                " primary=\"1\" inherit=\"service%name\"",
                "is inherited",
            ),
            ("service%name", "service%", "neither TYPE%ATTRIBUTE"),
            ("service%name", "a%b%c", "neither TYPE%ATTRIBUTE"),
            ("name=\"reconfig\"", "name=\"reload\"", "not advertised"),
            (
                "\"xmlfile\"",
                "\"xmlfile\" reconfig=\"1\"",
                "`xmlfile` tells which",
            ),
            ("tag=\"rgmanager\"", "tag=\"other\"", "no part for"),
            ("maxinstances=\"1\"", "maxinstances=\"2\"", "is 2, though"),
            (
                "<attributes maxinstances=\"1\"/>",
                "",
                "is not there, though",
            ),
            (
                "<attributes",
                "<child type=\"ip\"/><attributes",
                "children: ip",
            ),
            ("depth=\"10\"", "depth=\"100\"", "the depth `100`"),
            ("depth=\"10\"", "depth=\"deep\"", "the depth `deep`"),
        ] {
            let faults = found((sound, wrong));
            assert!(
                faults.len() == 1 && faults[0].contains(says),
                "{wrong}: {faults:?}"
            );
        }
    }
}
