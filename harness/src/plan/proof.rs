//! The headers of the agents that prove the suite: those with one fault each, and the good ones that look like it.

use crate::case::CaseId;

/// The head of such an agent's script: a line `# KEY: TEXT` for each thing that is said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    lines: Vec<(String, String)>,
}

impl Header {
    /// Reads the head of a script, up to its first other line.
    ///
    /// # Errors
    /// What is wrong with it, in one sentence.
    pub fn parse(script: &str) -> Result<Self, String> {
        let mut lines = script.lines();
        if !matches!(lines.next(), Some("#!/bin/sh" | "#!/bin/bash")) {
            return Err("the first line is neither `#!/bin/sh` nor `#!/bin/bash`".to_owned());
        }
        let header = lines.map_while(|line| line.strip_prefix("# "));
        let read = |line: &str| match line.split_once(": ") {
            Some((key, text)) => Ok((key.to_owned(), text.to_owned())),
            None => Err(format!("`# {line}` is no line of a header")),
        };
        let lines = header.map(read).collect::<Result<_, _>>()?;
        Ok(Self { lines })
    }

    /// The keys, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|(key, _)| key.as_str())
    }

    /// The texts of all lines with that key.
    pub fn texts(&self, key: &str) -> impl Iterator<Item = &str> {
        let named = self.lines.iter().filter(move |(found, _)| found == key);
        named.map(|(_, text)| text.as_str())
    }

    /// The cases that the lines with that key name, with commas between them.
    #[must_use]
    pub fn cases(&self, key: &str) -> Vec<CasePattern> {
        let texts = self.texts(key);
        let patterns = texts.flat_map(|text| text.split(", "));
        patterns.map(CasePattern::new).collect()
    }
}

/// An id of a case, or with `*` at its end the beginning of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CasePattern(String);

impl CasePattern {
    /// The pattern of that text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a case with this id is meant.
    #[must_use]
    pub fn fits(&self, id: &CaseId) -> bool {
        self.fits_text(&id.0)
    }

    /// Whether a case with that text as its id is meant.
    #[must_use]
    pub fn fits_text(&self, text: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(beginning) => text.starts_with(beginning),
            None => self.0 == text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_ends_at_the_first_other_line() {
        let script =
            "#!/bin/sh\n# fault: x: y\n# caught by: a::b, c::*\n# caught by: d\nexit 0\n# e: f\n";
        let header = Header::parse(script).expect("it is good");
        assert_eq!(header.keys().count(), 3);
        assert_eq!(header.texts("fault").collect::<Vec<_>>(), ["x: y"]);
        let cases = header.cases("caught by");
        let named = |id: &str| cases.iter().any(|one| one.fits(&CaseId(id.to_owned())));
        assert!(named("a::b") && named("c::x") && named("d"));
        assert!(!named("a::bc") && !named("a") && !named("f"));
    }

    #[test]
    fn what_is_no_shell_script_or_says_nothing_has_no_header() {
        assert!(Header::parse("#!/usr/bin/python3\n# a: b\n").is_err());
        assert!(Header::parse("#!/bin/sh\n# a\n").is_err());
    }
}
