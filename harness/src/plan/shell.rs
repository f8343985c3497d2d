use std::fs;
use std::path::{Path, PathBuf};

use crate::case::Shell;

/// The interpreter of most agents.
const SH: &str = "/bin/sh";

/// Where shells lie.
const FOLDERS: [&str; 4] = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

/// All shells that cases may ask for.
pub(super) const ALL: [Shell; 3] = [Shell::Dash, Shell::Bash, Shell::Busybox];

impl Shell {
    /// Its program's name.
    const fn program(self) -> &'static str {
        match self {
            Self::Dash => "dash",
            Self::Bash => "bash",
            Self::Busybox => "busybox",
        }
    }

    /// Its program, and the file behind `/bin/sh` that the program has to be shown in the place of; none where that is it.
    ///
    /// # Errors
    /// Why this machine cannot have it as `/bin/sh`: a sentence's end.
    pub fn as_sh(self) -> Result<Option<(PathBuf, PathBuf)>, String> {
        let name = self.program();
        let own = program(name).ok_or_else(|| format!("there is no {name}"))?;
        let sh = fs::canonicalize(SH).map_err(|error| format!("there is no {SH}: {error}"))?;
        if own == sh {
            return Ok(None);
        }
        // Other programs may ask for this very file by another name: only dash is nobody's but `/bin/sh`'s.
        if sh.file_name().is_some_and(|name| name == "dash") {
            return Ok(Some((own, sh)));
        }
        Err(format!(
            "{SH} is {} here, which others need as it is",
            sh.display()
        ))
    }
}

fn program(name: &str) -> Option<PathBuf> {
    let mut places = FOLDERS.iter().map(|folder| Path::new(folder).join(name));
    fs::canonicalize(places.find(|place| place.is_file())?).ok()
}
