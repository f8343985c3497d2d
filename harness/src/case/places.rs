use std::ops::Deref;
use std::sync::OnceLock;

use super::mistake::SourceText;
use super::span_index::SpanIndex;
use super::table::expand;
use super::{reader, repeat};

/// Where the values of a case stand.
///
/// Nobody asks but where something is wrong: the file is read once more then, instead of all trees being kept.
#[derive(Clone, Debug)]
pub struct Places {
    source: SourceText,
    row: usize,
    index: OnceLock<SpanIndex>,
}

impl Places {
    /// The places of a file's case in that row, or of its only one.
    pub(super) fn new(source: &SourceText, row: usize) -> Self {
        Self {
            source: source.clone(),
            row,
            index: OnceLock::new(),
        }
    }

    fn read(&self) -> Option<SpanIndex> {
        let root = reader::parse(&self.source).ok()?;
        let root = repeat::write_out(&self.source, root).ok()?;
        let rows = expand(&self.source, root).ok()?;
        Some(SpanIndex::new(rows.into_iter().nth(self.row)?.root))
    }
}

impl Deref for Places {
    type Target = SpanIndex;

    fn deref(&self) -> &SpanIndex {
        self.index.get_or_init(|| self.read().unwrap_or_default())
    }
}
