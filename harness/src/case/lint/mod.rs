//! Lint: what the types of a case allow and the suite refuses.

mod asserts;
mod daemons;
mod form;
mod labels;
mod lock;
mod transport;
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
    world::check_world(&mut lint);
    daemons::check_daemons(&mut lint);
    lock::check_lock(&mut lint);
    transport::check_transport(&mut lint);
    lint.mistakes
}
