//! What rgmanager may do next, by what it believes.
//!
//! It knows one owner of the guest, and asks when it is in doubt. Source: what the daemon of redhat-cluster 3.0.12 does for
//! a virtual machine:
//!
//! - **Status**: any code but 0 on the owner has every other node asked. The first that says 0 is the owner from then on,
//!   and *nothing is stopped* on the one before. If none does, the guest is stopped on its owner and started.
//! - **Start**: any code but 0 has it stopped there, and then started elsewhere. Before a start the nodes are asked, too.
//! - **Stop**: any code but 0, and the service has failed: nothing is done until an administrator disables it, so the
//!   sequence ends.
//! - **Migration**: 0 makes the target the owner; nothing is called there. 150, 7 and 6 change nothing. Any other, and the
//!   service has failed.
//!
//! rgmanager takes every code but 0 for "does not run here", and would start beside a guest of which a node can say
//! nothing. No agent could answer for that, so a guest is started only where each node has denied it by 7, or stopped it.

use super::model::Answer;
use super::moves::{Act, Side};
use crate::ocf::Code;

/// What it has to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Task {
    /// Nothing: the guest runs on that node.
    Watch(Side),
    /// The owner failed a status: the other node is asked.
    Ask(Side),
    /// Stop the guest on that node.
    Stop(Side),
    /// The guest is stopped: it may be asked for, and started.
    Start,
    /// Nothing more: the service has failed.
    Failed,
}

/// What rgmanager believes, and so what it may do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rgmanager {
    task: Task,
    /// Whether each node has said that the guest does not run there, since something else may have begun it.
    clear: [bool; 2],
}

impl Rgmanager {
    /// With that owner, or none; it has asked the nodes, or not.
    #[must_use]
    pub fn owned_by(owner: Option<Side>, asked: bool) -> Self {
        Self {
            task: owner.map_or(Task::Start, Task::Watch),
            clear: [asked && owner.is_none(); 2],
        }
    }

    /// The owner.
    #[must_use]
    pub const fn owner(&self) -> Option<Side> {
        match self.task {
            Task::Watch(on) | Task::Ask(on) | Task::Stop(on) => Some(on),
            Task::Start | Task::Failed => None,
        }
    }

    /// Whether a node is known not to run the guest.
    #[must_use]
    pub const fn is_clear(&self, on: Side) -> bool {
        self.clear[on as usize]
    }

    /// Whether the service has failed: nothing is legal any more.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.task == Task::Failed
    }

    /// Whether it watches the guest there, and has nothing else to do about it.
    #[must_use]
    pub fn is_content(&self, on: Side) -> bool {
        self.task == Task::Watch(on)
    }

    /// Whether it asks, or has something to stop.
    #[must_use]
    pub const fn doubts(&self) -> bool {
        matches!(self.task, Task::Ask(_) | Task::Stop(_))
    }

    /// Whether it may order that action there now. An administrator may disable a guest that is well, and so have it
    /// stopped.
    #[must_use]
    pub fn may(&self, act: Act, on: Side) -> bool {
        match (act, self.task) {
            (Act::Monitor | Act::MigrateTo, Task::Watch(owner)) => on == owner,
            (Act::Stop, Task::Watch(owner) | Task::Stop(owner)) => on == owner,
            (Act::Probe, Task::Ask(owner)) => on == owner.other(),
            (Act::Probe, Task::Start) => true,
            (Act::Start, Task::Start) => self.clear == [true; 2],
            _ => false,
        }
    }

    /// Learns how an action ended.
    pub fn learn(&mut self, act: Act, on: Side, answer: Answer) {
        match act {
            Act::Monitor if answer.is_success() => {}
            Act::Monitor => self.task = Task::Ask(on),
            Act::Probe => self.asked(on, answer),
            Act::Start if answer.is_success() => self.runs(on),
            Act::Start => {
                self.task = Task::Stop(on);
                self.clear[on as usize] = false;
            }
            Act::Stop if answer.is_success() => {
                self.task = Task::Start;
                self.clear[on as usize] = true;
            }
            Act::Stop => self.task = Task::Failed,
            Act::MigrateTo => self.migrated(on, answer),
            Act::MigrateFrom => {}
        }
    }

    /// The guest is taken to run there, whatever becomes of another instance.
    fn runs(&mut self, on: Side) {
        self.task = Task::Watch(on);
        self.clear[on as usize] = false;
    }

    fn asked(&mut self, on: Side, answer: Answer) {
        self.clear[on as usize] = answer == Answer::Code(Code::NotRunning);
        match (answer.is_success(), self.task) {
            (true, _) => self.runs(on),
            (false, Task::Ask(owner)) => self.task = Task::Stop(owner),
            (false, _) => {}
        }
    }

    /// Nobody has asked the target of a migration that failed what is left there.
    fn migrated(&mut self, source: Side, answer: Answer) {
        self.clear[source.other() as usize] = false;
        let nothing_changes = [
            Answer::OfDialect(150),
            Answer::Code(Code::NotRunning),
            Answer::Code(Code::ErrConfigured),
        ];
        if answer.is_success() {
            self.clear[source as usize] = true;
            self.runs(source.other());
        } else if !nothing_changes.contains(&answer) {
            self.task = Task::Failed;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Act::{MigrateTo, Monitor, Probe, Start, Stop};
    use Side::{A, B};

    /// rgmanager that watches the guest on `a`, after these actions with their codes; -1 is a kill.
    fn after(history: &[(Act, Side, i32)]) -> Rgmanager {
        let mut rgmanager = Rgmanager::owned_by(Some(A), true);
        for (act, on, code) in history {
            assert!(
                rgmanager.may(*act, *on),
                "{act:?} on {on:?} after {history:?}"
            );
            let answer = match code {
                150 => Answer::OfDialect(150),
                code => Code::from_number(*code).map_or(Answer::Failed, Answer::Code),
            };
            rgmanager.learn(*act, *on, answer);
        }
        rgmanager
    }

    fn legal(rgmanager: &Rgmanager) -> Vec<(Act, Side)> {
        let all = Act::ALL
            .into_iter()
            .flat_map(|act| Side::BOTH.map(|on| (act, on)));
        all.filter(|(act, on)| rgmanager.may(*act, *on)).collect()
    }

    #[test]
    fn a_failed_status_has_the_other_node_asked_and_the_owner_moves_without_a_stop() {
        for code in [7, 1, 2, 150, -1] {
            let asking = after(&[(Monitor, A, code)]);
            assert_eq!(legal(&asking), [(Probe, B)], "{code}");
        }
        let moved = after(&[(Monitor, A, 150), (Probe, B, 0)]);
        assert_eq!(legal(&moved), [(Monitor, B), (Stop, B), (MigrateTo, B)]);
        assert_eq!(moved.owner(), Some(B));
    }

    #[test]
    fn a_guest_that_no_node_has_is_stopped_where_it_was_and_started() {
        let asked = after(&[(Monitor, A, 1), (Probe, B, 7)]);
        assert_eq!(legal(&asked), [(Stop, A)]);
        let stopped = after(&[(Monitor, A, 1), (Probe, B, 7), (Stop, A, 0)]);
        let again = [(Probe, A), (Probe, B), (Start, A), (Start, B)];
        assert_eq!(legal(&stopped), again);
    }

    #[test]
    fn no_guest_is_started_while_a_node_can_say_nothing_of_it() {
        let stopped = after(&[(Monitor, A, 1), (Probe, B, 150), (Stop, A, 0)]);
        assert_eq!(legal(&stopped), [(Probe, A), (Probe, B)]);
    }

    #[test]
    fn a_start_that_failed_is_stopped_there_and_tried_elsewhere() {
        let failed = after(&[(Stop, A, 0), (Probe, B, 7), (Start, A, 1)]);
        assert_eq!(legal(&failed), [(Stop, A)]);
    }

    #[test]
    fn a_migration_makes_the_target_the_owner_and_nothing_is_called_there() {
        let moved = after(&[(MigrateTo, A, 0)]);
        assert_eq!(legal(&moved), [(Monitor, B), (Stop, B), (MigrateTo, B)]);
    }

    #[test]
    fn after_150_6_and_7_of_a_migration_nothing_changes_and_any_other_code_ends_it() {
        for code in [150, 6, 7] {
            assert!(after(&[(MigrateTo, A, code)]).is_content(A), "{code}");
        }
        for code in [1, 2, 5, -1] {
            let failed = after(&[(MigrateTo, A, code)]);
            assert!(failed.has_failed() && legal(&failed).is_empty(), "{code}");
        }
    }

    #[test]
    fn a_stop_that_fails_ends_the_sequence() {
        assert!(after(&[(Stop, A, 1)]).has_failed());
    }
}
