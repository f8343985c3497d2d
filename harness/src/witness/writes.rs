//! What guests write to their disks, and by which node's disk server: proof of who runs.
//!
//! The disk server of each node logs every write with its offset; the witness guest writes its record
//! to a sector that its incarnation chooses. So the log's line tells node and incarnation, and the
//! sector's content the rest.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::view::{NodeView, Subjects};
use super::watcher::Watcher;
use crate::history::{Guest, Moment, NodeName, Sighting, What};
use crate::lab::Record;
use crate::lab::guest::{RECORD_SECTOR, SECTOR};
use crate::recorder::Recorder;

const INTERVAL: Duration = Duration::from_millis(20);

/// How much of a log is read at once, in bytes: what comes between two looks fits.
const CHUNK: usize = 4096;

/// A writer that goes on writing is recorded again after this many milliseconds. Of a bystander only another incarnation
/// matters, which is recorded at once.
const fn repeat(guest: Guest) -> u64 {
    match guest {
        Guest::Subject | Guest::Stranger => 100,
        Guest::Bystander => 2000,
    }
}

/// Watches the logs of all disk servers.
pub(super) fn start(views: &[NodeView], subjects: &Subjects, recorder: Arc<Recorder>) -> Watcher {
    let mut logs: Vec<Log> = views
        .iter()
        .flat_map(|view| logs_of(view, subjects))
        .collect();
    let mut last: Vec<(Guest, NodeName, u64, Moment)> = Vec::new();
    Watcher::start("writes".into(), INTERVAL, move |_| {
        let mut writes: Vec<Write> = logs
            .iter_mut()
            .flat_map(|log| log.new_writes(&recorder))
            .collect();
        writes.sort_by_key(|write| write.at);
        for write in writes {
            note(&write, &mut last, &recorder);
        }
    })
}

fn logs_of(view: &NodeView, subjects: &Subjects) -> Vec<Log> {
    let mut logs = vec![Log::new(
        view,
        Guest::Subject,
        &view.subject_log,
        &subjects.subject.1,
    )];
    let own = subjects
        .bystanders
        .iter()
        .filter(|(node, ..)| *node == view.name);
    logs.extend(
        own.map(|(_, _, disk)| Log::new(view, Guest::Bystander, &view.bystander_log, disk)),
    );
    logs
}

/// Records a write when the writer is another than before, or has not been recorded for a while.
fn note(write: &Write, last: &mut Vec<(Guest, NodeName, u64, Moment)>, recorder: &Recorder) {
    // A bystander's disk is its node's own; the subject's is shared.
    let same_disk = |(guest, node, ..): &(Guest, NodeName, u64, Moment)| {
        *guest == write.guest && (*guest == Guest::Subject || *node == write.node)
    };
    let known = last.iter().position(same_disk);
    let news = known.is_none_or(|index| {
        let (_, node, incarnation, at) = &last[index];
        write.record.clean_end
            || *node != write.node
            || *incarnation != write.record.incarnation
            || write.at.0 >= at.0 + repeat(write.guest)
    });
    if !news {
        return;
    }
    if let Some(index) = known {
        last.swap_remove(index);
    }
    last.push((
        write.guest,
        write.node.clone(),
        write.record.incarnation,
        write.at,
    ));
    let sighting = Sighting::Write {
        node: write.node.clone(),
        guest: write.guest,
        incarnation: write.record.incarnation,
        counter: write.record.counter,
        clean: write.record.clean_end,
    };
    recorder.record_at(write.at, What::Saw(sighting));
}

/// One write of a guest's record.
struct Write {
    at: Moment,
    node: NodeName,
    guest: Guest,
    record: Record,
}

/// The log of one node's server of one disk, read as it grows. It is begun anew only between cases.
struct Log {
    node: NodeName,
    guest: Guest,
    path: PathBuf,
    /// Opened when it is first looked at.
    open: Option<File>,
    disk: PathBuf,
    position: u64,
    rest: String,
    /// Writes whose end was not read yet.
    begun: HashMap<WriteId, (DateTime, u64)>,
}

impl Log {
    fn new(view: &NodeView, guest: Guest, path: &Path, disk: &Path) -> Self {
        Self {
            node: view.name.clone(),
            guest,
            path: path.to_owned(),
            open: None,
            disk: disk.to_owned(),
            // What was written before the case began is not the case's.
            position: std::fs::metadata(path).map_or(0, |log| log.len()),
            rest: String::new(),
            begun: HashMap::new(),
        }
    }

    fn new_writes(&mut self, recorder: &Recorder) -> Vec<Write> {
        let Ok(text) = self.grown() else {
            return Vec::new();
        };
        self.rest.push_str(&text);
        let Some(end) = self.rest.rfind('\n') else {
            return Vec::new();
        };
        let rest = self.rest.split_off(end + 1);
        let lines = std::mem::replace(&mut self.rest, rest);
        let Ok(disk) = File::open(&self.disk) else {
            return Vec::new();
        };
        lines
            .lines()
            .filter_map(|line| self.write(line, &disk, recorder))
            .collect()
    }

    fn grown(&mut self) -> std::io::Result<String> {
        let file = match &mut self.open {
            Some(file) => file,
            none => none.insert(File::open(&self.path)?),
        };
        let (mut bytes, mut chunk) = (Vec::new(), [0; CHUNK]);
        loop {
            let read = file.read_at(&mut chunk, self.position)?;
            self.position += read as u64;
            bytes.extend_from_slice(&chunk[..read]);
            if read < CHUNK {
                return Ok(String::from_utf8_lossy(&bytes).into_owned());
            }
        }
    }

    /// The write that ends with this line. At its beginning its record is not on the disk yet, and the last one of a
    /// guest would be taken for the one before.
    fn write(&mut self, line: &str, disk: &File, recorder: &Recorder) -> Option<Write> {
        let (id, step) = parse(line)?;
        if let Step::Begins(time, offset) = step {
            self.begun.insert(id, (time, offset));
            return None;
        }
        let (time, offset) = self.begun.remove(&id)?;
        if !(RECORD_SECTOR..RECORD_SECTOR + 256).contains(&(offset / SECTOR)) {
            return None;
        }
        let mut sector = [0; SECTOR as usize];
        disk.read_exact_at(&mut sector, offset).ok()?;
        let record = Record::parse(&sector)?;
        let at = moment(time, recorder);
        Some(Write {
            at,
            node: self.node.clone(),
            guest: self.guest,
            record,
        })
    }
}

/// The moment of a wall-clock time that has just passed. The log tells it in UTC.
fn moment(time: DateTime, recorder: &Recorder) -> Moment {
    let now = recorder.now();
    let age = time.to_zoned(TimeZone::UTC).ok().map_or(0, |zoned| {
        let ago = jiff::Timestamp::now().as_millisecond() - zoned.timestamp().as_millisecond();
        u64::try_from(ago).unwrap_or(0)
    });
    Moment(now.0.saturating_sub(age))
}

/// Which of a disk server's writes: its connection and its number there.
type WriteId = (String, String);

/// What a line of the log tells of a write.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// It begins, at that time and that byte of the disk.
    Begins(DateTime, u64),
    /// It has ended, or failed.
    Ends,
}

/// Reads a line of nbdkit's log filter; none when it tells of no write.
fn parse(line: &str) -> Option<(WriteId, Step)> {
    let (head, tail) = line.split_once("Write id=")?;
    let (time, connection) = head.split_once(" connection=")?;
    let (connection, dots) = connection.split_once(' ')?;
    let mut words = tail.split(' ');
    let id = (connection.to_owned(), words.next()?.to_owned());
    // The line that tells the write's end has dots before the word.
    if dots == "..." {
        return Some((id, Step::Ends));
    }
    let time = time.replace(' ', "T").parse().ok()?;
    let offset = words.find_map(|word| word.strip_prefix("offset=0x"))?;
    let offset = u64::from_str_radix(offset, 16).ok()?;
    Some((id, Step::Begins(time, offset)))
}

#[cfg(test)]
mod tests {
    use super::{Step, parse};

    #[test]
    fn beginning_and_end_of_a_write_are_read_from_the_log() {
        let began = "2026-11-21 04:53:16.503804 connection=1 Write id=7 offset=0x8000 count=0x200 fua=1 ...";
        let id = ("1".to_owned(), "7".to_owned());
        let time = "2026-11-21T04:53:16.503804".parse().unwrap();
        assert_eq!(parse(began), Some((id.clone(), Step::Begins(time, 0x8000))));
        let ended = "2026-11-21 04:53:16.504491 connection=1 ...Write id=7 return=0";
        assert_eq!(parse(ended), Some((id, Step::Ends)));
        assert_eq!(
            parse("2026-11-21 04:53:16.504616 connection=1 Flush id=2 ..."),
            None
        );
    }
}
