//! What a node sees of the host's files: all of them read-only, and some folders of its own.
//!
//! A node's own folders (`/run`, `/tmp`, `/var/log` and the rest of `OWN_FOLDERS`) are one tmpfs, which a case fills by
//! making it as small as what it holds: libvirtd, agent and emulator then meet ENOSPC wherever they write. Logs and
//! caches have the host's folders and none of its files.
//!
//! A tool is taken away by `/dev/null` mounted over it: a search path without it would not do, for ocf-shellfuncs
//! appends the usual folders to any. Another shell becomes `/bin/sh` in the same way, mounted over the file that
//! `/bin/sh` leads to, and only where that file is dash: where it is bash or busybox other programs ask for it by its
//! own name, and an agent would be blamed for what it was shown. The cases are skipped then.

use std::fs::{self, File};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use nix::fcntl::{OFlag, open};
use nix::mount::{MsFlags, mount};
use nix::sys::stat::Mode;

use crate::lab::setup::{LabResult, PACKAGED};

pub(in crate::lab) use crate::mounts::{bind, bind_read_only, complete, lay_over, stack, tmpfs};

/// Shows unpacked packages in the place of what the machine has installed. What it has not installed it has no place
/// for, but for the agents themselves, without which nothing can be judged.
pub(in crate::lab) fn packages(root: &Path) -> LabResult<()> {
    for place in PACKAGED.map(Path::new) {
        let own = root.join(place.strip_prefix("/").unwrap_or(place));
        let needed = place == Path::new(PACKAGED[0]);
        if own.is_dir() && (needed || place.is_dir()) {
            bind(&own, place)?;
        }
    }
    Ok(())
}

/// Mounts the process table of this PID namespace over the one inherited, without the ways to reboot the machine.
pub(in crate::lab) fn proc() -> LabResult<()> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    mount(Some("proc"), "/proc", Some("proc"), flags, None::<&str>)
        .map_err(|error| format!("cannot mount /proc: {error}"))?;
    let mut keys = SYSRQ.map(Path::new).into_iter();
    keys.try_for_each(|key| match key.exists() {
        true => bind(Path::new("/dev/null"), key),
        false => Ok(()),
    })
}

/// What reboots the whole machine when root writes to it, and what allows that: Pacemaker does both when it panics
/// (`sysrq_trigger` in its `watchdog.c`).
const SYSRQ: [&str; 2] = ["/proc/sysrq-trigger", "/proc/sys/kernel/sysrq"];

/// Mounts the devices of this network namespace; where that is forbidden the host's stay visible.
pub(in crate::lab) fn sys() {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    // Failure only leaves libvirt with a wrong list of network devices, which the lab never uses.
    let _ = mount(Some("sysfs"), "/sys", Some("sysfs"), flags, None::<&str>);
}

/// Makes the host's file systems read-only for the lab: an agent is root in its node, and what it
/// writes outside the node's own folders would be written on the host.
pub(in crate::lab) fn protect_host() -> LabResult<()> {
    let table = fs::read_to_string("/proc/self/mountinfo").map_err(|error| error.to_string())?;
    for line in table.lines() {
        let fields: Vec<&str> = line.split(' ').collect();
        let [_, _, _, _, place, options, ..] = fields[..] else {
            continue;
        };
        let place = place.replace("\\040", " ");
        if ["/proc", "/sys", "/dev"]
            .iter()
            .any(|own| Path::new(&place).starts_with(own))
        {
            continue;
        }
        let flags = MsFlags::MS_BIND | MsFlags::MS_REMOUNT | MsFlags::MS_RDONLY | kept(options);
        let done = mount(
            None::<&str>,
            place.as_str(),
            None::<&str>,
            flags,
            None::<&str>,
        );
        // A place below which another mount hides cannot be reached by anybody else either.
        if let (Err(error), "/") = (done, place.as_str()) {
            return Err(format!("cannot make / read-only for the lab: {error}"));
        }
    }
    Ok(())
}

/// The flags that a mount has and, in a user namespace, may not lose.
fn kept(options: &str) -> MsFlags {
    let flag = |option: &str| match option {
        "nosuid" => MsFlags::MS_NOSUID,
        "nodev" => MsFlags::MS_NODEV,
        "noexec" => MsFlags::MS_NOEXEC,
        "noatime" => MsFlags::MS_NOATIME,
        "nodiratime" => MsFlags::MS_NODIRATIME,
        "relatime" => MsFlags::MS_RELATIME,
        _ => MsFlags::empty(),
    };
    options.split(',').map(flag).collect()
}

/// A path of the host held open, so that it can be shown after its folder has been covered.
pub(in crate::lab) struct Shown {
    path: PathBuf,
    held: OwnedFd,
    is_folder: bool,
}

impl Shown {
    /// Takes hold of a path.
    pub(in crate::lab) fn hold(path: &Path) -> LabResult<Self> {
        let failed = |error: &dyn std::fmt::Display| {
            format!("cannot show {} to the nodes: {error}", path.display())
        };
        let flags = OFlag::O_PATH | OFlag::O_CLOEXEC;
        let held = open(path, flags, Mode::empty()).map_err(|error| failed(&error))?;
        Ok(Self {
            path: path.to_owned(),
            held,
            is_folder: path.is_dir(),
        })
    }

    /// Shows it at its path again, read-only.
    pub(in crate::lab) fn show(&self) -> LabResult<()> {
        if self.path.exists() {
            // No folder of the node's own covers it: the host's file itself, which nothing may touch.
            return Ok(());
        }
        let folder = if self.is_folder {
            Some(self.path.as_path())
        } else {
            self.path.parent()
        };
        fs::create_dir_all(folder.unwrap_or(Path::new("/"))).map_err(|error| error.to_string())?;
        if !self.is_folder {
            File::create(&self.path).map_err(|error| error.to_string())?;
        }
        let from = format!("/proc/self/fd/{}", self.held.as_raw_fd());
        bind(Path::new(&from), &self.path)?;
        let flags = MsFlags::MS_BIND | MsFlags::MS_REMOUNT | MsFlags::MS_RDONLY;
        // Where this is refused, the mount it comes from was made read-only before.
        let _ = mount(None::<&str>, &self.path, None::<&str>, flags, None::<&str>);
        Ok(())
    }
}
