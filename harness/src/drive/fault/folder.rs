//! A folder that hangs as an NFS mount without its server does.
//!
//! A FUSE file system is mounted over the configuration's folder whose server, a process that only holds `/dev/fuse`
//! open, never answers: whoever opens, reads or lists anything there waits, and only KILL ends it. It works in a user
//! namespace too; where `/dev/fuse` cannot be opened the cases are skipped. The harness does not look into that folder
//! meanwhile.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::injection::Injection;
use crate::drive::stage::Stage;
use crate::drive::trouble::Trouble;
use crate::history::NodeName;
use crate::lab::Command;

/// How long it may take until the folder hangs.
const PATIENCE: Duration = Duration::from_secs(5);

/// Mounts the file system, says in a file which process it is, and keeps it for as long as that lives.
const HANG: &str = r#"echo $$ > /run/vrt/folder.pid && exec 9<>/dev/fuse &&
mount -i -t fuse -o fd=9,rootmode=40000,user_id=0,group_id=0 vrt-hangs "$0" && exec sleep 1000000"#;

/// Whether it is mounted, by the table of mounts alone: a look at the folder would hang.
const HANGS: &str = "grep -q '^vrt-hangs ' /proc/self/mounts && echo yes; :";

/// Unmounts it at once, and lets go who waits for it: they get an error.
const END: &str =
    r#"umount --lazy "$0"; kill -KILL "$(cat /run/vrt/folder.pid)"; rm /run/vrt/folder.pid"#;

pub(super) struct Folder<'a>(pub(super) &'a NodeName);

impl Injection for Folder<'_> {
    fn describe(&self) -> String {
        format!("the configuration's folder hangs on {}", self.0)
    }

    fn inject(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        let node = stage.node(self.0)?;
        let script = ["-c".to_owned(), HANG.to_owned(), place(stage)];
        stage.keep_running(node.exec(&Command::new("/bin/sh", script))?);
        let until = Instant::now() + PATIENCE * stage.lab.pace();
        while !node.run("sh", &["-c", HANGS])?.out.text.contains("yes") {
            if Instant::now() > until {
                return Err(Trouble::NoEffect(self.describe()));
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    fn undo(&self, stage: &Stage<'_>) -> Result<(), Trouble> {
        let node = stage.node(self.0)?;
        node.run("sh", &["-c", END, &place(stage)])?;
        Ok(())
    }

    fn hides_config(&self) -> bool {
        true
    }
}

fn place(stage: &Stage<'_>) -> String {
    let folder = stage.config.parent().unwrap_or(Path::new("/"));
    folder.display().to_string()
}
