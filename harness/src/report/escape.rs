//! Text for markup. Agents print arbitrary bytes, and a report must show them and never obey them.

use std::borrow::Cow;

/// A text as it stands between tags or in a quoted attribute of XML and of HTML.
///
/// Besides the five characters of the syntax, what XML forbids and what would turn the reading direction of
/// the rest is replaced by something that can be seen.
pub(super) fn escape(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| !matches!(c, '&' | '<' | '>' | '"' | '\'') && shown(c) == c;
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(shown(other)),
        }
    }
    Cow::Owned(safe)
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
    use super::escape;

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
