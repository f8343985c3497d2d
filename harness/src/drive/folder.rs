//! The folder with the configuration, when what it lies on answers no more, as a lost server of files does.
//!
//! A FUSE file system is mounted over it whose server never answers: who opens, reads or lists anything there waits, and
//! only KILL ends it.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::Trouble;
use super::stage::Stage;
use crate::history::NodeName;
use crate::lab::Command;

/// How long it may take until the folder hangs.
const PATIENCE: Duration = Duration::from_secs(5);

/// Mounts the file system, says in a file which process it is, and keeps it for as long as that lives.
const HANG: &str = r#"echo $$ > /run/vrt/folder.pid && exec 9<>/dev/fuse &&
mount -i -t fuse -o fd=9,rootmode=40000,user_id=0,group_id=0 vrt-hangs "$0" && exec sleep 1000000"#;

/// Whether it is mounted, told by the table of mounts alone: a look at the folder would hang.
const HANGS: &str = "grep -q '^vrt-hangs ' /proc/self/mounts && echo yes; :";

/// Unmounts it at once, and lets go who waits for it: they get an error.
const END: &str =
    r#"umount --lazy "$0"; kill -KILL "$(cat /run/vrt/folder.pid)"; rm /run/vrt/folder.pid"#;

/// Lets the folder hang.
///
/// # Errors
/// When the node cannot mount it.
pub(super) fn hang(stage: &Stage<'_>, name: &NodeName) -> Result<(), Trouble> {
    let node = stage.node(name)?;
    let command = Command::new("/bin/sh", ["-c".to_owned(), HANG.to_owned(), place(stage)]);
    stage.keep(node.exec(&command)?);
    let until = Instant::now() + PATIENCE * stage.lab.pace();
    while !node.run("sh", &["-c", HANGS])?.out.text.contains("yes") {
        if Instant::now() > until {
            let what = format!("the configuration's folder hangs on {name}");
            return Err(Trouble::NoEffect(what));
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// Ends that.
///
/// # Errors
/// When the node cannot be reached.
pub(super) fn end(stage: &Stage<'_>, name: &NodeName) -> Result<(), Trouble> {
    stage.node(name)?.run("sh", &["-c", END, &place(stage)])?;
    Ok(())
}

fn place(stage: &Stage<'_>) -> String {
    let folder = stage.config.parent().unwrap_or(Path::new("/"));
    folder.display().to_string()
}
