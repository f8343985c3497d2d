//! QMP, QEMU's own protocol: an emulator that libvirt does not run is asked for its state, or told what an operator would
//! tell it. Source: QEMU, docs/interop/qmp-spec.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, ErrorKind, Write};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What an emulator is asked or told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum QmpCommand {
    /// Which state it is in.
    Status,
    /// Stop the guest's processors.
    Stop,
    /// Let them go on.
    Continue,
    /// End at once.
    Quit,
    /// How far the migration of the guest is.
    Migration,
    /// Call its migration off.
    CancelMigration,
    /// Let its migrations go no faster than so many MiB a second.
    LimitMigrations(u32),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum QmpAnswer {
    /// Its command line names no socket that it listens on for QMP.
    NoSocket,
    /// Nobody answered in time: it stands still, or somebody else talks to it. A socket serves one client at a time.
    Silent,
    /// Its state afterwards in QEMU's word, such as `running`; of one that was told to end, `shutdown`.
    State(String),
    /// What it says of its migration.
    Migration {
        /// Its state in QEMU's word.
        state: String,
        /// The share of the guest's memory in percent that has been carried away; none without a migration away.
        copied: Option<u8>,
    },
}

impl QmpCommand {
    /// What is sent beside the question for the state. Source: QEMU, qapi/misc.json and qapi/migration.json.
    fn message(self) -> Option<Value> {
        let word = match self {
            Self::Status => return None,
            Self::Stop => "stop",
            Self::Continue => "cont",
            Self::Quit => "quit",
            Self::Migration => "query-migrate",
            Self::CancelMigration => "migrate_cancel",
            Self::LimitMigrations(speed) => {
                let limit = json!({ "max-bandwidth": u64::from(speed) << 20 });
                return Some(json!({ "execute": "migrate-set-parameters", "arguments": limit }));
            }
        };
        Some(json!({ "execute": word }))
    }

    /// How long the answer is waited for. A question must not keep an agent from the socket.
    const fn patience(self) -> Duration {
        match self {
            Self::Status | Self::Migration => Duration::from_millis(400),
            Self::Stop
            | Self::Continue
            | Self::Quit
            | Self::CancelMigration
            | Self::LimitMigrations(_) => Duration::from_secs(5),
        }
    }
}

/// The sockets that an emulator with these arguments listens on for QMP, the last of its command line first: an agent that
/// has one of its own was seen to name that first. Those of other families than UNIX are left out.
pub(super) fn sockets(args: &[&str]) -> Vec<String> {
    let options = || {
        args.windows(2).filter_map(|pair| {
            let [option, value] = pair else { return None };
            let option = option.strip_prefix('-')?;
            Some((option.strip_prefix('-').unwrap_or(option), *value))
        })
    };
    let devices = options().filter(|(option, _)| *option == "chardev");
    let devices: HashMap<&str, &str> = devices.filter_map(|(_, value)| device(value)).collect();
    let monitors = options().filter_map(|(option, value)| match option {
        "qmp" | "qmp-pretty" => match value.strip_prefix("chardev:") {
            Some(id) => devices.get(id).copied(),
            None => value.strip_prefix("unix:").and_then(listens),
        },
        "mon" => devices.get(monitored(value)?).copied(),
        _ => None,
    });
    let mut sockets: Vec<_> = monitors.map(str::to_owned).collect();
    sockets.reverse();
    sockets
}

/// The path of `PATH,server=on,…`; none where the emulator itself connects to it.
fn listens(value: &str) -> Option<&str> {
    let mut fields = value.split(',');
    let path = fields.next()?;
    let mut rest = fields;
    rest.any(|field| ["server", "server=on"].contains(&field))
        .then_some(path)
}

/// The id and the path of `socket,id=ID,path=PATH,server=on,…`.
fn device(value: &str) -> Option<(&str, &str)> {
    let fields = value.strip_prefix("socket,")?;
    let field = |key: &str| { fields.split(',') }.find_map(|field| field.strip_prefix(key));
    let path = field("path=")?;
    listens(fields).map(|_| ())?;
    Some((field("id=")?, path))
}

/// The device of a monitor in control mode: `[chardev=]ID,mode=control`.
fn monitored(value: &str) -> Option<&str> {
    let is_control = value.split(',').any(|field| field == "mode=control");
    let named = { value.split(',') }.find_map(|field| field.strip_prefix("chardev="));
    let first = value.split(',').next().filter(|first| !first.contains('='));
    named.or(first).filter(|_| is_control)
}

/// Talks to the emulator that listens on a socket, which is held open as a path. None when it does not answer in time.
pub(super) fn talk(at: &OwnedFd, command: QmpCommand) -> Option<QmpAnswer> {
    let mut session = Session::open(at, command.patience()).ok()?;
    session
        .execute(&json!({ "execute": "qmp_capabilities" }))
        .ok()?;
    let answer = match command.message() {
        Some(message) => session.execute(&message).ok()?,
        None => Value::Null,
    };
    if command == QmpCommand::Quit {
        return Some(QmpAnswer::State("shutdown".to_owned()));
    }
    let status = session
        .execute(&json!({ "execute": "query-status" }))
        .ok()?;
    let state = status.get("status")?.as_str()?.to_owned();
    Some(match command {
        QmpCommand::Migration => QmpAnswer::Migration {
            state,
            copied: copied(&answer),
        },
        _ => QmpAnswer::State(state),
    })
}

/// The share of the memory that a migration has carried away, by the answer to `query-migrate`.
fn copied(answer: &Value) -> Option<u8> {
    let under_way = ["setup", "active", "pre-switchover", "device"];
    let status = answer.get("status")?.as_str()?;
    let ram = |key: &str| answer.get("ram")?.get(key)?.as_u64();
    let total = ram("total").filter(|total| *total > 0);
    under_way.contains(&status).then_some(())?;
    let Some(total) = total else { return Some(0) };
    let left = ram("remaining").unwrap_or(total).min(total);
    u8::try_from((total - left) * 100 / total).ok()
}

/// A talk with an emulator. It ends when this is dropped.
struct Session {
    lines: BufReader<UnixStream>,
    until: Instant,
}

impl Session {
    fn open(at: &OwnedFd, patience: Duration) -> io::Result<Self> {
        // A queue that is full would be waited for without end.
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        let place = format!("/proc/self/fd/{}", at.as_raw_fd());
        connect(&socket, &SocketAddrUnix::new(place)?)?;
        let stream = UnixStream::from(socket);
        stream.set_nonblocking(false)?;
        let mut session = Self {
            lines: BufReader::new(stream),
            until: Instant::now() + patience,
        };
        session.await_key("QMP")?;
        Ok(session)
    }

    /// Gives a command, and returns its answer.
    fn execute(&mut self, command: &Value) -> io::Result<Value> {
        let line = format!("{command}\n");
        self.lines.get_mut().write_all(line.as_bytes())?;
        self.await_key("return")
    }

    /// The next message with that key. Events are passed over; an error is one.
    fn await_key(&mut self, key: &str) -> io::Result<Value> {
        loop {
            let mut line = String::new();
            let left = self.until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ErrorKind::TimedOut.into());
            }
            self.lines.get_ref().set_read_timeout(Some(left))?;
            if self.lines.read_line(&mut line)? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            let mut message: Value = serde_json::from_str(&line)?;
            if message.get("error").is_some() {
                return Err(ErrorKind::Other.into());
            }
            if let Some(found) = message.get_mut(key) {
                return Ok(found.take());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixListener;
    use std::thread;

    use nix::fcntl::{OFlag, open};
    use nix::sys::stat::Mode;

    use super::*;

    fn of(words: &str) -> Vec<String> {
        sockets(&words.split(' ').collect::<Vec<_>>())
    }

    #[test]
    fn sockets_are_found_in_each_way_that_a_command_line_names_them_the_last_first() {
        let short = "qemu-kvm -qmp unix:/run/a.qmp,server,nowait -m 8 --qmp unix:/run/b.qmp,server=on,wait=off";
        assert_eq!(of(short), ["/run/b.qmp", "/run/a.qmp"]);
        let long = "kvm -chardev socket,id=c,path=/run/c.qmp,server=on,wait=off -mon chardev=c,mode=control";
        assert_eq!(of(long), ["/run/c.qmp"]);
        let bare =
            "kvm -mon c,mode=control -chardev socket,path=/run/d.qmp,server=on,wait=off,id=c";
        assert_eq!(of(bare), ["/run/d.qmp"]);
        let named = "kvm -chardev socket,path=/run/e.qmp,server=on,id=e -qmp chardev:e";
        assert_eq!(of(named), ["/run/e.qmp"]);
    }

    #[test]
    fn what_is_no_socket_for_qmp_or_not_listened_on_is_left_out() {
        assert!(of("kvm -monitor unix:/run/a.hmp,server,nowait -qmp stdio").is_empty());
        assert!(of("kvm -qmp unix:/run/a.qmp -qmp tcp:localhost:4444,server=on").is_empty());
        assert!(
            of("kvm -chardev socket,id=c,path=/run/c.hmp,server=on -mon chardev=c,mode=readline")
                .is_empty()
        );
        assert!(of("kvm -qmp").is_empty());
    }

    #[test]
    fn an_emulator_is_asked_over_its_events_and_told_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("qmp");
        let listener = UnixListener::bind(&place).unwrap();
        let emulator = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(b"{\"QMP\": {}}\r\n").unwrap();
            let mut heard = Vec::new();
            for line in BufReader::new(stream.try_clone().unwrap()).lines() {
                heard.push(line.unwrap());
                let answer = "{\"event\": \"STOP\"}\r\n{\"return\": {\"status\": \"paused\"}}\r\n";
                stream.write_all(answer.as_bytes()).unwrap();
            }
            heard
        });
        let at = open(&place, OFlag::O_PATH, Mode::empty()).unwrap();
        let paused = QmpAnswer::State("paused".to_owned());
        assert_eq!(talk(&at, QmpCommand::Status), Some(paused));
        let heard = emulator.join().unwrap();
        assert_eq!(
            heard,
            [
                r#"{"execute":"qmp_capabilities"}"#,
                r#"{"execute":"query-status"}"#
            ]
        );
    }

    #[test]
    fn the_share_that_is_copied_is_told_while_a_migration_is_under_way() {
        let ram = json!({ "total": 200, "remaining": 50 });
        let said = |status: &str| json!({ "status": status, "ram": ram });
        assert_eq!(copied(&said("active")), Some(75));
        assert_eq!(copied(&json!({ "status": "setup" })), Some(0));
        assert_eq!(copied(&said("completed")), None);
        assert_eq!(copied(&json!({})), None);
        let limit = QmpCommand::LimitMigrations(2).message().unwrap();
        assert_eq!(limit["arguments"]["max-bandwidth"], 2 << 20);
    }

    #[test]
    fn a_socket_that_nobody_serves_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("qmp");
        let _taken_by_another = UnixListener::bind(&place).unwrap();
        let at = open(&place, OFlag::O_PATH, Mode::empty()).unwrap();
        assert_eq!(talk(&at, QmpCommand::Status), None);
    }
}
