use std::fs::File;
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::unistd::Uid;
use serde::{Deserialize, Serialize};

use super::guest;

/// What runs the guests' processors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Accel {
    /// The kernel's virtualization.
    Kvm,
    /// QEMU's own translation: slower, and works everywhere.
    Tcg,
}

impl Accel {
    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kvm => "kvm",
            Self::Tcg => "tcg",
        }
    }

    /// libvirt's word for the domain's type.
    #[must_use]
    pub const fn domain_type(self) -> &'static str {
        match self {
            Self::Kvm => "kvm",
            Self::Tcg => "qemu",
        }
    }
}

/// How long the witness guest took from the start of its emulator to its first record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Boots {
    /// Under TCG; none when it did not come so far within the patience.
    pub tcg: Option<Duration>,
    /// Under KVM; none when `/dev/kvm` may not be used, or it did not come so far in time.
    pub kvm: Option<Duration>,
}

impl Boots {
    /// Boots the witness guest under TCG, then under KVM, which gets three times as long.
    ///
    /// The mere existence of `/dev/kvm` proves nothing: on some machines it opens, and guests hang, or
    /// crawl through their firmware. Costs a few tenths of a second, or twice the patience where
    /// nothing boots, so callers ask once a process.
    #[must_use]
    pub fn measure(patience: Duration) -> Self {
        let tcg = boot_time(Accel::Tcg, patience);
        let deadline = tcg.map_or(patience, |tcg| (tcg * 3).min(patience));
        let kvm = Self::may_open_kvm().then(|| boot_time(Accel::Kvm, deadline));
        Self {
            tcg,
            kvm: kvm.flatten(),
        }
    }

    /// Whether the emulators of this user's labs may open `/dev/kvm`, if there is one. Without root they lose the
    /// user's other groups, `kvm` among them.
    #[must_use]
    pub fn may_open_kvm() -> bool {
        let Ok(device) = std::fs::metadata("/dev/kvm") else {
            return false;
        };
        Uid::effective().is_root() || device.permissions().mode() & 0o006 == 0o006
    }

    /// What guests had better run under.
    #[must_use]
    pub fn best(&self) -> Accel {
        self.kvm.map_or(Accel::Tcg, |_| Accel::Kvm)
    }
}

fn boot_time(accel: Accel, deadline: Duration) -> Option<Duration> {
    let (_held, rom) = in_memory(guest::ROM).ok()?;
    let (_held_too, disk) = in_memory(&guest::FRESH_DISK).ok()?;
    let began = Instant::now();
    let mut emulator = boot(accel, &rom, &disk).ok()?;
    let alive = wrote(&disk, &mut emulator, began + deadline);
    let took = began.elapsed();
    let _ = emulator.kill();
    let _ = emulator.wait();
    alive.then_some(took)
}

/// A file of that content, open for the emulator too, and its path for both. It is gone with those who hold it
/// open, whatever ends them.
fn in_memory(content: &[u8]) -> std::io::Result<(File, PathBuf)> {
    let file = File::from(memfd_create("vrt-probe", MFdFlags::empty())?);
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    std::fs::write(&path, content)?;
    Ok((file, path))
}

/// Becomes its arguments if its parent still is the process of that number. A parent that dies from here
/// on takes it along; one that died before it could be tied to it left it to another.
const TIED: &str = r#"[ "$PPID" = "$0" ] && exec "$@""#;

/// The emulator ends with the thread that probes: this process may be killed meanwhile.
fn boot(accel: Accel, rom: &Path, disk: &Path) -> std::io::Result<Child> {
    Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "sh", "-c", TIED])
        .arg(std::process::id().to_string())
        .arg("qemu-system-x86_64")
        .args([
            "-machine",
            &format!("pc,accel={}", accel.name()),
            "-m",
            "8",
            "-display",
            "none",
            "-nodefaults",
        ])
        .arg("-bios")
        .arg(rom)
        .args([
            "-drive",
            &format!("file={},if=ide,format=raw,file.locking=off", disk.display()),
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

fn wrote(disk: &Path, emulator: &mut Child, deadline: Instant) -> bool {
    while Instant::now() < deadline && matches!(emulator.try_wait(), Ok(None)) {
        if guest::records(disk).is_ok_and(|records| !records.is_empty()) {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}
