use super::examined::Examined;
use crate::case::Outage;
use crate::judge::record::Record;

/// Examines `outage`.
pub(super) fn examine(outage: Outage, _record: &Record<'_>) -> Examined {
    let expected = format!("an instance again within {}", outage.at_most);
    Examined::unseen(expected, "not built yet")
}
