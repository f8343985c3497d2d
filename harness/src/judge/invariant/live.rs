//! Invariant 18: a migration that the cluster takes for live keeps its guest, also through the last action, the stop on the
//! node that it came from.

use super::breach::Breach;
use super::{calm, start};
use crate::case::{CaseSpec, GuestDo, Step};
use crate::history::{Guest, Moment};
use crate::judge::record::{Ran, Record};
use crate::judge::{Finding, Invariant};
use crate::ocf::Verb;

/// Judges every `migrate_to`, `migrate_from` and `stop` in a row that succeeded.
pub(super) fn kept_the_guest(spec: &CaseSpec, record: &Record<'_>) -> Vec<Finding> {
    let acts = record
        .runs
        .iter()
        .filter(|ran| ran.is_of_cluster() && ran.is_act());
    let acts: Vec<_> = acts.collect();
    let live = acts.windows(3).filter_map(Live::of);
    live.filter_map(|live| live.lost(spec, record)).collect()
}

/// A migration as the cluster does it.
struct Live<'b, 'a> {
    to: &'b Ran<'a>,
    from: &'b Ran<'a>,
    stop: &'b Ran<'a>,
}

impl<'b, 'a> Live<'b, 'a> {
    fn of(three: &[&'b Ran<'a>]) -> Option<Self> {
        let [to, from, stop] = *three else {
            return None;
        };
        let verbs = to.is(&Verb::MigrateTo) && from.is(&Verb::MigrateFrom) && stop.is(&Verb::Stop);
        let succeeded = three.iter().all(|ran| ran.succeeded());
        let at_source = stop.invocation.node == to.invocation.node;
        (verbs && succeeded && at_source).then_some(Self { to, from, stop })
    }

    fn lost(&self, spec: &CaseSpec, record: &Record<'_>) -> Option<Finding> {
        let ends = |guest| guest == GuestDo::Reboot || start::ends_by_itself(guest);
        let (began, end) = (self.to.began, self.stop.ended());
        let acts = |other: &Ran<'_>| other.is_act();
        // What another action did meanwhile, such as a stop on the target, is not this one's doing.
        if spec.given.guest.is_some_and(ends)
            || calm::harmed(spec, record, Moment(0), end)
            || calm::overlapped(record, self.stop, acts)
        {
            return None;
        }
        let changes =
            |step: &Step| matches!(step, Step::Guest(_) | Step::Outside(_) | Step::Fault(_));
        let until = calm::until(spec, record, self.stop, acts, changes);
        let before = record
            .writes(Guest::Subject)
            .rfind(|write| write.at <= began)?;
        let mut writes = record.writes(Guest::Subject);
        let after = writes.find(|write| write.at >= end && write.at < until);
        let target = &self.from.invocation.node;
        let seen = match after {
            Some(after) if after.incarnation == before.incarnation => return None,
            Some(after) => format!("the disk: a guest booted anew writes from {}", after.node),
            None if start::has_no_emulator(record, target, end, until)? => {
                format!("the process table of {target} has no emulator of it")
            }
            None => return None,
        };
        let breach = Breach {
            invariant: Invariant::LiveMigrationKeepsGuest,
            clauses: &["CLU-12"],
            at: Some(after.map_or(end, |after| after.at)),
            node: Some(target),
            run: Some(self.stop.invocation.id),
            expected: format!(
                "the guest that was running to go on after {}, with which its live migration ended",
                self.stop.name()
            ),
            seen,
        };
        Some(breach.fail())
    }
}
