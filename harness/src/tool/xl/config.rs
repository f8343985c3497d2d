//! The configuration file of a domain in xl's own format: `KEY = VALUE`, one setting a line or with semicolons between.
//! Source: xl.cfg(5), "SYNTAX".

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::str::Chars;

/// The settings of a file; of a key that is given twice the last value counts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Settings(BTreeMap<String, Value>);

#[derive(Debug, PartialEq, Eq)]
enum Value {
    /// A text or a number.
    One(String),
    List(Vec<String>),
}

/// Whether a file's content can be read to its end.
#[must_use]
pub(crate) fn is_whole(content: &[u8]) -> bool {
    let settings = std::str::from_utf8(content).map(Settings::parse);
    matches!(settings, Ok(Ok(Settings(settings))) if !settings.is_empty())
}

impl Settings {
    /// Reads a file.
    ///
    /// # Errors
    /// The number of the line that is no setting.
    pub(super) fn parse(text: &str) -> Result<Self, usize> {
        let mut reader = Reader {
            rest: text.chars().peekable(),
            line: 1,
        };
        let mut settings = BTreeMap::new();
        while let Some((key, value)) = reader.setting()? {
            settings.insert(key, value);
        }
        Ok(Self(settings))
    }

    /// A text or number.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match self.0.get(key)? {
            Value::One(text) => Some(text),
            Value::List(_) => None,
        }
    }

    /// The target of the first disk.
    pub(super) fn disk(&self) -> Option<&str> {
        let Value::List(disks) = self.0.get("disk")? else {
            return None;
        };
        let mut parts = disks.first()?.split(',').map(str::trim);
        parts.find_map(|part| part.strip_prefix("target="))
    }
}

struct Reader<'a> {
    rest: Peekable<Chars<'a>>,
    line: usize,
}

impl Reader<'_> {
    /// The next setting; none at the end.
    fn setting(&mut self) -> Result<Option<(String, Value)>, usize> {
        self.skip(true);
        if self.rest.peek().is_none() {
            return Ok(None);
        }
        let key = self.word()?;
        self.expect('=')?;
        let value = self.value()?;
        self.skip(false);
        match self.rest.peek() {
            None | Some('\n' | ';') => Ok(Some((key, value))),
            Some(_) => Err(self.line),
        }
    }

    /// Passes over blanks and comments, and over ends of settings too.
    fn skip(&mut self, ends: bool) {
        while let Some(next) = self.rest.peek() {
            match next {
                ' ' | '\t' => {}
                '#' => {
                    while self.rest.next_if(|next| *next != '\n').is_some() {}
                    continue;
                }
                '\n' if ends => self.line += 1,
                ';' if ends => {}
                _ => break,
            }
            self.rest.next();
        }
    }

    fn expect(&mut self, wanted: char) -> Result<(), usize> {
        self.skip(false);
        let found = self.rest.next_if_eq(&wanted);
        found.map(drop).ok_or(self.line)
    }

    fn word(&mut self) -> Result<String, usize> {
        let mut word = String::new();
        while let Some(next) = self
            .rest
            .next_if(|next| next.is_ascii_alphanumeric() || *next == '_')
        {
            word.push(next);
        }
        if word.is_empty() {
            Err(self.line)
        } else {
            Ok(word)
        }
    }

    fn value(&mut self) -> Result<Value, usize> {
        self.skip(false);
        match self.rest.peek() {
            Some('[') => self.list().map(Value::List),
            _ => self.one().map(Value::One),
        }
    }

    /// A text in quotes of either kind, on one line, or a number.
    fn one(&mut self) -> Result<String, usize> {
        let Some(quote) = self.rest.next_if(|next| matches!(next, '"' | '\'')) else {
            let number = self.word()?;
            let is_number = number.starts_with(|first: char| first.is_ascii_digit());
            return if is_number {
                Ok(number)
            } else {
                Err(self.line)
            };
        };
        let mut text = String::new();
        while let Some(next) = self.rest.next_if(|next| *next != quote && *next != '\n') {
            text.push(next);
        }
        self.rest.next_if_eq(&quote).map(|_| text).ok_or(self.line)
    }

    fn list(&mut self) -> Result<Vec<String>, usize> {
        self.expect('[')?;
        let mut values = Vec::new();
        loop {
            self.skip(true);
            if self.rest.next_if_eq(&']').is_some() {
                return Ok(values);
            }
            values.push(self.one()?);
            self.skip(true);
            self.rest.next_if_eq(&',');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Option<String> {
        let settings = Settings::parse(text).ok()?;
        settings.text("name").map(str::to_owned)
    }

    #[test]
    fn a_name_is_read_as_xl_reads_it() {
        for text in [
            "name = \"vm1\"\nmemory = 8\n",
            "name='vm1'",
            "memory=8; name = 'vm1' # of ours\n",
            "#name = 'other'\nname = 'vm1'",
            "name = 'other'\nname = 'vm1'",
            "args = [\n'name=other',\n]\nname='vm1'",
        ] {
            assert_eq!(name(text).as_deref(), Some("vm1"), "{text}");
        }
        assert_eq!(name("memory = 8"), None);
    }

    #[test]
    fn a_line_that_is_no_setting_is_named() {
        assert_eq!(Settings::parse("name = 'vm1'\nmemory"), Err(2));
        assert_eq!(Settings::parse("name = vm1"), Err(1));
        assert_eq!(Settings::parse("name = 'vm1\n"), Err(1));
        assert!(!is_whole(b"name = 'vm1"));
        assert!(!is_whole(b""));
        assert!(is_whole(b"name = 'vm1'\n"));
    }

    #[test]
    fn the_target_of_the_first_disk_is_found() {
        let settings = Settings::parse("disk = [ 'format=raw, vdev=hda, target=/run/s' ]");
        assert_eq!(settings.expect("it is good").disk(), Some("/run/s"));
    }
}
