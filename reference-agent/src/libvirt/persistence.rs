//! What libvirt remembers of a domain, and could start it from by itself: its definition, its autostart, its saved memory.

use virt::connect::Connect;
use virt::domain::Domain;
use virt::sys;

use super::session::with_domain;
use super::trouble::Trouble;
use crate::stderr;

/// Takes a persistent definition from libvirt, with its autostart and its saved memory, which is older than the disk.
/// That can fail without harm to a start; it is then said on stderr.
pub(super) fn forget_definition(connection: &Connect, uuid: &str, keep: bool) {
    let done = with_domain(connection, uuid, |domain| make_transient(domain, keep));
    if let Err(trouble @ (Trouble::Denied(_) | Trouble::Failed(_))) = done {
        stderr::print(&format!(
            "libvirt keeps a definition of the guest: {}",
            trouble.why()
        ));
    }
}

/// Undefines the domain; where `keep`, only sees to it that libvirt can't start it by itself.
///
/// # Errors
/// libvirt's own.
pub(super) fn make_transient(domain: &Domain, keep: bool) -> Result<(), Trouble> {
    if !domain.is_persistent()? {
        return Ok(());
    }
    drop_autostart(domain)?;
    if keep {
        if domain.has_managed_save(0)? {
            domain.managed_save_remove(0)?;
        }
        return Ok(());
    }
    let plain = sys::VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | sys::VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA;
    let all = plain
        | sys::VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
        | sys::VIR_DOMAIN_UNDEFINE_KEEP_NVRAM
        | sys::VIR_DOMAIN_UNDEFINE_KEEP_TPM;
    // Other drivers than QEMU's don't know all of these flags, and refuse as a whole.
    domain
        .undefine_flags(all)
        .or_else(|_| domain.undefine_flags(plain))
        .or_else(|_| domain.undefine())?;
    Ok(())
}

/// Flags for the migration of a domain. A persistent definition must not stay behind, since the daemon here could start
/// it; unless the operator keeps it there.
///
/// # Errors
/// libvirt's own.
pub(super) fn leave_nothing(domain: &Domain, keep: bool) -> Result<u32, Trouble> {
    if !domain.is_persistent()? {
        return Ok(0);
    }
    drop_autostart(domain)?;
    Ok(if keep {
        0
    } else {
        sys::VIR_MIGRATE_UNDEFINE_SOURCE
    })
}

fn drop_autostart(domain: &Domain) -> Result<(), Trouble> {
    if domain.autostart()? {
        domain.set_autostart(false)?;
    }
    Ok(())
}
