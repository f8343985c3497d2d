//! What the last start on this node knew: the guest's identity, kept beside the definition's file.
//!
//! By it `stop` and `monitor` know their guest when that file is gone, damaged or changed. It lives under /run: a
//! reboot, which ends the guest, ends the record too.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::emulator::Emulator;
use crate::call::Call;
use crate::stderr;
use crate::uuid::canonical;

/// One resource's record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// The guest's identity.
    pub(crate) uuid: String,
    /// The guest's name at start.
    pub(crate) name: String,
    /// The emulator's process, once it is known.
    pub(crate) emulator: Option<Emulator>,
    /// Fingerprint of the definition that was started.
    pub(crate) digest: String,
    /// URI of the libvirt that it was started by; empty in the record of an older agent.
    pub(crate) hypervisor: String,
}

impl Record {
    /// The record of this call's resource. A damaged or unreadable one is named on stderr, and is none.
    pub(crate) fn load(call: &Call) -> Option<Self> {
        for path in places(call) {
            match fs::read_to_string(&path) {
                Ok(text) => match Self::parse(&text) {
                    Some(record) => return Some(record),
                    None => stderr::print(&format!("the record {} is damaged", path.display())),
                },
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) if error.kind() == io::ErrorKind::NotADirectory => {}
                Err(error) => stderr::print(&format!(
                    "the record {} can't be read: {error}",
                    path.display()
                )),
            }
        }
        None
    }

    /// Writes the record in the first place that takes it. Failing costs a message, not the action.
    pub(crate) fn save(&self, call: &Call) {
        let mut failures = Vec::new();
        for path in places(call) {
            match replace(&path, &self.text()) {
                Ok(()) => return,
                Err(error) => failures.push(format!("{}: {error}", path.display())),
            }
        }
        stderr::print(&format!(
            "no record could be written: {}",
            failures.join("; ")
        ));
    }

    /// Removes this resource's record, if there is one.
    pub(crate) fn forget(call: &Call) {
        for path in places(call) {
            for torn in unfinished(&path) {
                let _ = fs::remove_file(torn);
            }
            let _ = fs::remove_file(path);
        }
    }

    fn text(&self) -> String {
        let name: String = self.name.chars().filter(|c| *c != '\n').collect();
        let mut text = format!(
            "uuid={}\nname={name}\ndigest={}\nhypervisor={}\n",
            self.uuid, self.digest, self.hypervisor
        );
        if let Some(emulator) = self.emulator {
            text.push_str(&format!(
                "pid={}\nstarted={}\n",
                emulator.pid, emulator.started
            ));
        }
        text
    }

    fn parse(text: &str) -> Option<Self> {
        let value = |key: &str| {
            text.lines()
                .find_map(|line| line.split_once('=').filter(|(name, _)| *name == key))
                .map(|(_, value)| value)
        };
        let emulator = value("pid")
            .zip(value("started"))
            .and_then(|(pid, started)| {
                Some(Emulator {
                    pid: pid.parse().ok()?,
                    started: started.parse().ok()?,
                })
            });
        Some(Self {
            uuid: canonical(value("uuid")?)?,
            name: value("name")?.to_owned(),
            emulator,
            digest: value("digest").unwrap_or_default().to_owned(),
            hypervisor: value("hypervisor").unwrap_or_default().to_owned(),
        })
    }
}

/// Where a record may be, best place first; the order doesn't depend on how the agent was called.
fn places(call: &Call) -> Vec<PathBuf> {
    let file = format!("virt-reference-agent-{}.state", escaped(&call.instance));
    let mut folders = vec![PathBuf::from("/run/resource-agents")];
    folders.extend(call.scratch.as_ref().map(PathBuf::from));
    folders.push(PathBuf::from("/run"));
    folders.dedup();
    folders
        .into_iter()
        .map(|folder| folder.join(&file))
        .collect()
}

/// What a process that was killed while it replaced this file has left beside it.
fn unfinished(path: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Vec::new();
    };
    let begin = format!("{}.", name.to_string_lossy());
    let torn = |path: &PathBuf| {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        name.strip_prefix(&begin)
            .and_then(|rest| rest.strip_suffix(".new"))
            .is_some_and(|pid| pid.parse::<u32>().is_ok())
    };
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(torn)
        .collect()
}

/// A resource's name as part of a file's name.
fn escaped(instance: &str) -> String {
    instance
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02x}"),
        })
        .collect()
}

/// Replaces a file as a whole: whoever reads it sees the old text or the new one.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(format!(".{}.new", std::process::id()));
    let temporary = PathBuf::from(temporary);
    let written = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
    let done = written.and_then(|()| fs::rename(&temporary, path));
    if done.is_err() {
        let _ = fs::remove_file(&temporary);
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record() -> Record {
        Record {
            uuid: "c0ffee00-1111-4222-8333-444455556666".to_owned(),
            name: "vm = one".to_owned(),
            emulator: Some(Emulator {
                pid: 12,
                started: 3456,
            }),
            digest: "00".to_owned(),
            hypervisor: "qemu:///system".to_owned(),
        }
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        assert_eq!(Record::parse(&record().text()), Some(record()));
        let unknown = Record {
            emulator: None,
            ..record()
        };
        assert_eq!(Record::parse(&unknown.text()), Some(unknown));
    }

    #[test]
    fn half_a_record_is_none() {
        assert_eq!(Record::parse(&record().text()[..20]), None);
        assert_eq!(Record::parse(""), None);
    }

    #[test]
    fn names_of_resources_become_harmless_file_names() {
        assert_eq!(escaped("vm-1_a.b"), "vm-1_a.b");
        assert_eq!(escaped("../a b"), "..%2fa%20b");
    }

    #[test]
    fn what_a_killed_process_left_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vm.state");
        for name in [
            "vm.state",
            "vm.state.17.new",
            "vm.state.d.state",
            "vm.state2.17.new",
        ] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(unfinished(&path), [folder.path().join("vm.state.17.new")]);
    }

    #[test]
    fn replacing_a_file_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("vm.state");
        replace(&path, "one").unwrap();
        replace(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
