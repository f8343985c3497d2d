//! An agent that is in a package, before it is installed anywhere.
//!
//! The packages are unpacked over each other into a folder that ends with this process; the nodes of a lab see what
//! is in it at the usual places ([`crate::lab::LabSpec::packages`]), since agents read the shell functions of their own version
//! from there. No script of a package is run.

mod error;
mod folder;
mod kind;
mod tree;
mod unpack;

pub use error::PackageError;

use std::path::{Path, PathBuf};

use folder::Folder;
use kind::Kind;

use crate::plan::Agent;

/// Packages that were unpacked over each other, in their order. Dropped, the folder is removed.
#[derive(Debug)]
pub struct Packages {
    folder: Folder,
    label: String,
}

impl Packages {
    /// Unpacks the packages: `.deb`, `.rpm`, or the folder of one that is unpacked.
    ///
    /// # Errors
    /// When one is no package or cannot be unpacked here, or agents could not be executed where it is unpacked to.
    pub fn unpack(packages: &[PathBuf]) -> Result<Self, PackageError> {
        let kinds: Vec<Kind> = packages
            .iter()
            .map(|package| Kind::of(package))
            .collect::<Result<_, _>>()?;
        let folder = Folder::make()?;
        let mut labels = Vec::new();
        for (package, kind) in packages.iter().zip(kinds) {
            labels.push(unpack::unpack(package, kind, folder.path())?);
        }
        let label = labels.join(" with ");
        Ok(Self { folder, label })
    }

    /// The packages' names and versions, or the folder: `resource-agents 1:4.12.0-2`.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The folder in which `usr/lib/ocf` lies.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The agent of that OCF name as the nodes find it. By default `ocf:heartbeat:VirtualDomain` where it is there,
    /// else the only one.
    ///
    /// # Errors
    /// When there is no such agent, or nothing that says which one; when it cannot be executed, or lacks the shell functions.
    pub fn agent(&self, asked: Option<&str>) -> Result<Agent, PackageError> {
        tree::agent(self, asked)
    }
}
