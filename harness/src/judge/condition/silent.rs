use super::examined::{Examined, Held};
use crate::case::{Millis, Silent};
use crate::history::{Guest, Moment};
use crate::judge::record::{Ran, Record, SLACK};

/// Examines `silent`.
pub(super) fn examine(silent: Silent, record: &Record<'_>) -> Examined {
    let since = last_end(record);
    let expected = format!(
        "no write of the guest for {} after the last run",
        silent.span
    );
    let after = |at: Moment| at.0.saturating_sub(since.0);
    // A write that was under way when the run ended may be logged after it.
    let late = |at: Moment| after(at) > SLACK;
    if let Some(write) = record.writes(Guest::Subject).find(|write| late(write.at)) {
        let delay = Millis(after(write.at));
        let seen = format!(
            "it writes to the disk from {} {delay} after that",
            write.node
        );
        return Examined::new(Held::No, expected, seen)
            .on(write.node)
            .at(write.at);
    }
    let watched = Millis(after(record.last()));
    let held = if watched >= silent.span {
        Held::Yes
    } else {
        Held::Unseen
    };
    let seen = format!("no write in the {watched} that were watched");
    Examined::new(held, expected, seen).at(record.last())
}

/// When the agent's last run ended. A cluster's monitors never end.
fn last_end(record: &Record<'_>) -> Moment {
    let counts = |ran: &&Ran<'_>| !ran.is_of_cluster() || !ran.is_monitor();
    let ends = record.runs.iter().filter(counts);
    let ends = ends.filter_map(|ran| ran.end);
    ends.map(|(at, _)| at).max().unwrap_or(record.ready)
}
