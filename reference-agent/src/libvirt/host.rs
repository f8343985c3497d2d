//! One libvirt: which domains it has, and making one.

use std::time::Duration;

use virt::connect::Connect;
use virt::sys;

use super::session::{self, Pending, close, with_domain};
use super::trouble::Trouble;
use super::{mark, persistence};

/// Whether a libvirt can be connected to.
///
/// # Errors
/// Why not.
pub(crate) fn reach(uri: &str, within: Duration) -> Result<(), Trouble> {
    session::ask(uri, within, |_| Ok(()))
}

/// The UUID of the domain of that name.
///
/// # Errors
/// Every kind of trouble, [`Trouble::NoDomain`] among them.
pub(crate) fn uuid_of(uri: &str, name: &str, within: Duration) -> Result<String, Trouble> {
    let name = name.to_owned();
    session::ask(uri, within, move |connection| {
        uuid_by_name(connection, &name)
    })
}

/// Begins to ask whether a guest is active: the one with this UUID, or with this name where one is given and none has the
/// UUID.
pub(crate) fn is_active(uri: &str, uuid: &str, or_named: Option<&str>) -> Pending<bool> {
    let (uuid, name) = (uuid.to_owned(), or_named.map(str::to_owned));
    session::begin(uri, move |connection| {
        match (is_active_here(connection, &uuid), name) {
            (Err(Trouble::NoDomain), Some(name)) => {
                let namesake = connection.lookup_domain_by_name(&name)?;
                let active = namesake.is_active();
                close(namesake);
                Ok(active?)
            }
            (answer, _) => answer,
        }
    })
}

/// A guest that runs.
#[derive(Clone, Debug)]
pub(crate) struct ActiveGuest {
    pub(crate) uuid: String,
    pub(crate) name: String,
    /// The resource that it is marked for.
    pub(crate) resource: Option<String>,
}

/// All guests that run.
///
/// # Errors
/// Every kind of trouble; a list that broke off is no list.
pub(crate) fn active_guests(uri: &str, within: Duration) -> Result<Vec<ActiveGuest>, Trouble> {
    session::ask(uri, within, |connection| {
        let domains = connection.list_all_domains(sys::VIR_CONNECT_LIST_DOMAINS_ACTIVE)?;
        let read = |domain| {
            let guest = ActiveGuest {
                uuid: virt::domain::Domain::uuid_string(&domain)?,
                name: domain.name()?,
                resource: mark::read(&domain),
            };
            close(domain);
            Ok(guest)
        };
        domains.into_iter().map(read).collect()
    })
}

/// A guest to be booted.
#[derive(Clone, Debug)]
pub(crate) struct NewGuest {
    pub(crate) uuid: String,
    pub(crate) name: String,
    /// The definition, as libvirt gets it.
    pub(crate) xml: String,
    /// Whether a definition that libvirt has already is to stay.
    pub(crate) keep_definition: bool,
}

/// Boots a guest as a transient domain: what libvirt doesn't remember it can't start by itself.
///
/// # Errors
/// Every kind of trouble; another domain of the same name is one.
pub(crate) fn create(uri: &str, guest: NewGuest, within: Duration) -> Result<(), Trouble> {
    session::ask(uri, within, move |connection| {
        refuse_namesake(connection, &guest)?;
        persistence::forget_definition(connection, &guest.uuid, guest.keep_definition);
        close(connection.create_domain_xml(&guest.xml, sys::VIR_DOMAIN_NONE)?);
        Ok(())
    })
}

/// A stranger of the same name is another guest. libvirt would refuse too; this says why, and touches nothing.
fn refuse_namesake(connection: &Connect, guest: &NewGuest) -> Result<(), Trouble> {
    match stranger_named(connection, &guest.name, &guest.uuid)? {
        None => Ok(()),
        Some(theirs) => Err(Trouble::Failed(format!(
            "another domain is named \"{}\" too, with UUID {theirs}",
            guest.name
        ))),
    }
}

/// The UUID of a domain that has this name and is another one.
///
/// # Errors
/// libvirt's own.
pub(super) fn stranger_named(
    connection: &Connect,
    name: &str,
    uuid: &str,
) -> Result<Option<String>, Trouble> {
    match uuid_by_name(connection, name) {
        Ok(theirs) => Ok(Some(theirs).filter(|theirs| theirs != uuid)),
        Err(Trouble::NoDomain) => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

/// Whether the domain with this UUID is active.
///
/// # Errors
/// [`Trouble::NoDomain`] and libvirt's own.
pub(super) fn is_active_here(connection: &Connect, uuid: &str) -> Result<bool, Trouble> {
    with_domain(connection, uuid, |domain| Ok(domain.is_active()?))
}

fn uuid_by_name(connection: &Connect, name: &str) -> Result<String, Trouble> {
    let domain = connection.lookup_domain_by_name(name)?;
    let uuid = domain.uuid_string();
    close(domain);
    Ok(uuid?)
}
