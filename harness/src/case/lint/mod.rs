//! What a case may not say although its types allow it.

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

pub(super) use form::file;

/// Rules on what one case says.
pub(super) fn case(
    source: &SourceText,
    case: &LoadedCase,
    register: Option<&Register>,
) -> Vec<Mistake> {
    let mut lint = Lint {
        source,
        case,
        mistakes: Vec::new(),
    };
    form::sentence(&mut lint);
    form::clauses(&mut lint, register);
    asserts::all(&mut lint);
    labels::all(&mut lint);
    world::all(&mut lint);
    daemons::all(&mut lint);
    lock::all(&mut lint);
    transport::all(&mut lint);
    lint.mistakes
}
