//! Known deviations in a file of their own: what a profile says of an agent, said of one installation.

use std::path::Path;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Deviation;
use crate::case::{CaseError, Mistake, SourceText, SpanIndex, Suite, nearest, read_placed};

/// What `--baseline` reads: deviations that are known, written as a profile writes them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Expected findings, each with its reason; one that no longer occurs is reported.
    pub deviations: Vec<Deviation>,
}

impl Baseline {
    /// Reads a baseline from a file, all of whose entries can come true in that suite.
    ///
    /// # Errors
    /// The file cannot be read, something in it is wrong, or it names what the suite has not: such an entry would
    /// never be reported as mended.
    pub fn read(path: &Path, suite: &Suite) -> Result<Self, CaseError> {
        Ok(Self::of(&SourceText::read(path)?, suite)?)
    }

    fn of(source: &SourceText, suite: &Suite) -> Result<Self, Mistake> {
        let (baseline, places): (Self, _) = read_placed(source)?;
        let scrutiny = Scrutiny {
            source,
            places: &places,
            suite,
        };
        for (position, deviation) in baseline.deviations.iter().enumerate() {
            let path = format!("deviations[{position}]");
            scrutiny.case(&path, deviation)?;
            scrutiny.clauses(&path, deviation)?;
        }
        Ok(baseline)
    }

    /// The JSON schema of a baseline, for editors.
    #[must_use]
    pub fn schema() -> serde_json::Value {
        let mut schema = schemars::schema_for!(Self).to_value();
        schema["title"] = "A baseline of virt-ra-tester".into();
        schema
    }
}

struct Scrutiny<'a> {
    source: &'a SourceText,
    places: &'a SpanIndex,
    suite: &'a Suite,
}

impl Scrutiny<'_> {
    fn case(&self, path: &str, deviation: &Deviation) -> Result<(), Mistake> {
        let known = || self.suite.cases.iter().map(|case| case.id.0.as_str());
        let wanted = deviation.case.as_str();
        if known().any(|id| id == wanted) {
            return Ok(());
        }
        let help = match nearest(wanted, known()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`virt-ra-tester list` shows the cases; take the entry out if its case is gone"
                .to_owned(),
        };
        self.wrong(
            &format!("{path}.case"),
            &format!("there is no case `{wanted}`"),
            &help,
        )
    }

    fn clauses(&self, path: &str, deviation: &Deviation) -> Result<(), Mistake> {
        let path = format!("{path}.clauses");
        if deviation.clauses.is_empty() {
            let help = "name the clauses of the findings that are known, such as `[STOP-06]`";
            let place = self.places.nearest_key(&path);
            let message = "`clauses` is empty";
            let mistake = self
                .source
                .mistake(place, message, "this tolerates nothing");
            return Err(mistake.with_help(help));
        }
        let register = &self.suite.register;
        let mut clauses = deviation.clauses.iter().enumerate();
        let stranger = clauses.find(|(_, id)| register.find(id).is_none());
        let Some((position, id)) = stranger.filter(|_| !register.clauses.is_empty()) else {
            return Ok(());
        };
        let known = register.clauses.keys().map(|known| known.0.as_str());
        let help = match nearest(&id.0, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "`virt-ra-tester list --clauses` shows them".to_owned(),
        };
        let message = format!("there is no clause `{}`", id.0);
        self.wrong(&format!("{path}[{position}]"), &message, &help)
    }

    fn wrong(&self, path: &str, message: &str, help: &str) -> Result<(), Mistake> {
        let place = self.places.nearest(path);
        Err(self
            .source
            .mistake(place, message, "not in the suite")
            .with_help(help))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        let suite = Suite::shipped().expect("it is good");
        let source = SourceText::new("known.yaml", text);
        match Baseline::of(&source, &suite) {
            Ok(baseline) => format!("{} known", baseline.deviations.len()),
            Err(mistake) => mistake.to_string(),
        }
    }

    #[test]
    fn an_entry_names_a_case_and_clauses_that_there_are() {
        let entry = |case: &str, clauses: &str| {
            message(&format!(
                "deviations:\n  - {{case: '{case}', clauses: {clauses}, reason: upstream}}\n"
            ))
        };
        assert_eq!(entry("start::absent", "[START-01]"), "1 known");
        assert_eq!(
            entry("start::gone", "[START-01]"),
            "there is no case `start::gone`"
        );
        assert_eq!(
            entry("start::absent", "[STRAT-01]"),
            "there is no clause `STRAT-01`"
        );
        assert_eq!(entry("start::absent", "[]"), "`clauses` is empty");
    }
}
