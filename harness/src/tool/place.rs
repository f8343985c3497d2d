//! Where the stand-ins lie in each node, and what lies beside them.

use std::path::{Path, PathBuf};

/// The folder of the stand-ins in each node.
pub(crate) const FOLDER: &str = "/run/vrt/shim";

/// The folder, in that of the stand-ins, for what is shown to those alone who meet the stand-ins in the tools' places.
pub(crate) const BESIDE: &str = "/run/vrt/shim/beside";

/// Where those see the real file of a tool, if there is one.
pub(super) fn real_file(tool: &str) -> PathBuf {
    Path::new(BESIDE).join("real").join(tool)
}

/// The log of all calls, in the folder of the stand-ins.
#[must_use]
pub(crate) fn log_file(folder: &Path) -> PathBuf {
    folder.join("calls.log")
}

/// The tool that is meant by a program's name. A shell calls it `virsh` where it found it on the
/// path, so the name does not say the folder.
pub(super) fn tool_called(folder: &Path, called: &Path) -> Option<String> {
    let tool = called.file_name()?.to_str()?;
    folder.join(tool).is_symlink().then(|| tool.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_is_known_by_its_bare_name_where_a_stand_in_of_it_lies() {
        let folder = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink("/bin/true", folder.path().join("virsh")).expect("a link");
        let tool = |called: &str| tool_called(folder.path(), Path::new(called));
        assert_eq!(tool("virsh").as_deref(), Some("virsh"));
        assert_eq!(tool("/run/vrt/shim/virsh").as_deref(), Some("virsh"));
        assert_eq!(tool("virt-ra-tester"), None);
    }
}
