use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::error::PackageError;
use crate::ocf::OCF_ROOT;

/// The format of a package, by its content and not by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PackageKind {
    Deb,
    Rpm,
    Folder,
}

impl PackageKind {
    /// Reads the kind of a package from its first bytes.
    ///
    /// Sources: deb(5), which is an archive of ar(1); the lead of rpm's file format.
    pub(super) fn detect(package: &Path) -> Result<Self, PackageError> {
        let unreadable = |source| PackageError::Unreadable {
            path: package.to_owned(),
            source,
        };
        if package.metadata().map_err(unreadable)?.is_dir() {
            return if package.join(OCF_ROOT.trim_start_matches('/')).is_dir() {
                Ok(Self::Folder)
            } else {
                Err(PackageError::NotUnpacked {
                    path: package.to_owned(),
                })
            };
        }
        let mut begin = Vec::new();
        let file = File::open(package).map_err(unreadable)?;
        file.take(8).read_to_end(&mut begin).map_err(unreadable)?;
        match begin.as_slice() {
            b"!<arch>\n" => Ok(Self::Deb),
            [0xed, 0xab, 0xee, 0xdb, ..] => Ok(Self::Rpm),
            _ => Err(PackageError::NotAPackage {
                path: package.to_owned(),
            }),
        }
    }
}
