use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use nix::mount::{MsFlags, mount};

use crate::lab::setup::LabResult;
use crate::lab::tools::make_folder;

/// Options of a mounted hierarchy of version 1 that are no controllers.
const NO_CONTROLLERS: [&str; 7] = [
    "rw",
    "ro",
    "xattr",
    "seclabel",
    "clone_children",
    "noprefix",
    "cpuset_v2_mode",
];

/// Settings of a cpuset that a new cgroup lacks, without which no process can enter it.
const CPUSET: [&str; 2] = ["cpuset.cpus", "cpuset.mems"];

/// One hierarchy of cgroups, as this process sees it, and a process's place in it: this one's, unless it is said whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hierarchy {
    /// Where it is mounted.
    place: PathBuf,
    /// The process's cgroup, as a folder.
    own: PathBuf,
    /// The controllers, and the name, of one of version 1; empty for version 2.
    options: BTreeSet<String>,
}

/// All hierarchies: those of version 1, or, where there are none, that of version 2. Beside some of version 1 there may be
/// one of version 2 without controllers, which no container needs.
pub(super) fn hierarchies() -> LabResult<Vec<Hierarchy>> {
    hierarchies_of(&read("/proc/self/cgroup")?)
}

/// The same for the process with these cgroups, of which this one can see the table.
pub(super) fn hierarchies_of(cgroups: &str) -> LabResult<Vec<Hierarchy>> {
    Ok(found(&read("/proc/self/mountinfo")?, cgroups))
}

fn read(file: &str) -> LabResult<String> {
    fs::read_to_string(file).map_err(|error| format!("{file} cannot be read: {error}"))
}

/// The same by what the kernel says of mounts and of a process's cgroups.
fn found(mounts: &str, cgroups: &str) -> Vec<Hierarchy> {
    let mut all: Vec<Hierarchy> = Vec::new();
    for line in mounts.lines() {
        if let Some(one) = one(line, cgroups)
            && !all.iter().any(|other| other.options == one.options)
        {
            all.push(one);
        }
    }
    if all.iter().any(|one| !one.is_unified()) {
        all.retain(|one| !one.is_unified());
    }
    all
}

/// The hierarchy that a line of mountinfo tells of. Source: proc_pid_mountinfo(5), cgroups(7).
fn one(line: &str, cgroups: &str) -> Option<Hierarchy> {
    let (begin, end) = line.split_once(" - ")?;
    let begin: Vec<&str> = begin.split(' ').collect();
    let [_, _, _, root, place, ..] = begin[..] else {
        return None;
    };
    let [kind, _, settings] = end.split(' ').collect::<Vec<_>>()[..] else {
        return None;
    };
    let options: BTreeSet<String> = match kind {
        "cgroup" => settings.split(',').map(str::to_owned).collect(),
        "cgroup2" => BTreeSet::new(),
        _ => return None,
    };
    let options: BTreeSet<String> = { options.into_iter() }
        .filter(|it| !NO_CONTROLLERS.contains(&it.as_str()) && !it.starts_with("release_agent="))
        .collect();
    let is_this = |controllers: &str| match options.is_empty() {
        true => controllers.is_empty(),
        false => controllers.split(',').any(|it| options.contains(it)),
    };
    let mut lines = cgroups
        .lines()
        .filter_map(|line| line.split_once(':')?.1.split_once(':'));
    let path = lines.find_map(|(controllers, path)| is_this(controllers).then_some(path))?;
    let below = Path::new(path).strip_prefix(root).unwrap_or(Path::new(""));
    Some(Hierarchy {
        own: Path::new(place).join(below),
        place: place.into(),
        options,
    })
}

impl Hierarchy {
    /// Whether it is of version 2.
    pub(super) fn is_unified(&self) -> bool {
        self.options.is_empty()
    }

    /// The cgroup in which those of labs are made: this process's own. In version 2 that has processes, so those in it
    /// would have no controllers: there it is the first of all.
    pub(super) fn base(&self) -> &Path {
        match self.is_unified() {
            true => &self.place,
            false => &self.own,
        }
    }

    /// The cgroup of that name beside this process's own.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.own.with_file_name(name)
    }

    /// Whether it has that controller.
    pub(super) fn has_controller(&self, name: &str) -> bool {
        match self.is_unified() {
            true => controllers(&self.place).iter().any(|it| it == name),
            false => self.options.contains(name),
        }
    }

    /// Whether its freezer holds the process. Source: cgroup-v1/freezer-subsystem.rst; cgroup-v2.rst, cgroup.events.
    pub(super) fn is_frozen(&self) -> bool {
        let says = |file: &str, what: &str| {
            let text = fs::read_to_string(self.own.join(file)).unwrap_or_default();
            text.lines().any(|line| line == what)
        };
        match self.is_unified() {
            true => says("cgroup.events", "frozen 1"),
            false => self.has_controller("freezer") && says("freezer.state", "FROZEN"),
        }
    }

    /// Makes a cgroup that processes can enter.
    pub(super) fn make(&self, cgroup: &Path) -> LabResult<()> {
        make_folder(cgroup, 0o755)?;
        let parent = cgroup.parent().unwrap_or(cgroup);
        for setting in CPUSET.iter().filter(|_| self.options.contains("cpuset")) {
            fs::read(parent.join(setting))
                .and_then(|value| fs::write(cgroup.join(setting), value))
                .map_err(|error| {
                    format!("cannot set {setting} of {}: {error}", cgroup.display())
                })?;
        }
        Ok(())
    }

    /// Gives the cgroups in one of version 2 the controllers that it has itself.
    pub(super) fn delegate(&self, cgroup: &Path) -> LabResult<()> {
        if !self.is_unified() {
            return Ok(());
        }
        let file = cgroup.join("cgroup.subtree_control");
        for controller in controllers(cgroup) {
            fs::write(&file, format!("+{controller}"))
                .map_err(|error| format!("cannot write to {}: {error}", file.display()))?;
        }
        Ok(())
    }

    /// Mounts it in this mount namespace, as this cgroup namespace sees it, where it was.
    pub(super) fn mount(&self) -> LabResult<()> {
        let unified = self.is_unified();
        if !unified {
            make_folder(&self.place, 0o755)?;
        }
        let kind = if unified { "cgroup2" } else { "cgroup" };
        let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
        let options = (!unified).then(|| self.mount_options());
        mount(
            Some(kind),
            &self.place,
            Some(kind),
            flags,
            options.as_deref(),
        )
        .map_err(|error| format!("cannot mount {}: {error}", self.place.display()))
    }

    fn mount_options(&self) -> String {
        let all: Vec<&str> = self.options.iter().map(String::as_str).collect();
        match all[..] {
            [name] if name.starts_with("name=") => format!("none,{name}"),
            _ => all.join(","),
        }
    }
}

/// The controllers of a cgroup of version 2.
fn controllers(cgroup: &Path) -> Vec<String> {
    let text = fs::read_to_string(cgroup.join("cgroup.controllers")).unwrap_or_default();
    text.split_whitespace().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const V1: &str = "27 26 0:24 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct\n\
        28 26 0:25 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd\n\
        29 26 0:26 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
    const V2: &str = "29 26 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot\n";

    #[test]
    fn hierarchies_of_version_1_are_found_with_this_processs_cgroups() {
        let cgroups = "2:cpu,cpuacct:/one/two\n1:name=systemd:/\n0::/\n";
        let all = found(V1, cgroups);
        let [cpu, systemd] = &all[..] else {
            panic!("{all:?}");
        };
        assert_eq!(cpu.base(), Path::new("/sys/fs/cgroup/cpu,cpuacct/one/two"));
        assert_eq!(cpu.mount_options(), "cpu,cpuacct");
        assert!(cpu.has_controller("cpuacct"));
        assert_eq!(systemd.mount_options(), "none,name=systemd");
        let beside = cpu.beside("a");
        assert_eq!(beside, Path::new("/sys/fs/cgroup/cpu,cpuacct/one/a"));
    }

    #[test]
    fn in_version_2_labs_begin_at_the_first_cgroup() {
        let all = found(V2, "0::/user.slice/user-0.slice/session-1.scope\n");
        let [only] = &all[..] else { panic!("{all:?}") };
        assert!(only.is_unified());
        assert_eq!(only.base(), Path::new("/sys/fs/cgroup"));
        let beside = Path::new("/sys/fs/cgroup/user.slice/user-0.slice/b");
        assert_eq!(only.beside("b"), beside);
    }

    #[test]
    fn the_freezer_of_either_version_tells_whether_it_holds_a_process() {
        let folder = tempfile::tempdir().unwrap();
        let frozen = |options: &[&str], file: &str, text: &str| {
            fs::write(folder.path().join(file), text).unwrap();
            let hierarchy = Hierarchy {
                place: folder.path().into(),
                own: folder.path().into(),
                options: options.iter().map(|it| (*it).to_owned()).collect(),
            };
            hierarchy.is_frozen()
        };
        assert!(frozen(&["freezer"], "freezer.state", "FROZEN\n"));
        assert!(!frozen(&["pids"], "freezer.state", "FROZEN\n"));
        assert!(!frozen(&["freezer"], "freezer.state", "FREEZING\n"));
        assert!(frozen(&[], "cgroup.events", "populated 1\nfrozen 1\n"));
        assert!(!frozen(&[], "cgroup.events", "populated 1\nfrozen 0\n"));
    }

    #[test]
    fn a_hierarchy_of_which_a_part_is_mounted_is_entered_from_that_part() {
        let mounts = "29 26 0:26 /docker/7 /sys/fs/cgroup/pids ro - cgroup cgroup rw,pids\n";
        let all = found(mounts, "4:pids:/docker/7/own\n");
        assert_eq!(all[0].base(), Path::new("/sys/fs/cgroup/pids/own"));
    }
}
