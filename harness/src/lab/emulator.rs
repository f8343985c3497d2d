//! The emulators in a process table, found at the cost of reading short names.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::cgroups;
use super::container::{INIT, uuid_of};
use super::domain::DomainSpec;
use super::process_table::{Table, after_name};

/// An emulator that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emulator {
    /// Its id in its node.
    pub pid: i32,
    /// The UUID of its domain, from its command line.
    pub uuid: String,
    /// Whether a signal has stopped it.
    pub frozen: bool,
    /// Whether it is a container's process and the freezer holds it.
    pub paused: bool,
}

/// Every emulator in the process table that is mounted there, in the order of their ids. Zombies are none.
#[must_use]
pub(super) fn emulators(proc: &Path) -> Vec<Emulator> {
    let Ok(table) = Table::open(proc) else {
        return Vec::new();
    };
    let pids = table.pids();
    let mut found: Vec<_> = { pids.iter() }
        .filter_map(|pid| emulator(&table, *pid))
        .collect();
    found.sort_by_key(|emulator| emulator.pid);
    found
}

/// The UUID of the guest whose emulator has this command line; none when it is no emulator's.
///
/// Of a container it is the first process, which has it as its argument. An emulator's program is `qemu-system-x86_64`, `qemu-kvm` or `kvm`, as distributions call it. libvirt gives every emulator its
/// domain's UUID. An agent that starts QEMU itself may give it another or none: then whoever has the subject's disk is
/// the subject, and, where there is no UUID, whoever has its name.
pub(super) fn domain_uuid<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut words = words.into_iter();
    let base = words.next()?.rsplit('/').next()?;
    if base == INIT {
        return uuid_of(base, words);
    }
    if !base.starts_with("qemu") && base != "kvm" {
        return None;
    }
    let (mut uuid, mut has_disk, mut has_name, mut before) = (None, false, false, "");
    for word in words {
        match before {
            "-uuid" => uuid = uuid.or(Some(word)),
            "-name" => has_name |= is_subjects_name(word),
            _ => has_disk |= has_subjects_disk(word),
        }
        before = word;
    }
    // QEMU's other programs, such as qemu-img, may be given the disk as well.
    let runs_guests = base.starts_with("qemu-system-") || ["qemu-kvm", "kvm"].contains(&base);
    let subject = |is: bool| (is && runs_guests).then_some(DomainSpec::SUBJECT);
    let ours = uuid.filter(|uuid| DomainSpec::is_ours(uuid));
    ours.or(subject(has_disk)).or(uuid).or(subject(has_name))
}

/// Whether a value of `-name` is the subject's: `vm1`, `vm1,debug-threads=on` or `guest=vm1,…`.
fn is_subjects_name(value: &str) -> bool {
    let name = value.split(',').next().unwrap_or(value);
    name.strip_prefix("guest=").unwrap_or(name) == DomainSpec::SUBJECT_NAME
}

/// Whether a word names the socket of the subject's disk, and not a longer path that begins so.
fn has_subjects_disk(word: &str) -> bool {
    let mut after = word.split(DomainSpec::SUBJECT_SOCKET).skip(1);
    after.any(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || "._-/".contains(c)))
}

fn emulator(table: &Table, pid: i32) -> Option<Emulator> {
    // Most processes are none, and the kernel's name for one is told sooner than its command line.
    let name = table.read(pid, "comm")?;
    let known = [b"qemu".as_slice(), b"kvm", INIT.as_bytes()];
    if !known.iter().any(|begin| name.starts_with(begin)) {
        return None;
    }
    let command = table.read(pid, "cmdline")?;
    let command = String::from_utf8_lossy(&command);
    let uuid = domain_uuid(command.split('\0'))?.to_owned();
    let stat = table.read(pid, "stat")?;
    let stat = String::from_utf8_lossy(&stat);
    let mut fields = after_name(&stat)?;
    let state = fields.next()?;
    let session = fields.nth(2)?.parse().ok()?;
    let is_none = is_over(state) || only_launches(table, &command, session);
    (!is_none).then_some(Emulator {
        pid,
        uuid,
        frozen: state == "T",
        paused: name.starts_with(INIT.as_bytes()) && is_paused(table, pid),
    })
}

fn is_paused(table: &Table, pid: i32) -> bool {
    let cgroups = table.read(pid, "cgroup").unwrap_or_default();
    cgroups::is_frozen(&String::from_utf8_lossy(&cgroups))
}

/// Whether it is only the first process of an emulator that is to run in the background: QEMU with `-daemonize` forks, and
/// the first process waits until the last is ready, whose session's leader is gone by then. On a busy machine that takes
/// seconds. Source: QEMU, os-posix.c, `os_daemonize`.
fn only_launches(table: &Table, command: &str, session: i32) -> bool {
    let mut words = command.split('\0');
    let daemonizes = words.any(|word| ["-daemonize", "--daemonize"].contains(&word));
    let leader_is_there = || {
        let stat = table.read(session, "stat");
        stat.is_some_and(|stat| {
            let stat = String::from_utf8_lossy(&stat);
            let state = after_name(&stat).and_then(|mut fields| fields.next());
            state.is_some_and(|state| !is_over(state))
        })
    };
    // A leader outside the node is none of the emulator's making.
    daemonizes && (session == 0 || leader_is_there())
}

/// Whether a process in that state has ended.
fn is_over(state: &str) -> bool {
    ["Z", "X"].contains(&state)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::ffi::OsStrExt;

    use super::*;

    fn process(proc: &Path, pid: &str, command: &[&str], state: &str) {
        process_of(proc, pid, command, (state, 1));
    }

    fn process_of(proc: &Path, pid: &str, command: &[&str], (state, session): (&str, i32)) {
        let folder = proc.join(pid);
        fs::create_dir(&folder).unwrap();
        let name = Path::new(command[0]).file_name().unwrap().as_bytes();
        fs::write(folder.join("comm"), &name[..name.len().min(15)]).unwrap();
        fs::write(folder.join("cmdline"), command.join("\0")).unwrap();
        fs::write(
            folder.join("stat"),
            format!("{pid} (qemu (x) y) {state} 1 1 {session} 0"),
        )
        .unwrap();
    }

    #[test]
    fn an_emulator_is_known_by_its_uuid_and_not_by_its_name() {
        const QEMU: &str = "/usr/bin/qemu-system-x86_64";
        let proc = tempfile::tempdir().unwrap();
        process(proc.path(), "7", &[QEMU, "-uuid", "1111", ""], "T");
        process(proc.path(), "9", &[QEMU, "-name", "1111", ""], "S");
        process(proc.path(), "11", &["/bin/sh", "-uuid", "1111", ""], "S");
        process(proc.path(), "13", &[QEMU, "-uuid", "2222", ""], "Z");
        let only = Emulator {
            pid: 7,
            uuid: "1111".to_owned(),
            frozen: true,
            paused: false,
        };
        assert_eq!(emulators(proc.path()), [only]);
    }

    #[test]
    fn of_an_emulator_that_goes_into_the_background_the_last_process_counts_alone() {
        let proc = tempfile::tempdir().unwrap();
        let command = ["qemu-system-x86_64", "-daemonize", "-uuid", "1111"];
        let add = |pid: &str, command: &[&str], of| process_of(proc.path(), pid, command, of);
        add("3", &["/bin/sh"], ("S", 3));
        // It waits in the agent's session; the one in the middle has ended.
        add("5", &command, ("S", 3));
        add("7", &command, ("Z", 7));
        let pids = || -> Vec<i32> {
            let found = emulators(proc.path());
            found.iter().map(|one| one.pid).collect()
        };
        assert!(pids().is_empty());
        add("9", &command, ("S", 7));
        assert_eq!(pids(), [9]);
        add("11", &["qemu-system-x86_64", "-uuid", "1111"], ("S", 3));
        assert_eq!(pids(), [9, 11]);
    }

    #[test]
    fn an_emulator_without_a_uuid_of_ours_is_the_subjects_by_its_disk_or_its_name() {
        let of = |words: &str| domain_uuid(words.split(' ')).map(str::to_owned);
        let subject = Some(DomainSpec::SUBJECT.to_owned());
        let disk =
            "/usr/bin/qemu-system-x86_64 -drive file=nbd:unix:/run/vrt/subject.sock,format=raw";
        assert_eq!(of(disk), subject);
        assert_eq!(of(&format!("{disk} -uuid 1111")), subject);
        assert_eq!(of("qemu-kvm -name guest=vm1,debug-threads=on"), subject);
        assert_eq!(of("qemu-kvm -name vm1"), subject);
    }

    #[test]
    fn an_emulator_of_another_guest_is_not_taken_for_the_subjects() {
        let of = |words: &str| domain_uuid(words.split(' ')).map(str::to_owned);
        assert_eq!(of("qemu-kvm -name vm1 -uuid 1111"), Some("1111".to_owned()));
        assert_eq!(of("qemu-kvm -name guest=vm1-by"), None);
        assert_eq!(of("qemu-img info nbd:unix:/run/vrt/subject.sock"), None);
        assert_eq!(
            of("qemu-kvm -drive file=nbd:unix:/run/vrt/subject.sock.old"),
            None
        );
        assert_eq!(
            of("qemu-kvm -drive file=nbd:unix:/run/vrt/bystander.sock"),
            None
        );
    }
}
