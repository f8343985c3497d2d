//! `lab shell`: a shell on a node of a new lab; with an agent, a shell that the agent can be tried in by hand.

use std::path::Path;

use clap::Args;

use super::conduct::INTERRUPTED;
use super::failure::Failure;
use super::labs::showing_agent;
use super::select::{Candidate, Judged, Source, only_case};
use super::typed_by_hand::{Typed, put, shell};
use crate::case::{LoadedCase, Millis, Run, load_text};
use crate::drive::{self, Actors, Patience};
use crate::equipment::Equipment;
use crate::history::NodeName;
use crate::lab::{Inventory, Lab, LabSpec, Lacks, Node};
use crate::ocf::metadata::Metadata;
use crate::ocf::{Dialect, Verb};
use crate::plan::{Filter, Plan, Selection, ask_metadata};

/// The world where no case is named: the guest is nowhere.
const NOTHING: &str = "\
case: somebody tries an agent by hand
clause: [START-01]
level: should
given: {a: absent}
when:
  - run: {action: monitor, node: a, returns: not_running}
";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Name of the node
    #[arg(default_value = "a")]
    pub(super) node: String,
    #[command(flatten)]
    candidate: Candidate,
    /// Begin as this case does, with its labs' equipment and in the world of its `given`
    #[arg(long, value_name = "ID")]
    case: Option<String>,
    #[command(flatten)]
    source: Source,
}

impl Arguments {
    /// Whether an agent is to be tried; otherwise the lab is all that is asked for.
    pub(super) fn has_agent(&self) -> bool {
        self.case.is_some() || self.candidate.is_given()
    }

    /// The case that the shell begins as.
    fn case(&self, judged: &Judged) -> Result<LoadedCase, Failure> {
        let Some(asked) = &self.case else {
            let cases = load_text(Path::new("shell/by-hand.yaml"), NOTHING, None);
            let case = cases.ok().and_then(|cases| cases.into_iter().next());
            return case.ok_or_else(|| Failure::inconclusive("the empty case is broken"));
        };
        let suite = self.source.suite()?;
        let case = only_case(&suite, asked)?;
        let wanted = Selection {
            filters: vec![Filter::exactly(&case.id)],
            lacks: Lacks::here(),
            ..Selection::default()
        };
        // What the agent advertises is not known yet, and not needed to begin.
        let advertised = case.spec.needs.actions.iter();
        let advertised: Vec<_> = advertised.map(ToString::to_string).collect();
        let plan = Plan::new(&suite, judged.profile(), &advertised, &wanted);
        if let Some((id, why)) = plan.skipped.first() {
            return Err(Failure::usage(format!("{} cannot begin: it {why}", id.0)));
        }
        let chosen = plan.chosen.into_iter().next();
        chosen
            .filter(|case| case.spec.needs.lab.has_nodes())
            .ok_or_else(|| Failure::usage(format!("{asked} has no node to open a shell on")))
    }
}

/// Opens a shell on a new lab.
///
/// # Errors
/// When the agent, the case or the node is wrong, or the lab or the case's world does not come about.
pub(super) fn run(arguments: &Arguments, machines: Option<Inventory>) -> Result<(), Failure> {
    if arguments.has_agent() {
        return with_agent(arguments, machines);
    }
    let spec = LabSpec {
        machines,
        ..LabSpec::default()
    };
    let name = node_of(&spec, &arguments.node)?;
    let lab = Lab::start(&spec)?;
    let node = lab.node(&name)?;
    open(node, &["/bin/bash".to_owned(), "-l".to_owned()])
}

fn with_agent(arguments: &Arguments, machines: Option<Inventory>) -> Result<(), Failure> {
    let mut judged = arguments.candidate.find()?;
    if judged.profile().dialect == Dialect::Fence {
        return Err(Failure::usage(
            "a fence agent is asked on its standard input, not by variables; try it with `run =fencing::status --keep`",
        ));
    }
    let case = arguments.case(&judged)?;
    let spec = showing_agent(&judged, machines);
    let spec = LabSpec {
        equipment: Equipment::from(&case.spec.needs.with(&judged.profile().lab_equipment())),
        ..spec
    };
    let name = node_of(&spec, &arguments.node)?;
    let lab = Lab::start(&spec)?;
    let advertised = fit(&mut judged, lab.node(&name)?)?;
    let dialect = judged.profile().dialect;
    let runs = runs(&lab, dialect, &advertised);
    let all: Vec<Run> = runs.concat();
    let actors = Actors {
        agent: &judged.agent,
        profile: judged.profile(),
        patience: &Patience::NONE,
        interrupted: &INTERRUPTED,
        on_step: &|_| {},
    };
    let commands = drive::by_hand(&case.spec, &lab, actors, &all);
    let commands = commands.map_err(|trouble| Failure::inconclusive(trouble.to_string()))?;
    let mut commands = commands.into_iter();
    for (node, runs) in lab.nodes().iter().zip(&runs) {
        let typed = Typed {
            whom: judged.agent.to_string(),
            case: arguments.case.as_deref(),
            commands: commands.by_ref().take(runs.len()).collect(),
        };
        put(&**node, &typed)?;
    }
    open(lab.node(&name)?, &shell())
}

/// Fits the profile to the agent's metadata; the actions that it advertises.
fn fit(judged: &mut Judged, node: &dyn Node) -> Result<Vec<String>, Failure> {
    let printed = ask_metadata(node, &judged.agent, judged.profile().dialect)?;
    judged.fit(Metadata::parameter_names(&printed).as_deref())?;
    Ok(Metadata::advertised(&printed))
}

/// What can be typed on each node: a guest's life, as far as the agent advertises it.
fn runs(lab: &Lab, dialect: Dialect, advertised: &[String]) -> Vec<Vec<Run>> {
    let names: Vec<&NodeName> = lab.nodes().iter().map(|node| node.name()).collect();
    let other = |name: &NodeName| {
        names
            .iter()
            .find(|other| **other != name)
            .map(|it| (*it).clone())
    };
    let known = |verb: &Verb| {
        advertised
            .iter()
            .any(|word| word == dialect.rules().advertised_as(verb))
    };
    let of = |name: &NodeName| {
        let run = |verb| Run::new(verb, name.clone());
        let monitor = Run {
            interval: Some(Millis(10_000)),
            ..run(Verb::Monitor)
        };
        let to = |verb| Run {
            to: other(name),
            ..run(verb)
        };
        let from = Run {
            from: other(name),
            ..run(Verb::MigrateFrom)
        };
        let migrations = [to(Verb::MigrateTo), from, to(Verb::Migrate)];
        let migrations = migrations
            .into_iter()
            .filter(|run| run.action.as_ref().is_some_and(known));
        let life = [run(Verb::Start), monitor];
        life.into_iter()
            .chain(migrations)
            .chain([run(Verb::Stop)])
            .collect()
    };
    names.iter().map(|name| of(name)).collect()
}

/// The node of that name.
///
/// # Errors
/// When the lab has none.
pub(super) fn node_of(spec: &LabSpec, asked: &str) -> Result<NodeName, Failure> {
    let name = NodeName(asked.to_owned());
    if spec.nodes.contains(&name) {
        return Ok(name);
    }
    Err(Failure::usage(format!(
        "the lab has no node `{asked}`; its nodes are `a` and `b`"
    )))
}

fn open(node: &dyn Node, shell: &[String]) -> Result<(), Failure> {
    let status = node.enter().args(shell).status();
    status.map_err(|error| Failure::inconclusive(format!("cannot open a shell: {error}")))?;
    Ok(())
}
