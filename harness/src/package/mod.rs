//! An agent that is in a package, before it is installed anywhere.
//!
//! The packages are unpacked over each other into a folder of TMPDIR, which a shell removes when its standard input
//! ends, so it goes with the harness however that ends. The lab's first process binds the package's `/usr/lib/ocf` and
//! a few folders beside it (`PACKAGED`) over the machine's own, before anything else is mounted, and the nodes inherit
//! that. Agents call their files by that path, so a search path or an `OCF_ROOT` elsewhere would judge a mixture of two
//! versions. What would fail for want of another package, or in a folder where nothing can be executed, is refused
//! beforehand. No script of a package is run.

mod agents;
mod error;
mod folder;
mod kind;
mod lend;
mod owner;
mod unpack;

pub use error::PackageError;
pub use owner::owner;

use std::path::{Path, PathBuf};

use agents::Unpacked;
use folder::TemporaryFolder;
use kind::PackageKind;

use crate::plan::Agent;

/// Packages, unpacked over each other in their order. The folder is removed on drop.
#[derive(Debug)]
pub struct Packages {
    folder: TemporaryFolder,
    label: String,
}

impl Packages {
    /// Unpacks the packages: `.deb`, `.rpm`, or the folder of one that is unpacked.
    ///
    /// # Errors
    /// When one is not a package or cannot be unpacked here, or nothing can be executed in the folder.
    pub fn unpack(packages: &[PathBuf]) -> Result<Self, PackageError> {
        let kinds: Vec<PackageKind> = packages
            .iter()
            .map(|package| PackageKind::detect(package))
            .collect::<Result<_, _>>()?;
        let folder = TemporaryFolder::make()?;
        let mut labels = Vec::new();
        for (package, kind) in packages.iter().zip(kinds) {
            labels.push(unpack::unpack(package, kind, folder.path())?);
        }
        let label = labels.join(" with ");
        Ok(Self { folder, label })
    }

    /// The packages' names and versions, such as `resource-agents 1:4.12.0-2`; a folder's path.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The folder that has `usr/lib/ocf`.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The agent with that OCF name, by its path in a node. Without a name it is `ocf:heartbeat:VirtualDomain` if the
    /// packages have it, else their only agent.
    ///
    /// # Errors
    /// When there is no such agent, or none is named and there are several; when it may not be executed, or the shell functions
    /// that it sources are missing; when what the lab's cluster needs beside it cannot be copied.
    pub fn agent(&self, asked: Option<&str>) -> Result<Agent, PackageError> {
        let packages = Unpacked {
            root: self.root(),
            label: self.label(),
        };
        let agent = agents::find(packages, asked)?;
        lend::lend(self.root()).map_err(|why| PackageError::NoFolder { why })?;
        Ok(agent)
    }
}
