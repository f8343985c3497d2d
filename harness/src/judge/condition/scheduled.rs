//! What a cluster's scheduler orders, against what it should.

use std::collections::BTreeSet;

use super::examined::Examined;
use crate::case::{FENCE, OneOrMany, Planned, SUBJECT};
use crate::history::{Scheduled, ScheduledAction, What};
use crate::judge::record::Record;

/// Examines `ordered`.
pub(super) fn ordered(stages: &[OneOrMany<Planned>], record: &Record<'_>) -> Examined {
    let wanted = wanted(stages);
    let expected = format!("its scheduler to order {}", named(&wanted));
    let Some(plan) = plan(record) else {
        return Examined::unseen(expected, "no scheduler was asked");
    };
    let differs = other_actions(&wanted, plan).or_else(|| too_early(&wanted, plan));
    compared(expected, plan, differs.as_deref())
}

/// Examines `unordered`.
pub(super) fn unordered(both: &[Planned; 2], record: &Record<'_>) -> Examined {
    let [one, other] = both.each_ref().map(action);
    let expected = format!("its scheduler to order {one} and {other}, neither after the other");
    let Some(plan) = plan(record) else {
        return Examined::unseen(expected, "no scheduler was asked");
    };
    let waits = |one: &ScheduledAction, other: &ScheduledAction| {
        waits_for(plan, one, other).then(|| format!("{one} waits for {other}"))
    };
    let missing = [&one, &other]
        .into_iter()
        .find(|it| place(plan, it).is_none());
    let missing = missing.map(|it| format!("{it} is not ordered"));
    let differs = missing
        .or_else(|| waits(&one, &other))
        .or_else(|| waits(&other, &one));
    compared(expected, plan, differs.as_deref())
}

fn compared(expected: String, plan: &Scheduled, differs: Option<&str>) -> Examined {
    let seen = match differs {
        None => plan.to_string(),
        Some(why) => format!(
            "{}: {why}; no case about clusters proves anything about an agent with such a scheduler",
            plan.told()
        ),
    };
    Examined::new(differs.is_none(), expected, seen)
}

/// The last plan.
fn plan<'a>(record: &Record<'a>) -> Option<&'a Scheduled> {
    let mut latest = record.entries.iter().rev();
    latest.find_map(|entry| match &entry.what {
        What::Scheduled(plan) => Some(plan),
        _ => None,
    })
}

/// The actions that a case wants, by turns.
fn wanted(stages: &[OneOrMany<Planned>]) -> Vec<Vec<ScheduledAction>> {
    let stage = |stage: &OneOrMany<Planned>| stage.0.iter().map(action).collect();
    stages.iter().map(stage).collect()
}

fn action(planned: &Planned) -> ScheduledAction {
    let (action, node) = planned.actions().next().unzip();
    let action = action.unwrap_or_default();
    let of = planned.of.clone().unwrap_or_else(|| SUBJECT.to_owned());
    ScheduledAction {
        action: action.to_owned(),
        of: (action != FENCE).then_some(of),
        node: node.cloned().unwrap_or_else(|| "".into()),
        after: Vec::new(),
    }
}

/// An action that is wanted and not ordered, or ordered and not wanted.
fn other_actions(wanted: &[Vec<ScheduledAction>], plan: &Scheduled) -> Option<String> {
    let wanted: Vec<_> = wanted.iter().flatten().collect();
    let mut about: BTreeSet<_> = wanted.iter().filter_map(|it| it.of.as_deref()).collect();
    if about.is_empty() {
        about.insert(SUBJECT);
    }
    let missing = wanted.iter().find(|it| place(plan, it).is_none());
    let missing = missing.map(|it| format!("{it} is not ordered"));
    missing.or_else(|| {
        let looked_at =
            |it: &&ScheduledAction| it.of.as_deref().is_none_or(|of| about.contains(of));
        let mut ordered = plan.actions.iter().filter(looked_at);
        let more = ordered.find(|it| !wanted.iter().any(|wanted| same(it, wanted)));
        more.map(|it| format!("{it} is not among them"))
    })
}

/// An action that does not wait for one that is to come before it.
fn too_early(wanted: &[Vec<ScheduledAction>], plan: &Scheduled) -> Option<String> {
    wanted.windows(2).find_map(|turns| {
        let pairs = turns[1]
            .iter()
            .flat_map(|it| turns[0].iter().map(move |before| (it, before)));
        let mut early = pairs.filter(|(it, before)| !waits_for(plan, it, before));
        let (it, before) = early.next()?;
        Some(format!("{it} does not wait for {before}"))
    })
}

fn waits_for(plan: &Scheduled, one: &ScheduledAction, other: &ScheduledAction) -> bool {
    let Some((one, other)) = place(plan, one).zip(place(plan, other)) else {
        return false;
    };
    plan.actions[one].after.contains(&other)
}

fn place(plan: &Scheduled, wanted: &ScheduledAction) -> Option<usize> {
    plan.actions.iter().position(|it| same(it, wanted))
}

fn same(one: &ScheduledAction, other: &ScheduledAction) -> bool {
    let key = |it: &ScheduledAction| (it.action.clone(), it.of.clone(), it.node.clone());
    key(one) == key(other)
}

fn named(wanted: &[Vec<ScheduledAction>]) -> String {
    let turn = |turn: &Vec<ScheduledAction>| {
        let all: Vec<_> = turn.iter().map(ToString::to_string).collect();
        all.join(" and ")
    };
    let all: Vec<_> = wanted.iter().map(turn).collect();
    match all.is_empty() {
        true => "nothing".to_owned(),
        false => all.join(", then "),
    }
}

#[cfg(test)]
mod tests {
    use super::{ordered, unordered};
    use crate::case::{OneOrMany, Planned};
    use crate::history::{Entry, Moment, Scheduled, ScheduledAction, What};
    use crate::judge::condition::Held;
    use crate::judge::record::Record;

    /// An action of the guest, or a fencing, with the places of those that it waits for.
    fn action(action: &str, node: &str, after: &[usize]) -> ScheduledAction {
        ScheduledAction {
            action: action.to_owned(),
            of: (action != "fence").then(|| "vm".to_owned()),
            node: node.into(),
            after: after.to_vec(),
        }
    }

    fn entries(actions: Vec<ScheduledAction>) -> Vec<Entry> {
        let by = "Pacemaker 2.1.5".to_owned();
        let what = What::Scheduled(Scheduled { by, actions });
        vec![Entry {
            at: Moment(0),
            what,
        }]
    }

    /// Two stops, and a start after both.
    fn wanted() -> Vec<OneOrMany<Planned>> {
        let stop = |node: &str| Planned {
            stop: Some(node.into()),
            ..Planned::default()
        };
        let start = Planned {
            start: Some("b".into()),
            ..Planned::default()
        };
        vec![
            OneOrMany(vec![stop("a"), stop("b")]),
            OneOrMany(vec![start]),
        ]
    }

    fn held(actions: Vec<ScheduledAction>) -> (Held, String) {
        let entries = entries(actions);
        let examined = ordered(&wanted(), &Record::of(&entries));
        (examined.held, examined.seen)
    }

    #[test]
    fn stops_may_come_in_either_order_and_the_start_waits_for_both() {
        let stops = || [action("stop", "b", &[]), action("stop", "a", &[0])];
        let with = |more: &[ScheduledAction]| held([stops().as_slice(), more].concat());
        assert_eq!(with(&[action("start", "b", &[0, 1])]).0, Held::Yes);
        for (more, why) in [
            (
                vec![action("start", "b", &[0])],
                "start vm on b does not wait for stop vm on a",
            ),
            (vec![], "start vm on b is not ordered"),
            (
                vec![action("start", "a", &[0, 1])],
                "start vm on b is not ordered",
            ),
            (
                vec![action("start", "b", &[0, 1]), action("fence", "a", &[])],
                "fence a is not among them",
            ),
        ] {
            let (held, seen) = with(&more);
            assert_eq!(held, Held::No, "{seen}");
            assert!(seen.contains(why), "{seen}");
        }
    }

    #[test]
    fn two_actions_are_unordered_if_neither_waits_for_the_other() {
        let both = wanted().remove(0).0;
        let both: [Planned; 2] = both.try_into().expect("there are two");
        let held = |after: &[usize]| {
            let entries = entries(vec![action("stop", "b", &[]), action("stop", "a", after)]);
            unordered(&both, &Record::of(&entries)).held
        };
        assert_eq!((held(&[]), held(&[0])), (Held::Yes, Held::No));
        assert_eq!(unordered(&both, &Record::of(&[])).held, Held::Unseen);
    }

    #[test]
    fn a_plan_is_told_by_turns() {
        let plan = |actions| {
            let by = String::new();
            Scheduled { by, actions }.to_string()
        };
        let fenced = vec![
            action("stop", "b", &[]),
            action("fence", "a", &[]),
            action("start", "b", &[0, 1]),
        ];
        assert_eq!(plan(fenced), "stop vm on b and fence a, then start vm on b");
        assert_eq!(plan(Vec::new()), "nothing");
    }
}
