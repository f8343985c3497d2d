use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::sys::statvfs::{FsFlags, statvfs};

use super::error::PackageError;

/// Makes a folder in TMPDIR, prints its path, and removes it when standard input ends. It tries more than once: a tool that
/// was unpacking when the harness was killed may go on writing for a moment.
const KEEPER: &str = r#"
trap '' HUP INT PIPE TERM
folder=$(mktemp -d -t virt-ra-tester-package.XXXXXX) || exit
echo "$folder"
cat >/dev/null
for second in 0 1 2 3 4; do
    rm -rf -- "$folder" && exit
    sleep 1
done
"#;

/// A folder that is removed when this process ends, whatever ends it: another process waits for the end of a pipe and
/// removes it then.
#[derive(Debug)]
pub(super) struct TemporaryFolder {
    path: PathBuf,
    keeper: Child,
}

impl TemporaryFolder {
    /// Makes a folder in which programs can be executed.
    pub(super) fn make() -> Result<Self, PackageError> {
        let failed = |error: std::io::Error| PackageError::NoFolder {
            why: error.to_string(),
        };
        let mut command = Command::new("sh");
        command
            .args(["-c", KEEPER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        // In a process group of its own: the terminal's interrupt is for the harness alone.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut keeper = command.spawn().map_err(failed)?;
        let mut line = String::new();
        if let Some(said) = keeper.stdout.take() {
            BufReader::new(said).read_line(&mut line).map_err(failed)?;
        }
        let path = PathBuf::from(line.trim_end());
        // From here on it is removed when it is dropped.
        let folder = Self { path, keeper };
        let found = statvfs(&folder.path).map_err(|_| PackageError::NoFolder {
            why: format!(
                "nothing can be written to {}",
                std::env::temp_dir().display()
            ),
        })?;
        if found.flags().contains(FsFlags::ST_NOEXEC) {
            return Err(PackageError::NoExec {
                path: std::env::temp_dir(),
            });
        }
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        let _ = self.keeper.wait();
    }
}
