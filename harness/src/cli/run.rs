//! `run`: the main job.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use tempfile::TempDir;

use super::conduct::{INTERRUPTED, conduct, seed};
use super::dry_run::DryRun;
use super::exit::Exit;
use super::failure::Failure;
use super::filters::Filters;
use super::hold;
use super::labs::{Labs, Ready};
use super::select::{Candidate, Judged, KnownDeviations, Source};
use super::serve::Tests;
use super::tell::{Format, Loudness, Screen, ended, tell};
use crate::case::{Level, Suite};
use crate::plan::{Partition, Plan, Selection};
use crate::report::{Chosen, Digests, Identity, RunStart, Skip};
use crate::suite::{self, Crew, Keep, Order, Runner};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    filters: Filters,
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
    /// Which histories are kept: those of all cases, or of those alone that did not pass; every verdict is kept
    #[arg(long, value_enum, default_value = "all")]
    evidence: Evidence,
    /// Output format; defaults to `pretty` on a terminal and to `terse` elsewhere
    #[arg(long, value_enum)]
    format: Option<Format>,
    #[command(flatten)]
    loudness: Loudness,
    /// Run the cases in the random order of this seed; by default the longest cases start first
    #[arg(long, value_name = "N", value_parser = seed)]
    seed: Option<u64>,
    /// Stop the run at the first failure
    #[arg(long)]
    fail_fast: bool,
    /// Run one of N parts of about the same length, as nextest does: `slice:M/N`, such as slice:1/3
    #[arg(long, value_name = "SLICE", conflicts_with = "quick")]
    partition: Option<Partition>,
    /// Run only the cases that catch the most faulty agents in a few seconds, and tell how many
    #[arg(long)]
    quick: bool,
    /// Run nothing: show what would run, and what would be skipped and why, after the agent was asked for its metadata
    #[arg(long)]
    dry_run: bool,
    /// Keep the lab of the first case that fails, and hold it after the run until Ctrl-C or the end of standard input
    #[arg(long)]
    keep: bool,
    /// Run the cases that tests ask for, over a socket that is standard input, until what runs the tests has ended
    #[arg(long, value_name = "RUNNER", hide = true)]
    serve: Option<Runner>,
}

impl Arguments {
    /// The start of the run, with what is known of it now that cases are chosen.
    fn identified(&self, start: RunStart, digests: Digests, plan: &Plan) -> RunStart {
        let identity = Box::new(Identity {
            digests,
            chosen: counts(plan),
            partition: self.partition.map(|part| part.to_string()),
            filters: self.choice(),
            ..*start.identity
        });
        RunStart { identity, ..start }
    }

    /// What chose the cases, as typed.
    fn choice(&self) -> Vec<String> {
        let level = match self.level {
            Weakest::Must => Some("--level=must"),
            Weakest::Should => Some("--level=should"),
            Weakest::May => None,
        };
        let cluster = self.cluster.then_some("--cluster");
        let quick = self.quick.then_some("--quick");
        let options = level.into_iter().chain(cluster).chain(quick);
        let options = options.map(ToOwned::to_owned);
        options.chain(self.filters.typed()).collect()
    }

    /// The cases that are asked for.
    fn selection(&self, suite: &Suite) -> Result<Selection, Failure> {
        if self.quick && suite.catches.is_empty() {
            let message = "--quick chooses by the suite's quick.yaml, and this suite has none";
            return Err(Failure::usage(message));
        }
        let wanted = Selection {
            level: Some(self.level.into()),
            cluster: self.cluster,
            partition: self.partition,
            ..Selection::default()
        };
        self.filters.add_to(wanted, suite)
    }

    /// Prepares the labs; a dry run needs none of the results.
    fn prepare(&self, judged: &mut Judged) -> Result<Ready, Failure> {
        let nowhere = self.dry_run.then(tempfile::tempdir).transpose()?;
        let report = nowhere.as_ref().map_or(&*self.report, TempDir::path);
        let run = self.serve.as_ref().and_then(|runner| runner.run.as_deref());
        match self.quick {
            true => self.labs.few().prepare(judged, (report, run)),
            false => self.labs.prepare(judged, (report, run)),
        }
    }

    /// Adds what only a run of cases knows to what its trials share.
    fn crew(&self, judged: &Judged, suite: &Suite, crew: Crew) -> Arc<Crew> {
        Arc::new(Crew {
            again: self.again(),
            package: judged.package(),
            register: suite.register.clone(),
            keeps_passed: self.evidence == Evidence::All,
            fail_fast: self.fail_fast,
            keep: Keep::first(self.keep),
            interrupted: &INTERRUPTED,
            ..crew
        })
    }

    /// The command that judges the same agent with the same suite again, without the cases' names.
    fn again(&self) -> String {
        let options = self.source.option().into_iter().chain(self.labs.options());
        let more: String = options.chain(self.baseline.option()).collect();
        format!("{}{more}", self.candidate.again())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Evidence {
    All,
    Failed,
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

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let suite = arguments.source.suite()?;
    let mut judged = arguments.candidate.find()?;
    let known = &arguments.baseline;
    known.add_to(&mut judged.described.profile, &suite)?;
    let digests = Digests {
        suite: suite.digest.clone(),
        profile: judged.profile_digest(),
        baseline: known.digest(),
    };
    // Checked before any lab is built, which takes seconds.
    let selection = arguments.selection(&suite)?;
    let format = arguments.format.unwrap_or_else(Format::usual);
    let Ready {
        pool,
        jobs,
        lacks,
        advertised,
        results,
        start,
    } = arguments.prepare(&mut judged)?;
    let selection = Selection { lacks, ..selection };
    let mut plan = Plan::new(&suite, judged.profile(), &advertised, &selection);
    let profile = judged.profile();
    let quick = arguments.quick.then(|| plan.quicken(&suite, profile));
    if arguments.dry_run {
        let (judged, plan, lab) = (&judged, &plan, &start.lab);
        return DryRun {
            judged,
            lab,
            plan,
            quick,
        }
        .tell(format, out);
    }
    let start = arguments.identified(start, digests, &plan);
    let (agent, profile) = (judged.agent.clone(), judged.profile().clone());
    let (crew, received) = Crew::new(agent, profile, results.clone(), pool);
    let crew = arguments.crew(&judged, &suite, crew);
    if let Some(runner) = &arguments.serve {
        let tests = Tests { plan, start, suite };
        return tests.serve(runner, (crew, received));
    }
    let (seed, common) = (arguments.seed, crew.profile.lab_equipment());
    Order::of(seed).arrange(&mut plan.chosen, &suite.durations, common);
    let start = RunStart { seed, ..start };
    let screen = Screen {
        format,
        loudness: &arguments.loudness,
    };
    let telling = tell(&results, suite, received, &screen).inspect_err(|_| results.withdraw())?;
    carry_out(plan, &crew, start, jobs);
    let kept = crew.keep.take();
    drop(crew);
    let exit = ended(telling)??;
    // Standard output may be read by a program.
    quick.map_or(Ok(()), |quick| writeln!(io::stderr(), "{quick}"))?;
    kept.map_or(Ok(()), |(id, lab)| hold::show(&id, &lab))?;
    Ok(exit)
}

/// How many cases the plan chose, and why not the others.
fn counts(plan: &Plan) -> Chosen {
    let (run, kinds) = (
        plan.chosen.len(),
        plan.skipped.iter().map(|(_, why)| why.kind()),
    );
    Chosen::of(run + plan.skipped.len() + plan.filtered_out, run, kinds)
}

/// Runs the cases that the plan chose, and sends its events.
fn carry_out(plan: Plan, crew: &Arc<Crew>, labs: RunStart, jobs: usize) {
    let skipped = plan
        .skipped
        .into_iter()
        .map(|(id, why)| Skip::new(id, why))
        .collect();
    let chosen = plan.chosen;
    let start = RunStart {
        total: chosen.len(),
        skipped,
        ..labs
    };
    conduct(start, crew, || suite::run(chosen, crew, jobs));
}
