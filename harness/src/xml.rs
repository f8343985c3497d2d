//! Texts in XML.

/// A text as the value of an attribute or the content of an element, whatever quotes stand around it. It is read back as it
/// was, ends of lines and tabs too.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for one in text.chars() {
        match one {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' => escaped.push_str("&#10;"),
            '\r' => escaped.push_str("&#13;"),
            '\t' => escaped.push_str("&#9;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_text_is_read_back_as_it_was() {
        let text = "a \"b\" 'c' <d> & e\n\tf\r";
        let safe = escaped(text);
        let document = format!("<x y=\"{safe}\" z='{safe}'>{safe}</x>");
        let document = roxmltree::Document::parse(&document).expect("it is well-formed");
        let root = document.root_element();
        assert_eq!(root.attribute("y"), Some(text));
        assert_eq!(root.attribute("z"), Some(text));
        assert_eq!(root.text(), Some(text));
    }
}
