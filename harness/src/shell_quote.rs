//! Quoting for a shell.

/// A word as the shell takes it for this one word: in quotes where it needs them.
pub(crate) fn quote(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./:=@%+,".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Words as the shell takes them for one word each, separated by blanks.
pub(crate) fn quote_all<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(quote).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::quote_all;

    #[test]
    fn every_word_stays_one_word() {
        let words = ["sh", "-c", r#"echo "$HOME" 'x' \"#, "", "~", "a b"];
        let line = quote_all(words);
        let done = duct::cmd!("sh", "-c", format!("printf '%s\\n' {line}")).read();
        assert_eq!(done.unwrap(), words.join("\n"));
    }
}
