use super::examined::{Examined, Held};
use crate::case::{Millis, Outage};
use crate::history::{Guest, Moment};
use crate::judge::record::Record;

/// Examines `outage`: the longest time between two writes of the guest, of whatever incarnation on whatever node. A guest
/// that runs writes nine times a second.
pub(super) fn examine(outage: Outage, record: &Record<'_>) -> Examined {
    let expected = format!("an instance to run again within {}", outage.at_most);
    let writes = record.writes(Guest::Subject).map(|write| write.at);
    let times: Vec<Moment> = writes.chain([record.last()]).collect();
    let gaps = times
        .windows(2)
        .map(|pair| (pair[1].0.saturating_sub(pair[0].0), pair[0]));
    let Some((longest, since)) = gaps.max() else {
        return Examined::unseen(expected, "the guest was never seen writing");
    };
    let seen = format!("no write of any for {} from {since} on", Millis(longest));
    Examined::new(Held::from(longest <= outage.at_most.0), expected, seen).at(since)
}
