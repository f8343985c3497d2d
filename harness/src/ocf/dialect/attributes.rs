//! Attributes of rgmanager's resources that its daemon itself has or reads.

use crate::ocf::metadata::Parameter;

/// What a resource is part of: its type and its attributes, for what an agent inherits.
const PARENT: (&str, [(&str, &str); 1]) = ("service", [("name", "ha-service")]);

/// Attributes that the daemon reads, and another value that it takes; their type is text, which tells none.
/// Source: Red Hat Enterprise Linux 6 cluster administration guide, "HA resource parameters".
const OF_THE_DAEMON: [(&str, &str); 4] = [
    ("domain", "another-domain"),
    ("max_restarts", "3"),
    ("recovery", "relocate"),
    ("restart_expire_time", "300"),
];

/// What the parent has: `service%name` names its type, `name` any parent's.
pub(super) fn inherited(parameter: &Parameter) -> Option<String> {
    let (kind, attributes) = PARENT;
    let wanted = parameter.inherit.as_deref()?;
    let name = match wanted.split_once('%') {
        Some((of, name)) => (of == kind).then_some(name)?,
        None => wanted,
    };
    let mut attributes = attributes.into_iter();
    let found = attributes.find(|(attribute, _)| *attribute == name)?;
    Some(found.1.to_owned())
}

/// Another value of an attribute that the daemon reads, than it has now.
pub(super) fn other_value(name: &str, now: Option<&str>) -> Option<String> {
    let mut all = OF_THE_DAEMON.into_iter();
    let found = all.find(|(attribute, other)| *attribute == name && now != Some(*other))?;
    Some(found.1.to_owned())
}

#[cfg(test)]
mod tests {
    use super::other_value;

    #[test]
    fn an_attribute_that_the_daemon_reads_has_another_value_unless_it_has_that() {
        assert_eq!(other_value("recovery", None).as_deref(), Some("relocate"));
        assert_eq!(other_value("recovery", Some("relocate")), None);
        assert_eq!(other_value("path", None), None);
    }
}
