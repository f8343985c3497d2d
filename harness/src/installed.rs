//! What is installed on this machine: programs, and the distribution itself.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// The folders of programs, as the cluster manager's daemons search them under systemd: an ordinary user's own path may
/// lack those of system programs.
pub(crate) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Where a message about something missing sends its reader, as a sentence's end.
pub(crate) const TO_DOCTOR: &str =
    "`virt-ra-tester doctor` shows what is missing, and the packages that have it";

/// How long a program may take to say its version. One that talks to a daemon may wait for it for ever.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a program says of its version, in a line; none when it is not there, or does not answer.
pub(crate) fn version(name: &str) -> Option<String> {
    first_line(&duct::cmd!(program(name)?, "--version"), PATIENCE)
}

/// The first line that a program answers to these arguments; none when it is not there, fails, or does not answer in time.
pub(crate) fn answer(name: &str, arguments: &[&str]) -> Option<String> {
    // A program's text would otherwise depend on the caller's language.
    let command = duct::cmd(program(name)?, arguments).env("LC_ALL", "C");
    first_line(&command, PATIENCE)
}

/// The first line that a command prints; none when it prints nothing, or has not ended by then.
fn first_line(command: &duct::Expression, patience: Duration) -> Option<String> {
    let command = command.stdin_null().stderr_null().stdout_capture();
    let running = command.unchecked().start().ok()?;
    let Some(said) = running.wait_timeout(patience).ok()? else {
        let _ = running.kill();
        return None;
    };
    let text = String::from_utf8_lossy(&said.stdout);
    Some(text.lines().next()?.to_owned())
}

/// A program on the user's path, or where the system's own are; none when it is not there, or may not be executed.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    on_path(name).or_else(|| in_folders(name, PATH))
}

/// A program on the user's path, where a shell that the user started finds it; none when it is not there, or may not be
/// executed.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    in_folders(name, env::var_os("PATH").unwrap_or_default())
}

/// A program in the first of some folders that has it, which are separated by colons; a file that may not be executed is
/// passed over, as a shell does.
pub(crate) fn in_folders(name: &str, folders: impl AsRef<OsStr>) -> Option<PathBuf> {
    which::which_in(name, Some(folders), ".").ok()
}

/// Why nothing that takes these programs can be had here, as a sentence's end; none when all of them are there.
pub(crate) fn missing(programs: &[&str]) -> Option<String> {
    let missing = programs.iter().find(|name| program(name).is_none())?;
    Some(format!("there is no {missing}"))
}

/// Why the Pacemaker that a program belongs to cannot be used, as a sentence's end; none when it can, or is not there.
///
/// What its tools print and what a CIB holds was looked up for versions 2 and 3, and is other for 1.
pub(crate) fn unfit_pacemaker(program: &str) -> Option<String> {
    let path = self::program(program)?;
    match first_line(&duct::cmd!(path, "--version"), PATIENCE) {
        Some(said) => unfit_version(&said),
        None => Some(format!("{program} does not say its version")),
    }
}

/// The same by what it says; none too where that has no version.
fn unfit_version(said: &str) -> Option<String> {
    let version = said.split_whitespace().nth(1)?;
    let is_known = matches!(version.split('.').next()?, "2" | "3");
    (!is_known).then(|| format!("it is Pacemaker {version}, and only versions 2 and 3 can be used"))
}

/// The distribution as it names itself, such as `Debian GNU/Linux 12 (bookworm)`; none when it does not.
///
/// Source: os-release(5), `PRETTY_NAME`, and where the file lies. It is read here and not by a crate: those that read this
/// file alone are released once in years, and the well-kept ones guess at much more than this one line.
pub(crate) fn distribution() -> Option<String> {
    let places = ["/etc/os-release", "/usr/lib/os-release"];
    let text = places
        .iter()
        .find_map(|place| fs::read_to_string(place).ok());
    pretty_name(&text?)
}

/// The value of `PRETTY_NAME`. A value is what a shell makes of it, and so in quotes where it has a blank.
fn pretty_name(text: &str) -> Option<String> {
    let mut lines = text.lines().rev();
    let value = lines
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))?
        .trim_end();
    let single = value
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''));
    if let Some(literal) = single {
        return Some(literal.to_owned());
    }
    let double = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let mut escaped = false;
    let mut is_kept = |letter: &char| {
        escaped = *letter == '\\' && !escaped;
        !escaped
    };
    Some(
        double
            .unwrap_or(value)
            .chars()
            .filter(|letter| is_kept(letter))
            .collect(),
    )
}

/// The kernel's release, such as `6.1.0-18-amd64`.
pub(crate) fn kernel() -> Option<String> {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").ok()?;
    Some(release.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    use super::{PATIENCE, first_line, in_folders, pretty_name, unfit_version};

    #[test]
    fn another_major_version_of_pacemaker_is_named() {
        for said in ["Pacemaker 2.0.5", "Pacemaker 3.0.1-1.fc42", ""] {
            assert_eq!(unfit_version(said), None);
        }
        for version in ["1.1.24", "4.0.0"] {
            let why = format!("it is Pacemaker {version}, and only versions 2 and 3 can be used");
            assert_eq!(unfit_version(&format!("Pacemaker {version}")), Some(why));
        }
    }

    #[test]
    fn a_command_that_hangs_is_not_waited_for() {
        let answers = duct::cmd!("sh", "-c", "echo tool 1.2; echo and more");
        let said = first_line(&answers, PATIENCE);
        assert_eq!(said.as_deref(), Some("tool 1.2"));
        let hangs = duct::cmd!("sleep", "1000");
        assert_eq!(first_line(&hangs, Duration::from_millis(50)), None);
    }

    #[test]
    fn a_file_that_may_not_be_executed_is_no_program() {
        let folders = [(); 2].map(|()| tempfile::tempdir().expect("a folder"));
        let program = |folder: usize, mode| {
            let path = folders[folder].path().join("tool");
            fs::write(&path, "#!/bin/sh\n").expect("it can be written");
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("it is ours");
            path
        };
        let path = std::env::join_paths(folders.iter().map(tempfile::TempDir::path));
        let path = path.expect("no colon is in them");
        program(0, 0o644);
        assert_eq!(in_folders("tool", &path), None);
        let second = program(1, 0o755);
        assert_eq!(in_folders("tool", &path), Some(second));
        let first = program(0, 0o755);
        assert_eq!(in_folders("tool", &path), Some(first));
    }

    #[test]
    fn the_distribution_is_named_as_a_shell_would_read_it() {
        for (line, name) in [
            (
                r#"PRETTY_NAME="Debian GNU/Linux 12 (bookworm)""#,
                "Debian GNU/Linux 12 (bookworm)",
            ),
            ("PRETTY_NAME='SUSE \"15\"'", "SUSE \"15\""),
            ("PRETTY_NAME=Arch", "Arch"),
            (r#"PRETTY_NAME="a \"b\" \\ \$c""#, r#"a "b" \ $c"#),
        ] {
            let text = format!("NAME=x\n{line}\nID=x\n");
            assert_eq!(pretty_name(&text).as_deref(), Some(name));
        }
        assert_eq!(pretty_name("NAME=x\n"), None);
    }
}
