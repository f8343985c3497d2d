//! Looking: what a case asks its witnesses for, and waits for them to see.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use super::stage::Stage;
use super::trouble::Trouble;
use super::{configuration, world};
use crate::case::{ConfigForm, Role};
use crate::digest::sha256;
use crate::engine::Engine;
use crate::history::{DomainState, Emulator, Entry, Guest, Moment, NodeName, Sighting, What};
use crate::judge;
use crate::lab::Node;

/// How long any state of the world may take to come about.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often the witness guest writes: at every second tick of 18.2 a second.
const WRITE_INTERVAL: Duration = Duration::from_millis(110);

/// How long a guest may take from its start to its first write: a third of a second, with room.
const BOOT: Duration = Duration::from_secs(2);

impl Stage<'_> {
    /// Gives a guest that runs the time for one more write, which shows which incarnation it is, and
    /// that it has booted: before, it would not hear the power button.
    pub(super) fn await_writer(&self) {
        let since = self.recorder.now();
        self.look_everywhere();
        let until = Instant::now() + BOOT * self.lab.pace();
        let engine = self.actors.profile.engine();
        let unheard = |entries: &[Entry]| runs_unheard(entries, since, engine);
        while Instant::now() < until && self.recorder.read(unheard) {
            std::thread::sleep(WRITE_INTERVAL / 8);
        }
    }

    /// Where two emulators of the subject stand at the end, gives their guests the time for writes that prove
    /// it: a second guest that still boots when a case is over has not written yet.
    pub(super) fn await_proof(&self) {
        let until = Instant::now() + BOOT * self.lab.pace();
        let open =
            |entries: &[Entry]| emulators_standing(entries) > 1 && !judge::doubled_on_disk(entries);
        while Instant::now() < until && self.recorder.read(open) {
            std::thread::sleep(WRITE_INTERVAL / 2);
        }
    }

    /// Looks at every node's domains and emulators now.
    pub(super) fn look_everywhere(&self) {
        if let Some(witness) = &self.witness {
            witness.look_everywhere();
        }
    }

    /// Looks with every eye, also at what lies around.
    pub(super) fn look_at_all(&self) -> Result<(), Trouble> {
        if self.witness.is_none() {
            return Ok(());
        }
        self.look_everywhere();
        let nodes = self.lab.nodes().iter();
        for node in nodes.filter(|node| self.lab.has_power(node.name())) {
            self.recorder
                .record(What::Saw(world::remains(self.lab, &**node)?));
            self.look_at_config(&**node);
            self.look_at_dumps(&**node)?;
        }
        Ok(())
    }

    /// Records what of a crashed guest's memory lies on a node, where the agent was given a folder for it.
    fn look_at_dumps(&self, node: &dyn Node) -> Result<(), Trouble> {
        let Some(Some(folder)) = self.case.given.parameters.get(&Role::DumpDirectory) else {
            return Ok(());
        };
        let is_dump = |file: &str| {
            let path = Path::new(file);
            let content = || node.read(path).ok().flatten();
            path.starts_with(folder) && content().is_some_and(|content| !content.is_empty())
        };
        let mut files = self.lab.changed_files(node.name())?;
        files.retain(|file| is_dump(file));
        let node = node.name().clone();
        self.recorder
            .record(What::Saw(Sighting::Dumps { node, files }));
        Ok(())
    }

    /// Records how the configuration file lies on a node.
    pub(super) fn look_at_config(&self, node: &dyn Node) {
        if !self.lab.has_power(node.name()) {
            return;
        }
        let content = node.read(&self.config).ok().flatten();
        let whole = content
            .as_deref()
            .is_some_and(|content| self.format.is_whole(content));
        let seen = Sighting::Config {
            node: node.name().clone(),
            digest: content.map(|content| sha256(&self.with_variables(node, content))),
            whole,
        };
        self.recorder.record(What::Saw(seen));
    }

    /// The configuration with the variables of the guest's firmware, where it has such: both are the operator's to change.
    fn with_variables(&self, node: &dyn Node, mut content: Vec<u8>) -> Vec<u8> {
        if self.case.given.config == ConfigForm::Nvram {
            let variables = node.read(Path::new(configuration::VARIABLES));
            content.extend(variables.ok().flatten().unwrap_or_default());
        }
        content
    }

    /// Looks at one node's domains and emulators now.
    pub(super) fn look(&self, node: &NodeName) {
        if let Some(witness) = &self.witness {
            witness.look(node);
        }
    }
}

impl Stage<'_> {
    /// Waits until libvirt says that the guest is in that state.
    ///
    /// # Errors
    /// When that does not come about.
    pub(super) fn await_state(&self, name: &NodeName, wanted: DomainState) -> Result<(), Trouble> {
        self.await_sighting(name, &format!("{wanted:?}"), |sighting| {
            matches!(sighting, Sighting::Domain { node, guest: Guest::Subject, state, .. }
                if node == name && *state == Some(wanted))
        })
    }

    /// Waits until libvirt has paused the guest because its disk failed.
    ///
    /// # Errors
    /// When that does not come about: no guest that writes runs there.
    pub(super) fn await_io_error(&self, name: &NodeName) -> Result<(), Trouble> {
        self.await_sighting(name, "paused by an I/O error", |sighting| {
            matches!(sighting, Sighting::Domain { node, guest: Guest::Subject, state, reason, .. }
                if node == name && *state == Some(DomainState::Paused) && *reason == DomainState::PAUSED_IOERROR)
        })
    }

    /// Waits for a write: a guest that writes has booted. Before, it would not hear the power button.
    ///
    /// # Errors
    /// When the guest does not write.
    pub(super) fn await_writes(&self, name: &NodeName) -> Result<(), Trouble> {
        self.await_sighting(
            name,
            "writing",
            |sighting| matches!(sighting, Sighting::Write { node, guest: Guest::Subject, .. } if node == name),
        )
    }

    fn await_sighting(
        &self,
        name: &NodeName,
        wanted: &str,
        is_it: impl Fn(&Sighting) -> bool,
    ) -> Result<(), Trouble> {
        let since = self.recorder.now();
        let until = Instant::now() + PATIENCE * self.lab.pace();
        while Instant::now() < until {
            self.check_deadline()?;
            let began = Instant::now();
            self.look(name);
            let seen =
                |entry: &Entry| matches!(&entry.what, What::Saw(sighting) if is_it(sighting));
            let is_seen = |entries: &[Entry]| {
                let mut fresh = entries.iter().rev().take_while(|entry| entry.at >= since);
                fresh.any(seen)
            };
            if self.recorder.read(is_seen) {
                return Ok(());
            }
            // Where a look takes long, looking all the time would slow down what is waited for.
            std::thread::sleep(began.elapsed().max(Duration::from_millis(15)));
        }
        Err(Trouble::Given(format!(
            "the guest on {name} was never seen {wanted}"
        )))
    }
}

/// Whether libvirt, or where it knows nothing of it the process table, shows that the subject runs, and it has
/// not written since.
fn runs_unheard(entries: &[Entry], since: Moment, engine: Engine) -> bool {
    let seen = entries.iter().filter_map(|entry| match &entry.what {
        What::Saw(sighting) if entry.at >= since => Some(sighting),
        _ => None,
    });
    let (mut runs, mut wrote, mut stands) = (false, false, false);
    for sighting in seen {
        match sighting {
            Sighting::Domain {
                guest: Guest::Subject,
                state,
                ..
            } => {
                runs |= *state == Some(DomainState::Running);
                stands = state.is_some_and(|state| state != DomainState::Running);
            }
            Sighting::Emulators { found, .. } if !engine.asks_libvirt() => {
                let runs_here = |one: &Emulator| one.guest == Guest::Subject && !one.frozen;
                runs |= found.iter().any(runs_here);
            }
            Sighting::Write {
                guest: Guest::Subject,
                ..
            } => wrote = true,
            _ => {}
        }
    }
    // An emulator that says by QMP that its guest stands still is no guest that runs.
    runs && !wrote && (engine.asks_libvirt() || !stands)
}

/// How many emulators of the subject stood on all nodes when each was last looked at.
fn emulators_standing(entries: &[Entry]) -> usize {
    let mut standing = BTreeMap::new();
    for entry in entries {
        if let What::Saw(Sighting::Emulators { node, found }) = &entry.what {
            let own = found.iter().filter(|one| one.guest == Guest::Subject);
            standing.insert(node, own.count());
        }
    }
    standing.values().sum()
}
