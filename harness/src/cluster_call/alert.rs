//! The alert agent: tells the harness of one event of the cluster.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::ExitCode;

use super::connection::Connection;
use super::message::Request;

/// What the names of an event's variables begin with. Source: Pacemaker Explained, "Alerts".
const PREFIX: &str = "CRM_alert_";

/// Passes the event on. Nobody may be there to hear it: a lab's cluster starts before the lab is up.
pub(super) fn act(_args: &[OsString]) -> ExitCode {
    let variable = |(name, value): (OsString, OsString)| {
        let name = name.to_str()?.strip_prefix(PREFIX)?.to_owned();
        Some((name, value.to_string_lossy().into_owned()))
    };
    let event: BTreeMap<_, _> = std::env::vars_os().filter_map(variable).collect();
    if let Ok(mut connection) = Connection::open() {
        let _ = connection.ask::<()>(&Request::Alert(event));
    }
    ExitCode::SUCCESS
}
