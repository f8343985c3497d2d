//! The conformance report that a finished run has, read back.

use std::fs;
use std::path::Path;

use super::document::ConformanceReport;
use super::{API_VERSION, FILE};
use crate::report::recorded::RecordedError;

impl ConformanceReport {
    /// Reads `conformance.yaml` in the folder of a finished run.
    ///
    /// # Errors
    /// When it is not there, as in a run that was about none of the suite's cases, or it is broken or of another form.
    pub fn read(folder: &Path) -> Result<Self, RecordedError> {
        let path = folder.join(FILE);
        let unreadable = |why: String| RecordedError::Report {
            path: path.clone(),
            why,
        };
        let text = fs::read_to_string(&path).map_err(|error| unreadable(error.to_string()))?;
        let report: Self =
            serde_yaml::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
        match report.api_version == API_VERSION {
            true => Ok(report),
            false => Err(unreadable(format!(
                "its form is `{}`, and this version reads `{API_VERSION}`",
                report.api_version
            ))),
        }
    }
}
