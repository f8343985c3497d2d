use std::fs;
use std::path::PathBuf;

use crate::case::Shell;
use crate::installed;

/// The name of most agents' interpreter.
pub(crate) const SH: &str = "sh";

/// Where shells lie.
const FOLDERS: &str = "/usr/bin:/bin:/usr/sbin:/sbin";

/// All shells that cases may ask for.
pub(super) const ALL: [Shell; 3] = [Shell::Dash, Shell::Bash, Shell::Busybox];

impl Shell {
    /// Its program's name.
    #[must_use]
    pub const fn program(self) -> &'static str {
        match self {
            Self::Dash => "dash",
            Self::Bash => "bash",
            Self::Busybox => "busybox",
        }
    }

    /// Its program, and the file behind `/bin/sh` that the program has to be shown in the place of; none where that is it.
    /// `own` and `sh` are the files that its name and [`SH`] lead to in the end, where there are any.
    ///
    /// # Errors
    /// Why it cannot be `/bin/sh` there: a sentence's end.
    pub fn as_sh(
        self,
        own: Option<PathBuf>,
        sh: Option<PathBuf>,
    ) -> Result<Option<(PathBuf, PathBuf)>, String> {
        let none = |name| format!("there is no {name}");
        let own = own.ok_or_else(|| none(self.program()))?;
        let sh = sh.ok_or_else(|| none(SH))?;
        if own == sh {
            return Ok(None);
        }
        // Other programs may ask for this very file by another name: only dash is nobody's but `/bin/sh`'s.
        if sh.file_name().is_some_and(|name| name == "dash") {
            return Ok(Some((own, sh)));
        }
        Err(format!(
            "/bin/sh is {} there, which others need as it is",
            sh.display()
        ))
    }
}

/// The file that a name leads to on this machine.
pub(super) fn program(name: &str) -> Option<PathBuf> {
    fs::canonicalize(installed::in_folders(name, FOLDERS)?).ok()
}
