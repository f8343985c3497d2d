use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use super::place::{ALERT, FENCE, FOLDER, SUBJECT};
use super::{alert, fence, subject};

/// Acts as what a cluster calls, when the program was called by such a name in a node with a cluster; else does nothing.
///
/// `args` are all of its arguments, its name the first.
#[must_use]
pub fn dispatch(args: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let mut args = args.into_iter();
    let called = args.next()?;
    let name = Path::new(&called).file_name()?;
    let is = |path| Path::new(path).file_name() == Some(name);
    let act: fn(&[OsString]) -> ExitCode = match () {
        () if is(SUBJECT) => subject::act,
        () if is(ALERT) => alert::act,
        () if is(FENCE) => fence::act,
        () => return None,
    };
    let in_cluster = Path::new(FOLDER).is_dir();
    in_cluster.then(|| act(&args.collect::<Vec<_>>()))
}
