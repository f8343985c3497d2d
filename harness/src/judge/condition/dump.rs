use super::examined::Examined;
use crate::history::{NodeName, Sighting};
use crate::judge::record::Record;

/// Examines `dumped`: the last look at the folder for dumps on the node.
pub(super) fn examine(on: &NodeName, record: &Record<'_>) -> Examined {
    let expected =
        format!("the crashed guest's memory saved on {on}, in the folder given for that");
    let looks = record
        .sightings()
        .filter_map(|(at, sighting)| match sighting {
            Sighting::Dumps { node, files } if node == on => Some((at, files)),
            _ => None,
        });
    let Some((at, files)) = looks.last() else {
        return Examined::unseen(expected, "nobody looked into the folder").on(on);
    };
    let seen = match files[..] {
        [] => "no new file there".to_owned(),
        _ => format!("new there: {}", files.join(", ")),
    };
    Examined::new(!files.is_empty(), expected, seen)
        .on(on)
        .at(at)
}
