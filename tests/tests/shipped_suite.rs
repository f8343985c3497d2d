//! The suite in `cases/` has no mistake, and the program carries all of it.

use std::path::Path;

use virt_ra_tester::case::{
    CaseError, Check, ClauseId, LoadedCase, Returned, Run, Step, Suite, load_suite,
};
use virt_ra_tester::judge::Invariant;
use virt_ra_tester::ocf::{Code, Dialect};

fn ids(suite: &Suite) -> Vec<&str> {
    suite.cases.iter().map(|case| case.id.0.as_str()).collect()
}

/// What is wrong, as it is printed; an empty folder is not the suite's mistake.
fn rendered(errors: Vec<CaseError>) -> String {
    let mistakes = errors
        .into_iter()
        .filter(|error| matches!(error, CaseError::Mistake(_)));
    mistakes
        .map(|mistake| format!("{:?}", miette::Report::new(mistake)))
        .collect()
}

#[test]
fn the_program_carries_the_whole_suite_without_a_mistake() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cases");
    match (load_suite(&folder), Suite::shipped()) {
        (Ok(here), Ok(shipped)) => {
            assert_eq!(ids(&here), ids(&shipped));
            assert_eq!(here.register, shipped.register);
        }
        (here, shipped) => {
            let errors = [here, shipped]
                .into_iter()
                .filter_map(Result::err)
                .flatten()
                .collect();
            let text = rendered(errors);
            assert!(text.is_empty(), "{text}");
        }
    }
}

#[test]
fn the_register_has_every_clause_that_an_invariant_judges() {
    let suite = Suite::shipped().expect("the suite is sound");
    let known = |id: &str| {
        suite
            .register
            .clauses
            .contains_key(&ClauseId(id.to_owned()))
    };
    let missing: Vec<_> = Invariant::every_clause()
        .into_iter()
        .filter(|id| !known(id))
        .collect();
    assert!(missing.is_empty(), "no clause has the id {missing:?}");
}

/// A demand weighs the same wherever it is seen to be broken.
#[test]
fn every_case_has_the_level_of_each_clause_that_it_cites() {
    let suite = Suite::shipped().expect("the suite is sound");
    let mut wrong = Vec::new();
    for case in &suite.cases {
        let cited = case.spec.clause.iter();
        let levels = cited.filter_map(|id| Some((id, suite.register.clauses.get(id)?.level)));
        wrong.extend(
            levels
                .filter(|(_, level)| *level != case.spec.level)
                .map(|(id, level)| {
                    format!(
                        "{}: {:?}, but {} is {level:?}",
                        case.id.0, case.spec.level, id.0
                    )
                }),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// All steps of a case, those that are done together or during others among them.
fn steps(case: &LoadedCase) -> Vec<&Step> {
    let all = case.spec.steps().into_iter();
    all.map(|at| at.step).collect()
}

fn runs(case: &LoadedCase) -> Vec<&Run> {
    fn run(step: &Step) -> Option<&Run> {
        match step {
            Step::Run(run) => Some(run),
            _ => None,
        }
    }
    steps(case).into_iter().filter_map(run).collect()
}

#[test]
fn no_case_holds_a_number_of_our_own_against_a_slow_agent() {
    let suite = Suite::shipped().expect("the suite is sound");
    let bare = |check: &Check| matches!(check, Check::Took(took) if took.at_most.is_some() && took.beyond.is_none());
    let invents = |case: &&LoadedCase| {
        let mut checks = case
            .spec
            .then
            .iter()
            .chain(steps(case).into_iter().filter_map(|step| match step {
                Step::Check(check) => Some(check),
                _ => None,
            }));
        checks.any(bare) || runs(case).iter().any(|run| run.within.is_some())
    };
    let ids: Vec<_> = suite
        .cases
        .iter()
        .filter(invents)
        .map(|case| &case.id.0)
        .collect();
    assert!(
        ids.is_empty(),
        "compare with another run (`took: {{of, beyond, at_most}}`): {ids:?}"
    );
}

#[test]
fn a_dialect_is_exempt_from_clauses_of_the_register_alone() {
    let suite = Suite::shipped().expect("the suite is sound");
    for dialect in Dialect::ALL {
        for id in dialect.rules().exempt() {
            let clause = ClauseId((*id).to_owned());
            assert!(suite.register.find(&clause).is_some(), "{dialect:?}: {id}");
        }
    }
}

#[test]
fn only_an_agent_without_an_action_is_held_to_answer_that_it_has_none() {
    let suite = Suite::shipped().expect("the suite is sound");
    let mut wrong = Vec::new();
    for case in &suite.cases {
        for run in runs(case) {
            let refused = run.returns.0 == [Returned::Code(Code::ErrUnimplemented)];
            let lacks = &case.spec.needs.lacks_actions;
            let is_listed = run.action.as_ref().is_some_and(|verb| lacks.contains(verb));
            if refused && !is_listed {
                wrong.push(format!(
                    "{}: {:?} is not in needs.lacks_actions",
                    case.id.0, run.action
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
