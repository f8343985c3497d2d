use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

use super::span::Span;

/// Why a case, the register, a profile or a whole suite cannot be used.
#[derive(Debug, Error, Diagnostic)]
pub enum CaseError {
    /// Something in the text is wrong, and this is where.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Mistake(#[from] Mistake),
    /// The file or the folder cannot be read.
    #[error("cannot read {}: {why}", path.display())]
    #[diagnostic(help("check the path, and that this user may read what is there"))]
    Unreadable {
        /// What cannot be read.
        path: PathBuf,
        /// The system's error.
        why: std::io::Error,
    },
    /// The file is larger than any case may be.
    #[error("{} has {bytes} bytes", path.display())]
    #[diagnostic(help("a case has at most 40 lines; the loader takes {limit} bytes"))]
    TooBig {
        /// The file.
        path: PathBuf,
        /// Its size.
        bytes: usize,
        /// The largest size that is read, in bytes.
        limit: usize,
    },
    /// There is no case below the folder.
    #[error("there is no case below {}", path.display())]
    #[diagnostic(help("cases are files named `<area>/<kebab-case>.yaml`"))]
    NoCases {
        /// The folder.
        path: PathBuf,
    },
}

/// One mistake in a file: what is wrong, where, and how to mend it.
#[derive(Debug, Error, Diagnostic)]
#[error(transparent)]
#[diagnostic(transparent)]
pub struct Mistake(Box<MistakeDetail>);

#[derive(Debug, Error, Diagnostic)]
#[error("{message}")]
struct MistakeDetail {
    message: String,
    label: String,
    #[help]
    help: Option<String>,
    #[source_code]
    source_code: NamedSource<Arc<str>>,
    #[label("{label}")]
    label_span: SourceSpan,
    span: Span,
    path: PathBuf,
}

impl Mistake {
    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Where in the file.
    #[must_use]
    pub fn span(&self) -> Span {
        self.0.span
    }

    /// What is wrong there, in few words.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.0.label
    }

    /// The same mistake with an advice how to mend it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Whether both say the same of the same place: rows of one table often do.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        self.0.span == other.0.span && self.0.message == other.0.message
    }
}

/// A file's text with its name, from which mistakes are made that show it.
#[derive(Clone, Debug)]
pub(crate) struct SourceText {
    pub(crate) path: PathBuf,
    pub(crate) text: Arc<str>,
}

impl SourceText {
    pub(crate) fn new(path: impl Into<PathBuf>, text: &str) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
        }
    }

    /// Reads a file.
    pub(crate) fn read(path: &Path) -> Result<Self, CaseError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(Self::new(path, &text)),
            Err(why) => Err(CaseError::Unreadable {
                path: path.to_owned(),
                why,
            }),
        }
    }

    /// What is wrong (`message`) and, in few words, what is at `span` (`label`).
    pub(crate) fn mistake(
        &self,
        span: Span,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Mistake {
        let span = span.first_line(&self.text);
        Mistake(Box::new(MistakeDetail {
            message: message.into(),
            label: label.into(),
            help: None,
            source_code: NamedSource::new(self.path.to_string_lossy(), Arc::clone(&self.text)),
            label_span: (span.offset, span.length).into(),
            span,
            path: self.path.clone(),
        }))
    }
}

/// The known word that `word` is probably a misspelling of.
pub(crate) fn nearest<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let bound = (word.chars().count() / 3).max(1) + 1;
    let distance = |known: &str| strsim::osa_distance(&word.to_lowercase(), &known.to_lowercase());
    let near = |known: &str| {
        let begun = known.len() > 1 && word.starts_with(known);
        begun || (distance(known) <= bound && distance(known) < known.chars().count())
    };
    words
        .into_iter()
        .filter(|known| near(known))
        .min_by_key(|known| distance(known))
}

/// `did you mean …?` where there is a near word, and the whole set of words.
pub(crate) fn suggestion<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    let all = words
        .iter()
        .map(|known| format!("`{known}`"))
        .collect::<Vec<_>>()
        .join(", ");
    match nearest(word, words.iter().copied()) {
        Some(near) if words.len() == 1 => format!("did you mean `{near}`?"),
        Some(near) => format!("did you mean `{near}`? Known here: {all}"),
        None if words.is_empty() => "nothing may be written here".to_owned(),
        None => format!("known here: {all}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_recognised() {
        assert_eq!(nearest("succes", ["success", "killed"]), Some("success"));
        assert_eq!(nearest("retruns", ["returns", "node"]), Some("returns"));
    }

    #[test]
    fn an_unlike_word_has_no_suggestion() {
        assert_eq!(nearest("banana", ["success", "killed"]), None);
        assert_eq!(nearest("x", ["a", "b"]), None);
    }
}
