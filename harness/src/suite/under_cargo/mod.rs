//! The suite under `cargo test` and `cargo nextest run`: one case, one test. This is the only file that names
//! libtest-mimic.
//!
//! A test runs no case itself. It asks the command to, over a socket (`wire.rs`): `virt-ra-tester run --serve`, which the
//! first test starts and all tests of a run share (`server.rs`), with its labs, its metadata of the agent and its results.
//! So nextest, where each test is a process, judges as fast as `run`, and by the same options.

mod runner;
mod server;
mod wire;

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};

use super::size::{most_labs, threads};
pub(crate) use runner::Runner;
use server::Server;
pub(crate) use wire::{CaseAnswer, PlanAnswer, Request, receive, send};

/// What is listed in the place of the cases where it cannot be known which of them apply: other packages' tests must run
/// all the same.
const NO_PLAN: &str = "the-agent-can-be-judged";

/// Runs the suite under `cargo test` or `cargo nextest run`, whose arguments it obeys. The agent and all else is chosen as
/// for `virt-ra-tester run`, by variables and the file of options. `binaries` is the folder of the workspace's programs.
#[must_use]
pub fn under_cargo(binaries: &Path) -> ExitCode {
    let mut arguments = Arguments::from_args();
    // libtest-mimic waits for ever on no threads.
    let asked = arguments.test_threads.map(|threads| threads.max(1));
    arguments.test_threads = Some(threads(asked.unwrap_or_else(most_labs)));
    let server = Arc::new(Server::of(binaries, asked));
    let trials = match server.ask(&Request::Plan) {
        Ok(plan) => trials(plan, &server),
        Err(trouble) => {
            let _ = writeln!(std::io::stderr(), "Error: {trouble}");
            if !arguments.list {
                return ExitCode::FAILURE;
            }
            vec![Trial::test(NO_PLAN, || Ok(()))]
        }
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// A trial for each case; one that is skipped is ignored, and fails where it is run all the same.
fn trials(plan: PlanAnswer, server: &Arc<Server>) -> Vec<Trial> {
    let chosen = plan.chosen.into_iter().map(|id| {
        let server = Arc::clone(server);
        Trial::test(id.clone(), move || {
            let answer: CaseAnswer = server.ask(&Request::Case(id))?;
            match answer.is_met {
                true => Ok(()),
                false => Err(answer.text.into()),
            }
        })
    });
    let skipped = plan.skipped.into_iter().map(|(id, why)| {
        let skip = move || Err(format!("skipped: {why}").into());
        Trial::test(id, skip).with_ignored_flag(true)
    });
    chosen.chain(skipped).collect()
}
