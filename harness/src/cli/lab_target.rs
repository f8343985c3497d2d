//! `--lab`: labs on this machine, or on machines that an inventory names.

use std::path::PathBuf;
use std::str::FromStr;

use super::failure::{Failure, render};
use super::{select, vagrant};
use crate::lab::Inventory;

/// What `--lab` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LabTarget {
    /// Linux namespaces on this machine.
    Local,
    /// The machines that `vagrant/` provisions.
    Vagrant,
    /// The machines of an inventory.
    Ssh(PathBuf),
}

impl FromStr for LabTarget {
    type Err = &'static str;

    fn from_str(asked: &str) -> Result<Self, Self::Err> {
        match (asked, asked.strip_prefix("ssh:")) {
            ("local", _) => Ok(Self::Local),
            ("vagrant", _) => Ok(Self::Vagrant),
            (_, Some(path)) if !path.is_empty() => Ok(Self::Ssh(PathBuf::from(path))),
            _ => Err(
                "expected `local`, `vagrant` or `ssh:INVENTORY`, the path of an inventory file; \
                 `virt-ra-tester schema inventory` prints its schema",
            ),
        }
    }
}

impl LabTarget {
    /// The option that asks for the same target, unless it is the default.
    pub(super) fn option(&self) -> Option<String> {
        let asked = match self {
            Self::Local => return None,
            Self::Vagrant => "vagrant".to_owned(),
            Self::Ssh(path) => format!("ssh:{}", path.display()),
        };
        Some(select::option("lab", &asked))
    }

    /// The machines that cases run on; none for labs on this machine. Brings Vagrant's machines up.
    ///
    /// # Errors
    /// When the inventory is wrong, or Vagrant's machines do not come up.
    pub(super) fn inventory(&self) -> Result<Option<Inventory>, Failure> {
        let path = match self {
            Self::Local => return Ok(None),
            Self::Ssh(path) => path.clone(),
            Self::Vagrant => {
                vagrant::call(&["up"])?;
                vagrant::inventory()?
            }
        };
        let read = Inventory::read(&path).map(Some);
        read.map_err(|error| Failure::usage(render(&error)))
    }
}

#[cfg(test)]
mod tests {
    use super::LabTarget;

    #[test]
    fn a_target_is_a_word_or_an_inventory() {
        assert_eq!("local".parse(), Ok(LabTarget::Local));
        assert_eq!("vagrant".parse(), Ok(LabTarget::Vagrant));
        assert_eq!(
            "ssh:lab.yaml".parse(),
            Ok(LabTarget::Ssh("lab.yaml".into()))
        );
        assert!("ssh:".parse::<LabTarget>().is_err());
        assert!("lab.yaml".parse::<LabTarget>().is_err());
    }
}
