//! Words for a shell.

/// A word that the shell takes for this one word, quoted where it must be.
pub(crate) fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// Words that become one word each.
pub(crate) fn all_quoted<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(quoted).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::all_quoted;

    #[test]
    fn every_word_stays_one_word() {
        let words = ["sh", "-c", r#"echo "$HOME" 'x' \"#, "", "~", "a b"];
        let line = all_quoted(words);
        let done = duct::cmd!("sh", "-c", format!("printf '%s\\n' {line}")).read();
        assert_eq!(done.unwrap(), words.join("\n"));
    }
}
