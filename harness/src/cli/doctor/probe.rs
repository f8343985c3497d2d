//! Asks the machine. Nothing here changes it.

use std::path::Path;
use std::time::Duration;
use std::{env, fs, thread};

use regex::Regex;
use virt::connect::Connect;

use super::packages;
use super::{Facts, Kvm, Manager, Memory, Namespaces, PartFacts, Program, StockAgent, Use, User};
use crate::installed;
use crate::lab::{self, EQUIPMENT, Part, subordinate};
use crate::scheduler;

/// How long a program may take to tell its version, and a namespace to be made.
const PATIENCE: Duration = Duration::from_secs(20);

/// The programs that are looked for, how each is asked for its version, and who needs it.
const PROGRAMS: [(&str, Option<&str>, Use); 19] = [
    ("qemu-system-x86_64", Some("--version"), Use::Lab),
    ("libvirtd", Some("--version"), Use::Daemon),
    ("virtqemud", Some("--version"), Use::Daemon),
    ("virtproxyd", Some("--version"), Use::Daemon),
    ("nbdkit", Some("--version"), Use::Lab),
    ("unshare", Some("--version"), Use::Lab),
    ("nsenter", Some("--version"), Use::Lab),
    ("ip", Some("-V"), Use::Lab),
    ("virsh", Some("--version"), Use::Lab),
    ("tc", Some("-V"), Use::Network),
    ("bridge", Some("-V"), Use::Network),
    ("ss", Some("-V"), Use::Network),
    ("ps", Some("--version"), Use::StockAgent),
    ("ssh", Some("-V"), Use::Machines),
    ("vagrant", None, Use::Machines),
    ("busybox", Some("--help"), Use::Shell),
    (scheduler::PROGRAM, Some("--version"), Use::Scheduler),
    ("newuidmap", None, Use::OrdinaryUser),
    ("newgidmap", None, Use::OrdinaryUser),
];

const STOCK_AGENTS: &str = "/usr/lib/ocf/resource.d/heartbeat";

/// Gathers all facts; `kvm` boots the witness guest.
pub(super) fn gather(kvm: &dyn Fn() -> Kvm) -> Facts {
    let user = who_asks();
    let mut facts = Facts {
        system: system(),
        manager: Manager::here(),
        unknown_packages: Vec::new(),
        cores: thread::available_parallelism().map_or(1, usize::from),
        memory: memory(&fs::read_to_string("/proc/meminfo").unwrap_or_default()),
        programs: PROGRAMS.map(look_up).into(),
        qemu_driver: lab::qemu_driver(),
        has_nbdkit_filters: has_nbdkit_filters(),
        namespaces: user.is_root.then(try_namespaces),
        user_namespaces: try_user_namespace(user.is_root),
        forbidding: forbidding_settings(),
        has_subordinate_ids: user
            .ordinary
            .as_deref()
            .is_some_and(|user| subordinate::lacking(user).is_none()),
        parts: EQUIPMENT.map(part).into(),
        test_driver: open_test_driver(),
        kvm: kvm(),
        agents: ["VirtualDomain", "Xen"].map(stock_agent).into(),
        user,
    };
    facts.unknown_packages = packages::unknown(&facts);
    facts
}

/// Runs a program to its end and returns what it printed on both outputs, or why there is nothing.
fn ask(program: &str, args: &[&str]) -> Result<String, String> {
    let handle = duct::cmd(program, args)
        .env("LC_ALL", "C")
        .stdin_null()
        .stderr_to_stdout()
        .stdout_capture()
        .unchecked()
        .start()
        .map_err(|error| error.to_string())?;
    let ended = handle
        .wait_timeout(PATIENCE)
        .map_err(|error| error.to_string())?;
    let Some(output) = ended else {
        let _ = handle.kill();
        return Err(format!(
            "{program} did not answer in {} s",
            PATIENCE.as_secs()
        ));
    };
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    if output.status.success() {
        Ok(text)
    } else {
        Err(text)
    }
}

fn look_up((name, flag, used_by): (&str, Option<&str>, Use)) -> Program {
    let path = installed::program(name);
    let said = path
        .as_deref()
        .and_then(Path::to_str)
        .zip(flag)
        .map(|(path, flag)| ask(path, &[flag]));
    let (said, fault) = match said {
        Some(Err(words)) => (None, Some(words)),
        other => (other.and_then(Result::ok), None),
    };
    let unfit = || (used_by == Use::Scheduler).then(scheduler::lacking)?;
    let fault = fault.or_else(|| path.as_ref().and_then(|_| unfit()));
    Program {
        name: name.to_owned(),
        used_by,
        path,
        version: said.as_deref().and_then(version),
        fault,
    }
}

/// The first thing in a text that looks like a version.
fn version(text: &str) -> Option<String> {
    let pattern = Regex::new(r"[0-9]+(\.[0-9]+)+").ok()?;
    Some(pattern.find(text)?.as_str().to_owned())
}

fn system() -> String {
    let name = installed::distribution();
    let name = name.as_deref().unwrap_or("an unknown distribution");
    let kernel = installed::kernel().unwrap_or_default();
    format!("{name}, Linux {kernel}, {}", env::consts::ARCH)
}

fn memory(meminfo: &str) -> Memory {
    let of = |key: &str| {
        let line = meminfo.lines().find(|line| line.starts_with(key))?;
        let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib / 1024)
    };
    Memory {
        total: of("MemTotal:").unwrap_or(0),
        available: of("MemAvailable:").unwrap_or(0),
    }
}

fn who_asks() -> User {
    let uid = nix::unistd::getuid();
    let name = nix::unistd::User::from_uid(uid)
        .ok()
        .flatten()
        .map_or_else(|| uid.to_string(), |user| user.name);
    let ordinary = if uid.is_root() {
        env::var("SUDO_USER").ok()
    } else {
        Some(name.clone())
    };
    User {
        name,
        is_root: uid.is_root(),
        ordinary,
    }
}

fn part(part: &dyn Part) -> PartFacts {
    PartFacts {
        name: part.name(),
        lacking: part.lacking(),
        remedy: part.remedy(),
    }
}

fn has_nbdkit_filters() -> bool {
    let args = ["--filter=log", "--filter=error", "--dump-plugin", "file"];
    installed::program("nbdkit")
        .and_then(|path| ask(path.to_str()?, &args).ok())
        .is_some()
}

fn answer(asked: Result<String, String>) -> Namespaces {
    match asked {
        Ok(_) => Namespaces::Allowed,
        Err(words) => Namespaces::Refused(words),
    }
}

fn try_namespaces() -> Namespaces {
    let args = [
        "--mount", "--pid", "--net", "--uts", "--ipc", "--fork", "true",
    ];
    answer(ask("unshare", &args))
}

/// Makes a user namespace; root is not refused what others are, so it tries as nobody.
fn try_user_namespace(is_root: bool) -> Namespaces {
    let unshare = ["unshare", "--user", "--map-root-user", "true"];
    if is_root {
        let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
        answer(ask("setpriv", &[&nobody[..], &unshare[..]].concat()))
    } else {
        answer(ask(unshare[0], &unshare[1..]))
    }
}

/// Kernel settings known to forbid user namespaces, each with the value that would allow them.
fn forbidding_settings() -> Vec<String> {
    [
        ("kernel.unprivileged_userns_clone", "0", "1"),
        ("kernel.apparmor_restrict_unprivileged_userns", "1", "0"),
        ("user.max_user_namespaces", "0", "15000"),
    ]
    .into_iter()
    .filter(|(name, forbids, _)| {
        let file = Path::new("/proc/sys").join(name.replace('.', "/"));
        fs::read_to_string(file).is_ok_and(|value| value.trim() == *forbids)
    })
    .map(|(name, _, allows)| format!("{name}={allows}"))
    .collect()
}

fn open_test_driver() -> Result<String, String> {
    virt::error::clear_error_callback();
    let connect =
        Connect::open(Some("test:///default")).map_err(|error| error.message().to_owned())?;
    let number = connect
        .lib_version()
        .map_err(|error| error.message().to_owned())?;
    Ok(format!(
        "{}.{}.{}",
        number / 1_000_000,
        number / 1000 % 1000,
        number % 1000
    ))
}

fn stock_agent(name: &str) -> StockAgent {
    let path = Path::new(STOCK_AGENTS).join(name);
    StockAgent {
        name: format!("ocf:heartbeat:{name}"),
        path: path.exists().then_some(path),
    }
}

#[cfg(test)]
mod tests {
    use super::{Memory, memory, version};

    #[test]
    fn versions_are_found_in_what_programs_say() {
        for (said, is) in [
            (
                "QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)",
                "10.0.2",
            ),
            ("libvirtd (libvirt) 11.3.0", "11.3.0"),
            ("ip utility, iproute2-6.1.0, libbpf 1.1.0", "6.1.0"),
            ("unshare from util-linux 2.38.1", "2.38.1"),
        ] {
            assert_eq!(version(said).as_deref(), Some(is));
        }
        assert_eq!(version("no version 7"), None);
    }

    #[test]
    fn memory_is_read_in_mib() {
        let text = "MemTotal:       2097152 kB\nMemFree:  1 kB\nMemAvailable:   1048576 kB\n";
        assert_eq!(
            memory(text),
            Memory {
                total: 2048,
                available: 1024
            }
        );
        assert_eq!(memory(""), Memory::default());
    }
}
