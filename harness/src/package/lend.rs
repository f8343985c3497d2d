//! What a cluster needs beside the agents of a package.
//!
//! A lab shows a package's `/usr/lib/ocf` in the place of the machine's, and with that hides the agents of Pacemaker's own,
//! of which cases put some beside the agent under test. So they are copied into the unpacked packages, with the shell
//! functions that they read, where the packages have no such thing.

use std::path::Path;

use duct::cmd;

use crate::ocf::OCF_ROOT;

/// Copies from the machine's `$1` to the packages' `$2`. A machine without Pacemaker has nothing to copy.
const SCRIPT: &str = r#"
for below in lib resource.d/pacemaker; do
    if [ -e "$2/$below" ] || ! [ -d "$1/$below" ]; then continue; fi
    mkdir -p "$(dirname "$2/$below")" && cp -R -L --preserve=mode "$1/$below" "$2/$below" || exit
done
functions=resource.d/heartbeat/.ocf-shellfuncs
if [ -e "$2/$functions" ]; then exit; fi
mkdir -p "$(dirname "$2/$functions")" && ln -s ../../lib/heartbeat/ocf-shellfuncs "$2/$functions"
"#;

/// Copies them into the folder that packages were unpacked into, once the agent under test was found there.
///
/// # Errors
/// What could not be copied, and why.
pub(super) fn lend(root: &Path) -> Result<(), String> {
    let own = root.join(OCF_ROOT.trim_start_matches('/'));
    let arguments = [OCF_ROOT.as_ref(), own.as_os_str()];
    let shell = ["-c", SCRIPT, "sh"].map(std::ffi::OsStr::new);
    let done = cmd("sh", shell.into_iter().chain(arguments))
        .stdin_null()
        .stdout_null()
        .stderr_capture()
        .unchecked()
        .run()
        .map_err(|error| error.to_string())?;
    match done.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&done.stderr).trim().to_owned()),
    }
}
