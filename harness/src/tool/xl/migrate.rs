//! `migrate`: as a direct migration of libvirt's, which ends with its client as xl's does.
//!
//! The real one goes through ssh. What that does about a host which falls silent, libvirt's keepalives do here: on the
//! target always, as an sshd does whose ClientAliveInterval is set; on the source only where the command that `-s` gives
//! says ServerAliveInterval, for by default ssh waits as long as TCP does.

use std::mem::ManuallyDrop;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use virt::connect::Connect;
use virt::domain::Domain as Guest;
use virt::event::{event_register_default_impl, event_run_default_impl};
use virt::sys;

use super::answer::Failed;
use super::toolstack::{Toolstack, fail_as};
use super::words::Words;
use crate::tool::host::Down;
use crate::tool::print::complain;

/// How often it is looked whether the target still answers.
const INTERVAL: Duration = Duration::from_millis(500);

/// How many messages ssh lets a server leave unanswered, unless told otherwise. Source: ssh_config(5).
const UNANSWERED: u32 = 3;

/// `migrate DOMAIN HOST`. It is live by itself: `--live` is taken and ignored.
pub(super) fn migrate(toolstack: &Toolstack, words: &Words) -> Result<(), Failed> {
    let [domain, host] = words.exactly("migrate")?;
    let guest = toolstack.guest(domain)?;
    fail_as(Down::of(host)).map_err(|_| failed(&format!("the toolstack of {host} is down")))?;
    answer_keepalives()?;
    // virt's own `Drop` panics where libvirt fails to close; this process ends soon.
    let target =
        Connect::open(Some(&format!("qemu+tcp://{host}/system"))).map(ManuallyDrop::new)?;
    complain("Saving to migration stream new xl format (info 0x3/0x0/1000)")?;
    let alive = words.value("-s").and_then(Alive::of);
    carry_over(guest, &target, alive).map_err(|why| failed(&why))?;
    complain("migration sender: Target reports successful startup.\nMigration successful.")?;
    Ok(())
}

/// Migrates the guest; gives up once the target is silent for too long, and libvirt then ends the migration with this
/// process.
fn carry_over(guest: Guest, target: &Connect, alive: Option<Alive>) -> Result<(), String> {
    let (sender, receiver) = mpsc::channel();
    if let Some(Alive { interval, count }) = alive {
        let set = target.set_keep_alive(interval, count);
        set.map_err(|error| error.message().to_owned())?;
        let (target, sender) = (ManuallyDrop::new(target.clone()), sender.clone());
        thread::spawn(move || {
            while target.is_alive().unwrap_or(false) {
                thread::sleep(INTERVAL);
            }
            let _ = sender.send(Err("the target does not answer".to_owned()));
        });
    }
    let target = ManuallyDrop::new(target.clone());
    thread::spawn(move || {
        let moved = guest.migrate(&target, sys::VIR_MIGRATE_LIVE, None, None, 0);
        let _ = sender.send(moved.map(drop).map_err(|error| error.message().to_owned()));
    });
    receiver
        .recv()
        .unwrap_or_else(|_| Err("it came to no end".to_owned()))
}

/// Lets libvirt's library answer keepalives, and send them where it is told so, on connections that are opened later.
///
/// # Errors
/// When libvirt has no room for it.
fn answer_keepalives() -> Result<(), Failed> {
    event_register_default_impl()?;
    thread::spawn(|| while event_run_default_impl().is_ok() {});
    Ok(())
}

/// How ssh finds out that its server is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Alive {
    /// Seconds between its messages.
    interval: i32,
    /// How many may go unanswered.
    count: u32,
}

impl Alive {
    /// As the command says; none where it says nothing.
    fn of(command: &str) -> Option<Self> {
        let value = |option: &str| {
            let mut words = command.split([' ', '=']).map(str::trim);
            words.find(|word| *word == option || *word == format!("-o{option}"))?;
            words.next()
        };
        let interval = value("ServerAliveInterval")?.parse().ok()?;
        let count = value("ServerAliveCountMax").and_then(|count| count.parse().ok());
        (interval > 0).then_some(Self {
            interval,
            count: count.unwrap_or(UNANSWERED),
        })
    }
}

fn failed(why: &str) -> Failed {
    Failed::because(format!(
        "migration sender: {why}\nMigration failed, resuming at sender."
    ))
}

#[cfg(test)]
mod tests {
    use super::Alive;

    #[test]
    fn what_ssh_is_told_of_its_server_is_read() {
        let alive = |interval, count| Some(Alive { interval, count });
        assert_eq!(Alive::of("ssh"), None);
        assert_eq!(Alive::of("ssh -o ServerAliveInterval=0"), None);
        assert_eq!(Alive::of("ssh -o ServerAliveInterval=5"), alive(5, 3));
        let both = "ssh -oServerAliveInterval=5 -o ServerAliveCountMax=2 -v";
        assert_eq!(Alive::of(both), alive(5, 2));
    }
}
