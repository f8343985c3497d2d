//! Makes a cluster empty and quiet between two cases, from outside, and proves it.
//!
//! The first node does it for all of them. What a case has put into the configuration is deleted; the cluster then stops
//! what runs of it, and deletes its history. Nothing is repaired: a lab whose cluster does not become quiet is
//! replaced.

use std::time::{Duration, Instant};

use tracing::debug;

use super::cib::{Excess, remembered};
use super::daemons::{COROSYNC, PACEMAKERD, VIEW};
use super::view::{View, controller_state, fencings};
use super::wake::{CONTROLLER, wake};
use crate::lab::equipment::part::PartNode;
use crate::lab::error::LabError;

/// How long the cluster may take to become quiet: no agent runs meanwhile.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long a node may take to become a member again. One that has left does not come back, and a new lab costs two
/// seconds.
const AWAY: Duration = Duration::from_secs(3);

/// How long nobody asks after an answer that was not the wanted one.
const PAUSE: Duration = Duration::from_millis(20);

/// Takes out of the cluster's configuration what no lab begins with, and the fencing history.
pub(super) fn take_out(node: &dyn PartNode) -> Result<(), LabError> {
    demand_daemons(node)?;
    if node.number() != 1 {
        return Ok(());
    }
    let excess = Excess::from_cib(&ask(node, "cibadmin", &["--query"])?).map_err(not_reset)?;
    if let Some(all) = excess.xpath() {
        node.run_command("cibadmin", &["--force", "--delete-all", "--xpath", &all])?;
    }
    for (name, value) in &excess.options {
        let set = ["--type", "crm_config", "--name", name, "--update", value];
        node.run_command("crm_attribute", &set)?;
    }
    if fenced(node)? > 0 {
        node.run_command("stonith_admin", &["--cleanup", "--history", "*"])?;
    }
    Ok(())
}

/// Waits until the cluster is empty and quiet, and its DC is the first node.
pub(super) fn prove(node: &dyn PartNode) -> Result<(), LabError> {
    demand_daemons(node)?;
    if node.number() != 1 {
        return Ok(());
    }
    let first = ask(node, "uname", &["-n"])?;
    let began = Instant::now();
    while let Some((why, patience)) = trouble(node, first.trim())? {
        debug!("{why}");
        if began.elapsed() > patience {
            return Err(not_reset(why));
        }
        wake(node.all_named(CONTROLLER));
        std::thread::sleep(PAUSE);
    }
    Ok(())
}

/// Refuses a node whose own daemons of the cluster do not run: nothing starts them again by itself.
fn demand_daemons(node: &dyn PartNode) -> Result<(), LabError> {
    for name in [COROSYNC, PACEMAKERD] {
        let daemon = node.own_daemon(name);
        if daemon.is_none_or(|daemon| daemon.is_stopped()) {
            return Err(not_reset(format!("{name} does not run")));
        }
    }
    Ok(())
}

/// Why the cluster is not empty and quiet, and for how long that may be; none when it is.
fn trouble(node: &dyn PartNode, first: &str) -> Result<Option<(String, Duration)>, LabError> {
    let view = View::from_crm_mon(&ask(node, "crm_mon", &VIEW)?).map_err(not_reset)?;
    if let Some(dc) = view.other_dc(first) {
        // It stays the DC as long as it lives.
        return Err(not_reset(format!("the DC is {dc} and not {first}")));
    }
    if let Some(why) = view.trouble() {
        let patience = if view.is_whole() { PATIENCE } else { AWAY };
        return Ok(Some((why, patience)));
    }
    let why = unquiet(node, first)?;
    Ok(why.map(|why| (why, PATIENCE)))
}

/// What a whole cluster without resources has to do or remembers; none when it is quiet.
fn unquiet(node: &dyn PartNode, first: &str) -> Result<Option<String>, LabError> {
    let state = ask(node, "crmadmin", &["--output-as=xml", "--status", first])?;
    let state = controller_state(&state).unwrap_or_default();
    if state != "S_IDLE" {
        return Ok(Some(format!("the DC is not idle: {state}")));
    }
    let cib = ask(node, "cibadmin", &["--query"])?;
    let left = remembered(&cib).map_err(not_reset)?;
    if let Some(resource) = left.first() {
        return Ok(Some(format!(
            "the cluster remembers the resource {resource}"
        )));
    }
    let excess = Excess::from_cib(&cib).map_err(not_reset)?;
    if !excess.is_none() {
        return Ok(Some(format!("the configuration has {excess:?}")));
    }
    let fenced = fenced(node)?;
    Ok((fenced > 0).then(|| format!("the fencing history has {fenced} entries")))
}

fn fenced(node: &dyn PartNode) -> Result<usize, LabError> {
    let history = ["--output-as=xml", "--history", "*"];
    fencings(&ask(node, "stonith_admin", &history)?).map_err(not_reset)
}

fn ask(node: &dyn PartNode, tool: &str, args: &[&str]) -> Result<String, LabError> {
    Ok(node.run_command(tool, args)?.out.text)
}

fn not_reset(why: String) -> LabError {
    LabError::NotReset { why }
}
