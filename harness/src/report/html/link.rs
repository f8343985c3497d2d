use crate::case::CaseId;
use crate::report::anchor::anchor;

/// A link to a case.
pub(super) struct Link<'a> {
    pub(super) id: &'a str,
    pub(super) anchor: String,
}

impl<'a> Link<'a> {
    pub(super) fn to(case: &'a CaseId) -> Self {
        let id = case.0.as_str();
        let anchor = anchor(id);
        Self { id, anchor }
    }
}
