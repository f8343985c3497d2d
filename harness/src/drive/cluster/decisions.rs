//! What the cluster decided in a case, read at its end: every node's scheduler saves what it was given, and
//! `crm_simulate` says what it made of that. Whoever was the DC meanwhile, all is there; but for a machine without power.

use super::ask::ask;
use super::orders;
use crate::drive::stage::Stage;
use crate::history::{ClusterEvent, Decision, Moment, NodeName, What};
use crate::lab::Node;

/// Prints the node's time and that of each saved input, in seconds, with its path.
const LIST: &str =
    r"date +%s.%N; find /var/lib/pacemaker/pengine -name 'pe-*.bz2' -printf '%T@ %p\n'";

/// Prints what the scheduler makes of each input, behind a line with its path.
const SIMULATE: &str = r#"for input; do echo "@$input"; crm_simulate --xml-file "$input" --simulate --output-as=xml || :; done"#;

/// Records every decision of the case at its own time. What can't be read is left out: nothing is judged by it.
pub(super) fn record(stage: &Stage<'_>) {
    // Also of a node that was fenced: it may have been the DC, and its files are there still.
    for node in stage.lab.nodes() {
        for (at, decision) in of_node(stage, &**node).unwrap_or_default() {
            let what = What::Cluster(ClusterEvent::Decision(decision));
            stage.recorder.record_at(at, what);
        }
    }
}

fn of_node(stage: &Stage<'_>, node: &dyn Node) -> Option<Vec<(Moment, Decision)>> {
    let now = stage.recorder.now();
    let inputs = inputs(&ask(node, "sh", &["-c", LIST])?, now)?;
    let paths = inputs.iter().map(|(_, path)| path.as_str());
    let args: Vec<_> = ["-c", SIMULATE, "sh"].into_iter().chain(paths).collect();
    let said = ask(node, "sh", &args)?;
    let decisions = said.split("\n@").zip(&inputs);
    Some(
        { decisions }
            .filter_map(|(said, (at, path))| Some((*at, decision(node.name(), path, said)?)))
            .collect(),
    )
}

/// The inputs that were saved since the case began, each with its time.
fn inputs(said: &str, now: Moment) -> Option<Vec<(Moment, String)>> {
    let mut lines = said.lines();
    let at_node: u64 = milliseconds(lines.next()?)?;
    let each = lines.filter_map(|line| {
        let (time, path) = line.split_once(' ')?;
        let age = at_node.saturating_sub(milliseconds(time)?);
        Some((Moment(now.0.checked_sub(age)?), path.to_owned()))
    });
    let mut each: Vec<_> = each.collect();
    each.sort();
    Some(each)
}

/// Seconds with a fraction as milliseconds.
fn milliseconds(seconds: &str) -> Option<u64> {
    let (whole, fraction) = seconds.split_once('.')?;
    let thousandths: u64 = fraction.get(..3)?.parse().ok()?;
    Some(whole.parse::<u64>().ok()? * 1000 + thousandths)
}

/// What was decided by that input, of which `said` begins with its path; none where nothing was ordered.
fn decision(by: &NodeName, path: &str, said: &str) -> Option<Decision> {
    let said = said.trim_start_matches('@').strip_prefix(path)?;
    let orders = orders::read(said.trim_start()).ok()?;
    (!orders.is_empty()).then(|| Decision {
        by: by.clone(),
        input: path.rsplit('/').next().unwrap_or(path).to_owned(),
        orders,
    })
}

#[cfg(test)]
mod tests {
    use super::{decision, inputs};
    use crate::history::Moment;

    #[test]
    fn an_input_has_the_time_at_which_it_was_saved_and_those_of_earlier_cases_are_left_out() {
        let folder = "/var/lib/pacemaker/pengine";
        let said = format!(
            "1795996607.441809398\n1795996606.8719325840 {folder}/pe-input-14.bz2\n\
             1795996566.5674941690 {folder}/pe-input-3.bz2\n1795996600.0000000000 {folder}/pe-warn-1.bz2\n"
        );
        let found = inputs(&said, Moment(20_000)).expect("it is a list");
        let wanted = [(12_559, "pe-warn-1.bz2"), (19_430, "pe-input-14.bz2")];
        let wanted = wanted.map(|(at, name)| (Moment(at), format!("{folder}/{name}")));
        assert_eq!(found, wanted);
    }

    #[test]
    fn an_input_of_which_nothing_came_is_no_decision() {
        let said = |text: &str| format!("/x/pe-input-1.bz2\n{text}");
        let made = |text: &str| decision(&"a".into(), "/x/pe-input-1.bz2", &said(text));
        let ordered = made(include_str!("recorded/crm_simulate-move.xml"));
        assert_eq!(
            ordered.expect("it orders something").input,
            "pe-input-1.bz2"
        );
        assert_eq!(made(include_str!("recorded/crm_simulate-quiet.xml")), None);
        assert_eq!(made("Error: cannot read it"), None);
    }
}
