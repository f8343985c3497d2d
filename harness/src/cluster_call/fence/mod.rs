//! The fence agent `fence_vrt`: has the lab take a node's power.
//!
//! Source: ClusterLabs' "Fence Agent API": options on standard input, a line each; 0 is success, 1 a failure, and 2 of
//! `status` a node without power.

mod metadata;
mod options;

use std::ffi::OsString;
use std::io::{self, Read as _, Write as _};
use std::process::ExitCode;

use super::connection::Connection;
use super::message::{FenceAction, FenceAnswer, FenceRequest, Request};
use options::Asked;

const SUCCESS: FenceAnswer = FenceAnswer {
    code: 0,
    says: String::new(),
};

/// The code of every failure.
const FAILED: u8 = 1;

/// Acts as the fence agent.
pub(super) fn act(args: &[OsString]) -> ExitCode {
    let answer = answer(args).unwrap_or_else(|says| FenceAnswer { code: FAILED, says });
    if !answer.says.is_empty() {
        let _ = writeln!(io::stderr(), "fence_vrt: {}", answer.says);
    }
    ExitCode::from(answer.code)
}

fn answer(args: &[OsString]) -> Result<FenceAnswer, String> {
    if let Some(arg) = args.first() {
        let arg = arg.to_string_lossy();
        return Err(format!("options are read from standard input, not {arg}"));
    }
    let mut options = String::new();
    let read = io::stdin().read_to_string(&mut options);
    read.map_err(|error| error.to_string())?;
    match options::read(&options)? {
        Asked::Metadata => {
            let printed = io::stdout().write_all(metadata::METADATA.as_bytes());
            printed.map_err(|error| error.to_string())?;
            Ok(SUCCESS)
        }
        Asked::Lab(request) => ask(&request),
    }
}

fn ask(request: &FenceRequest) -> Result<FenceAnswer, String> {
    let lab = match Connection::open() {
        // The cluster starts the device before the lab is up, and then nobody is to be fenced.
        Err(_) if request.action == FenceAction::Monitor => return Ok(SUCCESS),
        opened => opened,
    };
    let answer = lab.and_then(|mut lab| lab.ask(&Request::Fence(request.clone())));
    answer.map_err(|error| format!("the lab does not answer: {error}"))
}
