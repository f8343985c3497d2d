//! Tools of the machine that the lab calls.

use std::time::Instant;

use tracing::debug;

use super::setup::{LabResult, PATH};

/// Runs a tool to its end.
pub(super) fn run_tool(tool: &str, args: &[&str]) -> LabResult<()> {
    let began = Instant::now();
    let done = duct::cmd(tool, args)
        .env("PATH", PATH)
        .stdin_null()
        .stderr_to_stdout()
        .stdout_capture()
        .unchecked()
        .run()
        .map_err(|error| format!("cannot run {tool}: {error}; `make deps` installs it"))?;
    debug!(took = ?began.elapsed(), status = %done.status, "{tool} {}", args.join(" "));
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stdout);
    Err(format!(
        "`{tool} {}` failed: {}",
        args.join(" "),
        said.trim()
    ))
}
