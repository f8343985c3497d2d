//! What is kept of a running guest, and where: this agent's record and mark, but no definition within libvirt, which
//! could start the guest by itself.

use std::path::Path;
use std::time::Duration;

use crate::budget::bookkeeping as budget;
use crate::call::Call;
use crate::evidence::definition::{Definition, digest};
use crate::evidence::emulator::Emulator;
use crate::evidence::reading::in_time;
use crate::evidence::record::Record;
use crate::libvirt::guest::Guest;
use crate::stderr;

/// How long a path may take to be resolved.
const RESOLVING: Duration = Duration::from_secs(2);

/// What is done once the guest runs: it is recorded, marked, and its definition taken from libvirt.
pub(super) fn record_running(call: &Call, definition: &Definition) {
    let before = Record::load(call);
    if before.is_some_and(|record| {
        record.uuid == definition.uuid && record.digest != digest(&definition.xml)
    }) {
        stderr::print(
            "the definition was changed since the guest was started; the change will take effect at its next start",
        );
    }
    let emulator = Emulator::find(&definition.uuid).first().copied();
    record_of(call, definition, emulator).save(call);
    let guest = Guest {
        uri: &call.parameters.hypervisor,
        uuid: &definition.uuid,
    };
    if let Err(trouble) = guest.mark(&call.instance, call.deadline.within(budget::MARK)) {
        stderr::print(&format!("the guest could not be marked: {}", trouble.why()));
    }
    let within = call.deadline.within(budget::UNDEFINE);
    if let Err(trouble) = guest.make_transient(keeps_definition(call), within) {
        stderr::print(&format!(
            "libvirt may keep a definition of the guest: {}",
            trouble.why()
        ));
    }
}

/// The record of a guest that is started by this definition.
pub(super) fn record_of(
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

/// Whether a definition that libvirt has of the guest is to stay there, for it is the operator's file.
pub(super) fn keeps_definition(call: &Call) -> bool {
    let config = call.parameters.config.as_deref();
    config.is_some_and(is_kept_by_libvirt)
}

/// Whether the definition's file is libvirt's own copy: undefining would delete it. If its folder hangs, the answer is
/// yes, to be safe.
fn is_kept_by_libvirt(config: &Path) -> bool {
    fn is_within(path: &Path) -> bool {
        path.parent()
            .is_some_and(|folder| folder.ends_with("libvirt/qemu"))
    }
    let path = config.to_owned();
    let real = || in_time(RESOLVING, move || path.canonicalize());
    is_within(config) || real().is_none_or(|real| real.is_ok_and(|path| is_within(&path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_in_the_folder_of_libvirt_is_its_own_copy() {
        assert!(is_kept_by_libvirt(Path::new("/etc/libvirt/qemu/vm.xml")));
        assert!(!is_kept_by_libvirt(Path::new(
            "/etc/libvirt/qemu/networks/vm.xml"
        )));
        assert!(!is_kept_by_libvirt(Path::new("/etc/cluster/vm.xml")));
    }
}
