use virt::domain::{Domain as Guest, DomainState, DomainStateReason, DomainStateReasonEnum};
use virt::enumutil::Enum;
use virt::error::Error;
use virt::sys;

/// The name of the domain that the toolstack itself runs in.
const ZERO: &str = "Domain-0";

/// How libvirt calls a guest that was created beside one of its name which is on the way: it would refuse the name, and the
/// UUID, which is the title then.
pub(super) const BESIDE: &str = "--beside";

/// A domain as `xl list` shows it.
pub(super) struct Domain {
    /// Its number.
    pub(super) id: u32,
    /// Its name, as Xen would call it now.
    pub(super) name: String,
    pub(super) uuid: String,
    /// In MiB.
    pub(super) memory: u64,
    pub(super) processors: u32,
    /// Of processor time.
    pub(super) seconds: f64,
    /// The six letters or dashes of its state: running, blocked, paused, shut down, crashed, dying.
    pub(super) state: &'static str,
    /// The guest behind it; none of Domain-0.
    pub(super) guest: Option<Guest>,
}

impl Domain {
    /// The toolstack's own.
    pub(super) fn zero() -> Self {
        Self {
            id: 0,
            name: ZERO.to_owned(),
            uuid: "00000000-0000-0000-0000-000000000000".to_owned(),
            memory: 512,
            processors: 1,
            seconds: 12.3,
            state: "r-----",
            guest: None,
        }
    }

    /// A guest of libvirt's; none when it has ended.
    pub(super) fn of(guest: Guest) -> Result<Option<Self>, Error> {
        let (state, reason) = guest.state()?;
        let (Some(id), Some(state)) = (guest.id(), state.known()) else {
            return Ok(None);
        };
        let info = guest.info()?;
        let called = guest.name()?;
        let title = sys::VIR_DOMAIN_METADATA_TITLE as i32;
        let (name, uuid) = match called.strip_suffix(BESIDE) {
            Some(name) => (name.to_owned(), guest.metadata(title, None, 0)?),
            None => {
                let suffix = suffix(&guest, state, &reason);
                (format!("{called}{suffix}"), guest.uuid_string()?)
            }
        };
        Ok(Some(Self {
            id,
            name,
            uuid,
            memory: info.max_mem / 1024,
            processors: info.nr_virt_cpu,
            seconds: std::time::Duration::from_nanos(info.cpu_time).as_secs_f64(),
            state: letters(state),
            guest: Some(guest),
        }))
    }
}

/// What Xen adds to the name of a guest that is on the way. A guest that is coming is paused, and libvirt tells nobody how
/// far it is; one that has gone is paused for that reason, and stays so when the migration was killed then.
fn suffix(guest: &Guest, state: DomainState, reason: &DomainStateReasonEnum) -> &'static str {
    if state != DomainState::Paused {
        return "";
    }
    let is_coming = guest.job_info().is_err();
    let migrated = sys::VIR_DOMAIN_PAUSED_MIGRATION;
    let has_gone = matches!(
        reason,
        Enum::Known(DomainStateReason::Paused(why)) if why.to_raw() == migrated
    );
    match (is_coming, has_gone) {
        (true, _) => "--incoming",
        (false, true) => "--migratedaway",
        (false, false) => "",
    }
}

const fn letters(state: DomainState) -> &'static str {
    match state {
        // Common for a guest that runs, if it does neither compute nor wait at that very moment.
        DomainState::NoState | DomainState::Running => "------",
        DomainState::Blocked => "-b----",
        DomainState::Paused | DomainState::PMSuspended => "--p---",
        DomainState::Shutdown | DomainState::Shutoff => "---s--",
        DomainState::Crashed => "---sc-",
    }
}
