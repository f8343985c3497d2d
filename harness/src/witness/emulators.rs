//! The process table: which emulators there are on a node, and whether a signal stopped them.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::eyes::{Eyes, NodeView, Subjects};
use crate::history::{Emulator, Sighting, What};
use crate::recorder::Recorder;

const INTERVAL: Duration = Duration::from_millis(40);

/// Opens an eye on a node's process table.
pub(super) fn open(view: NodeView, subjects: Subjects, recorder: Arc<Recorder>) -> Eyes {
    let mut last: Option<Vec<Emulator>> = None;
    Eyes::open(
        format!("emulators-{}", view.name),
        INTERVAL,
        move |always| {
            // The moment before the look: what is seen was true no earlier, and a process seen gone
            // was gone no later than the look's end, which is a millisecond away.
            let at = recorder.now();
            let found = emulators(&view.root.join("proc"), &subjects);
            if always || last.as_ref() != Some(&found) {
                let sighting = Sighting::Emulators {
                    node: view.name.clone(),
                    found: found.clone(),
                };
                recorder.record_at(at, What::Saw(sighting));
                last = Some(found);
            }
        },
    )
}

/// Every emulator in that process table, by the UUID on its command line. Zombies are none.
fn emulators(proc: &Path, subjects: &Subjects) -> Vec<Emulator> {
    let Ok(entries) = fs::read_dir(proc) else {
        return Vec::new();
    };
    let mut found: Vec<_> = entries
        .flatten()
        .filter_map(|entry| {
            let pid: i32 = entry.file_name().to_str()?.parse().ok()?;
            emulator(&entry.path(), pid, subjects)
        })
        .collect();
    found.sort_by_key(|emulator| emulator.pid);
    found
}

fn emulator(process: &Path, pid: i32, subjects: &Subjects) -> Option<Emulator> {
    let command = fs::read(process.join("cmdline")).ok()?;
    let mut words = command.split(|byte| *byte == 0);
    let program = std::str::from_utf8(words.next()?).ok()?;
    let base = program.rsplit('/').next()?;
    if !base.starts_with("qemu") && base != "kvm" {
        return None;
    }
    words.find(|word| *word == b"-uuid")?;
    let guest = subjects.guest_of(std::str::from_utf8(words.next()?).ok()?)?;
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    let state = stat.rsplit_once(')')?.1.trim_start().chars().next()?;
    (state != 'Z' && state != 'X').then_some(Emulator {
        pid,
        guest,
        frozen: state == 'T',
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Guest, NodeName};

    fn process(proc: &Path, pid: &str, command: &[&str], state: &str) {
        let folder = proc.join(pid);
        fs::create_dir(&folder).unwrap();
        fs::write(folder.join("cmdline"), command.join("\0")).unwrap();
        fs::write(
            folder.join("stat"),
            format!("{pid} (qemu (x) y) {state} 1 1"),
        )
        .unwrap();
    }

    fn subjects() -> Subjects {
        Subjects {
            subject: ("1111".into(), "/disk".into()),
            bystanders: vec![(NodeName::from("a"), "2222".into(), "/other".into())],
            stranger: "3333".into(),
        }
    }

    #[test]
    fn an_emulator_is_known_by_its_uuid_and_not_by_its_name() {
        let proc = tempfile::tempdir().unwrap();
        process(
            proc.path(),
            "7",
            &["/usr/bin/qemu-system-x86_64", "-uuid", "1111", ""],
            "T",
        );
        process(
            proc.path(),
            "9",
            &["/usr/bin/qemu-system-x86_64", "-name", "1111", ""],
            "S",
        );
        process(proc.path(), "11", &["/bin/sh", "-uuid", "1111", ""], "S");
        process(
            proc.path(),
            "13",
            &["/usr/bin/qemu-system-x86_64", "-uuid", "2222", ""],
            "Z",
        );
        let found = emulators(proc.path(), &subjects());
        assert_eq!(
            found,
            [Emulator {
                pid: 7,
                guest: Guest::Subject,
                frozen: true
            }]
        );
    }
}
