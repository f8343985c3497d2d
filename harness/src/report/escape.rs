//! Text for markup. Agents print arbitrary bytes, and a report must show them and never obey them.

use std::fmt::{self, Write};

use askama::filters::Escaper;

/// The escaper of all templates: a text as it stands between tags or in a quoted attribute of XML and of HTML.
///
/// Besides the five characters of the syntax, what XML forbids and what would turn the reading direction of
/// the rest is replaced by something that can be seen.
#[derive(Clone, Copy)]
pub(crate) struct Markup;

impl Escaper for Markup {
    fn write_escaped_str<W: Write>(&self, mut out: W, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                '&' => out.write_str("&amp;")?,
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '"' => out.write_str("&quot;")?,
                '\'' => out.write_str("&#39;")?,
                other => out.write_char(shown(other))?,
            }
        }
        Ok(())
    }
}

/// A character, or the one that stands for it where it cannot stand itself.
pub(super) fn shown(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => c,
        // Unicode has a picture for each of the control characters, in their order.
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use askama::filters::Escaper;

    use super::Markup;

    fn escape(text: &str) -> String {
        let mut safe = String::new();
        Markup
            .write_escaped_str(&mut safe, text)
            .expect("memory can be written");
        safe
    }

    #[test]
    fn markup_becomes_text() {
        let safe = escape("<script>alert('a' & \"b\")</script>");
        assert_eq!(
            safe,
            "&lt;script&gt;alert(&#39;a&#39; &amp; &quot;b&quot;)&lt;/script&gt;"
        );
    }

    #[test]
    fn what_xml_forbids_is_shown_by_a_picture_of_it() {
        assert_eq!(
            escape("a\u{0}b\u{1b}[31m\u{fffe}\u{202e}"),
            "a\u{2400}b\u{241b}[31m\u{fffd}\u{fffd}"
        );
    }

    #[test]
    fn lines_and_tabs_stay() {
        assert_eq!(escape("a\tb\nc"), "a\tb\nc");
    }
}
