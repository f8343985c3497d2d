//! What a case may not say although its types allow it.

mod asserts;
mod daemons;
mod form;
mod labels;
mod lock;
mod transport;
mod walk;
mod world;

use super::mistake::{Mistake, SourceText};
use super::{LoadedCase, Register};

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

/// A case under scrutiny, and what was found.
struct Lint<'a> {
    source: &'a SourceText,
    case: &'a LoadedCase,
    mistakes: Vec<Mistake>,
}

/// What is wrong: the sentence, the few words at the place, and how to mend it.
struct Wrong(String, String, String);

impl Wrong {
    fn new(message: impl Into<String>, label: impl Into<String>, help: impl Into<String>) -> Self {
        Self(message.into(), label.into(), help.into())
    }
}

impl Lint<'_> {
    /// Something is wrong with the value at `path`.
    fn at(&mut self, path: &str, wrong: Wrong) {
        let place = self.case.places.nearest(path);
        self.mistakes.push(
            self.source
                .mistake(place, wrong.0, wrong.1)
                .with_help(wrong.2),
        );
    }

    /// Something is wrong with the key at `path`, or with what it lacks.
    fn at_key(&mut self, path: &str, wrong: Wrong) {
        let place = self.case.places.nearest_key(path);
        self.mistakes.push(
            self.source
                .mistake(place, wrong.0, wrong.1)
                .with_help(wrong.2),
        );
    }
}
