//! Drops what the harness inherited from its caller: a terminal, ignored signals, open files, limits.
//!
//! Pacemaker's executor passes on nothing of the kind, and agents depend on all of it. From a terminal the stock agent
//! was once accused of twelve things that it does not do: `virsh` asked polkit's terminal agent, waited for it, and
//! printed about it. So the lab's first process gets a session of its own before all else, without a terminal, with no
//! file but its standard streams, no signal blocked or ignored, the limits of the kernel and systemd (1024 open files,
//! up to 524288), the umask 0022, the nice value 0, `/` as its folder and `PATH` as its only variable. Everything else
//! in the lab inherits that.
//!
//! Ignored signals get handlers, for exec(2) then restores their default effect; no other way does without unsafe code.
//! What the user may not change, such as a nice value or a hard limit, is reported with the labs of the run. `lab
//! shell` keeps the caller's terminal: a person who looks around is no agent. `tests/tests/environments.rs` runs the
//! same cases under everything of the kind that we know.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit, rlim_t, setrlimit};
use nix::sys::signal::SigSet;
use nix::sys::stat::{Mode, umask};
use nix::unistd::{chdir, close, setsid};
use rustix::process::{getpriority_process, setpriority_process};

use crate::lab::setup::LabResult;
use crate::signals::ignored;

/// The permissions that files lack by default. Source: systemd.exec(5), `UMask=`; Pacemaker's executor has its own.
const MASK: u32 = 0o022;

/// How many files a process may have open, and how many it may allow itself.
///
/// Source: systemd-system.conf(5), `DefaultLimitNOFILE=`; `pacemaker.service` sets no limit of its own.
const OPEN_FILES: (rlim_t, rlim_t) = (1024, 512 * 1024);

/// The kernel's own, which systemd leaves alone.
const STACK: (rlim_t, rlim_t) = (8 << 20, RLIM_INFINITY);

/// Pacemaker lets its children dump their memory. Here that would fill the lab's own memory.
const DUMP: (rlim_t, rlim_t) = (0, RLIM_INFINITY);

const NONE: (rlim_t, rlim_t) = (RLIM_INFINITY, RLIM_INFINITY);

/// What the kernel and systemd leave unlimited, and a caller may have limited.
const UNLIMITED: [Resource; 6] = [
    Resource::RLIMIT_AS,
    Resource::RLIMIT_CPU,
    Resource::RLIMIT_DATA,
    Resource::RLIMIT_FSIZE,
    Resource::RLIMIT_LOCKS,
    Resource::RLIMIT_RSS,
];

/// Frees this process, and all that it will start, of what the caller gave; its variables are the harness's own
/// already. To be called before there is another thread.
pub(super) fn shed() -> LabResult<()> {
    close_files()?;
    setsid().map_err(|error| format!("the lab gets no session of its own: {error}"))?;
    take_signals();
    umask(Mode::from_bits_truncate(MASK));
    chdir("/").map_err(|error| format!("cannot change to /: {error}"))?;
    limit(Resource::RLIMIT_NOFILE, OPEN_FILES);
    limit(Resource::RLIMIT_STACK, STACK);
    limit(Resource::RLIMIT_CORE, DUMP);
    for resource in UNLIMITED {
        limit(resource, NONE);
    }
    // Refused to an ordinary user whose value is higher; `kept` says so.
    let _ = setpriority_process(None, 0);
    Ok(())
}

/// What could not be dropped, as ends of a sentence: the lab's processes have it.
pub(super) fn kept() -> Vec<String> {
    let mut kept = Vec::new();
    if let Ok(nice @ 1..) = getpriority_process(None) {
        kept.push(format!("the nice value {nice}"));
    }
    if let Ok((files, _)) = getrlimit(Resource::RLIMIT_NOFILE)
        && files < OPEN_FILES.0
    {
        kept.push(format!(
            "at most {files} open files instead of {}",
            OPEN_FILES.0
        ));
    }
    kept
}

/// Closes all files but the standard streams.
fn close_files() -> LabResult<()> {
    let failed = |error: std::io::Error| format!("cannot list the open files: {error}");
    let open: Vec<i32> = fs::read_dir("/proc/self/fd")
        .map_err(failed)?
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    for file in open.into_iter().filter(|file| *file > 2) {
        // The one by which they were listed is closed by now.
        let _ = close(file);
    }
    Ok(())
}

/// Blocks no signal, and lets none be ignored by what this process executes: a signal with a handler has its default
/// effect again after exec(2), which one that is ignored has not. No other safe way leads there.
fn take_signals() {
    // It can only fail for a set that is none.
    let _ = SigSet::empty().thread_set_mask();
    for signal in ignored() {
        // SIGPIPE, which this very program ignores, is among them; so may be some that nobody may handle.
        let _ = signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)));
    }
}

/// Sets a limit, below the hard one where that cannot be raised: only root of the machine itself may.
fn limit(resource: Resource, (soft, hard): (rlim_t, rlim_t)) {
    if setrlimit(resource, soft, hard).is_ok() {
        return;
    }
    if let Ok((_, highest)) = getrlimit(resource) {
        let _ = setrlimit(resource, soft.min(highest), highest.min(hard));
    }
}
