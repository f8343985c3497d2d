use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::Command;

use nix::unistd::{Pid, User, dup2_stdin, setpgid};
use serde::{Deserialize, Serialize};

use super::setup::Told;

/// What the first line of `__exec` begins with; its process id in the node follows.
pub(crate) const READY: &str = "ready ";

/// One command, as it goes through the socket: nothing of it may show in a command line that the
/// node's processes could see and take for the agent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ExecSpec {
    pub(crate) program: String,
    pub(crate) args: Vec<String>,
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) user: String,
    pub(crate) dir: String,
}

/// Turns into the command that comes as one line over standard input, which is a socket.
///
/// The socket closes when the command has been executed, so its end without a word means success.
pub(super) fn run() -> Told<()> {
    let stdin = std::io::stdin();
    let socket = stdin
        .as_fd()
        .try_clone_to_owned()
        .map_err(|error| error.to_string())?;
    let mut socket = UnixStream::from(socket);
    setpgid(Pid::from_raw(0), Pid::from_raw(0)).map_err(|error| error.to_string())?;
    writeln!(socket, "{READY}{}", std::process::id()).map_err(|error| error.to_string())?;
    let mut line = String::new();
    BufReader::new(&socket)
        .read_line(&mut line)
        .map_err(|error| error.to_string())?;
    let Err(trouble) = become_command(&line);
    socket
        .write_all(trouble.as_bytes())
        .map_err(|error| error.to_string())?;
    std::process::exit(127)
}

fn become_command(line: &str) -> Told<std::convert::Infallible> {
    let spec: ExecSpec = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let null = std::fs::File::open("/dev/null").map_err(|error| error.to_string())?;
    dup2_stdin(&null).map_err(|error| error.to_string())?;
    let mut command = Command::new(&spec.program);
    command
        .args(&spec.args)
        .env_clear()
        .envs(&spec.env)
        .current_dir(&spec.dir);
    if spec.user != "root" {
        let user = User::from_name(&spec.user).ok().flatten();
        let user = user.ok_or_else(|| format!("the node has no user {}", spec.user))?;
        command.gid(user.gid.as_raw()).uid(user.uid.as_raw());
    }
    Err(format!(
        "cannot execute {}: {}",
        spec.program,
        command.exec()
    ))
}
