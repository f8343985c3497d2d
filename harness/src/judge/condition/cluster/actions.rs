//! The actions that the cluster orders, in their order.

use crate::case::{Ordered, Returned, SUBJECT};
use crate::history::{
    ActionResult, ActionStatus, AskedBy, ClusterEvent, Entry, Exit, Moment, NodeName, What,
};
use crate::judge::condition::examined::Examined;
use crate::judge::record::{Ran, Record};
use crate::ocf::{Code, Verb};

/// How an action ended, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With a code of the standard.
    Code(Code),
    /// Otherwise by itself.
    Other,
    /// It was killed.
    Killed,
    /// No end was seen.
    Unseen,
}

impl End {
    /// How a run of the agent ended.
    pub(super) fn of(ran: &Ran<'_>) -> Self {
        match ran.outcome().map(|outcome| outcome.exit) {
            None => Self::Unseen,
            Some(Exit::Code(code)) => Self::Code(code),
            Some(Exit::OfDialect(_) | Exit::Other(_) | Exit::Fence(_)) => Self::Other,
            Some(Exit::TimedOut | Exit::Killed | Exit::Signal(_)) => Self::Killed,
        }
    }

    fn of_result(result: &ActionResult) -> Self {
        let mut codes = Code::ALL.into_iter();
        let known = codes.find(|code| i32::from(code.number()) == result.code);
        match (result.status, known) {
            (ActionStatus::TimedOut, _) => Self::Killed,
            (_, Some(code)) => Self::Code(code),
            (_, None) => Self::Other,
        }
    }

    /// Whether it is one of those.
    pub(super) fn fits(self, allowed: &[Returned]) -> bool {
        match self {
            Self::Code(code) => allowed.iter().any(|one| one.admits(code)),
            Self::Killed => allowed.contains(&Returned::Killed),
            Self::Other | Self::Unseen => false,
        }
    }
}

/// An action that the cluster had done.
struct Done<'a> {
    /// When it began, or when its end is known of another resource than the subject.
    at: Moment,
    of: &'a str,
    action: &'a str,
    node: &'a NodeName,
    end: End,
    run: Option<u32>,
}

impl Done<'_> {
    /// The resource and the place of a stop.
    fn stop(&self) -> Option<(String, String)> {
        (self.action == "stop").then(|| (self.of.to_owned(), self.node.0.clone()))
    }

    fn fits(&self, wanted: &Ordered) -> bool {
        let ends = wanted.returns.as_ref();
        let named = wanted.actions().next();
        named == Some((self.action, self.node))
            && wanted.of.as_deref().unwrap_or(SUBJECT) == self.of
            && ends.is_none_or(|ends| self.end.fits(&ends.0))
    }
}

/// Examines `actions`.
pub(super) fn examine(wanted: &[Ordered], record: &Record<'_>) -> Examined {
    let since = beginning(record);
    let mut found = of_subject(record, since);
    found.extend(of_others(wanted, record, since));
    found.sort_by_key(|one| one.at);
    let mut wanted: Vec<&Ordered> = wanted.iter().collect();
    sort_stops(&mut found, Done::stop);
    sort_stops(&mut wanted, |one| {
        let of = one.of.as_deref().unwrap_or(SUBJECT);
        Some((of.to_owned(), one.stop.clone()?.0))
    });
    let texts: Vec<String> = wanted.iter().map(|one| ordered_text(one)).collect();
    let expected = format!("the cluster to order {}", listed(&texts));
    let texts: Vec<String> = found.iter().map(done_text).collect();
    let seen = format!("it ordered {}", listed(&texts));
    let fits = |(done, wanted): (&Done<'_>, &&Ordered)| done.fits(wanted);
    let held = found.len() == wanted.len() && found.iter().zip(&wanted).all(fits);
    let wrong = found.iter().zip(&wanted).find(|pair| !fits(*pair));
    let wrong = wrong.map(|(done, _)| done).or(found.get(wanted.len()));
    let at = wrong.map_or_else(|| record.last(), |done| done.at);
    Examined::new(held, expected, seen)
        .by(wrong.and_then(|done| done.run))
        .at(at)
}

/// When the cluster was first idle with the subject in it.
fn beginning(record: &Record<'_>) -> Moment {
    let first = record
        .beliefs()
        .find(|(_, belief)| belief.subject.is_some());
    first.map_or(record.ready, |(at, _)| at)
}

fn of_subject<'a>(record: &'a Record<'a>, since: Moment) -> Vec<Done<'a>> {
    let of_cluster = |ran: &&Ran<'_>| ran.invocation.by == AskedBy::Cluster;
    let runs = record.runs.iter().filter(of_cluster);
    runs.filter(|ran| ran.began >= since && ran.is_act())
        .map(|ran| Done {
            at: ran.began,
            of: SUBJECT,
            action: ran.verb().map_or("", Verb::as_str),
            node: &ran.invocation.node,
            end: End::of(ran),
            run: Some(ran.invocation.id),
        })
        .collect()
}

/// Of other resources, those that the case names.
fn of_others<'a>(
    wanted: &'a [Ordered],
    record: &Record<'a>,
    since: Moment,
) -> impl Iterator<Item = Done<'a>> {
    let named = |id: &str| wanted.iter().any(|one| one.of.as_deref() == Some(id));
    let entries = record.entries.iter();
    entries
        .filter(move |entry| entry.at >= since)
        .filter_map(result)
        .filter(move |(_, result)| named(&result.resource))
        .map(|(at, result)| Done {
            at,
            of: &result.resource,
            action: &result.action,
            node: &result.node,
            end: End::of_result(result),
            run: None,
        })
}

fn result(entry: &Entry) -> Option<(Moment, &ActionResult)> {
    match &entry.what {
        What::Cluster(ClusterEvent::Result(result)) => {
            let counts = result.status != ActionStatus::Cancelled && result.action != "monitor";
            counts.then_some((entry.at, result))
        }
        _ => None,
    }
}

/// Sorts stops of one resource that follow each other by where they are: neither waits for the other.
fn sort_stops<T>(all: &mut [T], place: impl Fn(&T) -> Option<(String, String)>) {
    let resource = |one: &T| place(one).map(|(of, _)| of);
    let together = |one: &T, next: &T| resource(one).is_some() && resource(one) == resource(next);
    for stops in all.chunk_by_mut(together) {
        stops.sort_by_key(&place);
    }
}

fn ordered_text(one: &Ordered) -> String {
    let named = one.actions().next();
    let text = named.map_or_else(String::new, |(action, node)| format!("{action} on {node}"));
    let text = match &one.of {
        Some(of) => format!("{text} of `{of}`"),
        None => text,
    };
    match &one.returns {
        Some(ends) => {
            let ends: Vec<_> = ends.0.iter().map(ToString::to_string).collect();
            format!("{text} ({})", ends.join(" or "))
        }
        None => text,
    }
}

fn done_text(done: &Done<'_>) -> String {
    let end = match done.end {
        End::Code(code) => code.to_string(),
        End::Other => "a code outside the standard".to_owned(),
        End::Killed => "killed".to_owned(),
        End::Unseen => "no end seen".to_owned(),
    };
    let of = match done.of {
        SUBJECT => String::new(),
        of => format!(" of `{of}`"),
    };
    format!("{} on {}{of} ({end})", done.action, done.node)
}

fn listed(all: &[String]) -> String {
    match all {
        [] => "nothing".to_owned(),
        all => all.join(", "),
    }
}
