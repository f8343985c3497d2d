//! Assertions that assert nothing: empty lists, missing bounds, expressions that do not compile.

use regex::Regex;

use super::walk::{At, checks};
use super::wrong::{Lint, Wrong};
use crate::case::{Check, Fault, OutputCheck, Quantity, Returned, Run, Step, StepAt};
use crate::ocf::Verb;

/// Refuses what can never fail.
pub(super) fn check_assertions(lint: &mut Lint<'_>) {
    let spec = &lint.case.spec;
    if spec.when.is_empty() {
        let help = "a case does something, and be it one `run`";
        lint.at_key(
            "when",
            Wrong::new("`when` is empty", "nothing is done here", help),
        );
    }
    if spec.repeat == 0 {
        at_least_once(lint, "repeat");
    }
    let steps = spec.steps();
    for at in &steps {
        step(lint, at);
    }
    for at in &steps {
        if let Step::Run(item) = at.step {
            run(lint, at, item);
        }
    }
    for At { path, item } in checks(spec) {
        check(lint, &path, item);
    }
}

fn empty(lint: &mut Lint<'_>, path: &str, help: &str) {
    let word = crate::case::span_index::last_word(path);
    lint.at_key(
        path,
        Wrong::new(
            format!("`{word}` is empty"),
            "an empty list asserts nothing",
            help,
        ),
    );
}

fn at_least_once(lint: &mut Lint<'_>, path: &str) {
    let word = crate::case::span_index::last_word(path);
    let message = format!("`{word}` is 0");
    lint.at(
        path,
        Wrong::new(
            message,
            "this is never run",
            format!("leave `{word}` out to run once"),
        ),
    );
}

fn step(lint: &mut Lint<'_>, at: &StepAt<'_>) {
    let path = &at.value_path();
    match at.step {
        Step::Signal(_) if !at.path.is_during() => {
            let message = "there is no run to send the signal to";
            let help =
                "put it into the `during` of a run: `during: [{when: incoming, do: {signal: …}}]`";
            lint.at_key(path, Wrong::new(message, "no run is under way here", help));
        }
        Step::Signal(_) if at.path.is_together() => {
            let message = "a signal is no step of a `together`";
            let help = "make it a step of its own in `during`, before or after the `together`";
            lint.at_key(path, Wrong::new(message, "whose run is meant?", help));
        }
        Step::Together(inner) if inner.is_empty() => {
            empty(lint, path, "list the steps that begin at once");
        }
        Step::Fault(Fault::Tool { answers, .. }) if answers.is_empty() => {
            empty(
                lint,
                &format!("{path}.tool.answers"),
                "write an answer, such as `{exit: 1}`",
            );
        }
        Step::Fence(fence) if fence.returns.0.is_empty() => {
            empty(
                lint,
                &format!("{path}.returns"),
                "say how the run may end, such as `success`",
            );
        }
        _ => {}
    }
}

fn run(lint: &mut Lint<'_>, at: &StepAt<'_>, run: &Run) {
    let path = at.value_path();
    let killed = run.returns.0.contains(&Returned::Killed);
    if run.returns.0.is_empty() {
        empty(
            lint,
            &format!("{path}.returns"),
            "say how the run may end, such as `success`",
        );
    } else if run.is_killed() && !killed {
        let help = "write `returns: [killed, success]` where it may end before it is killed";
        let message = "the run is killed, but may not end as `killed`";
        lint.at(
            &format!("{path}.returns"),
            Wrong::new(message, "`killed` is not here", help),
        );
    } else if !run.is_killed() && killed {
        let help = "add `kill_after: 500ms`, or take `killed` out";
        let message = "nothing kills this run";
        lint.at(
            &format!("{path}.returns"),
            Wrong::new(message, "`killed` cannot come true", help),
        );
    }
    if run.times == 0 {
        at_least_once(lint, &format!("{path}.times"));
    }
    during(lint, at, run);
}

/// What happens during a run happens during a migration, and begins at one of its moments.
fn during(lint: &mut Lint<'_>, at: &StepAt<'_>, run: &Run) {
    let Some(first) = run.during.first() else {
        return;
    };
    let path = at.value_path();
    if run.action != Some(Verb::MigrateTo) || run.to.is_none() {
        let message = "`during` needs a migration under way";
        let help =
            "give it to a run of `migrate_to` with `to`; `together` begins other runs at once";
        lint.at_key(
            &format!("{path}.during"),
            Wrong::new(message, "this run migrates nothing", help),
        );
    }
    if first.when.is_none() {
        let message = "the first step of `during` has no moment";
        let help = "add `when: incoming`, `when: {copied: 30%}` or another moment of a migration";
        let place = format!("{path}.during[0]");
        lint.at(&place, Wrong::new(message, "`when` is missing", help));
    }
    if at.path.is_during() {
        let message = "a run during a run has no `during` of its own";
        let help = "put its steps into the outer `during`";
        let place = format!("{path}.during");
        lint.at_key(&place, Wrong::new(message, "one too many", help));
    }
}

fn check(lint: &mut Lint<'_>, path: &str, check: &Check) {
    match check {
        Check::Running(quantity) => bounded(lint, path, *quantity),
        Check::State(states) => {
            if states.is_empty() {
                empty(
                    lint,
                    path,
                    "name a node and its state, such as `{a: running}`",
                );
            }
            for (node, _) in states.iter().filter(|(_, states)| states.0.is_empty()) {
                empty(
                    lint,
                    &format!("{path}.{node}"),
                    "name the states it may be in",
                );
            }
        }
        Check::Guest(guest) if guest.same.is_none() && guest.ended_cleanly.is_none() => {
            unbounded(lint, path, "say `same` or `ended_cleanly`");
        }
        Check::Output(output) => said(lint, path, output),
        Check::Took(took) if took.at_most.is_none() && took.at_least.is_none() => {
            unbounded(
                lint,
                path,
                "say `at_most` or `at_least`, such as `at_most: 10s`",
            );
        }
        Check::Agrees(agrees) => some_label(lint, path, &agrees.0),
        Check::Alike(labels) | Check::SameOutput(labels) => some_label(lint, path, labels),
        Check::Successes { of, are } => {
            some_label(lint, &format!("{path}.of"), of);
            bounded(lint, &format!("{path}.are"), *are);
        }
        Check::Metadata { rules, .. } if rules.is_empty() => {
            empty(
                lint,
                &format!("{path}.rules"),
                "name a rule, such as `well_formed`",
            );
        }
        Check::Calls(calls) => bounded(lint, &format!("{path}.are"), calls.are),
        Check::Undefined(nodes) if nodes.is_empty() => empty(lint, path, "name the nodes"),
        _ => {}
    }
}

fn some_label(lint: &mut Lint<'_>, path: &str, labels: &[String]) {
    if labels.is_empty() {
        empty(
            lint,
            path,
            "name the labels (`as`) of the runs that are judged",
        );
    }
}

fn unbounded(lint: &mut Lint<'_>, path: &str, help: &str) {
    let word = crate::case::span_index::last_word(path);
    let message = format!("`{word}` demands nothing");
    lint.at_key(path, Wrong::new(message, "anything would pass this", help));
}

fn bounded(lint: &mut Lint<'_>, path: &str, quantity: Quantity) {
    match (quantity.exactly, quantity.at_least, quantity.at_most) {
        (None, None, None) => {
            unbounded(
                lint,
                path,
                "say `exactly`, `at_most` or `at_least`, such as `exactly: 1`",
            );
        }
        (Some(_), least, most) if least.is_some() || most.is_some() => {
            let help = "`exactly` alone says it all";
            lint.at(
                path,
                Wrong::new(
                    "`exactly` has another bound beside it",
                    "one is enough",
                    help,
                ),
            );
        }
        (_, Some(least), Some(most)) if least > most => {
            let message = format!("no number is at least {least} and at most {most}");
            lint.at(
                path,
                Wrong::new(message, "this can never hold", "exchange the two"),
            );
        }
        _ => {}
    }
}

fn said(lint: &mut Lint<'_>, path: &str, output: &OutputCheck) {
    let flags = [output.stdout_empty, output.stderr_empty, output.has_reason];
    let expressions = [
        ("reason", &output.reason),
        ("stderr_lacks", &output.stderr_lacks),
        ("says", &output.says),
    ];
    let no_expression = expressions
        .iter()
        .all(|(_, expression)| expression.is_none());
    if flags.iter().all(Option::is_none) && no_expression {
        unbounded(
            lint,
            path,
            "say one of stdout_empty, stderr_empty, has_reason, reason, stderr_lacks, says",
        );
    }
    for (key, expression) in expressions {
        if let Some(Err(error)) = expression.as_deref().map(Regex::new) {
            compiles_not(lint, &format!("{path}.{key}"), &error.to_string());
        }
    }
}

fn compiles_not(lint: &mut Lint<'_>, path: &str, error: &str) {
    let why = error.lines().last().unwrap_or_default().trim();
    let why = why.strip_prefix("error: ").unwrap_or(why).to_owned();
    let help = "in single quotes a backslash stands for itself: '\\d+'";
    lint.at(
        path,
        Wrong::new("this regular expression does not compile", why, help),
    );
}
