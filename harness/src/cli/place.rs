//! Where the cases run: in labs on this machine, or on machines that an inventory names.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::Failure;
use crate::lab::Inventory;

/// The script that brings Vagrant's machines up and down, in a checkout of the project.
const VAGRANT: &str = "vagrant/lab";

/// What `--lab` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Linux namespaces on this machine.
    Local,
    /// The machines that `vagrant/` provisions.
    Vagrant,
    /// The machines of an inventory.
    Ssh(PathBuf),
}

impl FromStr for Place {
    type Err = &'static str;

    fn from_str(asked: &str) -> Result<Self, Self::Err> {
        match (asked, asked.strip_prefix("ssh:")) {
            ("local", _) => Ok(Self::Local),
            ("vagrant", _) => Ok(Self::Vagrant),
            (_, Some(path)) if !path.is_empty() => Ok(Self::Ssh(PathBuf::from(path))),
            _ => Err(
                "there are the labs `local`, `vagrant` and `ssh:INVENTORY`, which is the path of a file; \
                 `virt-ra-tester schema inventory` says how it is written",
            ),
        }
    }
}

impl Place {
    /// The option that asks for the same place again, if it is not the usual one.
    pub(super) fn option(&self) -> Option<String> {
        let asked = match self {
            Self::Local => return None,
            Self::Vagrant => "vagrant".to_owned(),
            Self::Ssh(path) => format!("ssh:{}", path.display()),
        };
        Some(super::select::option("lab", &asked))
    }

    /// The machines that cases run on; none when that is this one. Vagrant's are brought up for that.
    ///
    /// # Errors
    /// When the inventory is wrong, or Vagrant's machines do not come up.
    pub(super) fn inventory(&self) -> Result<Option<Inventory>, Failure> {
        let path = match self {
            Self::Local => return Ok(None),
            Self::Ssh(path) => path.clone(),
            Self::Vagrant => {
                vagrant(&["up"])?;
                let told = duct::cmd!(VAGRANT, "inventory").read();
                PathBuf::from(told.map_err(|error| Failure::inconclusive(error.to_string()))?)
            }
        };
        let read = Inventory::read(&path).map(Some);
        read.map_err(|error| Failure::usage(super::render(&error)))
    }
}

/// Calls the script of Vagrant's machines, which speaks for itself.
///
/// # Errors
/// When there is none, or it fails.
pub(super) fn vagrant(words: &[&str]) -> Result<(), Failure> {
    // What it tells is for people, and standard output may be read by a program.
    if succeeds(&script(words)?.stdout_to_stderr())? {
        return Ok(());
    }
    Err(Failure::inconclusive(format!(
        "`{VAGRANT} {}` failed; what it said is above",
        words.join(" ")
    )))
}

/// Lets the script tell whether Vagrant's machines are up: that they are not is an answer too.
///
/// # Errors
/// When there is no script, or it cannot be run.
pub(super) fn vagrant_status() -> Result<(), Failure> {
    succeeds(&script(&["status"])?).map(drop)
}

/// A shell on one of Vagrant's machines; with what code it ends is its user's affair.
///
/// # Errors
/// When there is no script, it cannot be run, or the machines are not up.
pub(super) fn vagrant_shell(node: &str) -> Result<(), Failure> {
    if !succeeds(&script(&["status"])?.stdout_null().stderr_null())? {
        return Err(Failure::inconclusive(
            "Vagrant's machines are not up; `virt-ra-tester lab up --lab vagrant` brings them up",
        ));
    }
    succeeds(&script(&["shell", node])?).map(drop)
}

fn script(words: &[&str]) -> Result<duct::Expression, Failure> {
    if Path::new(VAGRANT).exists() {
        return Ok(duct::cmd(VAGRANT, words));
    }
    Err(Failure::usage(format!(
        "there is no {VAGRANT} in this folder: Vagrant's machines are described in a checkout of the project, so run \
         this there; machines that are up already are used by `--lab ssh:INVENTORY`"
    )))
}

fn succeeds(call: &duct::Expression) -> Result<bool, Failure> {
    let done = call.unchecked().run();
    done.map(|done| done.status.success())
        .map_err(|error| Failure::inconclusive(format!("cannot run {VAGRANT}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_place_is_a_word_or_an_inventory() {
        assert_eq!("local".parse(), Ok(Place::Local));
        assert_eq!("vagrant".parse(), Ok(Place::Vagrant));
        assert_eq!("ssh:lab.yaml".parse(), Ok(Place::Ssh("lab.yaml".into())));
        assert!("ssh:".parse::<Place>().is_err());
        assert!("lab.yaml".parse::<Place>().is_err());
    }
}
