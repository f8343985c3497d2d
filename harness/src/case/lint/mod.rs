//! Lint: what the types of a case allow and the suite refuses.

mod asserts;
mod cluster;
mod equipment;
mod fencing;
mod form;
mod labels;
mod scheduler;
mod walk;
mod world;
mod wrong;

use super::mistake::{Mistake, SourceText};
use super::{LoadedCase, Register};
use wrong::Lint;

pub(super) use form::check_file;

/// Checks one case, or one row of a table.
pub(super) fn check_case(
    source: &SourceText,
    case: &LoadedCase,
    register: Option<&Register>,
) -> Vec<Mistake> {
    let mut lint = Lint {
        source,
        case,
        mistakes: Vec::new(),
    };
    form::check_sentence(&mut lint);
    form::check_clauses(&mut lint, register);
    asserts::check_assertions(&mut lint);
    labels::check_labels(&mut lint);
    if !case.spec.needs.lab.has_nodes() {
        scheduler::check_scheduler(&mut lint);
        return lint.mistakes;
    }
    scheduler::only_scheduled(&mut lint);
    world::check_world(&mut lint);
    equipment::check_equipment(&mut lint);
    fencing::check_fencing(&mut lint);
    cluster::check_cluster_steps(&mut lint);
    lint.mistakes
}
