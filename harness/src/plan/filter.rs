//! What a user names cases by on the command line.

use std::fmt;
use std::str::FromStr;

use super::proof::CasePattern;
use super::written::written;
use crate::case::{CaseId, Level, LoadedCase, Suite, nearest, suggestion};

/// The keys of terms.
const KEYS: [&str; 4] = ["area", "clause", "level", "verdict"];

/// What a case can have come to in an earlier run.
const VERDICTS: [&str; 4] = ["pass", "warn", "unknown", "fail"];

/// One filter: terms with commas between them, all of which a case must meet. A term is a part of an id, a whole id after
/// `=`, or one of `area:`, `clause:`, `level:` and `verdict:` with a value; `*` at the end of a clause stands for any end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    text: String,
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Term {
    Part(String),
    Id(String),
    Area(String),
    Clause(String),
    Level(Level),
    Verdict(&'static str),
}

impl Filter {
    /// The filter that only that case meets.
    #[must_use]
    pub fn exactly(id: &CaseId) -> Self {
        Self {
            text: format!("={}", id.0),
            terms: vec![Term::Id(id.0.clone())],
        }
    }

    /// Whether it asks for what a case came to in an earlier run.
    #[must_use]
    pub fn asks_for_verdict(&self) -> bool {
        self.terms
            .iter()
            .any(|term| matches!(term, Term::Verdict(_)))
    }

    /// Whether a case meets it that came to `verdict` in an earlier run. Without such a run, no verdict is asked for.
    #[must_use]
    pub fn fits(&self, case: &LoadedCase, verdict: Option<&str>) -> bool {
        self.terms.iter().all(|term| term.fits(case, verdict))
    }

    /// What the user probably meant, where no case of the suite meets it.
    #[must_use]
    pub fn near_miss(&self, suite: &Suite) -> Option<String> {
        let unmet = |term: &&Term| !suite.cases.iter().any(|case| term.fits(case, None));
        let unmet = self.terms.iter().find(unmet)?;
        let ids = || suite.cases.iter().map(|case| case.id.0.as_str());
        let areas = || suite.cases.iter().map(LoadedCase::area);
        match unmet {
            Term::Id(id) => {
                // A case with a table has no id of its own, only its rows have.
                let rows = format!("{id}::");
                match ids().any(|one| one.starts_with(&rows)) {
                    true => Some(rows),
                    false => nearest(id, ids()).map(|near| format!("={near}")),
                }
            }
            Term::Part(part) => {
                let area = part.trim_end_matches("::");
                let of_area = nearest(area, areas()).map(|near| format!("{near}::"));
                of_area.or_else(|| nearest(part, ids()).map(str::to_owned))
            }
            Term::Area(area) => nearest(area, areas()).map(|near| format!("area:{near}")),
            Term::Clause(clause) => {
                let known = suite.register.clauses.keys().map(|id| id.0.as_str());
                nearest(clause, known).map(|near| format!("clause:{near}"))
            }
            Term::Level(_) | Term::Verdict(_) => None,
        }
    }
}

impl Term {
    fn fits(&self, case: &LoadedCase, verdict: Option<&str>) -> bool {
        let id = case.id.0.as_str();
        match self {
            Self::Part(part) => id.contains(part.as_str()),
            Self::Id(exact) => id == exact,
            Self::Area(area) => case.area() == area,
            Self::Clause(clause) => {
                let pattern = CasePattern::new(clause);
                case.spec
                    .clause
                    .iter()
                    .any(|cited| pattern.fits_text(&cited.0))
            }
            Self::Level(level) => case.spec.level == *level,
            Self::Verdict(wanted) => verdict.is_none_or(|came| came == *wanted),
        }
    }

    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("a filter, or a term of it, is empty".to_owned());
        }
        if let Some(id) = text.strip_prefix('=') {
            return Ok(Self::Id(id.to_owned()));
        }
        match text.split_once(':') {
            Some((key, value)) if !key.is_empty() && !value.starts_with(':') => {
                Self::of_key(key, value)
            }
            _ => Ok(Self::Part(text.to_owned())),
        }
    }

    fn of_key(key: &str, value: &str) -> Result<Self, String> {
        if !KEYS.contains(&key) {
            let help = suggestion(key, KEYS);
            return Err(format!(
                "a filter has no key `{key}`; {help}; an id has two colons, as in `stop::running`"
            ));
        }
        if value.is_empty() {
            return Err(format!("`{key}:` has no value"));
        }
        let wrong = |known: &[&str]| {
            let help = suggestion(value, known.iter().copied());
            format!("`{value}` is no {key}; {help}")
        };
        match key {
            "area" => Ok(Self::Area(value.to_owned())),
            "clause" => Ok(Self::Clause(value.to_uppercase())),
            "level" => {
                let words = LEVELS.map(|level| written(&level));
                let found = LEVELS.into_iter().find(|level| written(level) == value);
                found
                    .map(Self::Level)
                    .ok_or_else(|| wrong(&words.each_ref().map(String::as_str)))
            }
            _ => {
                let found = VERDICTS.into_iter().find(|word| *word == value);
                found.map(Self::Verdict).ok_or_else(|| wrong(&VERDICTS))
            }
        }
    }
}

const LEVELS: [Level; 3] = [Level::Must, Level::Should, Level::May];

impl FromStr for Filter {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(Self {
            text: text.to_owned(),
            terms: text.split(',').map(Term::read).collect::<Result<_, _>>()?,
        })
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(filter: &str) -> usize {
        let filter: Filter = filter.parse().expect("it is good");
        let suite = Suite::shipped().expect("it is good");
        let fits = |case: &&LoadedCase| filter.fits(case, Some("fail"));
        suite.cases.iter().filter(fits).count()
    }

    fn meant(filter: &str) -> String {
        let filter: Filter = filter.parse().expect("it is good");
        let suite = Suite::shipped().expect("it is good");
        filter.near_miss(&suite).unwrap_or_default()
    }

    #[test]
    fn terms_with_commas_between_them_must_all_be_met() {
        assert_eq!(chosen("area:stop"), chosen("stop::,area:stop"));
        let both = chosen("area:stop,level:must");
        assert!(0 < both && both < chosen("level:must") && both <= chosen("area:stop"));
        assert_eq!(chosen("=stop::running"), 1);
        assert!(chosen("clause:STOP-0*") > chosen("clause:stop-06"));
        assert_eq!(chosen("=stop::running,verdict:fail"), 1);
        assert_eq!(chosen("=stop::running,verdict:pass"), 0);
    }

    #[test]
    fn what_is_no_filter_is_answered_with_what_is_one() {
        let why = |text: &str| text.parse::<Filter>().expect_err("it is wrong");
        assert!(why("levle:must").contains("did you mean `level`?"));
        assert!(why("stop:running").contains("two colons"));
        assert!(why("level:strong").contains("known here: `must`, `should`, `may`"));
        assert!(why("verdict:failed").contains("did you mean `fail`?"));
        assert!(why("clause:").contains("has no value"));
        for empty in ["", "stop,", ","] {
            assert!(why(empty).contains("empty"), "{empty}");
        }
    }

    #[test]
    fn a_near_miss_is_named_as_a_filter() {
        assert_eq!(meant("strat::"), "start::");
        assert_eq!(meant("=start::absnet"), "=start::absent");
        assert_eq!(meant("=migrate::whole"), "migrate::whole::");
        assert_eq!(meant("area:stpo"), "area:stop");
        assert_eq!(meant("clause:STOP-066"), "clause:STOP-06");
        assert_eq!(meant("banana"), "");
    }
}
