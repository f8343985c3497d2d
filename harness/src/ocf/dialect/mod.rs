//! The families of rules that agents speak, one file each.
//!
//! A dialect says how a manager asks for an action, which metadata it takes, and which demands it does not make. A new one
//! is a file here with its [`Rules`], and a variant with its arm in [`Dialect::rules`].

mod attributes;
mod fence;
mod ocf_1_0;
mod ocf_1_1;
mod pacemaker;
mod rgmanager;
mod rules;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use rules::{Reading, Rules};

/// Which family of rules an agent speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Dialect {
    /// OCF resource agent API 1.0, as almost every agent of ClusterLabs.
    #[default]
    #[serde(rename = "ocf-1.0")]
    Ocf10,
    /// OCF resource agent API 1.1.
    #[serde(rename = "ocf-1.1")]
    Ocf11,
    /// rgmanager's own: `status` instead of `monitor`, `migrate TARGET` instead of two actions.
    #[serde(rename = "rgmanager")]
    Rgmanager,
    /// The fence-agent API: options on standard input, and codes of its own.
    #[serde(rename = "fence")]
    Fence,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 4] = [Self::Ocf10, Self::Ocf11, Self::Rgmanager, Self::Fence];

    /// What the dialect demands, and how it is spoken.
    #[must_use]
    pub fn rules(self) -> &'static dyn Rules {
        match self {
            Self::Ocf10 => &ocf_1_0::Ocf10,
            Self::Ocf11 => &ocf_1_1::Ocf11,
            Self::Rgmanager => &rgmanager::Rgmanager,
            Self::Fence => &fence::Fence,
        }
    }

    /// The dialect of an agent whose metadata name that version of OCF: a profile of OCF may not know which.
    #[must_use]
    pub fn of_version(self, version: &str) -> Self {
        let named = |dialect: &Self| dialect.rules().version() == Some(version);
        match self.rules().version() {
            Some(_) => Self::ALL.into_iter().find(named).unwrap_or(self),
            None => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Dialect;
    use crate::ocf::metadata::Parameter;
    use crate::ocf::verb::Verb;

    #[test]
    fn metadata_choose_between_the_versions_of_ocf_and_no_other_dialect() {
        assert_eq!(Dialect::Ocf10.of_version("1.1"), Dialect::Ocf11);
        assert_eq!(Dialect::Ocf11.of_version("1.0"), Dialect::Ocf10);
        assert_eq!(Dialect::Ocf11.of_version("2.0"), Dialect::Ocf11);
        assert_eq!(Dialect::Rgmanager.of_version("1.0"), Dialect::Rgmanager);
    }

    #[test]
    fn each_manager_has_its_own_mark_for_parameters_that_it_reloads() {
        let marks = |mark: fn(&mut Parameter)| {
            let mut parameter = Parameter {
                unique: true,
                ..Parameter::default()
            };
            mark(&mut parameter);
            let reloads = |dialect: Dialect, verb| dialect.rules().reloads(&verb, &parameter);
            [
                reloads(Dialect::Ocf11, Verb::ReloadAgent),
                reloads(Dialect::Ocf10, Verb::Reload),
                reloads(Dialect::Rgmanager, Verb::Reload),
            ]
        };
        assert_eq!(marks(|one| one.reloadable = true), [true, false, false]);
        assert_eq!(marks(|one| one.unique = false), [false, true, false]);
        assert_eq!(marks(|one| one.reconfig = true), [false, false, true]);
    }
}
