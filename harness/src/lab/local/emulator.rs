//! Talk with an emulator of a node, over a socket that its command line names.

use std::path::Path;

use nix::fcntl::OFlag;

use super::node::LocalNode;
use crate::lab::process_table::Table;
use crate::lab::qmp::{QmpAnswer, QmpCommand, sockets, talk};

impl LocalNode {
    /// Tries one socket after the other until the emulator answers; `pid` is the node's own id for it.
    pub(super) fn talk_to_emulator(&self, pid: i32, command: QmpCommand) -> QmpAnswer {
        let table = Table::open(self.processes.table()).ok();
        let Some(line) = table.and_then(|table| table.read(pid, "cmdline")) else {
            return QmpAnswer::Silent;
        };
        let line = String::from_utf8_lossy(&line);
        let sockets = sockets(&line.split('\0').collect::<Vec<_>>());
        if sockets.is_empty() {
            return QmpAnswer::NoSocket;
        }
        let mut answers = sockets.iter().filter_map(|socket| {
            let at = self.files.open(Path::new(socket), OFlag::O_PATH, 0).ok()?;
            talk(&at, command)
        });
        answers.next().unwrap_or(QmpAnswer::Silent)
    }
}
