//! The table of the page.

/// The head of a column.
pub(super) struct Head<'a> {
    /// The agent.
    pub(super) agent: &'a str,
    /// Its package with the version, or its own version.
    pub(super) version: &'a str,
    /// The day on which the run began.
    pub(super) date: &'a str,
}

/// Rows about one thing.
pub(super) struct Section<'a> {
    pub(super) title: &'static str,
    pub(super) rows: Vec<Row<'a>>,
}

/// A row.
pub(super) struct Row<'a> {
    /// How bad it is, with the look of that, where it is a finding.
    pub(super) class: Option<(&'static str, &'static str)>,
    pub(super) name: String,
    pub(super) text: &'a str,
    pub(super) cells: Vec<Cell>,
}

/// What a row comes to in a column.
pub(super) struct Cell {
    /// The class of the style sheet.
    pub(super) look: &'static str,
    pub(super) text: String,
    /// More about it; may be empty.
    pub(super) more: String,
    /// Where more is told.
    pub(super) link: Option<String>,
    /// The column, for narrow screens.
    pub(super) of: String,
}

/// The look of what says nothing of the agent.
pub(super) const SOFT: &str = "none";
