//! The processor time that this program and its labs have taken.
//!
//! The kernel counts for a process what those of its children took that it has waited for. It forgets what the processes
//! of a lab took that end with the lab, so they are counted before.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;

use super::held::TICKS;
use super::process;
use super::process_table::{after_name, read_here};

/// What the processes of labs took that have ended with their labs, in clock ticks.
static FORGOTTEN: AtomicU64 = AtomicU64::new(0);

/// What this program has taken, with all labs that have ended.
pub(super) fn of_the_past() -> Duration {
    let taken = |who| {
        let usage = getrusage(who).ok();
        let both = usage.map(|usage| duration(usage.user_time()) + duration(usage.system_time()));
        both.unwrap_or_default()
    };
    let forgotten = from_ticks(FORGOTTEN.load(Ordering::Relaxed));
    taken(UsageWho::RUSAGE_SELF) + taken(UsageWho::RUSAGE_CHILDREN) + forgotten
}

/// What a process and all those below it have taken so far.
pub(super) fn of_tree(pid: i32) -> Duration {
    from_ticks(ticks_of_tree(pid))
}

/// Notes what the kernel forgets when a lab ends with that first process: what those below it have taken.
pub(super) fn note_end(init: i32) {
    FORGOTTEN.fetch_add(ticks_below(init), Ordering::Relaxed);
}

fn ticks_of_tree(pid: i32) -> u64 {
    ticks(pid) + ticks_below(pid)
}

fn ticks_below(pid: i32) -> u64 {
    // Below 0 is all that the kernel starts: it is the lab's first process before that is known.
    if pid == 0 {
        return 0;
    }
    let children = process::children(pid).into_iter();
    children.map(|child| ticks_of_tree(child.pid)).sum()
}

/// Of a process and of the children that it has waited for; none where it has ended.
fn ticks(pid: i32) -> u64 {
    let stat = read_here(pid, "stat").unwrap_or_default();
    let stat = String::from_utf8_lossy(&stat);
    // utime, stime, cutime and cstime of proc(5).
    let fields = { after_name(&stat).into_iter() }.flat_map(|fields| fields.skip(11).take(4));
    fields.filter_map(|field| field.parse::<u64>().ok()).sum()
}

const fn from_ticks(ticks: u64) -> Duration {
    Duration::from_millis(ticks * 1000 / TICKS)
}

fn duration(time: TimeVal) -> Duration {
    let seconds = Duration::from_secs(time.tv_sec().unsigned_abs());
    seconds + Duration::from_micros(time.tv_usec().unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::{of_the_past, of_tree};

    #[test]
    fn what_this_program_takes_is_counted() {
        let own = std::process::id().cast_signed();
        let before = of_the_past();
        while of_the_past() == before {
            std::hint::black_box([0_u8; 4096]);
        }
        assert!(of_tree(own) >= std::time::Duration::ZERO);
        assert_eq!(of_tree(0), std::time::Duration::ZERO);
    }
}
