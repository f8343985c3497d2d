//! What a plain scalar is: the core of YAML 1.2, less all that YAML 1.1 reads in another way.

use super::yaml::YamlKind;

/// Why a plain scalar is refused: what YAML 1.1 takes it for, and what to write.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Trap {
    pub(super) taken_for: &'static str,
    pub(super) write: String,
}

/// The value of a plain (unquoted) scalar.
pub(super) fn plain(text: &str) -> Result<YamlKind, Trap> {
    match text {
        "null" | "" => Ok(YamlKind::Null),
        "true" => Ok(YamlKind::Bool(true)),
        "false" => Ok(YamlKind::Bool(false)),
        _ => match trap(text) {
            Some(trap) => Err(trap),
            None => Ok(number(text).unwrap_or_else(|| YamlKind::Text(text.to_owned()))),
        },
    }
}

fn number(text: &str) -> Option<YamlKind> {
    if let Ok(whole) = text.parse::<i64>() {
        return Some(YamlKind::Whole(whole));
    }
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (before, after) = text.trim_start_matches('-').split_once('.')?;
    if !digits(before) || !digits(after) {
        return None;
    }
    text.parse().ok().map(YamlKind::Float)
}

fn trap(text: &str) -> Option<Trap> {
    let lower = text.to_ascii_lowercase();
    let (taken_for, write) = match lower.as_str() {
        "yes" | "on" | "y" | "true" => (
            "the truth value true",
            format!("`true`, or \"{text}\" if it is text"),
        ),
        "no" | "off" | "n" | "false" => (
            "the truth value false",
            format!("`false`, or \"{text}\" if it is text"),
        ),
        "~" | "null" => ("null", "`null`".to_owned()),
        _ if is_odd_number(&lower) => (
            "a number of another base",
            format!("\"{text}\" if it is text"),
        ),
        _ if is_sexagesimal(&lower) => (
            "a number to the base 60",
            format!("\"{text}\" if it is text"),
        ),
        _ if is_date(&lower) => ("a date", format!("\"{text}\" if it is text")),
        _ => return None,
    };
    Some(Trap { taken_for, write })
}

/// `0755`, `0x1f`, `0o17`, `0b1`, `1_000`, `.inf`, `.nan`.
fn is_odd_number(text: &str) -> bool {
    let text = text.trim_start_matches(['-', '+']);
    let all = |part: &str, fits: fn(&char) -> bool| {
        !part.is_empty() && part.chars().all(|c| fits(&c) || c == '_')
    };
    if matches!(text, ".inf" | ".nan") {
        return true;
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return all(hex, char::is_ascii_hexdigit);
    }
    if let Some(rest) = text.strip_prefix("0o").or_else(|| text.strip_prefix("0b")) {
        return all(rest, char::is_ascii_digit);
    }
    let digits = all(text, char::is_ascii_digit) && text.starts_with(|c: char| c.is_ascii_digit());
    digits && (text.contains('_') || (text.len() > 1 && text.starts_with('0')))
}

/// `1:30`, which YAML 1.1 reads as 90.
fn is_sexagesimal(text: &str) -> bool {
    let mut parts = text.split(':');
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    text.contains(':') && parts.all(digits)
}

/// `2026-11-21`.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(3, '-').collect();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    year.len() == 4
        && digits(year)
        && digits(month)
        && day.starts_with(|first: char| first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_yaml_1_1_reads_as_truth_values_are_refused() {
        for word in [
            "yes", "No", "ON", "off", "y", "n", "True", "FALSE", "~", "Null",
        ] {
            assert!(plain(word).is_err(), "{word}");
        }
    }

    #[test]
    fn numbers_that_the_versions_of_yaml_read_differently_are_refused() {
        for word in [
            "0755",
            "0x1f",
            "0o17",
            "1_000",
            "1:30",
            "2026-11-21",
            ".inf",
        ] {
            assert!(plain(word).is_err(), "{word}");
        }
    }

    #[test]
    fn ordinary_words_are_themselves() {
        for word in [
            "not_running",
            "10s",
            "STOP-06",
            "a",
            "migrate_to",
            "...",
            "2026-11-é",
            "_",
        ] {
            assert_eq!(plain(word), Ok(YamlKind::Text(word.to_owned())));
        }
        assert_eq!(plain("20"), Ok(YamlKind::Whole(20)));
        assert_eq!(plain("1.5"), Ok(YamlKind::Float(1.5)));
    }
}
