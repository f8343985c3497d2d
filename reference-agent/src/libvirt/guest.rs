//! One domain of one libvirt: what can be asked of it and done to it.

use std::path::PathBuf;
use std::time::Duration;

use virt::domain::Domain;
use virt::error::Error;
use virt::sys;

use super::raw::{self, Job};
use super::session::{self, Pending, with_domain};
use super::state::{Condition, condition, condition_in};
use super::trouble::Trouble;
use super::wire::{self, WireAnswer};
use super::{mark, persistence};

/// A guest where it is looked for. It is found by its UUID and nothing else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Guest<'a> {
    /// The libvirt that is asked.
    pub(crate) uri: &'a str,
    /// The guest's identity.
    pub(crate) uuid: &'a str,
}

/// Every question may end with every kind of [`Trouble`].
impl Guest<'_> {
    /// Its state: by libvirt's protocol where that is enough, and otherwise by its library.
    pub(crate) fn condition(&self, within: Duration) -> Result<Condition, Trouble> {
        let (uri, uuid) = (self.uri.to_owned(), self.uuid.to_owned());
        let pending = session::begin_with(self.uri, move |answers| {
            let (uri, uuid) = (uri.as_str(), uuid.as_str());
            match (Guest { uri, uuid }).condition_by_protocol() {
                Some(answer) => drop(answers.send(answer)),
                None => {
                    let question = |connection: &_| with_domain(connection, uuid, condition_of);
                    session::converse(uri, question, answers);
                }
            }
        });
        pending.wait(within)
    }

    /// Its state by libvirt's protocol; none when the library has to be asked. It may take some seconds.
    pub(crate) fn condition_by_protocol(&self) -> Option<Result<Condition, Trouble>> {
        let answer = wire::state(self.uri, self.uuid)?;
        Some(match answer {
            WireAnswer::State(state, reason) => Ok(condition_in(state, reason)),
            WireAnswer::NoDomain => Err(Trouble::NoDomain),
        })
    }

    /// Its state by libvirt's library.
    pub(crate) fn condition_by_library(&self, within: Duration) -> Result<Condition, Trouble> {
        self.ask(within, condition_of)
    }

    /// The job that runs on it; a guest that isn't there has none.
    pub(crate) fn job(&self, within: Duration) -> Result<Job, Trouble> {
        match self.ask(within, |domain| Ok(raw::job(domain)?)) {
            Err(Trouble::NoDomain) => Ok(Job::Idle),
            other => other,
        }
    }

    /// Aborts the job that runs on it.
    pub(crate) fn abort_job(&self, within: Duration) -> Result<(), Trouble> {
        self.ask(within, |domain| Ok(raw::abort_job(domain)?))
    }

    /// Its name.
    pub(crate) fn name(&self, within: Duration) -> Result<String, Trouble> {
        self.ask(within, |domain| Ok(domain.name()?))
    }

    /// Whether libvirt would start it with the node.
    pub(crate) fn has_autostart(&self, within: Duration) -> Result<bool, Trouble> {
        self.ask(within, |domain| Ok(domain.autostart()?))
    }

    /// Ends a pause.
    pub(crate) fn resume(&self, within: Duration) -> Result<(), Trouble> {
        self.ask(within, |domain| done(domain.resume()))
    }

    /// Ends a sleep.
    pub(crate) fn wake_up(&self, within: Duration) -> Result<(), Trouble> {
        self.ask(within, |domain| done(domain.pm_wakeup(0)))
    }

    /// Asks the guest to shut down. The answer is not waited for: the call hangs if the emulator does.
    pub(crate) fn request_shutdown(&self) {
        drop(self.begin(|domain| done(domain.shutdown())));
    }

    /// Begins to destroy it.
    pub(crate) fn destroy(&self) -> Pending<()> {
        self.begin(|domain| done(domain.destroy()))
    }

    /// Destroys it if it is still arriving.
    pub(crate) fn destroy_in_transit(&self, within: Duration) -> Result<(), Trouble> {
        self.ask(within, |domain| match condition_of(domain)? {
            Condition::InTransit => done(domain.destroy()),
            _ => Ok(()),
        })
    }

    /// Saves its memory in a file, if `may_take` lets it, which hears how many bytes that is at most.
    pub(crate) fn save_memory(
        &self,
        file: PathBuf,
        within: Duration,
        may_take: impl FnOnce(u64) -> Result<(), Trouble> + Send + 'static,
    ) -> Result<(), Trouble> {
        self.ask(within, move |domain| {
            may_take(domain.max_memory()?.saturating_mul(1024))?;
            let file = file.display().to_string();
            let (format, flags) = (
                sys::VIR_DOMAIN_CORE_DUMP_FORMAT_RAW,
                sys::VIR_DUMP_MEMORY_ONLY,
            );
            done(domain.core_dump_with_format(&file, format, flags))
        })
    }

    /// Marks it as a resource's. A driver may lack that.
    pub(crate) fn mark(&self, resource: &str, within: Duration) -> Result<(), Trouble> {
        let resource = resource.to_owned();
        self.ask(within, move |domain| mark::set(domain, &resource))
    }

    /// Takes its definition from libvirt; where `keep`, only sees to it that libvirt can't start it by itself.
    pub(crate) fn make_transient(&self, keep: bool, within: Duration) -> Result<(), Trouble> {
        self.ask(within, move |domain| {
            persistence::make_transient(domain, keep)
        })
    }

    fn ask<T: Send + 'static>(
        &self,
        within: Duration,
        question: impl FnOnce(&Domain) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        self.begin(question).wait(within)
    }

    fn begin<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Domain) -> Result<T, Trouble> + Send + 'static,
    ) -> Pending<T> {
        let uuid = self.uuid.to_owned();
        session::begin(self.uri, move |connection| {
            with_domain(connection, &uuid, question)
        })
    }
}

/// That a call was made: the number that virt hands on with it says nothing.
fn done<T>(answer: Result<T, Error>) -> Result<(), Trouble> {
    answer.map(drop).map_err(Trouble::from)
}

/// The state of a domain that was found.
///
/// # Errors
/// libvirt's own. virt 0.5's `state` swallows them and gives a state of -1 instead.
fn condition_of(domain: &Domain) -> Result<Condition, Trouble> {
    let (state, reason) = domain.state()?;
    if state.is_unknown_and(|raw| raw == u32::MAX) {
        return Err(Error::last_error().into());
    }
    Ok(condition(reason))
}
