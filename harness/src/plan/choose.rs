use super::Profile;
use super::lacking::lacking;
use super::selection::Selection;
use super::skip::SkipReason;
use crate::case::{CaseId, LoadedCase, Suite};

/// Which cases run, and why others do not.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The cases that run, in the suite's order.
    pub chosen: Vec<LoadedCase>,
    /// The cases that were asked for but cannot run, each with its reason.
    pub skipped: Vec<(CaseId, SkipReason)>,
    /// How many cases were not asked for, by filter or level.
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
        for case in &suite.cases {
            if !wanted.asks_for(case) {
                plan.filtered_out += 1;
                continue;
            }
            let mut case = case.clone();
            case.spec.needs = case.spec.needs.with(&profile.equipment);
            match lacking(&case.spec, profile, advertised, wanted) {
                Some(reason) => plan.skipped.push((case.id, reason)),
                None => plan.chosen.push(case),
            }
        }
        plan
    }
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
            filters: filters.iter().map(|&f| f.to_owned()).collect(),
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
