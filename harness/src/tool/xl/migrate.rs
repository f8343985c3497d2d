//! `migrate`: as a direct migration of libvirt's, which ends with its client as xl's does.

use std::mem::ManuallyDrop;

use virt::connect::Connect;
use virt::sys;

use super::answer::{Failed, complain};
use super::toolstack::{Toolstack, fail_as};
use super::words::Words;
use crate::tool::host::Down;

/// `migrate DOMAIN HOST`. It is live by itself: `--live` is taken and ignored.
pub(super) fn migrate(toolstack: &Toolstack, words: &Words) -> Result<(), Failed> {
    let [domain, host] = words.exactly("migrate")?;
    let guest = toolstack.guest(domain)?;
    fail_as(Down::of(host)).map_err(|_| failed(&format!("the toolstack of {host} is down")))?;
    // virt's own `Drop` panics where libvirt fails to close; this process ends soon.
    let target =
        Connect::open(Some(&format!("qemu+tcp://{host}/system"))).map(ManuallyDrop::new)?;
    complain("Saving to migration stream new xl format (info 0x3/0x0/1000)")?;
    let moved = guest.migrate(&target, sys::VIR_MIGRATE_LIVE, None, None, 0);
    moved.map_err(|error| failed(error.message()))?;
    complain("migration sender: Target reports successful startup.\nMigration successful.")?;
    Ok(())
}

fn failed(why: &str) -> Failed {
    Failed::because(format!(
        "migration sender: {why}\nMigration failed, resuming at sender."
    ))
}
