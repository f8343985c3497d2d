//! What labelled runs answered, printed and called.

use regex::Regex;

use super::examined::{Examined, Held, bounds_text, within, worst};
use crate::case::{Calls, MetadataRule, OutputCheck, Quantity, Took};
use crate::history::{Exit, Outcome, ToolCall, seconds};
use crate::judge::AgentFacts;
use crate::judge::metadata;
use crate::judge::record::{Ran, Record};

/// Examines each finished run with a label and returns the worst result.
fn each(
    label: &str,
    record: &Record<'_>,
    one: impl Fn(&Ran<'_>, &Outcome) -> Examined,
) -> Examined {
    let runs = record.labelled(label).filter_map(|ran| {
        let (at, outcome) = ran.end?;
        let examined = one(ran, outcome).on(&ran.invocation.node).at(at);
        Some(examined.by(Some(ran.invocation.id)))
    });
    worst(runs.collect(), &format!("a run labelled `{label}`"))
}

/// Examines `took`.
pub(super) fn took(took: &Took, record: &Record<'_>) -> Examined {
    let others = took.beyond.iter().flat_map(|label| record.labelled(label));
    let usual = others.filter_map(|ran| Some(ran.outcome()?.took)).max();
    each(&took.of, record, |ran, outcome| {
        let usual_time = usual.unwrap_or_default();
        let slow = took
            .at_most
            .is_some_and(|most| outcome.took > usual_time.saturating_add(most.0));
        let fast = took.at_least.is_some_and(|least| outcome.took < least.0);
        let beyond = || match &took.beyond {
            Some(label) => format!(" more than `{label}`, which took {}", seconds(usual_time)),
            None => String::new(),
        };
        let most = took
            .at_most
            .map(|most| format!("at most {most}{}", beyond()));
        let least = took.at_least.map(|least| format!("at least {least}"));
        let bounds: Vec<_> = least.into_iter().chain(most).collect();
        let expected = format!("{} to take {}", ran.name(), bounds.join(" and "));
        if usual.is_none() && took.beyond.is_some() {
            return Examined::unseen(expected, "what it is held against did not end");
        }
        if slow && outcome.is_starved() {
            return Examined::unseen(expected, "the machine was too overloaded to tell");
        }
        Examined::new(
            !slow && !fast,
            expected,
            format!("it took {}", seconds(outcome.took)),
        )
    })
}

/// Examines `output`.
pub(super) fn output(check: &OutputCheck, record: &Record<'_>) -> Examined {
    each(&check.of, record, |ran, outcome| {
        let demands = [
            check
                .stdout_empty
                .map(|empty| emptiness("standard output", empty, &outcome.stdout.text)),
            check
                .stderr_empty
                .map(|empty| emptiness("standard error", empty, &outcome.stderr.text)),
            check.has_reason.map(|has| has_reason(has, outcome)),
            check
                .reason
                .as_ref()
                .map(|pattern| reason(pattern, outcome)),
            check
                .stderr_lacks
                .as_ref()
                .map(|pattern| lacks(pattern, &outcome.stderr.text)),
            check.says.as_ref().map(|pattern| says(pattern, outcome)),
        ];
        let mut found = worst(
            demands.into_iter().flatten().collect(),
            "a demand on the output",
        );
        found.expected = format!("{}: {}", ran.name(), found.expected);
        found
    })
}

fn emptiness(stream: &str, wanted: bool, text: &str) -> Examined {
    let demand = if wanted { "empty" } else { "not empty" };
    let seen = if text.is_empty() {
        "nothing was printed".to_owned()
    } else {
        first_lines(text)
    };
    Examined::new(
        text.is_empty() == wanted,
        format!("{stream} {demand}"),
        seen,
    )
}

fn has_reason(wanted: bool, outcome: &Outcome) -> Examined {
    let demand = if wanted {
        "a line `ocf-exit-reason:`"
    } else {
        "no line `ocf-exit-reason:`"
    };
    let seen = outcome
        .reason
        .clone()
        .unwrap_or_else(|| "no such line".to_owned());
    Examined::new(outcome.reason.is_some() == wanted, demand, seen)
}

fn reason(pattern: &str, outcome: &Outcome) -> Examined {
    let text = outcome.reason.as_deref().unwrap_or_default();
    matching(pattern, text, true, "an exit reason that matches")
}

fn lacks(pattern: &str, stderr: &str) -> Examined {
    matching(pattern, stderr, false, "standard error without")
}

fn says(pattern: &str, outcome: &Outcome) -> Examined {
    let all = format!("{}\n{}", outcome.stdout.text, outcome.stderr.text);
    matching(pattern, &all, true, "output that matches")
}

fn matching(pattern: &str, text: &str, wanted: bool, demand: &str) -> Examined {
    let expected = format!("{demand} /{pattern}/");
    match Regex::new(pattern) {
        Err(error) => Examined::unseen(expected, format!("the pattern cannot be read: {error}")),
        Ok(regex) => {
            let hit = text
                .lines()
                .find(|line| regex.is_match(line))
                .filter(|_| !wanted);
            let seen = hit.map_or_else(|| first_lines(text), str::to_owned);
            Examined::new(regex.is_match(text) == wanted, expected, seen)
        }
    }
}

/// The first lines of a text, to recognise it by.
fn first_lines(text: &str) -> String {
    if text.trim().is_empty() {
        return "nothing was printed".to_owned();
    }
    let lines: Vec<_> = text.trim_end().lines().collect();
    let more = if lines.len() > 3 { " ..." } else { "" };
    format!("{}{more}", lines[..lines.len().min(3)].join(" | "))
}

/// Examines `alike`.
pub(super) fn alike(labels: &[String], record: &Record<'_>) -> Examined {
    let expected = format!("the same answer from {}", quoted(labels));
    let runs: Vec<_> = labels
        .iter()
        .flat_map(|label| ended(label, record))
        .collect();
    let missing = labels.iter().find(|label| ended(label, record).is_empty());
    if let Some(label) = missing {
        return Examined::unseen(expected, format!("no run labelled `{label}` has ended"));
    }
    let same = runs.windows(2).all(|pair| pair[0].1 == pair[1].1);
    let seen: Vec<_> = runs
        .iter()
        .map(|(name, exit)| format!("{name}: {exit}"))
        .collect();
    Examined::new(same, expected, seen.join("; "))
}

/// Examines `same_output`: every run of the labels against the first.
pub(super) fn same_output(labels: &[String], record: &Record<'_>) -> Examined {
    let expected = format!("the same standard output from {}", quoted(labels));
    let runs: Vec<_> = labels
        .iter()
        .flat_map(|label| record.labelled(label))
        .filter_map(|ran| Some((ran, ran.outcome()?)))
        .collect();
    let [(first, model), others @ ..] = runs.as_slice() else {
        return Examined::unseen(expected, "none of them has ended");
    };
    if runs.iter().any(|(_, outcome)| outcome.stdout.cut) {
        return Examined::unseen(expected, "more was printed than is kept");
    }
    let other = others
        .iter()
        .find(|(_, outcome)| outcome.stdout.text != model.stdout.text);
    match other {
        None => Examined::new(true, expected, "the same text every time"),
        Some((ran, outcome)) => {
            let (one, two) = first_difference(&model.stdout.text, &outcome.stdout.text);
            let seen = format!("{}: `{one}`; {}: `{two}`", first.name(), ran.name());
            Examined::new(false, expected, seen)
                .on(&ran.invocation.node)
                .at(ran.ended())
                .by(Some(ran.invocation.id))
        }
    }
}

/// The first lines in which two texts differ.
fn first_difference<'t>(one: &'t str, other: &'t str) -> (&'t str, &'t str) {
    let (mut ones, mut others) = (one.lines(), other.lines());
    loop {
        match (ones.next(), others.next()) {
            (None, None) => return ("", ""),
            (one, other) if one == other => {}
            (one, other) => return (one.unwrap_or("").trim(), other.unwrap_or("").trim()),
        }
    }
}

/// Examines `successes`.
pub(super) fn successes(of: &[String], are: Quantity, record: &Record<'_>) -> Examined {
    let expected = format!("{} successful of {}", bounds_text(are), quoted(of));
    let runs: Vec<_> = of.iter().flat_map(|label| ended(label, record)).collect();
    if runs.is_empty() {
        return Examined::unseen(expected, "none of them has ended");
    }
    let success = Exit::Code(crate::ocf::Code::Success);
    let count = runs.iter().filter(|(_, exit)| *exit == success).count();
    let seen: Vec<_> = runs
        .iter()
        .map(|(name, exit)| format!("{name}: {exit}"))
        .collect();
    let held = within(are, u32::try_from(count).unwrap_or(u32::MAX));
    Examined::new(held, expected, seen.join("; "))
}

fn ended(label: &str, record: &Record<'_>) -> Vec<(String, Exit)> {
    let runs = record.labelled(label);
    runs.filter_map(|ran| Some((ran.name(), ran.outcome()?.exit)))
        .collect()
}

fn quoted(labels: &[String]) -> String {
    labels
        .iter()
        .map(|label| format!("`{label}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Examines `calls`.
pub(super) fn calls(calls: &Calls, record: &Record<'_>) -> Examined {
    each(&calls.of, record, |ran, outcome| {
        let has = |args: &[String], word: &str| args.iter().any(|argument| is_word(argument, word));
        let fits = |args: &[String]| calls.with.iter().all(|word| has(args, word));
        let says = |call: &ToolCall, text: &String| {
            let mut words = call.args.iter().chain(&call.uri);
            words.any(|word| word.contains(text))
        };
        let lacks = |call: &ToolCall| !calls.without.iter().any(|text| says(call, text));
        let hits = outcome
            .calls
            .iter()
            .filter(|call| call.tool == calls.tool && fits(&call.args) && lacks(call));
        let lines: Vec<_> = hits.map(|call| call.args.join(" ")).collect();
        let count = u32::try_from(lines.len()).unwrap_or(u32::MAX);
        let words = [std::slice::from_ref(&calls.tool), calls.with.as_slice()]
            .concat()
            .join(" ");
        let expected = format!(
            "{} calls of `{words}`{} by {}",
            bounds_text(calls.are),
            without(calls),
            ran.name()
        );
        let seen = format!("{count} calls; {}", first_lines(&lines.join("\n")));
        Examined::new(within(calls.are, count), expected, seen)
    })
}

/// Whether an argument is that word, alone or as an option's value (`--mode=acpi`). A URI's query is not part of the word:
/// it says how to get there, not where.
fn is_word(argument: &str, word: &str) -> bool {
    let bare = |text: &str| {
        let place = text.split_once('?').map_or(text, |(place, _)| place);
        text == word || (word.contains("://") && place == word)
    };
    let value = argument
        .strip_prefix("--")
        .and_then(|option| option.split_once('='));
    bare(argument) || value.is_some_and(|(_, value)| bare(value))
}

/// What the calls must not contain, as text.
fn without(calls: &Calls) -> String {
    match calls.without.is_empty() {
        true => String::new(),
        false => format!(" without `{}`", calls.without.join("`, `")),
    }
}

/// Examines `metadata`.
pub(super) fn metadata(
    of: &str,
    rules: &[MetadataRule],
    record: &Record<'_>,
    facts: &AgentFacts,
) -> Examined {
    each(of, record, |_, outcome| {
        if outcome.stdout.cut {
            return Examined::unseen("readable metadata", "more was printed than is kept");
        }
        let broken = rules.iter().flat_map(|rule| {
            let faults = metadata::faults(
                *rule,
                &outcome.stdout.text,
                outcome.header.as_deref(),
                facts,
            );
            faults
                .into_iter()
                .map(|fault| (*rule, fault))
                .collect::<Vec<_>>()
        });
        let broken: Vec<_> = broken
            .map(|(rule, fault)| format!("{}: {fault}", metadata::clause_of(rule)))
            .collect();
        Examined::new(
            broken.is_empty(),
            "metadata that follow their rules",
            broken.join("; "),
        )
    })
}

/// Reports what `report` names: the exit codes of a label's runs, or the sentence itself.
pub(super) fn report(what: &str, record: &Record<'_>) -> Examined {
    let runs = ended(what, record);
    let endings: Vec<_> = runs
        .iter()
        .map(|(name, exit)| format!("{name}: {exit}"))
        .collect();
    let seen = if endings.is_empty() {
        what.to_owned()
    } else {
        endings.join("; ")
    };
    Examined::new(Held::Reported, "", seen)
}
