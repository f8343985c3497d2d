//! `explore`: random sequences, judged by the invariants alone.

use std::io::Write;
use std::num::NonZeroU64;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;

use super::conduct;
use super::conduct::{INTERRUPTED, conduct};
use super::exit::Exit;
use super::failure::Failure;
use super::in_cluster::refuse_without_cluster;
use super::labs::{Labs, Ready};
use super::select::{Candidate, Judged, option};
use super::tell::{Format, Loudness, Screen, ended, tell};
use crate::case::{Family, Role, Suite};
use crate::engine::Engine;
use crate::explore::{Exploration, Scope, explore};
use crate::ocf::Verb;
use crate::plan::Profile;
use crate::report::{Chosen, Digests, Identity, RunStart};
use crate::suite::Crew;

/// Random seeds stay below this, since people type them.
const SHORT: u128 = 1_000_000;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    candidate: Candidate,
    /// Put a real Pacemaker around the agent: operators and bad luck act, and the cluster decides what is done
    #[arg(long)]
    cluster: bool,
    /// Seed of the first sequence, random by default; each further sequence has the next number
    #[arg(long, value_name = "N", value_parser = conduct::seed)]
    seed: Option<u64>,
    /// Number of moves in a sequence, without the stops at its end that settle what the cluster is unsure of
    #[arg(long, value_name = "K", default_value = "12", value_parser = clap::value_parser!(u8).range(1..=24))]
    steps: u8,
    /// Number of sequences
    #[arg(long, value_name = "M", default_value = "20", value_parser = number_of_sequences)]
    sequences: NonZeroU64,
    #[command(flatten)]
    labs: Labs,
    /// Folder for the results
    #[arg(long, value_name = "DIR", default_value = "results")]
    report: PathBuf,
    #[command(flatten)]
    loudness: Loudness,
}

fn number_of_sequences(asked: &str) -> Result<NonZeroU64, &'static str> {
    asked
        .parse()
        .map_err(|_| "expected a whole number, at least 1")
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let mut judged = arguments.candidate.find()?;
    refuse_other_engines(&judged)?;
    if arguments.cluster {
        refuse_other_managers(&judged)?;
    }
    // Its register has the texts of the clauses that the invariants judge.
    let suite =
        Suite::shipped().map_err(|errors| Failure::usage(super::select::render_all(&errors)))?;
    let digests = Digests {
        suite: suite.digest.clone(),
        profile: judged.profile_digest(),
        baseline: None,
    };
    let ready = arguments
        .labs
        .prepare(&mut judged, (&arguments.report, None))?;
    let Ready {
        pool,
        jobs,
        advertised,
        results,
        start,
        lacks,
    } = ready;
    if arguments.cluster {
        refuse_without_cluster(&lacks, "explore --cluster").inspect_err(|_| results.withdraw())?;
    }
    let scope = scope(&advertised, &judged);
    let planned = arguments.exploration(scope);
    let cases = option("cases", &results.folder().display().to_string());
    let (agent, profile) = (judged.agent.clone(), judged.profile().clone());
    let (crew, received) = Crew::new(agent, profile, results.clone(), pool);
    let crew = Arc::new(Crew {
        again: format!("{}{cases}", arguments.again()),
        package: judged.package(),
        register: suite.register.clone(),
        interrupted: &INTERRUPTED,
        ..crew
    });
    introduce(&planned, out).inspect_err(|_| results.withdraw())?;
    let screen = Screen {
        format: Format::usual(),
        loudness: &arguments.loudness,
    };
    let telling = tell(&results, suite, received, &screen).inspect_err(|_| results.withdraw())?;
    conduct(identified(start, digests, &planned), &crew, || {
        explore(&planned, &crew, jobs);
    });
    drop(crew);
    ended(telling)?
}

impl Arguments {
    /// The command that runs a shrunk sequence again, without the path of its case.
    fn again(&self) -> String {
        let options: String = self.labs.options().collect();
        format!("{}{options}", self.candidate.again())
    }

    fn exploration(&self, scope: Scope) -> Exploration {
        Exploration {
            seed: self.seed.unwrap_or_else(seed),
            sequences: self.sequences.get(),
            steps: usize::from(self.steps),
            scope,
            in_cluster: self.cluster,
        }
    }
}

/// The start of the run, with what is known of it.
fn identified(start: RunStart, digests: Digests, planned: &Exploration) -> RunStart {
    let total = usize::try_from(planned.sequences).unwrap_or(usize::MAX);
    let chosen = Chosen {
        total,
        run: total,
        ..Chosen::default()
    };
    let identity = Box::new(Identity {
        digests,
        chosen,
        ..*start.identity
    });
    RunStart {
        total,
        identity,
        ..start
    }
}

/// Refuses other engines: a sequence has definitions, faults of libvirt's daemon and forms of its XML in it.
fn refuse_other_engines(judged: &Judged) -> Result<(), Failure> {
    let (name, engine) = (&judged.profile().name, judged.profile().engine());
    match engine {
        Engine::Libvirt => Ok(()),
        _ => Err(Failure::usage(format!(
            "explore needs an agent that runs guests with libvirt; the profile `{name}` has the engine `{}`",
            engine.word()
        ))),
    }
}

/// Refuses agents that Pacemaker does not run.
fn refuse_other_managers(judged: &Judged) -> Result<(), Failure> {
    let Profile { name, dialect, .. } = judged.profile();
    match Family::Ocf.has(*dialect) {
        true => Ok(()),
        false => Err(Failure::usage(format!(
            "explore --cluster puts Pacemaker around the agent, which runs agents of OCF; the profile `{name}` has another \
             dialect"
        ))),
    }
}

/// Prints the seeds, by which the run can be repeated.
fn introduce(planned: &Exploration, out: &mut impl Write) -> Result<(), Failure> {
    let Exploration {
        seed,
        sequences,
        steps,
        ..
    } = planned;
    let last = seed.wrapping_add(sequences - 1);
    let seeds = match sequences {
        1 => format!("seed {seed}"),
        _ => format!("seeds {seed} to {last}"),
    };
    Ok(writeln!(out, "{seeds}, {steps} moves each")?)
}

fn scope(advertised: &[String], judged: &Judged) -> Scope {
    let dialect = judged.profile().dialect.rules();
    let advertises = |verb| {
        let wanted = dialect.advertised_as(verb);
        advertised.iter().any(|word| word == wanted)
    };
    let names = |role| judged.profile().parameters.contains_key(&role);
    let family = match Family::Rgmanager.has(judged.profile().dialect) {
        true => Family::Rgmanager,
        false => Family::Ocf,
    };
    Scope {
        family,
        migrates: advertises(&Verb::MigrateTo) && advertises(&Verb::MigrateFrom),
        has_config: names(Role::Config),
        has_migrate_options: names(Role::MigrateOptions),
    }
}

/// An unpredictable seed.
fn seed() -> u64 {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(now.as_micros() % SHORT).unwrap_or_default()
}
