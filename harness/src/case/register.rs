use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::mistake::SourceText;
use super::typed::{places, read_typed};
use super::{CaseError, ClauseId, Level};
use crate::word::word;

/// Where the force of a demand comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The text of the OCF standard, or of a document of Pacemaker or rgmanager.
    Standard,
    /// Written nowhere as a rule, but what Pacemaker does makes any other answer wrong.
    Pacemaker,
    /// Our own, derived from "a machine never runs twice".
    Safety,
    /// Experts disagree: the choice is reported, and only the extremes fail.
    Policy,
}

/// What deciding a clause takes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum Tier {
    /// The file and its metadata alone.
    T0,
    /// Tools under the shim.
    T1,
    /// One node with libvirt and QEMU.
    T2,
    /// Two nodes that can migrate.
    T3,
    /// Pacemaker's scheduler, simulated.
    T4,
    /// A real cluster.
    T5,
}

impl Tier {
    fn named(name: &str) -> Option<Self> {
        let all = [Self::T0, Self::T1, Self::T2, Self::T3, Self::T4, Self::T5];
        all.into_iter().find(|tier| word(tier) == name)
    }
}

/// A part of the register that a conformance report answers for by itself.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ConformanceProfile {
    /// The interface, the metadata, and starting and stopping.
    Core,
    /// What the states of a guest, its disk and libvirt's answers are taken for.
    States,
    /// What is done and said while libvirt's daemon is gone, hangs or has forgotten the guest.
    DaemonLoss,
    /// Live migration.
    Migration,
    /// That the guest is found wherever it runs, and never started twice.
    SingleInstance,
    /// Locks on the guest's disk.
    Locks,
    /// The agent and a cluster together.
    Cluster,
    /// The dialect of rgmanager.
    Rgmanager,
    /// Agents for Xen.
    Xen,
    /// Fence agents.
    Fencing,
}

impl ConformanceProfile {
    /// Every profile, in the order of reports.
    pub const ALL: [Self; 10] = [
        Self::Core,
        Self::States,
        Self::DaemonLoss,
        Self::Migration,
        Self::SingleInstance,
        Self::Locks,
        Self::Cluster,
        Self::Rgmanager,
        Self::Xen,
        Self::Fencing,
    ];

    /// As the register and reports write it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::States => "states",
            Self::DaemonLoss => "daemon-loss",
            Self::Migration => "migration",
            Self::SingleInstance => "single-instance",
            Self::Locks => "locks",
            Self::Cluster => "cluster",
            Self::Rgmanager => "rgmanager",
            Self::Xen => "xen",
            Self::Fencing => "fencing",
        }
    }
}

/// What may come of it when an agent wrongly claims that it meets a demand.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    /// Two instances of the guest run at once.
    RunsTwice,
    /// Something of the guest, of its operator or of another guest is lost.
    LosesData,
}

/// The tiers that decide a clause, at least one; written with blanks between: `T1 T2`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Tiers(pub Vec<Tier>);

impl TryFrom<String> for Tiers {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let tiers: Option<Vec<Tier>> = text.split_whitespace().map(Tier::named).collect();
        match tiers {
            Some(tiers) if !tiers.is_empty() => Ok(Self(tiers)),
            _ => Err(format!(
                "`{text}` names no tiers; write them like T1 or T1 T2, from T0 to T5"
            )),
        }
    }
}

impl fmt::Display for Tiers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.0.iter().map(word).collect();
        f.write_str(&names.join(" "))
    }
}

impl From<Tiers> for String {
    fn from(tiers: Tiers) -> Self {
        tiers.to_string()
    }
}

/// A demand on agents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// The demand itself, in our own words.
    pub text: String,
    /// How strong it is.
    pub level: Level,
    /// Where its force comes from.
    pub origin: Origin,
    /// The document and the passage it is taken from.
    pub source: String,
    /// What deciding it takes.
    pub tier: Tiers,
    /// The part of a conformance report that it counts for.
    pub profile: ConformanceProfile,
    /// What may come of it when an agent wrongly claims that it meets the demand.
    #[serde(default)]
    pub risk: Option<Risk>,
}

/// The register of demands, `cases/clauses.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Register {
    /// Every clause by its id.
    pub clauses: BTreeMap<ClauseId, Clause>,
}

impl Register {
    /// Reads the register from its file.
    ///
    /// # Errors
    /// The file cannot be read, or something in it is wrong.
    pub fn read(path: &Path) -> Result<Self, CaseError> {
        Self::from_source(&SourceText::read(path)?)
    }

    /// Reads the register from a text; `name` is shown in errors.
    ///
    /// # Errors
    /// Something in it is wrong.
    pub fn parse(name: &Path, text: &str) -> Result<Self, CaseError> {
        Self::from_source(&SourceText::new(name, text))
    }

    /// The clause of that id.
    #[must_use]
    pub fn find(&self, id: &ClauseId) -> Option<&Clause> {
        self.clauses.get(id)
    }

    pub(crate) fn from_source(source: &SourceText) -> Result<Self, CaseError> {
        let register: Self = read_typed(source)?;
        for (id, clause) in &register.clauses {
            let empty = [("text", &clause.text), ("source", &clause.source)]
                .into_iter()
                .find(|(_, text)| text.trim().is_empty());
            if let Some((key, _)) = empty {
                let span = places(source).nearest_key(&format!("{}.{key}", id.0));
                let message = format!("the clause `{}` has no {key}", id.0);
                let mistake = source.mistake(span, message, "nothing follows");
                let help = "say what is demanded, and where that is written";
                return Err(mistake.with_help(help).into());
            }
        }
        Ok(register)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "STOP-06:\n  text: stop of a stopped VM succeeds\n  level: must\n  \
                        origin: standard\n  source: OCF 1.1, stop\n  tier: T2\n  profile: core\n";

    #[test]
    fn a_clause_is_found_by_its_id() {
        let register = Register::parse(Path::new("clauses.yaml"), GOOD).expect("it is good");
        let clause = register
            .find(&ClauseId("STOP-06".into()))
            .expect("it is there");
        assert_eq!(
            (clause.level, clause.origin),
            (Level::Must, Origin::Standard)
        );
    }

    #[test]
    fn an_unknown_origin_is_refused_with_its_place() {
        let text = GOOD.replace("standard", "standrad");
        let error = Register::parse(Path::new("clauses.yaml"), &text).expect_err("it is wrong");
        assert_eq!(error.to_string(), "unknown word `standrad` in `origin`");
    }
}
