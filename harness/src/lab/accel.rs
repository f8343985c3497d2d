//! Whether KVM is usable here. It is proved, not assumed.
//!
//! `/dev/kvm` may exist and open, and yet let guests hang or crawl: on one machine QEMU's BIOS takes 0.1 s under TCG
//! and 1.4 s under KVM, and ordinary systems hang. BIOS and witness guest are booted under TCG first and then under
//! KVM. KVM is used if both end within three times what TCG took; `doctor` and the report say which it was. The witness
//! guest alone proves nothing of others: without a BIOS it boots there in 0.04 s under KVM, though its ticks cost six
//! times as much.

use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::unistd::Uid;
use serde::{Deserialize, Serialize};

use super::{guest, qemu};

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

/// What came of booting guests to see what runs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Boots {
    /// How long the witness guest took under KVM, from the start of its emulator to its first record; none when
    /// `/dev/kvm` may not be used, or it or QEMU's BIOS did not come to its end in time.
    pub kvm: Option<Duration>,
}

impl Boots {
    /// Boots the witness guest under TCG, then under KVM, which gets three times as long.
    ///
    /// The mere existence of `/dev/kvm` proves nothing: on some machines it opens, and guests hang, or crawl. Nor does
    /// the witness guest alone prove anything of others, so small is it: QEMU's BIOS, which is an ordinary guest's first
    /// program, has to come to its end as well. Costs a few tenths of a second, or some times the patience where nothing
    /// boots, so callers ask once a process.
    #[must_use]
    pub fn measure(patience: Duration) -> Self {
        let kvm = Self::may_open_kvm().then(|| Self::under_kvm(patience));
        Self { kvm: kvm.flatten() }
    }

    fn under_kvm(patience: Duration) -> Option<Duration> {
        let bios = Probe::Bios.time(Accel::Tcg, patience);
        let witness = Probe::Witness.time(Accel::Tcg, patience);
        let three_times = |tcg: Option<Duration>| {
            tcg.map_or(patience, |tcg| (tcg * 3).max(AT_LEAST).min(patience))
        };
        // Where there is no BIOS that tells its end, it cannot be asked.
        if bios.is_some() {
            Probe::Bios.time(Accel::Kvm, three_times(bios))?;
        }
        Probe::Witness.time(Accel::Kvm, three_times(witness))
    }

    /// Whether the emulators of this user's labs may open `/dev/kvm`, if there is one. Without root they lose the
    /// user's other groups, `kvm` among them.
    #[must_use]
    pub fn may_open_kvm() -> bool {
        let Ok(device) = fs::metadata("/dev/kvm") else {
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

/// What may pass under KVM in any case: what is only a moment under TCG varies.
const AT_LEAST: Duration = Duration::from_millis(300);

/// What is booted to see whether guests run.
#[derive(Clone, Copy, Debug)]
enum Probe {
    /// QEMU's own firmware, until it has found nothing to boot.
    Bios,
    /// The witness guest, until its first record.
    Witness,
}

/// The last line that SeaBIOS writes to its debug port.
const NOTHING_TO_BOOT: &str = "No bootable device";

impl Probe {
    /// How long it takes; none when it does not come so far by then.
    fn time(self, accel: Accel, deadline: Duration) -> Option<Duration> {
        let (_held, rom) = in_memory(guest::ROM).ok()?;
        let (_held_too, output) = in_memory(match self {
            Self::Bios => &[],
            Self::Witness => &guest::FRESH_DISK,
        })
        .ok()?;
        let [rom, file] = [&rom, &output].map(|path| path.display());
        let devices = match self {
            Self::Bios => vec![
                "-chardev".to_owned(),
                format!("file,id=debug,path={file}"),
                "-device".to_owned(),
                "isa-debugcon,iobase=0x402,chardev=debug".to_owned(),
            ],
            Self::Witness => vec![
                "-bios".to_owned(),
                rom.to_string(),
                "-drive".to_owned(),
                format!("file={file},if=ide,format=raw,file.locking=off"),
            ],
        };
        let began = Instant::now();
        let mut emulator = boot(accel, &devices).ok()?;
        let done = || match self {
            Self::Bios => fs::read(&output)
                .is_ok_and(|text| String::from_utf8_lossy(&text).contains(NOTHING_TO_BOOT)),
            Self::Witness => guest::records(&output).is_ok_and(|records| !records.is_empty()),
        };
        let alive = comes(&done, &mut emulator, began + deadline);
        let took = began.elapsed();
        let _ = emulator.kill();
        let _ = emulator.wait();
        alive.then_some(took)
    }
}

/// A file of that content, open for the emulator too, and its path for both. It is gone with those who hold it
/// open, whatever ends them.
fn in_memory(content: &[u8]) -> std::io::Result<(File, PathBuf)> {
    let file = File::from(memfd_create("vrt-probe", MFdFlags::empty())?);
    let path = PathBuf::from(format!("/proc/self/fd/{}", file.as_raw_fd()));
    fs::write(&path, content)?;
    Ok((file, path))
}

/// Becomes its arguments if its parent still is the process of that number. A parent that dies from here
/// on takes it along; one that died before it could be tied to it left it to another.
const TIED: &str = r#"[ "$PPID" = "$0" ] && exec "$@""#;

/// The emulator ends with the thread that probes: this process may be killed meanwhile.
fn boot(accel: Accel, devices: &[String]) -> std::io::Result<Child> {
    Command::new("setpriv")
        .args(["--pdeathsig", "KILL", "sh", "-c", TIED])
        .arg(std::process::id().to_string())
        .arg(qemu::PROGRAM)
        .args([
            "-machine",
            &format!("pc,accel={}", accel.name()),
            "-m",
            "8",
            "-display",
            "none",
            "-nodefaults",
        ])
        .args(devices)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

fn comes(done: &dyn Fn() -> bool, emulator: &mut Child, deadline: Instant) -> bool {
    while Instant::now() < deadline && matches!(emulator.try_wait(), Ok(None)) {
        if done() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    false
}
