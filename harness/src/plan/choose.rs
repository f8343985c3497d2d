use super::Profile;
use super::lacking::{applies, lacking};
use super::selection::Selection;
use super::skip::SkipReason;
use crate::case::{CaseId, LoadedCase, Suite};

/// What the reset of a lab after each case takes about, in milliseconds.
const RESET: u64 = 250;

/// Which cases run, and why others do not.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The cases that run, in the suite's order.
    pub chosen: Vec<LoadedCase>,
    /// The cases that were asked for but cannot run, each with its reason.
    pub skipped: Vec<(CaseId, SkipReason)>,
    /// How many cases were not asked for: by filter, level or part.
    pub filtered_out: usize,
}

impl Plan {
    /// Chooses from the suite by what the agent can do, what the user wants, and what the labs have.
    ///
    /// `advertised` are the actions in the agent's own metadata.
    #[must_use]
    pub fn new(
        suite: &Suite,
        profile: &Profile,
        advertised: &[String],
        wanted: &Selection,
    ) -> Self {
        let mut plan = Self::default();
        let asked = suite.cases.iter().filter(|case| wanted.asks_for(case));
        let mut asked: Vec<LoadedCase> = asked.cloned().collect();
        for case in &mut asked {
            case.spec.needs = case.spec.needs.with(&profile.lab_equipment());
        }
        let applies = |case: &LoadedCase| applies(&case.spec, profile, advertised);
        let asked = part(asked, suite, wanted, applies);
        plan.filtered_out = suite.cases.len() - asked.len();
        for case in asked {
            match lacking(&case.spec, profile, advertised, wanted) {
                Some(reason) => plan.skipped.push((case.id, reason)),
                None => plan.chosen.push(case),
            }
        }
        plan
    }
}

/// The cases of the part that is wanted. Dealt out are those that apply to the agent, whatever a machine lacks: machines
/// that lack different things must agree on the parts. The others are skipped in every part.
fn part(
    mut asked: Vec<LoadedCase>,
    suite: &Suite,
    wanted: &Selection,
    applies: impl Fn(&LoadedCase) -> bool,
) -> Vec<LoadedCase> {
    let Some(partition) = wanted.partition else {
        return asked;
    };
    let dealt_out = asked.iter().filter(|case| applies(case));
    let lengths: Vec<u64> = dealt_out
        .map(|case| suite.durations.of(case).0 + RESET)
        .collect();
    let mut mine = partition.choose(&lengths).into_iter();
    asked.retain(|case| !applies(case) || mine.next().unwrap_or_default());
    asked
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::case::{LabKind, Level, load_text};

    fn suite() -> Suite {
        let case = |file: &str, level: &str, needs: &str| {
            let text = format!(
                "case: stop of a stopped VM succeeds\nclause: [STOP-06]\nlevel: {level}\n\
                 needs: {needs}\nwhen:\n  - run: {{action: stop, node: a, returns: success}}\n"
            );
            load_text(Path::new(file), &text, None).expect("it is good")
        };
        let cases = [
            case("stop/one.yaml", "must", "{}"),
            case(
                "stop/two.yaml",
                "should",
                "{nodes: 2, actions: [migrate_to]}",
            ),
            case("driver/one.yaml", "may", "{lab: driver}"),
            case(
                "tool/one.yaml",
                "must",
                "{roles: [monitor_script], tools: [virsh]}",
            ),
        ];
        Suite {
            cases: cases.concat(),
            ..Suite::default()
        }
    }

    fn plan(wanted: &Selection) -> Plan {
        let profile = Profile::builtin("reference").expect("it is built in");
        Plan::new(&suite(), &profile, &["migrate_to".to_owned()], wanted)
    }

    fn chosen(wanted: &Selection) -> Vec<String> {
        plan(wanted)
            .chosen
            .into_iter()
            .map(|case| case.id.0)
            .collect()
    }

    fn filtered(filters: &[&str]) -> Selection {
        Selection {
            filters: filters
                .iter()
                .map(|filter| filter.parse().expect("it is good"))
                .collect(),
            ..Selection::default()
        }
    }

    #[test]
    fn without_a_wish_all_that_can_run_is_chosen() {
        let plan = plan(&Selection::default());
        assert_eq!((plan.chosen.len(), plan.filtered_out), (3, 0));
        let reason = "the profile `reference` names no parameter for `monitor_script`";
        let [(id, why)] = plan.skipped.as_slice() else {
            panic!("{:?}", plan.skipped);
        };
        assert_eq!(
            (id.0.as_str(), why.to_string().as_str()),
            ("tool::one", reason)
        );
    }

    #[test]
    fn filters_are_parts_of_ids_and_any_is_enough() {
        assert_eq!(chosen(&filtered(&["stop"])), ["stop::one", "stop::two"]);
        assert_eq!(
            chosen(&filtered(&["two", "driver"])),
            ["driver::one", "stop::two"]
                .map(String::from)
                .into_iter()
                .rev()
                .collect::<Vec<_>>()
        );
    }

    #[test]
    fn an_equals_sign_asks_for_the_whole_id() {
        assert_eq!(chosen(&filtered(&["=stop::one"])), ["stop::one"]);
        assert_eq!(plan(&filtered(&["=stop"])).filtered_out, 4);
    }

    #[test]
    fn what_is_to_be_skipped_or_passed_before_is_left_out() {
        let skip = vec!["area:stop".parse().expect("it is good")];
        let wanted = Selection {
            skip,
            ..Selection::default()
        };
        assert_eq!(chosen(&wanted), ["driver::one"]);
        let came = [("stop-one", "pass"), ("stop-two", "warn"), ("gone", "fail")];
        let rerun = came.map(|(folder, verdict)| (folder.to_owned(), verdict));
        let wanted = |filters: &[&str]| Selection {
            rerun: Some(rerun.clone().into()),
            ..filtered(filters)
        };
        assert_eq!(chosen(&wanted(&[])), ["stop::two"]);
        assert_eq!(chosen(&wanted(&["verdict:warn"])), ["stop::two"]);
        assert!(chosen(&wanted(&["verdict:fail", "driver"])).is_empty());
    }

    #[test]
    fn parts_have_each_case_that_applies_once_and_skip_the_same_ones() {
        let part = |text: &str| {
            plan(&Selection {
                partition: Some(text.parse().expect("it is good")),
                labs: vec![LabKind::Qemu],
                ..Selection::default()
            })
        };
        let parts = [part("slice:1/2"), part("slice:2/2")];
        let ids = |plan: &Plan| -> Vec<String> {
            let skipped = plan.skipped.iter().map(|(id, _)| id.0.clone());
            let chosen = plan.chosen.iter().map(|case| case.id.0.clone());
            chosen.chain(skipped).collect()
        };
        assert_eq!(ids(&parts[0]), ["stop::one", "driver::one", "tool::one"]);
        assert_eq!(ids(&parts[1]), ["stop::two", "tool::one"]);
        assert_eq!(parts[0].filtered_out, 1);
    }

    #[test]
    fn a_level_leaves_out_the_weaker_ones() {
        let wanted = Selection {
            level: Some(Level::Should),
            ..Selection::default()
        };
        assert_eq!(chosen(&wanted), ["stop::one", "stop::two"]);
    }

    #[test]
    fn what_the_lab_has_not_is_a_skip_with_a_reason() {
        let wanted = Selection {
            labs: vec![LabKind::Qemu],
            nodes: 1,
            ..Selection::default()
        };
        let reasons: Vec<String> = plan(&wanted)
            .skipped
            .into_iter()
            .map(|(_, why)| why.to_string())
            .collect();
        assert_eq!(reasons[0], "needs 2 nodes, the lab has 1");
        assert_eq!(reasons[1], "needs the lab `driver`, which is not at hand");
    }
}
