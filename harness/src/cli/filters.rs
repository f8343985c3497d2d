//! Which cases are asked for: the options that `run`, `list` and `report` share.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::failure::Failure;
use crate::case::{LoadedCase, Suite};
use crate::plan::{Filter, Selection};
use crate::report;

/// Where a user finds what can be filtered.
const SHOWS: &str = "`virt-ra-tester list` shows the cases and their levels";

/// FILTERS and --skip.
#[derive(Debug, Args)]
pub(super) struct Matching {
    /// Only cases that match one of these: part of an id; `=ID`; `area:A`, `clause:C` (which may end with `*`), `level:L`,
    /// or in a finished run (--rerun, or that of `report`) `verdict:V`; terms with commas between them must all match
    filters: Vec<Filter>,
    /// Leave out cases that match this filter; may be given more than once
    #[arg(long, value_name = "FILTER")]
    skip: Vec<Filter>,
}

impl Matching {
    /// As they were typed; none if there are none.
    pub(super) fn typed(&self) -> impl Iterator<Item = String> {
        let filters = self.filters.iter().map(ToString::to_string);
        let skip = self.skip.iter().map(|filter| format!("--skip={filter}"));
        filters.chain(skip)
    }

    /// Whether a case matches that came to `verdict`.
    pub(super) fn fits(&self, case: &LoadedCase, verdict: &str) -> bool {
        let fits = |filter: &Filter| filter.fits(case, Some(verdict));
        (self.filters.is_empty() || self.filters.iter().any(fits)) && !self.skip.iter().any(fits)
    }

    fn all(&self) -> impl Iterator<Item = &Filter> {
        self.filters.iter().chain(&self.skip)
    }

    /// Refuses a filter that no case of the suite matches, which is probably a typing mistake.
    ///
    /// # Errors
    /// When there is one.
    pub(super) fn refuse_strangers(&self, suite: &Suite) -> Result<(), Failure> {
        let matched = |filter: &Filter| suite.cases.iter().any(|case| filter.fits(case, None));
        let Some(stranger) = self.all().find(|filter| !matched(filter)) else {
            return Ok(());
        };
        let near = stranger.near_miss(suite);
        let near = near.map_or_else(String::new, |near| format!(" did you mean `{near}`?"));
        Err(nothing(&format!(
            "no case matches `{stranger}`;{near} {SHOWS}"
        )))
    }
}

#[derive(Debug, Args)]
pub(super) struct Filters {
    #[command(flatten)]
    matching: Matching,
    /// Only cases that did not pass in an earlier run: the folder of its results
    #[arg(long, value_name = "DIR")]
    rerun: Option<PathBuf>,
}

impl Filters {
    /// As they were typed.
    pub(super) fn typed(&self) -> impl Iterator<Item = String> {
        let rerun = self.rerun.iter();
        let rerun = rerun.map(|folder| format!("--rerun={}", folder.display()));
        self.matching.typed().chain(rerun)
    }

    /// What is wanted, with these filters added.
    ///
    /// # Errors
    /// When the earlier run cannot be read, a filter matches no case, which is probably a typing mistake, or nothing is
    /// left to choose.
    pub(super) fn add_to(&self, wanted: Selection, suite: &Suite) -> Result<Selection, Failure> {
        let Matching { filters, skip } = &self.matching;
        let mut all = self.matching.all();
        if let Some(filter) = all.find(|filter| filter.asks_for_verdict() && self.rerun.is_none()) {
            return Err(Failure::usage(format!(
                "`{filter}` asks what a case came to; name that run's results with --rerun DIR"
            )));
        }
        self.matching.refuse_strangers(suite)?;
        let filtered = Selection {
            filters: filters.clone(),
            ..wanted
        };
        refuse_weak(suite, &filtered)?;
        let selection = Selection {
            skip: skip.clone(),
            rerun: self.outcomes()?,
            ..filtered
        };
        match any(suite, &selection) {
            true => Ok(selection),
            false => Err(nothing(&self.why_nothing(suite, &selection))),
        }
    }

    /// What the cases came to in the earlier run, if there is one.
    fn outcomes(&self) -> Result<Option<BTreeMap<String, &'static str>>, Failure> {
        let Some(folder) = &self.rerun else {
            return Ok(None);
        };
        let outcomes = report::outcomes(folder);
        let outcomes = outcomes.map_err(|error| Failure::usage(error.to_string()))?;
        let words = outcomes.into_iter();
        Ok(Some(
            words.map(|(case, came)| (case, came.word())).collect(),
        ))
    }

    /// Why nothing is left to choose, though each filter matches a case.
    fn why_nothing(&self, suite: &Suite, selection: &Selection) -> String {
        let skip = Vec::new();
        let without_skip = Selection {
            skip,
            ..selection.clone()
        };
        let Some(folder) = self.rerun.as_ref().filter(|_| !any(suite, &without_skip)) else {
            return "--skip leaves out every case that is asked for".to_owned();
        };
        let filters = Vec::new();
        let all = Selection {
            filters,
            ..without_skip
        };
        let folder = folder.display();
        match any(suite, &all) {
            true => format!("no case that did not pass in {folder} matches the filters"),
            false => format!(
                "every case that ran in {folder} passed, or is not asked for by --level or --cluster"
            ),
        }
    }
}

fn any(suite: &Suite, wanted: &Selection) -> bool {
    suite.cases.iter().any(|case| wanted.asks_for(case))
}

/// That no case is left to choose.
pub(super) fn nothing(message: &str) -> Failure {
    Failure {
        exit: Exit::NothingSelected,
        message: message.to_owned(),
    }
}

/// Refuses a filter that only matches cases which --level or --cluster leave out.
fn refuse_weak(suite: &Suite, wanted: &Selection) -> Result<(), Failure> {
    let each = wanted.filters.chunks(1).map(<[Filter]>::to_vec);
    let each = each.map(|filters| Selection {
        filters,
        ..wanted.clone()
    });
    let mut all = each.chain([wanted.clone()]);
    let Some(unmatched) = all.find(|one| !any(suite, one)) else {
        return Ok(());
    };
    let of = match unmatched.filters.as_slice() {
        [filter] => format!(" that matches `{filter}`"),
        _ => String::new(),
    };
    let lacks = match unmatched.cluster {
        true => "needs a cluster and has the level that --level asks for",
        false => "has the level that --level asks for",
    };
    Err(nothing(&format!("no case{of} {lacks}; {SHOWS}")))
}
