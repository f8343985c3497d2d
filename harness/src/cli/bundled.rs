//! Where the bundled reference agent lies.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use crate::ocf::OCF_ROOT;

/// Its file's name, by which its profile names it, too.
pub(super) const REFERENCE: &str = "virt-reference-agent";

/// The bundled reference agent's file.
///
/// # Errors
/// When it is not there.
pub(super) fn reference() -> Result<String, Failure> {
    let places = places(&std::env::current_exe()?);
    let found = places.iter().find(|place| place.is_file());
    found.map(|place| place.display().to_string()).ok_or_else(|| {
        let [beside, _, libexec, _] = &places;
        Failure::usage(format!(
            "the bundled reference agent is not installed: neither {} nor {} exists\n  help: name the agent to judge, \
             such as `--agent ocf:heartbeat:VirtualDomain`; in a checkout `cargo build -p {REFERENCE}` builds the bundled one",
            libexec.display(),
            beside.display()
        ))
    })
}

/// Where it may lie for a program that lies there: beside it or one folder above, as builds leave it; below the prefix
/// that both are installed in; and where its own package puts it, as `ocf:vrt:domain`.
fn places(program: &Path) -> [PathBuf; 4] {
    let folder = program.parent().unwrap_or(program);
    let prefix = folder.parent().unwrap_or(folder);
    [
        folder.join(REFERENCE),
        prefix.join(REFERENCE),
        prefix.join("libexec/virt-ra-tester").join(REFERENCE),
        Path::new(OCF_ROOT).join("resource.d/vrt/domain"),
    ]
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::places;

    #[test]
    fn the_agent_is_looked_for_where_builds_and_packages_put_it() {
        let places = places(Path::new("/usr/bin/virt-ra-tester"));
        let places = places.map(|place| place.display().to_string());
        assert_eq!(
            places,
            [
                "/usr/bin/virt-reference-agent",
                "/usr/virt-reference-agent",
                "/usr/libexec/virt-ra-tester/virt-reference-agent",
                "/usr/lib/ocf/resource.d/vrt/domain",
            ]
        );
    }
}
