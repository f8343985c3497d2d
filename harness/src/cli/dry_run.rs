//! `run --dry-run`: what would run, and what would be skipped and why.

use std::io::{self, Write};

use schemars::JsonSchema;
use serde::Serialize;

use super::exit::Exit;
use super::failure::Failure;
use super::list::Case;
use super::select::Judged;
use super::tell::Format;
use crate::plan::{Plan, Quick};
use crate::report::{self, Skip};

/// What a run would do.
pub(super) struct DryRun<'a> {
    pub(super) judged: &'a Judged,
    /// The kind of labs, and how many.
    pub(super) lab: &'a str,
    pub(super) plan: &'a Plan,
    /// What a quick choice is worth.
    pub(super) quick: Option<Quick>,
}

/// The same as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct Whole<'a> {
    agent: String,
    profile: &'a str,
    lab: &'a str,
    run: Vec<Case<'a>>,
    skipped: Vec<Skip>,
    filtered_out: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    quick: Option<Quick>,
}

impl DryRun<'_> {
    /// Prints it; what would run nothing exits like a run of nothing.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub(super) fn tell(&self, format: Format, out: &mut impl Write) -> Result<Exit, Failure> {
        match format {
            Format::Json => self.json(out)?,
            _ => self.text(out)?,
        }
        Ok(match self.plan.chosen.is_empty() {
            true => Exit::NothingSelected,
            false => Exit::Conforms,
        })
    }

    /// The cases that the plan skips.
    fn skipped(&self) -> Vec<Skip> {
        let skipped = self.plan.skipped.iter();
        skipped
            .map(|(id, why)| Skip::new(id.clone(), why.clone()))
            .collect()
    }

    fn json(&self, out: &mut impl Write) -> io::Result<()> {
        let whole = Whole {
            agent: self.judged.agent.to_string(),
            profile: &self.judged.profile().name,
            lab: self.lab,
            run: self.plan.chosen.iter().map(Case::of).collect(),
            skipped: self.skipped(),
            filtered_out: self.plan.filtered_out,
            quick: self.quick,
        };
        serde_json::to_writer_pretty(&mut *out, &whole)?;
        writeln!(out)
    }

    fn text(&self, out: &mut impl Write) -> io::Result<()> {
        let plan = self.plan;
        let ids = plan.chosen.iter().map(|case| &case.id);
        let skipped = self.skipped();
        let ids = ids.chain(skipped.iter().map(|skip| &skip.id));
        let width = ids.map(|id| id.0.len()).max().unwrap_or_default();
        let counted = report::cases(plan.chosen.len());
        let (agent, profile) = (&self.judged.agent, &self.judged.profile().name);
        let lab = self.lab;
        writeln!(
            out,
            "would run {counted} against {agent}, profile {profile}, in {lab}"
        )?;
        for case in &plan.chosen {
            let level = format!("{:?}", case.spec.level).to_lowercase();
            writeln!(out, "  {:width$}  {level:6}  {}", case.id.0, case.spec.case)?;
        }
        if !skipped.is_empty() {
            writeln!(out, "would skip {}", report::cases(skipped.len()))?;
        }
        for skip in &skipped {
            writeln!(out, "  {:width$}  {}", skip.id.0, skip.reason)?;
        }
        if plan.filtered_out > 0 {
            writeln!(out, "not asked for: {}", report::cases(plan.filtered_out))?;
        }
        self.quick.map_or(Ok(()), |quick| writeln!(out, "{quick}"))
    }
}
