//! What is kept of a running guest, and where: this agent's record and mark, but no definition within libvirt, which
//! could start the guest by itself.

use std::path::Path;
use std::time::Duration;

use virt::connect::Connect;
use virt::domain::Domain;
use virt::sys;

use crate::call::Call;
use crate::evidence::definition::{Definition, digest};
use crate::evidence::emulator::Emulator;
use crate::evidence::identity;
use crate::evidence::record::Record;
use crate::libvirt::session::{self, Trouble, with_domain};
use crate::reading::in_time;
use crate::tell;

/// Takes a persistent definition from libvirt, with its autostart and its saved memory, which is older than the disk.
/// That can fail without harm to this start; it is then said on stderr.
pub(crate) fn forget_definition(connection: &Connect, uuid: &str, keep: bool) {
    let done = with_domain(connection, uuid, |domain| make_transient(domain, keep));
    if let Err(trouble @ (Trouble::Denied(_) | Trouble::Failed(_))) = done {
        tell(&format!(
            "libvirt keeps a definition of the guest: {}",
            trouble.why()
        ));
    }
}

/// Undefines the domain; where `keep`, only sees to it that libvirt can't start it by itself.
fn make_transient(domain: &Domain, keep: bool) -> Result<(), Trouble> {
    if !domain.is_persistent()? {
        return Ok(());
    }
    if domain.autostart()? {
        domain.set_autostart(false)?;
    }
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

/// Whether the definition's file is libvirt's own copy: undefining would delete it. One that can't be told in time, for its
/// folder hangs, is taken for that.
pub(crate) fn kept_by_libvirt(config: &Path) -> bool {
    fn within(path: &Path) -> bool {
        path.parent()
            .is_some_and(|folder| folder.ends_with("libvirt/qemu"))
    }
    let path = config.to_owned();
    let real = || in_time(RESOLVING, move || path.canonicalize());
    within(config) || real().is_none_or(|real| real.is_ok_and(|path| within(&path)))
}

/// How long a path may take to be resolved.
const RESOLVING: Duration = Duration::from_secs(2);

/// What is done once the guest runs: it is recorded, marked, and its definition taken from libvirt.
pub(crate) fn keep(call: &Call, definition: &Definition) {
    let uri = &call.parameters.hypervisor;
    let before = Record::load(call);
    if before.is_some_and(|record| {
        record.uuid == definition.uuid && record.digest != digest(&definition.xml)
    }) {
        tell(
            "the definition was changed since the guest was started; the change will take effect at its next start",
        );
    }
    record_of(
        call,
        definition,
        Emulator::find(&definition.uuid).first().copied(),
    )
    .save(call);
    identity::mark(
        call,
        &definition.uuid,
        call.deadline.at_most(Duration::from_secs(2)),
    );
    let keep = call
        .parameters
        .config
        .as_deref()
        .is_some_and(kept_by_libvirt);
    let question = move |domain: &Domain| make_transient(domain, keep);
    if let Err(trouble) = session::ask_about(
        uri,
        &definition.uuid,
        call.deadline.at_most(Duration::from_secs(8)),
        question,
    ) {
        tell(&format!(
            "libvirt may keep a definition of the guest: {}",
            trouble.why()
        ));
    }
}

pub(crate) fn record_of(
    call: &Call,
    definition: &Definition,
    emulator: Option<Emulator>,
) -> Record {
    Record {
        hypervisor: call.parameters.hypervisor.clone(),
        uuid: definition.uuid.clone(),
        name: definition.name.clone(),
        emulator,
        digest: digest(&definition.xml),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_in_the_folder_of_libvirt_is_its_own_copy() {
        assert!(kept_by_libvirt(Path::new("/etc/libvirt/qemu/vm.xml")));
        assert!(!kept_by_libvirt(Path::new(
            "/etc/libvirt/qemu/networks/vm.xml"
        )));
        assert!(!kept_by_libvirt(Path::new("/etc/cluster/vm.xml")));
    }
}
