//! libvirt's own answers, asked by UUID over a connection of the witness's own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use virt::connect::Connect;
use virt::domain::{self, Domain, DomainStateReason};
use virt::enumutil::Enum;
use virt::error::ErrorNumber;

use super::eyes::{Eyes, NodeView, Subjects};
use crate::history::{DomainState, Guest, Sighting, What};
use crate::recorder::Recorder;

const INTERVAL: Duration = Duration::from_millis(80);

/// Opens an eye on a node's libvirt daemon.
pub(super) fn open(view: NodeView, subjects: &Subjects, recorder: Arc<Recorder>) -> Eyes {
    let guests = subjects.on(&view.name);
    let mut last: Vec<Option<Seen>> = vec![None; guests.len()];
    let mut connection: Option<Connect> = None;
    let name = format!("domains-{}", view.name);
    Eyes::open(name, INTERVAL, move |always| {
        for ((guest, uuid), last) in guests.iter().zip(&mut last) {
            let at = recorder.now();
            let seen = look(&mut connection, &view.uri, uuid);
            if always || last.as_ref() != Some(&seen) {
                recorder.record_at(at, What::Saw(sighting(&view, *guest, &seen)));
                *last = Some(seen);
            }
        }
    })
}

/// What libvirt says of one domain; the default is "it did not answer".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    state: Option<DomainState>,
    reason: i32,
    persistent: bool,
    autostart: bool,
}

fn sighting(view: &NodeView, guest: Guest, seen: &Seen) -> Sighting {
    Sighting::Domain {
        node: view.name.clone(),
        guest,
        state: seen.state,
        reason: seen.reason,
        persistent: seen.persistent,
        autostart: seen.autostart,
    }
}

fn look(connection: &mut Option<Connect>, uri: &str, uuid: &str) -> Seen {
    if connection.is_none() {
        *connection = Connect::open(Some(uri)).ok();
    }
    let Some(open) = connection.as_ref() else {
        return Seen::default();
    };
    match ask(open, uuid) {
        Ok(seen) => seen,
        Err(_) => {
            // The daemon died or was restarted: the next look opens a new connection.
            release(connection.take());
            Seen::default()
        }
    }
}

fn ask(connection: &Connect, uuid: &str) -> Result<Seen, virt::error::Error> {
    let absent = Seen {
        state: Some(DomainState::Absent),
        ..Seen::default()
    };
    let domain = match connection.lookup_domain_by_uuid_string(uuid) {
        Ok(domain) => domain,
        Err(error) if error.code().is(ErrorNumber::NoDomain) => return Ok(absent),
        Err(error) => return Err(error),
    };
    let seen = describe(&domain);
    release(Some(domain));
    match seen {
        Err(error) if error.code().is(ErrorNumber::NoDomain) => Ok(absent),
        other => other,
    }
}

fn describe(domain: &Domain) -> Result<Seen, virt::error::Error> {
    let (state, reason) = domain.state()?;
    // virt 0.5 gives an unknown state, and no error, when the query itself failed.
    let Some(state) = state.known() else {
        return Err(virt::error::Error::last_error());
    };
    Ok(Seen {
        state: Some(translate(state)),
        reason: match reason {
            Enum::Known(reason) => number(reason),
            Enum::Unknown(number) => number,
        },
        persistent: domain.is_persistent()?,
        // A transient domain cannot be asked for this.
        autostart: domain.autostart().unwrap_or(false),
    })
}

const fn translate(state: domain::DomainState) -> DomainState {
    match state {
        domain::DomainState::NoState => DomainState::Nostate,
        domain::DomainState::Running => DomainState::Running,
        domain::DomainState::Blocked => DomainState::Blocked,
        domain::DomainState::Paused => DomainState::Paused,
        domain::DomainState::Shutdown => DomainState::Shutdown,
        domain::DomainState::Shutoff => DomainState::Shutoff,
        domain::DomainState::Crashed => DomainState::Crashed,
        domain::DomainState::PMSuspended => DomainState::Pmsuspended,
    }
}

/// libvirt's own number of a reason; each state counts its reasons from 0.
fn number(reason: DomainStateReason) -> i32 {
    let raw = match reason {
        DomainStateReason::NoState(reason) => reason.to_raw(),
        DomainStateReason::Running(reason) => reason.to_raw(),
        DomainStateReason::Blocked(reason) => reason.to_raw(),
        DomainStateReason::Paused(reason) => reason.to_raw(),
        DomainStateReason::Shutdown(reason) => reason.to_raw(),
        DomainStateReason::Shutoff(reason) => reason.to_raw(),
        DomainStateReason::Crashed(reason) => reason.to_raw(),
        DomainStateReason::PMSuspended(reason) => reason.to_raw(),
    };
    i32::try_from(raw).unwrap_or_default()
}

/// Gives a libvirt object back; virt's own `Drop` panics when libvirt refuses, which would blind the eye.
fn release<T>(object: Option<T>) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(object)));
}
