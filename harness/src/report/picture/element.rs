use std::fmt::Write as _;

use askama::filters::Escaper;

use crate::report::escape::Markup;

/// An SVG element that is being written; attributes and texts are escaped.
pub(super) struct Element<'a> {
    svg: &'a mut String,
    name: &'static str,
}

impl<'a> Element<'a> {
    /// Begins an element.
    pub(super) fn new(svg: &'a mut String, name: &'static str) -> Self {
        svg.push('<');
        svg.push_str(name);
        Self { svg, name }
    }

    pub(super) fn attribute(self, name: &str, value: &str) -> Self {
        // Writing to a string does not fail.
        let _ = write!(self.svg, " {name}=\"");
        let _ = Markup.write_escaped_str(&mut *self.svg, value);
        self.svg.push('"');
        self
    }

    /// An attribute in pixels.
    pub(super) fn length(self, name: &str, value: f64) -> Self {
        let _ = write!(self.svg, " {name}=\"{value:.1}\"");
        self
    }

    /// Ends an element that holds nothing.
    pub(super) fn empty(self) {
        self.svg.push_str("/>\n");
    }

    /// Ends an element that holds a text.
    pub(super) fn text(self, text: &str) {
        self.svg.push('>');
        let _ = Markup.write_escaped_str(&mut *self.svg, text);
        let _ = writeln!(self.svg, "</{}>", self.name);
    }

    /// Ends an element with a title, which is shown to who points at it.
    pub(super) fn titled(self, title: &str) {
        self.svg.push_str("><title>");
        let _ = Markup.write_escaped_str(&mut *self.svg, title);
        let _ = writeln!(self.svg, "</title></{}>", self.name);
    }
}
