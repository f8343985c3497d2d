//! The suite in `cases/` has no mistake, and the program carries all of it.

use std::path::Path;

use virt_ra_tester::case::{CaseError, ClauseId, Suite, load_suite};
use virt_ra_tester::judge::CLAUSES_OF_INVARIANTS;

fn ids(suite: &Suite) -> Vec<&str> {
    suite.cases.iter().map(|case| case.id.0.as_str()).collect()
}

/// What is wrong, as it is printed; an empty folder is not the suite's mistake.
fn told(errors: Vec<CaseError>) -> String {
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
            let told = told(errors);
            assert!(told.is_empty(), "{told}");
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
    let missing: Vec<_> = CLAUSES_OF_INVARIANTS
        .into_iter()
        .filter(|id| !known(id))
        .collect();
    assert!(missing.is_empty(), "no clause has the id {missing:?}");
}
