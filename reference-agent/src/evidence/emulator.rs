//! The process table: which emulators run for a guest, whatever libvirt says or doesn't say.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Whether the emulators of this libvirt are processes of this node, so that the process table is evidence.
pub(crate) fn are_processes_here(uri: &str) -> bool {
    let Some((scheme, rest)) = uri.split_once("://") else {
        return false;
    };
    let local_host = rest.starts_with('/');
    local_host && matches!(scheme, "qemu" | "qemu+unix")
}

/// Every emulator of a guest on this node, where the process table speaks for this libvirt.
pub(crate) fn of_guest(uri: &str, uuid: &str) -> Vec<Emulator> {
    if are_processes_here(uri) {
        Emulator::find(uuid)
    } else {
        Vec::new()
    }
}

/// Every emulator of any guest on this node with the guest's UUID, where the process table speaks for this libvirt.
pub(crate) fn of_all_guests(uri: &str) -> Vec<(Emulator, String)> {
    if are_processes_here(uri) {
        Emulator::all()
    } else {
        Vec::new()
    }
}

/// The UUIDs of the guests of that name that have an emulator on this node; none where the process table doesn't speak for
/// this libvirt.
pub(crate) fn uuids_of_name(uri: &str, name: &str) -> Option<Vec<String>> {
    are_processes_here(uri).then(|| Emulator::named(name))
}

/// Whether it is certain that this libvirt has no emulator on this node at all.
pub(crate) fn are_none(uri: &str) -> bool {
    are_processes_here(uri) && !Emulator::any()
}

/// The numbers of processes, for a sentence.
pub(crate) fn pids(emulators: &[Emulator]) -> String {
    let numbers: Vec<String> = emulators
        .iter()
        .map(|emulator| emulator.pid.to_string())
        .collect();
    format!("process {}", numbers.join(", "))
}

/// One emulator's process. The start time distinguishes it from a later process with the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Emulator {
    /// The process id, in this node's pid namespace.
    pub(crate) pid: i32,
    /// When it was started, in clock ticks since boot (field 22 of /proc/PID/stat).
    pub(crate) started: u64,
}

impl Emulator {
    /// Every emulator of the guest with this UUID on this node.
    pub(crate) fn find(uuid: &str) -> Vec<Self> {
        processes()
            .filter(|folder| serves(folder, uuid))
            .filter_map(|folder| Self::at(&folder))
            .collect()
    }

    /// Every emulator of a guest on this node, with the guest's UUID in lower case.
    fn all() -> Vec<(Self, String)> {
        processes()
            .filter(|folder| is_emulator(folder) && is_ours(folder))
            .filter_map(|folder| {
                let line = fs::read(folder.join("cmdline")).ok()?;
                Some((Self::at(&folder)?, uuid_in(&line)?))
            })
            .collect()
    }

    /// The UUIDs of the guests of that name that have an emulator on this node.
    fn named(name: &str) -> Vec<String> {
        processes()
            .filter(|folder| is_emulator(folder) && is_ours(folder) && Self::at(folder).is_some())
            .filter_map(|folder| fs::read(folder.join("cmdline")).ok())
            .filter(|line| name_in(line).is_some_and(|found| found == name))
            .filter_map(|line| uuid_in(&line))
            .collect()
    }

    /// Whether any emulator runs on this node at all.
    fn any() -> bool {
        processes().any(|folder| is_emulator(&folder) && is_ours(&folder))
    }

    /// Whether this very process still runs; one that waits to be reaped doesn't.
    pub(crate) fn alive(&self) -> bool {
        stat(&self.folder())
            .is_some_and(|(state, started)| started == self.started && !matches!(state, 'Z' | 'X'))
    }

    /// Whether it is stopped by a signal, so that its guest stands still unnoticed by libvirt.
    pub(crate) fn frozen(&self) -> bool {
        stat(&self.folder())
            .is_some_and(|(state, started)| started == self.started && matches!(state, 'T' | 't'))
    }

    /// Sends a signal, after a last look that it is still the process that is meant.
    pub(crate) fn signal(&self, signal: Signal) {
        if self.alive() {
            // A process that went away in between is what the caller wants; others show in the next look.
            let _ = kill(Pid::from_raw(self.pid), signal);
        }
    }

    fn at(folder: &Path) -> Option<Self> {
        let pid = folder.file_name()?.to_str()?.parse().ok()?;
        let (state, started) = stat(folder)?;
        (!matches!(state, 'Z' | 'X')).then_some(Self { pid, started })
    }

    fn folder(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}", self.pid))
    }
}

/// The folders of all processes.
fn processes() -> impl Iterator<Item = PathBuf> {
    let numeric = |path: &PathBuf| {
        path.file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.bytes().all(|b| b.is_ascii_digit()))
    };
    fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(numeric)
}

/// Whether a process is an emulator of this node for this guest.
fn serves(folder: &Path, uuid: &str) -> bool {
    let Ok(line) = fs::read(folder.join("cmdline")) else {
        return false;
    };
    names_uuid(&line, uuid) && is_emulator(folder) && is_ours(folder)
}

/// Whether a command line has the arguments `-uuid UUID`, exactly.
fn names_uuid(line: &[u8], uuid: &str) -> bool {
    uuid_in(line).is_some_and(|found| found == uuid.to_ascii_lowercase())
}

/// What follows the argument `-uuid` in a command line, in lower case.
fn uuid_in(line: &[u8]) -> Option<String> {
    let mut arguments = line.split(|byte| *byte == 0);
    arguments.find(|argument| *argument == b"-uuid" || *argument == b"--uuid")?;
    let uuid = String::from_utf8_lossy(arguments.next()?);
    Some(uuid.to_ascii_lowercase())
}

/// The guest's name in a command line: what follows the argument `-name`, as libvirt writes it, where a comma is doubled.
fn name_in(line: &[u8]) -> Option<String> {
    let mut arguments = line.split(|byte| *byte == 0);
    arguments.find(|argument| *argument == b"-name" || *argument == b"--name")?;
    let value = String::from_utf8_lossy(arguments.next()?);
    let value = value.strip_prefix("guest=").unwrap_or(&value);
    let mut name = String::new();
    let mut letters = value.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == ',' && letters.next_if_eq(&',').is_none() {
            break;
        }
        name.push(letter);
    }
    Some(name)
}

/// By the program that runs, not by what its arguments say: an editor with a command line open is none.
/// Where the link may not be read (another user's process), the name the kernel keeps decides.
fn is_emulator(folder: &Path) -> bool {
    let program = fs::read_link(folder.join("exe"))
        .ok()
        .and_then(|path| {
            path.file_name()
                .map(|name| name.to_string_lossy().into_owned())
        })
        .or_else(|| fs::read_to_string(folder.join("comm")).ok())
        .unwrap_or_default();
    program.contains("qemu") || program.starts_with("kvm")
}

/// A guest in a container, or of another node that shares the machine, isn't ours: it has namespaces of its own.
/// What may not be read (as another user) is taken for ours, as the doubt is to be.
fn is_ours(folder: &Path) -> bool {
    ["ns/pid", "ns/net"].iter().all(|space| {
        let theirs = fs::read_link(folder.join(space));
        let ours = fs::read_link(Path::new("/proc/self").join(space));
        match (theirs, ours) {
            (Ok(theirs), Ok(ours)) => theirs == ours,
            _ => true,
        }
    })
}

/// State letter and start time of a process.
fn stat(folder: &Path) -> Option<(char, u64)> {
    parse_stat(&fs::read_to_string(folder.join("stat")).ok()?)
}

/// The program's name stands in parentheses and may hold anything, more parentheses included.
fn parse_stat(text: &str) -> Option<(char, u64)> {
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    Some((
        fields.first()?.chars().next()?,
        fields.get(19)?.parse().ok()?,
    ))
}

/// Those of `some` that still run, without repetition.
pub(crate) fn living(some: impl IntoIterator<Item = Emulator>) -> Vec<Emulator> {
    let mut seen = HashSet::new();
    some.into_iter()
        .filter(|emulator| emulator.alive() && seen.insert(*emulator))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "c0ffee00-1111-4222-8333-444455556666";

    #[test]
    fn the_process_table_speaks_for_local_qemu_only() {
        assert!(are_processes_here("qemu:///system"));
        assert!(are_processes_here("qemu+unix:///system?socket=/run/x"));
        assert!(!are_processes_here("qemu+ssh://other/system"));
        assert!(!are_processes_here("test:///default"));
        assert!(!are_processes_here("nonsense"));
    }

    #[test]
    fn only_the_exact_arguments_identify_an_emulator() {
        let line = |arguments: &[&str]| arguments.join("\0").into_bytes();
        assert!(names_uuid(&line(&["qemu", "-uuid", UUID, "-x"]), UUID));
        assert!(names_uuid(
            &line(&["qemu", "-uuid", &UUID.to_uppercase()]),
            UUID
        ));
        assert!(!names_uuid(&line(&["qemu", "-name", UUID]), UUID));
        assert!(!names_uuid(&line(&["qemu", "-uuid", "x", UUID]), UUID));
        assert!(!names_uuid(b"", UUID));
    }

    #[test]
    fn a_name_ends_at_a_single_comma() {
        let name = |value: &str| name_in(["qemu", "-name", value, "-S"].join("\0").as_bytes());
        let named = |value| name(value).unwrap();
        assert_eq!(named("guest=vm1,debug-threads=on"), "vm1");
        assert_eq!(named("guest=a,,b c,,,x=on"), "a,b c,");
        assert_eq!(named("guest=Büro"), "Büro");
        assert_eq!(named("vm1"), "vm1");
        assert_eq!(name_in(b"qemu\0-uuid\0x"), None);
    }

    #[test]
    fn a_program_name_with_parentheses_does_not_confuse() {
        let text = "7 (a) b) T 1 1 1 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 98765 1 1";
        assert_eq!(parse_stat(text), Some(('T', 98765)));
        assert_eq!(parse_stat("7 (a"), None);
    }

    #[test]
    fn this_process_is_alive_until_its_start_time_differs() {
        let pid = i32::try_from(std::process::id()).unwrap();
        let started = stat(Path::new("/proc/self")).unwrap().1;
        assert!(Emulator { pid, started }.alive());
        assert!(
            !Emulator {
                pid,
                started: started + 1
            }
            .alive()
        );
        assert!(!Emulator { pid, started }.frozen());
    }
}
