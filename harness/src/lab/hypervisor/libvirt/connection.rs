use std::panic::{AssertUnwindSafe, catch_unwind};

use virt::connect::Connect;
use virt::domain::{self, Domain, DomainStateReason};
use virt::enumutil::Enum;
use virt::error::{Error, ErrorNumber};
use virt::sys;

use crate::history::DomainState;
use crate::lab::hypervisor::contract::{Connection, DomainSeen, MigrationSide, NoAnswer};

/// A connection to libvirt that is kept for many questions.
pub(super) struct LibvirtConnection {
    uri: String,
    open: Option<Connect>,
    /// The domains that were asked about and found, with their UUIDs. The daemon knows them by these alone, so each
    /// serves for as long as the connection does.
    known: Vec<(String, Domain)>,
}

impl Connection for LibvirtConnection {
    fn state(&mut self, uuid: &str) -> Result<Option<(DomainState, i32)>, NoAnswer> {
        self.ask(uuid, state)
    }

    fn domain(&mut self, uuid: &str) -> Result<Option<DomainSeen>, NoAnswer> {
        self.ask(uuid, describe)
    }

    fn beside(&mut self, uuid: &str) -> Result<Option<DomainSeen>, NoAnswer> {
        let open = self.open.as_ref().ok_or(NoAnswer)?;
        let active = open.list_all_domains(sys::VIR_CONNECT_LIST_DOMAINS_ACTIVE);
        let domains = active.map_err(|_| NoAnswer)?;
        let mut titled = domains.iter().filter(|one| has_title(one, uuid));
        let seen = titled.next().and_then(|one| describe(one).ok());
        domains.into_iter().for_each(release);
        Ok(seen)
    }

    fn migration(
        &mut self,
        uuid: &str,
        with_share: bool,
    ) -> Result<Option<MigrationSide>, NoAnswer> {
        self.ask(uuid, |domain| side(domain, with_share))
    }
}

impl LibvirtConnection {
    /// A connection to the daemon of that URI; it is opened with the first question.
    pub(super) const fn to(uri: String) -> Self {
        Self {
            uri,
            open: None,
            known: Vec::new(),
        }
    }

    /// Asks about the domain of that UUID; none when the daemon says that it has no such domain.
    ///
    /// # Errors
    /// When the daemon did not answer. It may have died: the next question opens a new connection.
    fn ask<T>(
        &mut self,
        uuid: &str,
        question: impl FnOnce(&Domain) -> Result<T, Error>,
    ) -> Result<Option<T>, NoAnswer> {
        if self.open.is_none() {
            // Otherwise libvirt prints every error on standard error.
            virt::error::clear_error_callback();
            self.open = Connect::open(Some(&self.uri)).ok();
        }
        let open = self.open.as_ref().ok_or(NoAnswer)?;
        match answer(open, &mut self.known, uuid, question) {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if error.code().is(ErrorNumber::NoDomain) => Ok(None),
            Err(_) => {
                self.hang_up();
                Err(NoAnswer)
            }
        }
    }

    fn hang_up(&mut self) {
        self.known.drain(..).for_each(|(_, domain)| release(domain));
        release(self.open.take());
    }
}

impl Drop for LibvirtConnection {
    fn drop(&mut self) {
        self.hang_up();
    }
}

fn answer<T>(
    open: &Connect,
    known: &mut Vec<(String, Domain)>,
    uuid: &str,
    question: impl FnOnce(&Domain) -> Result<T, Error>,
) -> Result<T, Error> {
    if let Some((_, domain)) = known.iter().find(|(known, _)| known == uuid) {
        return question(domain);
    }
    let domain = open.lookup_domain_by_uuid_string(uuid)?;
    let answer = question(&domain);
    known.push((uuid.to_owned(), domain));
    answer
}

fn has_title(domain: &Domain, wanted: &str) -> bool {
    let title = domain.metadata(sys::VIR_DOMAIN_METADATA_TITLE as i32, None, 0);
    title.is_ok_and(|title| title == wanted)
}

/// Gives a libvirt object back; virt's own `Drop` panics when libvirt refuses, which would blind who looks.
pub(super) fn release<T>(object: T) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(object)));
}

/// A domain's state, and libvirt's own number of the reason; each state counts its reasons from 0.
///
/// # Errors
/// When libvirt does not answer.
fn state(domain: &Domain) -> Result<(DomainState, i32), Error> {
    let (state, reason) = domain.state()?;
    // virt 0.5 gives an unknown state, and no error, when the query itself failed.
    let Some(state) = state.known() else {
        return Err(Error::last_error());
    };
    let reason = match reason {
        Enum::Known(reason) => number(reason),
        Enum::Unknown(number) => number,
    };
    Ok((translate(state), reason))
}

fn describe(domain: &Domain) -> Result<DomainSeen, Error> {
    let (state, reason) = state(domain)?;
    let persistent = domain.is_persistent()?;
    Ok(DomainSeen {
        state,
        reason,
        persistent,
        // A transient domain cannot be asked for this.
        autostart: persistent && domain.autostart().unwrap_or(false),
    })
}

fn side(domain: &Domain, with_share: bool) -> Result<MigrationSide, Error> {
    let (state, _) = state(domain)?;
    Ok(MigrationSide {
        active: state != DomainState::Shutoff,
        running: state == DomainState::Running,
        paused: state == DomainState::Paused,
        copied: if with_share { copied(domain) } else { None },
    })
}

/// The share in percent; none where no job runs.
fn copied(domain: &Domain) -> Option<u8> {
    let job = domain.job_info().ok()?;
    let total = job.mem_total.filter(|total| *total > 0);
    let Some(total) = total else {
        return (job.r#type != 0).then_some(0);
    };
    let left = job.mem_remaining.unwrap_or(total).min(total);
    u8::try_from((total - left) * 100 / total).ok()
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

#[cfg(test)]
mod tests {
    use super::{LibvirtConnection, NoAnswer, state};
    use crate::history::DomainState;

    /// The domain of libvirt's own test driver, which runs.
    const OF_THE_TEST_DRIVER: &str = "6695eb01-f6a4-8304-79aa-97f2502e193f";

    #[test]
    fn a_daemon_that_has_no_such_domain_is_told_from_one_that_does_not_answer() {
        virt::error::clear_error_callback();
        let mut line = LibvirtConnection::to("test:///default".to_owned());
        let known = line.ask(OF_THE_TEST_DRIVER, state);
        assert_eq!(known, Ok(Some((DomainState::Running, 0))));
        assert_eq!(
            line.ask("00000000-0000-0000-0000-000000000001", state),
            Ok(None)
        );
        let mut nobody = LibvirtConnection::to("qemu+unix:///system?socket=/nowhere".to_owned());
        assert_eq!(nobody.ask(OF_THE_TEST_DRIVER, state), Err(NoAnswer));
    }
}
