//! The environment of one invocation, copied once so that tests can make one up.

use std::collections::BTreeMap;
use std::ffi::OsString;

/// The variables a resource agent is called with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// The environment of this process.
    pub(crate) fn of_process() -> Self {
        Self(std::env::vars_os().collect())
    }

    /// A variable's value; an empty one counts as unset.
    pub(crate) fn raw(&self, name: &str) -> Option<OsString> {
        self.0
            .get(&OsString::from(name))
            .filter(|value| !value.is_empty())
            .cloned()
    }

    /// The same as text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.raw(name)
            .map(|value| value.to_string_lossy().into_owned())
    }

    /// A resource parameter as the operator wrote it.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        self.text(&format!("OCF_RESKEY_{name}"))
    }

    /// A meta attribute as Pacemaker gives it.
    pub(crate) fn meta(&self, name: &str) -> Option<String> {
        self.parameter(&format!("CRM_meta_{name}"))
    }
}

#[cfg(test)]
impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(pairs: [(&str, &str); N]) -> Self {
        pairs.into_iter().collect()
    }
}

#[cfg(test)]
impl<'a> FromIterator<(&'a str, &'a str)> for Environment {
    fn from_iter<T: IntoIterator<Item = (&'a str, &'a str)>>(pairs: T) -> Self {
        let owned = |(name, value): (&str, &str)| (name.into(), value.into());
        Self(pairs.into_iter().map(owned).collect())
    }
}
