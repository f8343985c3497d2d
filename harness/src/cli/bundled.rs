//! Where the bundled reference agents lie.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use crate::ocf::OCF_ROOT;

/// A bundled agent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bundled {
    /// Its file's name, by which its profile names it, too.
    name: &'static str,
    /// Where its own package puts it: below the root of OCF, or a whole path.
    packaged: &'static str,
}

/// The one that is judged where no other is named.
pub(super) const REFERENCE: Bundled = Bundled {
    name: "virt-reference-agent",
    packaged: "resource.d/vrt/domain",
};

/// The one that speaks as rgmanager's agents do.
const REFERENCE_VM: Bundled = Bundled {
    name: "virt-ra-reference-vm",
    packaged: "/usr/share/cluster/vrt-domain.sh",
};

impl Bundled {
    /// The one of that name.
    pub(super) fn named(name: &str) -> Option<Self> {
        [REFERENCE, REFERENCE_VM]
            .into_iter()
            .find(|one| one.name == name)
    }

    /// Its file.
    ///
    /// # Errors
    /// When it is not there.
    pub(super) fn file(self) -> Result<String, Failure> {
        let places = self.places(&std::env::current_exe()?);
        let found = places.iter().find(|place| place.is_file());
        found.map(|place| place.display().to_string()).ok_or_else(|| {
            let [beside, _, libexec, _] = &places;
            Failure::usage(format!(
                "the bundled reference agent is not installed: neither {} nor {} exists\n  help: name the agent to judge, \
                 such as `--agent ocf:heartbeat:VirtualDomain`; in a checkout `cargo build -p virt-reference-agent` builds \
                 the bundled one",
                libexec.display(),
                beside.display()
            ))
        })
    }

    /// Where it may lie for a program that lies there: beside it or one folder above, as builds leave it; below the prefix
    /// that both are installed in; and where its own package puts it.
    fn places(self, program: &Path) -> [PathBuf; 4] {
        let folder = program.parent().unwrap_or(program);
        let prefix = folder.parent().unwrap_or(folder);
        [
            folder.join(self.name),
            prefix.join(self.name),
            prefix.join("libexec/virt-ra-tester").join(self.name),
            Path::new(OCF_ROOT).join(self.packaged),
        ]
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{REFERENCE, REFERENCE_VM};

    #[test]
    fn each_agent_is_looked_for_where_builds_and_packages_put_it() {
        for (agent, name, packaged) in [
            (
                REFERENCE,
                "virt-reference-agent",
                "/usr/lib/ocf/resource.d/vrt/domain",
            ),
            (
                REFERENCE_VM,
                "virt-ra-reference-vm",
                "/usr/share/cluster/vrt-domain.sh",
            ),
        ] {
            let places = agent.places(Path::new("/usr/bin/virt-ra-tester"));
            let places = places.map(|place| place.display().to_string());
            let expected = [
                format!("/usr/bin/{name}"),
                format!("/usr/{name}"),
                format!("/usr/libexec/virt-ra-tester/{name}"),
                packaged.to_owned(),
            ];
            assert_eq!(places, expected);
        }
    }
}
