use std::path::PathBuf;
use std::sync::Arc;

use super::span::Span;
use super::{CaseId, CaseSpec, Places};

/// A case, or one row of a table of cases, as it was read.
#[derive(Clone, Debug)]
pub struct LoadedCase {
    /// Folder, file and row: `monitor::state-mapping::crashed`.
    pub id: CaseId,
    /// What it says.
    pub spec: CaseSpec,
    /// The file as it is shown to people.
    pub file: PathBuf,
    /// The file's text.
    pub source: Arc<str>,
    /// Where each of its values stands; a value from the table stands in its row.
    pub places: Arc<Places>,
}

impl LoadedCase {
    /// The area that it belongs to.
    #[must_use]
    pub fn area(&self) -> &str {
        self.id.area()
    }

    /// `cases/monitor/stopped.yaml:9:42`, for a path such as `when[0].run.returns`.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        let Span { line, column, .. } = self.places.nearest(path);
        format!("{}:{line}:{column}", self.file.display())
    }
}
