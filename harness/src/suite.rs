//! Runs cases side by side, for the command or for the tests of cargo and nextest.

mod agenda;
mod crew;
mod keep;
mod lease;
mod once;
mod order;
mod size;
mod under_cargo;
mod usual;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;

use agenda::Agenda;
pub use crew::Crew;
pub use keep::Keep;
pub(crate) use lease::on_a_lab;
pub(crate) use once::unknown;
pub use order::{Order, longest_first};
pub(crate) use size::allow_files;
pub use size::{labs, most_labs};
pub use under_cargo::under_cargo;
pub(crate) use under_cargo::{CaseAnswer, PlanAnswer, Request, Runner, receive, send};

use crate::case::LoadedCase;
use crate::report::CaseEnd;

/// Runs the cases in their order, side by side on as many labs as the pool has. Verdicts go out as events.
pub fn run(cases: Vec<LoadedCase>, crew: &Arc<Crew>, jobs: usize) {
    let workers = size::threads(jobs).min(cases.len());
    let agenda = Agenda::new(cases);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                // One more than there are labs: it is ready when one of them is.
                let most = |equipment| crew.pool.most_alike(equipment) + 1;
                let all_begun = || crew.pool.wind_down();
                agenda.work(most, all_begun, |case| drop(run_one(case, crew)));
            });
        }
    });
}

/// Runs one case; its end, and the diagnosis. None where the run was interrupted before, or where the harness panicked.
#[must_use]
pub fn run_one(case: &LoadedCase, crew: &Crew) -> Option<(CaseEnd, String)> {
    if crew.interrupted.load(Ordering::Relaxed) {
        return None;
    }
    // A panic is a defect of ours, which must not take the other cases with it. This one has no verdict then.
    let carried_out = catch_unwind(AssertUnwindSafe(|| once::carry_out(case, crew)));
    let (end, text) = carried_out.ok()?;
    if end.has_failed() && crew.fail_fast {
        crew.interrupted.store(true, Ordering::Relaxed);
    }
    Some((end, text))
}
