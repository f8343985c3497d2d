//! `run`: the main job.

use std::path::PathBuf;
use std::sync::Arc;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, ValueEnum};

use super::conduct::{INTERRUPTED, conduct, seed};
use super::exit::Exit;
use super::failure::Failure;
use super::hold;
use super::labs::{Labs, Ready};
use super::select::{Candidate, KnownDeviations, Source, every_filter_fits};
use super::tell::{Format, tell};
use crate::case::{Level, Suite};
use crate::plan::{Plan, Selection, SkipKind};
use crate::report::{Chosen, Digests, Identity, RunStart, Skip, SkippedCounts};
use crate::suite::{self, Crew, Keep, Order};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Run only cases whose id contains one of these; `=ID` selects exactly one case
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    filters: Vec<String>,
    #[command(flatten)]
    candidate: Candidate,
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    labs: Labs,
    #[command(flatten)]
    baseline: KnownDeviations,
    /// Run only cases of this level or a stronger one
    #[arg(long, value_enum, default_value = "may")]
    level: Weakest,
    /// Run only cases that need a cluster
    #[arg(long)]
    cluster: bool,
    /// Folder for the results
    #[arg(long, value_name = "DIR", default_value = "results")]
    report: PathBuf,
    /// Output format; defaults to `pretty` on a terminal and to `terse` elsewhere
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Run the cases in the random order of this seed; by default the longest cases start first
    #[arg(long, value_name = "N", value_parser = seed)]
    seed: Option<u64>,
    /// Stop the run at the first failure
    #[arg(long)]
    fail_fast: bool,
    /// Keep the lab of the first case that fails, and hold it after the run until Ctrl-C or the end of standard input
    #[arg(long)]
    keep: bool,
}

impl Arguments {
    /// What chose the cases, as typed.
    fn choice(&self) -> Vec<String> {
        let level = match self.level {
            Weakest::Must => Some("--level=must"),
            Weakest::Should => Some("--level=should"),
            Weakest::May => None,
        };
        let cluster = self.cluster.then_some("--cluster");
        let options = level.into_iter().chain(cluster).map(ToOwned::to_owned);
        options.chain(self.filters.iter().cloned()).collect()
    }

    /// The command that judges the same agent with the same suite again, without the cases' names.
    fn again(&self) -> String {
        let options = self.source.option().into_iter().chain(self.labs.options());
        let more: String = options.chain(self.baseline.option()).collect();
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
    let mut judged = arguments.candidate.find()?;
    let known = &arguments.baseline;
    known.add_to(&mut judged.described.profile, &suite)?;
    let selection = Selection {
        filters: arguments.filters.clone(),
        level: Some(arguments.level.into()),
        cluster: arguments.cluster,
        ..Selection::default()
    };
    let digests = Digests {
        suite: suite.digest.clone(),
        profile: judged.profile_digest(),
        baseline: known.digest(),
    };
    // Checked before any lab is built, which takes seconds.
    refuse_nothing(&suite, &selection)?;
    let ready = arguments.labs.prepare(&mut judged, &arguments.report)?;
    let Ready {
        pool,
        jobs,
        lacks,
        advertised,
        results,
        start,
    } = ready;
    let selection = Selection { lacks, ..selection };
    let plan = Plan::new(&suite, judged.profile(), &advertised, &selection);
    let identity = Box::new(Identity {
        digests,
        chosen: counts(&plan),
        filters: arguments.choice(),
        ..*start.identity
    });
    let start = RunStart { identity, ..start };
    let (agent, profile) = (judged.agent.clone(), judged.profile().clone());
    let (crew, received) = Crew::new(agent, profile, results.clone(), pool);
    let crew = Arc::new(Crew {
        again: arguments.again(),
        package: judged.package(),
        register: suite.register.clone(),
        fail_fast: arguments.fail_fast,
        keep: Keep::first(arguments.keep),
        interrupted: &INTERRUPTED,
        ..crew
    });
    let format = arguments.format.unwrap_or_else(Format::usual);
    let telling = tell(&results, suite, received, format, &INTERRUPTED)
        .inspect_err(|_| results.withdraw())?;
    carry_out(plan, &crew, start, jobs, arguments.seed);
    let kept = crew.keep.take();
    drop(crew);
    let exit = telling
        .join()
        .map_err(|_| Failure::inconclusive("the report panicked"))??;
    kept.map_or(Ok(()), |(id, lab)| hold::show(&id, &lab))?;
    Ok(exit)
}

/// Refuses a filter that matches no case of the chosen level: it is probably a typing mistake.
fn refuse_nothing(suite: &Suite, wanted: &Selection) -> Result<(), Failure> {
    every_filter_fits(suite, &wanted.filters)?;
    let asked = |one: &Selection| suite.cases.iter().any(|case| one.asks_for(case));
    let each = wanted.filters.chunks(1).map(<[String]>::to_vec);
    let each = each.map(|filters| Selection {
        filters,
        ..wanted.clone()
    });
    let unmatched = each.chain([wanted.clone()]).find(|one| !asked(one));
    unmatched.map_or(Ok(()), |selection| {
        let of = match selection.filters.as_slice() {
            [filter] => format!(" that matches `{filter}`"),
            _ => String::new(),
        };
        let lacks = match selection.cluster {
            true => "needs a cluster and has the level that --level asks for",
            false => "has the level that --level asks for",
        };
        Err(Failure {
            exit: Exit::NothingSelected,
            message: format!(
                "no case{of} {lacks}; `virt-ra-tester list` shows the cases and their levels"
            ),
        })
    })
}

/// How many cases the plan chose, and why not the others.
fn counts(plan: &Plan) -> Chosen {
    let kinds = plan.skipped.iter().map(|(_, why)| why.kind());
    let agent_lacks = kinds.filter(|kind| *kind == SkipKind::AgentLacks).count();
    Chosen {
        total: plan.chosen.len() + plan.skipped.len() + plan.filtered_out,
        run: plan.chosen.len(),
        skipped: SkippedCounts {
            agent_lacks,
            machine_lacks: plan.skipped.len() - agent_lacks,
            filtered: plan.filtered_out,
        },
    }
}

/// Runs the cases that the plan chose, and sends its events.
fn carry_out(plan: Plan, crew: &Arc<Crew>, labs: RunStart, jobs: usize, seed: Option<u64>) {
    let skipped = plan
        .skipped
        .into_iter()
        .map(|(id, why)| Skip::new(id, why))
        .collect();
    let chosen = plan.chosen;
    let start = RunStart {
        total: chosen.len(),
        skipped,
        seed,
        ..labs
    };
    let order = Order::of(seed);
    conduct(start, crew, || suite::run(chosen, crew, jobs, order));
}
