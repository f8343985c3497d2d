//! A run whose cases were asked for one by one.

use std::collections::{BTreeMap, BTreeSet};

use super::event::{Event, RunStart};
use super::identity::{Chosen, Identity};
use crate::case::CaseId;

/// The events of such a run, now that it is over: what nobody asked for was not chosen, and of a case that was asked for
/// again the last end counts.
#[must_use]
pub fn counted(events: Vec<Event>) -> Vec<Event> {
    let mut begun = BTreeSet::new();
    let mut last = BTreeMap::new();
    for (number, event) in events.iter().enumerate() {
        match event {
            Event::CaseStarted { id } => drop(begun.insert(id.clone())),
            Event::CaseEnded(end) => drop(last.insert(end.verdict.case.clone(), number)),
            _ => {}
        }
    }
    let counts = |number: usize, event: &Event| match event {
        Event::CaseEnded(end) => last.get(&end.verdict.case) == Some(&number),
        _ => true,
    };
    let events = events.into_iter().enumerate();
    let events = events.filter(|(number, event)| counts(*number, event));
    let with_start = |(_, event)| match event {
        Event::RunStarted(start) => Event::RunStarted(of(start, &begun)),
        other => other,
    };
    events.map(with_start).collect()
}

/// The start of a run of these cases.
fn of(start: RunStart, begun: &BTreeSet<CaseId>) -> RunStart {
    let kinds = start.skipped.iter().map(|skip| skip.kind);
    let chosen = Chosen::of(start.identity.chosen.total, begun.len(), kinds);
    let identity = Identity {
        chosen,
        ..*start.identity
    };
    RunStart {
        total: begun.len(),
        identity: Box::new(identity),
        ..start
    }
}

#[cfg(test)]
mod tests {
    use super::counted;
    use crate::case::CaseId;
    use crate::judge::Verdict;
    use crate::report::{CaseEnd, Chosen, Event, Identity, RunStart};

    fn ended(id: &str, diagnosis: &str) -> Event {
        let id = CaseId(id.to_owned());
        Event::CaseEnded(Box::new(CaseEnd {
            verdict: Verdict::of(id, Vec::new(), Vec::new()),
            diagnosis: Some(diagnosis.to_owned()),
            known: None,
            mended: false,
        }))
    }

    #[test]
    fn what_nobody_asked_for_was_not_chosen_and_the_last_end_of_a_case_counts() {
        let begun = |id: &str| Event::CaseStarted {
            id: CaseId(id.to_owned()),
        };
        let identity = Box::new(Identity {
            chosen: Chosen::of(9, 9, []),
            ..Identity::default()
        });
        let start = RunStart {
            total: 9,
            identity,
            ..RunStart::default()
        };
        let events = counted(vec![
            Event::RunStarted(start),
            begun("a"),
            ended("a", "first"),
            begun("a"),
            begun("b"),
            ended("a", "second"),
        ]);
        let Some(Event::RunStarted(start)) = events.first() else {
            panic!("{events:?}")
        };
        assert_eq!(start.total, 2);
        assert_eq!(start.identity.chosen, Chosen::of(9, 2, []));
        let ends = events.iter().filter_map(|event| match event {
            Event::CaseEnded(end) => end.diagnosis.as_deref(),
            _ => None,
        });
        assert_eq!(ends.collect::<Vec<_>>(), ["second"]);
    }
}
