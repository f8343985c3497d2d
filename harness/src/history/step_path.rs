use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The address of a step in a case: `when[2]`, `when[2].together[0]`, `when[2].run.during[0].do`.
///
/// Addresses are ordered as their steps stand in the case; a step comes before the steps within it.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct StepPath {
    index: usize,
    within: Vec<Within>,
}

/// Where a step stands directly within another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Within {
    /// At that index of a `together`.
    Together(usize),
    /// At that index of a run's `during`.
    During(usize),
}

/// A text that is not the address of a step.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is not the address of a step, such as `when[2].run.during[0].do`")]
pub struct StepPathError(String);

impl StepPath {
    /// The step at an index of `when`.
    #[must_use]
    pub const fn when(index: usize) -> Self {
        let within = Vec::new();
        Self { index, within }
    }

    /// The step directly within this one.
    #[must_use]
    pub fn inner(&self, within: Within) -> Self {
        let mut path = self.clone();
        path.within.push(within);
        path
    }

    /// The step at an index of this `together`.
    #[must_use]
    pub fn together(&self, index: usize) -> Self {
        self.inner(Within::Together(index))
    }

    /// The step at an index of this run's `during`.
    #[must_use]
    pub fn during(&self, index: usize) -> Self {
        self.inner(Within::During(index))
    }

    /// The index in `when` of the step, or of the outermost step that it is within.
    #[must_use]
    pub const fn index(&self) -> usize {
        self.index
    }

    /// The way from the step at [`Self::index`] down to this one.
    #[must_use]
    pub fn within(&self) -> &[Within] {
        &self.within
    }

    /// Whether the step begins while a run is under way.
    #[must_use]
    pub fn is_during(&self) -> bool {
        let during = |within: &Within| matches!(within, Within::During(_));
        self.within.iter().any(during)
    }

    /// Whether the step is an item of a `together`.
    #[must_use]
    pub fn is_together(&self) -> bool {
        matches!(self.within.last(), Some(Within::Together(_)))
    }

    /// The steps that stand before it in the same list, the nearest first.
    pub fn earlier(&self) -> impl Iterator<Item = Self> + use<'_> {
        let position = match self.within.last() {
            None => self.index,
            Some(Within::Together(position) | Within::During(position)) => *position,
        };
        (0..position).rev().map(|position| self.beside(position))
    }

    /// The step at another position of the same list.
    fn beside(&self, position: usize) -> Self {
        let mut path = self.clone();
        match path.within.last_mut() {
            None => path.index = position,
            Some(Within::Together(index) | Within::During(index)) => *index = position,
        }
        path
    }
}

impl fmt::Display for StepPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "when[{}]", self.index)?;
        self.within.iter().try_for_each(|within| within.fmt(f))
    }
}

impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Together(index) => write!(f, ".together[{index}]"),
            Self::During(index) => write!(f, ".run.during[{index}].do"),
        }
    }
}

impl FromStr for StepPath {
    type Err = StepPathError;

    fn from_str(text: &str) -> Result<Self, StepPathError> {
        parsed(text).ok_or_else(|| StepPathError(text.to_owned()))
    }
}

impl TryFrom<String> for StepPath {
    type Error = StepPathError;

    fn try_from(text: String) -> Result<Self, StepPathError> {
        text.parse()
    }
}

impl From<StepPath> for String {
    fn from(path: StepPath) -> Self {
        path.to_string()
    }
}

fn parsed(text: &str) -> Option<StepPath> {
    let (index, mut rest) = index_after(text, "when[")?;
    let mut path = StepPath::when(index);
    while !rest.is_empty() {
        let within = if let Some((index, after)) = index_after(rest, ".together[") {
            rest = after;
            Within::Together(index)
        } else {
            let (index, after) = index_after(rest, ".run.during[")?;
            rest = after.strip_prefix(".do")?;
            Within::During(index)
        };
        path.within.push(within);
    }
    Some(path)
}

/// The index in brackets that `text` begins with after `prefix`, and what comes after the bracket.
fn index_after<'a>(text: &'a str, prefix: &str) -> Option<(usize, &'a str)> {
    let (index, rest) = text.strip_prefix(prefix)?.split_once(']')?;
    let digits = index.bytes().all(|byte| byte.is_ascii_digit());
    Some((index.parse().ok().filter(|_| digits)?, rest))
}

#[cfg(test)]
mod tests {
    use super::StepPath;

    #[test]
    fn an_address_is_read_back_as_it_is_written() {
        for text in [
            "when[0]",
            "when[12].together[3]",
            "when[2].run.during[0].do",
            "when[2].run.during[1].do.together[0]",
            "when[2].together[1].run.during[0].do",
        ] {
            let path: StepPath = text.parse().expect("it is an address");
            assert_eq!(path.to_string(), text);
        }
    }

    #[test]
    fn what_is_not_an_address_is_refused() {
        for text in ["", "given", "when", "when[]", "when[+1]", "when[0].run"] {
            assert!(text.parse::<StepPath>().is_err(), "{text}");
        }
        let below = "when[0].run.during[1]".parse::<StepPath>();
        let error = below.expect_err("it is not the step itself");
        assert!(error.to_string().contains("when[0].run.during[1]"));
    }

    #[test]
    fn a_step_comes_before_those_within_it_and_those_after_it() {
        let first = StepPath::when(1);
        assert!(first < first.during(0));
        assert!(first.during(3) < StepPath::when(2));
        assert!(first.together(9) < first.together(10));
    }

    #[test]
    fn earlier_steps_are_those_of_the_same_list() {
        let path = StepPath::when(4).during(2);
        let earlier: Vec<_> = path.earlier().map(|path| path.to_string()).collect();
        assert_eq!(
            earlier,
            ["when[4].run.during[1].do", "when[4].run.during[0].do"]
        );
        assert_eq!(StepPath::when(0).earlier().count(), 0);
    }
}
