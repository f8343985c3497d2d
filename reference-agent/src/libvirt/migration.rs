//! A migration of libvirt's "managed direct" kind: this process leads it, and if it is killed both daemons call the
//! migration off. Peer-to-peer would go on without it, so it isn't offered.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nix::errno::Errno;
use virt::connect::Connect;
use virt::domain::MigrateParameters;
use virt::sys;

use super::guest::Guest;
use super::session::{self, Pending, close, with_domain};
use super::trouble::Trouble;
use super::{events, host, persistence, raw};

/// Prepares this process to lead a migration. What is connected to afterwards is watched for signs of life.
///
/// # Errors
/// Without libvirt's library.
pub(crate) fn prepare() -> Result<(), Trouble> {
    events::begin()
}

/// What a destination is asked before a migration.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) uuid: String,
    pub(crate) name: String,
    /// The definition's file, which the agent needs there.
    pub(crate) config: Option<PathBuf>,
}

/// Asks a destination whether the guest may come: it must have no guest of this identity or name, and have the
/// definition, without which the agent could do nothing with the guest there.
///
/// # Errors
/// Why it may not, and every kind of trouble.
pub(crate) fn check_destination(
    uri: &str,
    arrival: Arrival,
    within: Duration,
) -> Result<(), Trouble> {
    session::ask(uri, within, move |connection| {
        refuse_guest(connection, &arrival)?;
        let config = arrival.config.as_deref();
        config.map_or(Ok(()), |path| refuse_without(connection, path))
    })
}

/// How a guest is to be migrated.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    /// The destination's libvirt.
    pub(crate) destination: String,
    /// The data stream, where the operator prescribes it.
    pub(crate) stream: Option<String>,
    /// In MiB/s.
    pub(crate) bandwidth: Option<u64>,
    /// Whether a definition that libvirt has here is to stay.
    pub(crate) keep_definition: bool,
}

/// A migration that was begun.
#[derive(Debug)]
pub(crate) struct Migration {
    end: Pending<()>,
    destination: Shared,
}

/// The connection to the destination, while the migration needs it.
type Shared = Arc<Mutex<Option<Connect>>>;

impl Migration {
    /// Begins it, in a session that leads it to its end.
    pub(crate) fn begin(guest: &Guest<'_>, route: Route) -> Self {
        let destination = Shared::default();
        let shared = Arc::clone(&destination);
        let uuid = guest.uuid.to_owned();
        let end = session::begin(guest.uri, move |connection| {
            lead(connection, &uuid, route, &shared)
        });
        Self { end, destination }
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// What it failed with; [`Trouble::Hung`] when it hasn't ended.
    pub(crate) fn wait(&self, within: Duration) -> Result<(), Trouble> {
        self.end.wait(within)
    }

    /// Whether the destination has gone, or gives no sign of life.
    pub(crate) fn has_lost_its_destination(&self) -> bool {
        let alive = lock(&self.destination).as_ref().map(Connect::is_alive);
        matches!(alive, Some(Ok(false)))
    }
}

/// Leads a migration to its end, and lends out the connection to its destination meanwhile.
///
/// Live, and never unsafe: libvirt refuses to migrate disks that two nodes would cache differently.
fn lead(
    connection: &Connect,
    uuid: &str,
    route: Route,
    destination: &Shared,
) -> Result<(), Trouble> {
    let there = session::open(&route.destination)?;
    events::watch(&there);
    *lock(destination) = Some(there.clone());
    let parameters = MigrateParameters {
        uri: route.stream,
        bandwidth: route.bandwidth,
        ..Default::default()
    };
    let done = with_domain(connection, uuid, |domain| {
        let flags =
            sys::VIR_MIGRATE_LIVE | persistence::leave_nothing(domain, route.keep_definition)?;
        close(domain.migrate3(&there, parameters, flags)?);
        Ok(())
    });
    close(lock(destination).take());
    close(there);
    done
}

fn lock(destination: &Shared) -> MutexGuard<'_, Option<Connect>> {
    destination.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Refuses a destination where a guest of this identity is active, or another guest has the name.
fn refuse_guest(connection: &Connect, arrival: &Arrival) -> Result<(), Trouble> {
    match host::is_active_here(connection, &arrival.uuid) {
        Ok(false) | Err(Trouble::NoDomain) => {}
        Ok(true) => {
            let why = "the same guest is active there already";
            return Err(Trouble::Failed(why.to_owned()));
        }
        Err(trouble) => return Err(trouble),
    }
    match host::stranger_named(connection, &arrival.name, &arrival.uuid)? {
        None => Ok(()),
        Some(_) => Err(Trouble::Failed(format!(
            "another domain is named \"{}\" there",
            arrival.name
        ))),
    }
}

/// Refuses a destination that lacks the definition. libvirt has no call that looks for a file. So its daemon there is asked
/// for the saved guest in that file: it opens the file, and fails with "no such file" if it is missing. Every other answer
/// proves nothing, above all that no guest is saved in the file.
fn refuse_without(connection: &Connect, definition: &Path) -> Result<(), Trouble> {
    let Some(name) = definition.to_str() else {
        return Ok(());
    };
    let saved = connection.save_image_xml_desc(name, 0);
    let missing = [Some(Errno::ENOENT as i32), Some(Errno::ENOTDIR as i32)];
    if saved.is_err() && missing.contains(&raw::errno()) {
        return Err(Trouble::Failed(format!(
            "the definition {name} is not there"
        )));
    }
    Ok(())
}
