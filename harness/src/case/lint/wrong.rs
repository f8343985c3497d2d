use crate::case::LoadedCase;
use crate::case::mistake::{Mistake, SourceText};

/// A case under lint, and the mistakes found in it so far.
pub(super) struct Lint<'a> {
    pub(super) source: &'a SourceText,
    pub(super) case: &'a LoadedCase,
    pub(super) mistakes: Vec<Mistake>,
}

/// What is wrong: the message, the label at its place, and how to fix it.
pub(super) struct Wrong(String, String, String);

impl Wrong {
    pub(super) fn new(
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self(message.into(), label.into(), help.into())
    }
}

impl Lint<'_> {
    /// Something is wrong with the value at `path`.
    pub(super) fn at(&mut self, path: &str, wrong: Wrong) {
        let place = self.case.places.nearest(path);
        self.mistakes.push(
            self.source
                .mistake(place, wrong.0, wrong.1)
                .with_help(wrong.2),
        );
    }

    /// Something is wrong with the key at `path`, or with what it lacks.
    pub(super) fn at_key(&mut self, path: &str, wrong: Wrong) {
        let place = self.case.places.nearest_key(path);
        self.mistakes.push(
            self.source
                .mistake(place, wrong.0, wrong.1)
                .with_help(wrong.2),
        );
    }
}
