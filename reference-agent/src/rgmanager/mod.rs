//! The same agent as rgmanager calls it, in the place of its `vm.sh`: other words, other parameters, other codes.
//!
//! rgmanager has one action for a whole migration, takes every status but 0 for a failure, and asks the other nodes by
//! `status` whether they have the guest before it starts it. So `status` is 0 on one node at most, and a migration that
//! failed says whether the guest is still here.

mod action;
mod mapping;
mod metadata;
mod migrate;
mod parameters;
mod program;
mod request;
mod restart;
mod start;

use action::Action;
use request::Request;

use crate::actions::{monitor, stop, validate};
use crate::environment::Environment;
use crate::ocf::{Answer, ExitCode, Failure};
use crate::process::{self, Ended, file_name, show};
use crate::stderr;

/// Does what the command line and the environment ask for, and ends the process with the action's exit code.
pub fn run_as_program() -> ! {
    process::end_with("", run)
}

/// Chooses what to do by the first argument. The second one is the target of a migration, and of nothing else.
fn run() -> Ended {
    let mut arguments = std::env::args_os().skip(1);
    let mut next = || Some(arguments.next()?.to_string_lossy().into_owned());
    let Some(name) = next() else {
        stderr::print(metadata::USAGE);
        return refused(Failure::arguments("no action was given"));
    };
    let done = |shown: Result<(), Failure>| shown.map_or_else(refused, |()| Ok(0));
    let action = match name.as_str() {
        "meta-data" => return done(show(&metadata::of(&file_name()))),
        "usage" | "help" => return done(show(metadata::USAGE)),
        program::GUARD => return Ok(program::guard()),
        name => Action::parse(name),
    };
    let Some(action) = action else {
        let reason = format!("action \"{name}\" is not implemented");
        return refused(Failure::new(ExitCode::Unimplemented, reason));
    };
    match (Request::read(action, &Environment::of_process()), action) {
        (Ok(request), Action::Migrate) => migrate::run(&request, next()),
        (Ok(request), _) => action.counted(answer(action, &request)),
        (Err(failure), _) => action.counted(Err(failure)),
    }
}

fn refused(failure: Failure) -> Ended {
    Err((failure.code.number(), failure))
}

fn answer(action: Action, request: &Request) -> Answer {
    let call = &request.call;
    match action {
        Action::Start => start::run(call),
        Action::Stop => stop::run(call),
        Action::Status => status(request),
        Action::Recover => restart::recover(request),
        Action::Restart => restart::restart(call),
        Action::Validate => {
            start::refuse_other_name(call)?;
            validate::run(call)
        }
        // All that may be changed so is read anew by the action that needs it.
        Action::Reconfig => call.demand_sound_parameters().map(|()| ExitCode::Success),
        // It has codes of its own.
        Action::Migrate => Err(Failure::arguments("a migration needs a target")),
    }
}

/// Whether the guest runs here; from depth 10 on also whether the operator's program is content with it.
fn status(request: &Request) -> Answer {
    let answer = monitor::run(&request.call)?;
    if answer == ExitCode::Success && request.call.check_level >= program::DEPTH {
        request.check_program()?;
    }
    Ok(answer)
}
