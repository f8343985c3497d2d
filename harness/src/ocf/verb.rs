use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::fence::FenceAction;

/// What a case asks an agent to do, such as `start` or `meta-data`.
///
/// A dialect turns it into arguments and variables. Any word is allowed, since an agent must also refuse what it does
/// not know.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Verb {
    /// `start`.
    Start,
    /// `stop`.
    Stop,
    /// `monitor`; a probe where it has no interval.
    Monitor,
    /// `status`, the older word for `monitor`.
    Status,
    /// `migrate_to`, on the source.
    MigrateTo,
    /// `migrate_from`, on the target.
    MigrateFrom,
    /// `migrate`, by which rgmanager's agents do both halves of a migration.
    Migrate,
    /// `validate-all`.
    ValidateAll,
    /// `meta-data`.
    MetaData,
    /// `reload`.
    Reload,
    /// `reload-agent`, OCF 1.1's word for a reload of parameters.
    ReloadAgent,
    /// `reconfig`, rgmanager's word for it.
    Reconfig,
    /// `recover`, by which rgmanager has a guest mended where it was.
    Recover,
    /// `restart`.
    Restart,
    /// `promote`.
    Promote,
    /// `demote`.
    Demote,
    /// Written `fence off` and the like: what a fence agent is asked to do.
    Fence(FenceAction),
    /// Any other word.
    Other(String),
}

impl Verb {
    /// Every verb that has a meaning here.
    const KNOWN: [Self; 16] = [
        Self::Start,
        Self::Stop,
        Self::Monitor,
        Self::Status,
        Self::MigrateTo,
        Self::MigrateFrom,
        Self::Migrate,
        Self::ValidateAll,
        Self::MetaData,
        Self::Reload,
        Self::ReloadAgent,
        Self::Reconfig,
        Self::Recover,
        Self::Restart,
        Self::Promote,
        Self::Demote,
    ];

    /// The word that cases and histories write.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        match self {
            Self::Start => "start",
            Self::Stop => "stop",
            Self::Monitor => "monitor",
            Self::Status => "status",
            Self::MigrateTo => "migrate_to",
            Self::MigrateFrom => "migrate_from",
            Self::Migrate => "migrate",
            Self::ValidateAll => "validate-all",
            Self::MetaData => "meta-data",
            Self::Reload => "reload",
            Self::ReloadAgent => "reload-agent",
            Self::Reconfig => "reconfig",
            Self::Recover => "recover",
            Self::Restart => "restart",
            Self::Promote => "promote",
            Self::Demote => "demote",
            Self::Fence(action) => fence_word(*action),
            Self::Other(word) => word.as_str(),
        }
    }

    /// Whether it asks for the guest's state.
    #[must_use]
    pub const fn is_monitor(&self) -> bool {
        matches!(self, Self::Monitor | Self::Status)
    }

    /// Whether it moves the guest to another node.
    #[must_use]
    pub const fn is_migration(&self) -> bool {
        matches!(self, Self::MigrateTo | Self::MigrateFrom | Self::Migrate)
    }

    /// Whether it gives the agent new parameters while the guest runs.
    #[must_use]
    pub const fn is_reload(&self) -> bool {
        matches!(self, Self::Reload | Self::ReloadAgent | Self::Reconfig)
    }

    /// Whether a guest runs here once it succeeded.
    #[must_use]
    pub const fn promises_a_guest(&self) -> bool {
        matches!(self, Self::Start | Self::Recover | Self::Restart)
    }

    /// Whether it starts, stops or moves the guest.
    #[must_use]
    pub const fn changes_guest(&self) -> bool {
        match self {
            Self::Start | Self::Stop | Self::Recover | Self::Restart => true,
            Self::Fence(action) => action.changes_guest(),
            _ => self.is_migration(),
        }
    }
}

/// A fence agent's action in histories and reports, where a resource agent may have one of the same name.
const fn fence_word(action: FenceAction) -> &'static str {
    match action {
        FenceAction::Off => "fence off",
        FenceAction::On => "fence on",
        FenceAction::Reboot => "fence reboot",
        FenceAction::Status => "fence status",
        FenceAction::Monitor => "fence monitor",
        FenceAction::List => "fence list",
        FenceAction::Metadata => "fence metadata",
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<&str> for Verb {
    fn from(word: &str) -> Self {
        let fence = FenceAction::ALL.map(Self::Fence);
        let mut all = Self::KNOWN.into_iter().chain(fence);
        let known = all.find(|verb| verb.as_str() == word);
        known.unwrap_or_else(|| Self::Other(word.to_owned()))
    }
}

impl From<String> for Verb {
    fn from(word: String) -> Self {
        Self::from(word.as_str())
    }
}

impl From<Verb> for String {
    fn from(verb: Verb) -> Self {
        match verb {
            Verb::Other(word) => word,
            known => known.as_str().to_owned(),
        }
    }
}

/// To a schema it is a text, for any word is allowed.
impl JsonSchema for Verb {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Verb".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string"})
    }
}

#[cfg(test)]
mod tests {
    use super::{FenceAction, Verb};

    #[test]
    fn every_verb_is_read_back_from_its_word() {
        for verb in Verb::KNOWN
            .into_iter()
            .chain(FenceAction::ALL.map(Verb::Fence))
        {
            assert_eq!(Verb::from(verb.as_str()), verb);
        }
        assert_eq!(
            Verb::from("no_such_action"),
            Verb::Other("no_such_action".into())
        );
    }
}
