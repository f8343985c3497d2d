//! Another value of a parameter than it has, such as an operator might set while the guest runs.

use super::metadata::Parameter;

/// The words of each kind of a boolean.
const BOOLEANS: [(&str, &str); 4] = [("true", "false"), ("1", "0"), ("yes", "no"), ("on", "off")];

impl Parameter {
    /// Another value than the one that is set, or else than the default; none where the metadata do not tell which values
    /// the agent takes, as those of a text.
    #[must_use]
    pub fn other_value(&self, set: Option<&str>) -> Option<String> {
        let now = set.or(self.default.as_deref()).unwrap_or_default().trim();
        match self.kind.as_deref()? {
            "boolean" => Some(flipped(now).to_owned()),
            "select" => self.options.iter().find(|other| *other != now).cloned(),
            "integer" if now.is_empty() => Some("1".to_owned()),
            "integer" | "time" | "timeout" | "duration" | "nonnegative_integer" => next(now),
            _ => None,
        }
    }
}

/// The opposite in the words of the value; of a value that is none, `true`.
fn flipped(now: &str) -> &'static str {
    let now = now.to_ascii_lowercase();
    let opposite = |(yes, no): (&'static str, &'static str)| match now.as_str() {
        word if word == yes => Some(no),
        word if word == no => Some(yes),
        _ => None,
    };
    BOOLEANS.into_iter().find_map(opposite).unwrap_or("true")
}

/// The next number, with the unit behind it.
fn next(now: &str) -> Option<String> {
    let digits = now.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let unit = now.strip_prefix(digits)?;
    let number: i64 = digits.parse().ok()?;
    Some(format!("{}{unit}", number.checked_add(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(kind: &str, default: Option<&str>, set: Option<&str>) -> Option<String> {
        let parameter = Parameter {
            kind: Some(kind.to_owned()),
            default: default.map(str::to_owned),
            options: ["ssh", "tcp"].map(str::to_owned).to_vec(),
            ..Parameter::default()
        };
        parameter.other_value(set)
    }

    #[test]
    fn a_boolean_is_flipped_in_its_own_words() {
        assert_eq!(other("boolean", Some("1"), None).as_deref(), Some("0"));
        assert_eq!(other("boolean", None, Some("No")).as_deref(), Some("yes"));
        assert_eq!(other("boolean", None, None).as_deref(), Some("true"));
    }

    #[test]
    fn a_number_is_one_more_and_keeps_its_unit() {
        assert_eq!(other("integer", Some("5"), None).as_deref(), Some("6"));
        assert_eq!(other("integer", Some("5"), Some("7")).as_deref(), Some("8"));
        assert_eq!(other("integer", None, None).as_deref(), Some("1"));
        assert_eq!(other("time", Some("10s"), None).as_deref(), Some("11s"));
        assert_eq!(other("time", Some("soon"), None), None);
    }

    #[test]
    fn of_a_choice_it_is_another_option_and_of_a_text_nothing() {
        assert_eq!(other("select", Some("ssh"), None).as_deref(), Some("tcp"));
        assert_eq!(other("select", None, Some("tcp")).as_deref(), Some("ssh"));
        assert_eq!(other("string", Some("a"), None), None);
    }
}
