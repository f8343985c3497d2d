//! `run`: the main job.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

use super::conduct::{
    INTERRUPTED, Wanted, be_patient, conduct, jobs, lab_for, labs, listen, number_of_labs, seed,
};
use super::place::Place;
use super::select::{Candidate, Source, every_filter_fits, option};
use super::tell::{Format, tell};
use super::{Exit, Failure, hold, metadata};
use crate::case::{Level, Suite};
use crate::lab::{self, LabPool};
use crate::plan::{Baseline, Plan, Selection};
use crate::report::{Results, RunStart, Skip};
use crate::suite::{self, Crew, Keep, Order};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Run the cases whose id contains one of these; `=ID` is one case
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    filters: Vec<String>,
    #[command(flatten)]
    candidate: Candidate,
    #[command(flatten)]
    source: Source,
    /// Where the cases run: `local`, `vagrant`, or `ssh:INVENTORY`, the machines that a file names
    #[arg(long, value_name = "LAB", default_value = "local")]
    lab: Place,
    /// What runs the guests' processors
    #[arg(long, value_enum, default_value = "auto")]
    accel: Wanted,
    /// How many labs side by side; by default twice as many as there are processors, and 1 on other machines
    #[arg(long, value_name = "N", value_parser = number_of_labs)]
    jobs: Option<NonZeroUsize>,
    /// File of known deviations, which count as those of the profile do; `schema baseline` says how it is written
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// The weakest demands to judge
    #[arg(long, value_enum, default_value = "may")]
    level: Weakest,
    /// Where the results go
    #[arg(long, value_name = "DIR", default_value = "results")]
    report: PathBuf,
    /// How the run is told on standard output; `pretty` on a terminal, else `terse`, by default
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Begin the cases in an order by chance, which the same seed gives again; by default the longest begin first
    #[arg(long, value_name = "N", value_parser = seed)]
    seed: Option<u64>,
    /// End the run at the first failure
    #[arg(long)]
    fail_fast: bool,
    /// Keep the lab of the first case that fails, and after the run hold it for a look until Ctrl-C or the end of
    /// standard input
    #[arg(long)]
    keep: bool,
}

impl Arguments {
    /// The command that judges the same agent by the same suite again, without the cases' names.
    fn again(&self) -> String {
        let baseline = self
            .baseline
            .iter()
            .map(|file| option("baseline", &file.to_string_lossy()));
        let options = self.source.option().into_iter().chain(self.lab.option());
        let options = options.chain(self.accel.option());
        let more: String = options.chain(baseline).collect();
        format!("{}{more}", self.candidate.again())
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Weakest {
    Must,
    Should,
    May,
}

impl From<Weakest> for Level {
    fn from(weakest: Weakest) -> Self {
        match weakest {
            Weakest::Must => Self::Must,
            Weakest::Should => Self::Should,
            Weakest::May => Self::May,
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let suite = arguments.source.suite()?;
    let judged = arguments.candidate.find()?;
    let mut profile = judged.profile.clone();
    if let Some(file) = &arguments.baseline {
        let baseline = Baseline::read(file, &suite);
        let baseline = baseline.map_err(|error| Failure::usage(super::render(&error)))?;
        profile.deviations.extend(baseline.deviations);
    }
    let selection = Selection {
        filters: arguments.filters.clone(),
        level: Some(arguments.level.into()),
        ..Selection::default()
    };
    // Before any lab: what cannot come to anything should not take three seconds to say so.
    refuse_nothing(&suite, &selection)?;
    arguments.lab.takes(&judged)?;
    let inventory = arguments.lab.inventory()?;
    let selection = match &inventory {
        None => selection.on_this_machine(),
        Some(machines) => selection.on_other_machines(machines.power.is_some()),
    };
    let jobs = jobs(arguments.jobs, inventory.is_none());
    lab::check(inventory.is_none()).map_err(|error| Failure::inconclusive(error.to_string()))?;
    listen()?;
    let results =
        Results::create(&arguments.report).map_err(|error| Failure::usage(error.to_string()))?;
    be_patient();
    let spec = lab_for(&judged, inventory, arguments.accel).inspect_err(|_| results.withdraw())?;
    let pool = LabPool::new(jobs, spec);
    let asked = metadata::ask(&pool, &judged.agent).inspect_err(|_| results.withdraw())?;
    let plan = Plan::new(&suite, &profile, &asked.advertised, &selection);
    let labs = labs(jobs, asked.lab);
    let (events, received) = channel();
    let crew = Arc::new(Crew {
        again: arguments.again(),
        agent: judged.agent.clone(),
        package: judged.package(),
        profile,
        register: suite.register.clone(),
        results: results.clone(),
        pool,
        events: Mutex::new(events),
        fail_fast: arguments.fail_fast,
        keep: Keep::first(arguments.keep),
        interrupted: &INTERRUPTED,
    });
    let format = arguments.format.unwrap_or_else(Format::usual);
    let telling = tell(&results, suite, received, format, &INTERRUPTED)
        .inspect_err(|_| results.withdraw())?;
    carry_out(plan, &crew, labs, jobs, arguments.seed);
    let kept = crew.keep.take();
    drop(crew);
    let exit = telling
        .join()
        .map_err(|_| Failure::inconclusive("the report panicked"))??;
    kept.map_or(Ok(()), |(id, lab)| hold::show(&id, &lab))?;
    Ok(exit)
}

/// Every filter has to fit a case that the level leaves in: one that does not is a slip.
fn refuse_nothing(suite: &Suite, wanted: &Selection) -> Result<(), Failure> {
    every_filter_fits(suite, &wanted.filters)?;
    let asked = |one: &Selection| suite.cases.iter().any(|case| one.asks_for(case));
    let each = wanted.filters.chunks(1).map(<[String]>::to_vec);
    let each = each.map(|filters| Selection {
        filters,
        ..wanted.clone()
    });
    let slip = each.chain([wanted.clone()]).find(|one| !asked(one));
    slip.map_or(Ok(()), |slip| {
        let of = match slip.filters.as_slice() {
            [filter] => format!(" that fits `{filter}`"),
            _ => String::new(),
        };
        Err(Failure {
            exit: Exit::NothingSelected,
            message: format!(
                "no case{of} is of the level that --level asks for; `virt-ra-tester list` shows the cases and their levels"
            ),
        })
    })
}

/// Runs what the plan chose; every listener hears of it.
fn carry_out(plan: Plan, crew: &Arc<Crew>, labs: RunStart, jobs: usize, seed: Option<u64>) {
    let skipped = plan
        .skipped
        .into_iter()
        .map(|(id, reason)| Skip { id, reason })
        .collect();
    let chosen: Vec<_> = plan
        .chosen
        .into_iter()
        .map(|planned| planned.case)
        .collect();
    let start = RunStart {
        total: chosen.len(),
        skipped,
        seed,
        ..labs
    };
    let order = Order::of(seed);
    conduct(start, crew, || suite::run(chosen, crew, jobs, order));
}
