use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::PackageError;
use crate::plan::OCF_ROOT;

/// What a package is, told by its content and not by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Deb,
    Rpm,
    Folder,
}

impl Kind {
    /// The kind of a package.
    ///
    /// Sources: deb(5), which is an archive of ar(1); the lead of rpm's file format.
    pub(super) fn of(package: &Path) -> Result<Self, PackageError> {
        let unreadable = |source| PackageError::Unreadable {
            path: package.to_owned(),
            source,
        };
        if package.metadata().map_err(unreadable)?.is_dir() {
            return if package.join(OCF_ROOT.trim_start_matches('/')).is_dir() {
                Ok(Self::Folder)
            } else {
                Err(PackageError::NoTree {
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
            _ => Err(PackageError::NoPackage {
                path: package.to_owned(),
            }),
        }
    }
}
