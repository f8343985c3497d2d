//! How many labs a machine carries.

use std::num::NonZero;
use std::thread;

use nix::sys::resource::{Resource, getrlimit, setrlimit};

/// The memory in bytes that a lab may need: measured under TCG, it needs a quarter of it.
const LAB_MEMORY: u64 = 512 << 20;

/// How many files this program has open for a lab at most: 22 were counted while a case ran, which needs more for each
/// run of the agent beside others.
const LAB_FILES: u64 = 32;

/// How many labs this machine carries at any time: four a processor, for cases wait more than they compute, unless its
/// memory or this program's open files allow fewer.
#[must_use]
pub fn labs() -> usize {
    for_each_processor(4)
}

/// How many it carries while most of the cases that run only wait.
#[must_use]
pub fn most_labs() -> usize {
    for_each_processor(10)
}

/// How many cases are begun for so many labs, some of which wait for a lab: while one is reset, another case is ready.
pub(super) const fn threads(labs: usize) -> usize {
    labs + labs / 2
}

fn for_each_processor(labs: usize) -> usize {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let memory = nix::sys::sysinfo::sysinfo().map_or(u64::MAX, |system| system.ram_total());
    let held = usize::try_from(memory / LAB_MEMORY).unwrap_or(usize::MAX);
    let served = usize::try_from(allow_files() / LAB_FILES).unwrap_or(usize::MAX);
    (labs * processors).min(held).min(served).max(1)
}

/// Lets this program open as many files as its hard limit allows, whatever the caller's soft one; how many that are.
pub(crate) fn allow_files() -> u64 {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
        return u64::MAX;
    };
    match setrlimit(Resource::RLIMIT_NOFILE, hard, hard) {
        Ok(()) => hard,
        Err(_) => soft,
    }
}
