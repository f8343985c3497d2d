/// A stretch of a file's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The length in bytes.
    pub length: usize,
    /// The offset of the first byte in the text.
    pub offset: usize,
}

impl Span {
    /// The place with nothing but its first line, so that a label stays short.
    #[must_use]
    pub fn first_line(self, text: &str) -> Self {
        let end = (self.offset + self.length).min(text.len());
        let stretch = text.get(self.offset..end).unwrap_or_default();
        let line = stretch.lines().next().unwrap_or_default();
        Self {
            length: line.trim_end().len(),
            ..self
        }
    }
}
