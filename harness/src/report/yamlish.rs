//! YAML as the Test Anything Protocol has it: what Perl's TAP::Parser::YAMLish reads is a small part of YAML.

use std::fmt::Write as _;

/// A text in double quotes, on one line. Every character that is no plain text is written by its number, as YAMLish and
/// YAML both read it.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            control if control.is_control() => {
                // Writing to a string does not fail.
                let _ = write!(quoted, "\\x{:02x}", u32::from(control));
            }
            plain => quoted.push(plain),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_quoted_text_is_one_line_that_yaml_reads_back() {
        for text in [
            "",
            "plain: 'words' # and\tmore",
            "two\nlines, a \"quote\", a back\\slash\\",
            "a bell \u{7} and a C1 \u{9b}",
        ] {
            let line = quoted(text);
            assert!(!line.contains('\n'), "{line}");
            let read: String = serde_yaml::from_str(&line).expect("it is YAML");
            assert_eq!(read, text);
        }
    }
}
