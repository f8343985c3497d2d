//! Faulty agents: a good agent with one fault each, and the cases that must catch it.
//!
//! An agent is one file `tests/faulty/NAME.sh`. Its first lines are its header, `# KEY: VALUE` each:
//!
//! - `fault`: the fault as a sentence, once;
//! - `from`: the agent that really had it, where one had;
//! - `base`: the good agent behind it, `reference`, `reference-vm`, `virtualdomain`, `fence`, `xen`, `manageve`, `lxc` or
//!   `qemu`, once;
//! - `profile`: how it is spoken to, where that is not the base's own profile; a built-in one, or a file in
//!   `tests/profiles`;
//! - `change`: a script of sed that makes the agent out of its base, once, where it is that with another line;
//! - `caught by`: ids of cases, with commas between them; `X*` is every case whose id begins with `X`.
//!
//! What follows, unless there is a `change`, is the agent, a shell script in which `@AGENT@` is the path of its base.
//!
//! A good agent that might be taken for a faulty one is written in the same way, in `tests/good/NAME.sh`, with three other
//! keys: `no fault`, what is right in it; `passes`, the ids of the cases that must pass; `skips`, those that must not apply
//! to it.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use virt_ra_tester::case::{Level, LoadedCase, Suite};
use virt_ra_tester::judge::{Severity, Verdict};
use virt_ra_tester::plan::{CasePattern, Header};

/// Where the stock agent lies.
const VIRTUALDOMAIN: &str = "/usr/lib/ocf/resource.d/heartbeat/VirtualDomain";

/// What good agents that are written in shell source from beside themselves.
const FUNCTIONS: &str = "functions";

/// One faulty agent as its file describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultyAgent {
    /// Its file's name without `.sh`.
    pub name: String,
    /// What is wrong with it, or odd and right in a good one.
    pub fault: String,
    /// The good agent behind it.
    pub base: Base,
    /// The script of sed that makes it out of that one.
    pub change: Option<String>,
    /// The profile that it is run under.
    pub profile: String,
    /// Ids of the cases that must catch it, or that a good one must pass, or beginnings of ids with `*` behind them.
    pub caught_by: Vec<CasePattern>,
    /// Ids of cases that must not apply to it.
    pub skips: Vec<CasePattern>,
    /// The whole file.
    pub script: String,
}

/// A good agent that faults are built upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// The bundled one.
    Reference,
    /// The bundled one for rgmanager.
    ReferenceVm,
    /// The stock one of the package resource-agents.
    VirtualDomain,
    /// The good fence agent of these tests.
    Fence,
    /// The good agent for Xen of these tests.
    Xen,
    /// The good agent for OpenVZ's containers of these tests.
    ManageVe,
    /// The good agent for LXC's containers of these tests.
    Lxc,
    /// The good agent of these tests that runs QEMU itself.
    Qemu,
}

impl Base {
    fn named(word: &str) -> Option<Self> {
        match word {
            "reference" => Some(Self::Reference),
            "reference-vm" => Some(Self::ReferenceVm),
            "virtualdomain" => Some(Self::VirtualDomain),
            "fence" => Some(Self::Fence),
            "xen" => Some(Self::Xen),
            "manageve" => Some(Self::ManageVe),
            "lxc" => Some(Self::Lxc),
            "qemu" => Some(Self::Qemu),
            _ => None,
        }
    }

    const fn profile(self) -> &'static str {
        match self {
            Self::Reference => "reference",
            Self::ReferenceVm => "reference-vm",
            Self::VirtualDomain => "virtualdomain",
            Self::Fence => "fence-nodes.yaml",
            Self::Xen => "xen",
            Self::ManageVe => "manageve",
            Self::Lxc => "lxc",
            Self::Qemu => "qemu.yaml",
        }
    }

    /// Its file; `binaries` is the folder with the programs of the workspace.
    #[must_use]
    pub fn path(self, binaries: &Path) -> PathBuf {
        match self {
            Self::Reference => binaries.join("virt-reference-agent"),
            Self::ReferenceVm => binaries.join("virt-ra-reference-vm"),
            Self::VirtualDomain => PathBuf::from(VIRTUALDOMAIN),
            Self::Fence => Kind::Good.folder().join("fence-nodes.sh"),
            Self::Xen => Kind::Good.folder().join("xen.sh"),
            Self::ManageVe => Kind::Good.folder().join("manageve.sh"),
            Self::Lxc => Kind::Good.folder().join("lxc.sh"),
            Self::Qemu => Kind::Good.folder().join("qemu.sh"),
        }
    }

    /// Whether it is one of the scripts in `tests/good`.
    const fn is_of_these_tests(self) -> bool {
        match self {
            Self::Fence | Self::Xen | Self::ManageVe | Self::Lxc | Self::Qemu => true,
            Self::Reference | Self::ReferenceVm | Self::VirtualDomain => false,
        }
    }
}

/// What the agents of a folder have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Each has a fault, and cases that must catch it.
    Faulty,
    /// Each is right where a demand that goes too far would find fault.
    Good,
}

impl Kind {
    /// The folder of these agents in the source tree.
    #[must_use]
    pub fn folder(self) -> PathBuf {
        let name = match self {
            Self::Faulty => "faulty",
            Self::Good => "good",
        };
        Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
    }

    /// The keys of the header for what is said of the agent, for its cases, and the one that the other kind has not.
    const fn keys(self) -> [&'static str; 3] {
        match self {
            Self::Faulty => ["fault", "caught by", "change"],
            Self::Good => ["no fault", "passes", "skips"],
        }
    }
}

/// All agents of a kind, by name.
///
/// # Errors
/// The first file that cannot be read or whose header is wrong, with the reason.
pub fn all(kind: Kind) -> Result<Vec<FaultyAgent>, String> {
    let folder = kind.folder();
    let failed = |error: io::Error| format!("{}: {error}", folder.display());
    let entries: io::Result<Vec<_>> = fs::read_dir(&folder).map_err(failed)?.collect();
    let paths = entries
        .map_err(failed)?
        .into_iter()
        .map(|entry| entry.path());
    let scripts = paths.filter(|path| path.extension().is_some_and(|extension| extension == "sh"));
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).map_err(|error| error.to_string());
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        text.and_then(|text| FaultyAgent::parse(kind, &name, &text))
            .map_err(|error| format!("{}: {error}", path.display()))
    };
    let mut agents: Vec<_> = scripts.map(read).collect::<Result<_, _>>()?;
    agents.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(agents)
}

impl FaultyAgent {
    /// Reads a file's text.
    ///
    /// # Errors
    /// What is wrong with its header, in one sentence.
    pub fn parse(kind: Kind, name: &str, text: &str) -> Result<Self, String> {
        let header = Header::parse(text)?;
        let [said, cases, own] = kind.keys();
        let known = |key: &str| ["from", "base", "profile", said, cases, own].contains(&key);
        if let Some(strange) = header.keys().find(|key| !known(key)) {
            return Err(format!("`# {strange}: ...` is no line of a header"));
        }
        let base = once(&header, "base")?.ok_or("no line `# base: ...`")?;
        let base = Base::named(base).ok_or(format!("`{base}` is no base"))?;
        let fault = once(&header, said)?.ok_or_else(|| format!("no line `# {said}: ...`"))?;
        let profile = once(&header, "profile")?.unwrap_or(base.profile());
        let change = once(&header, "change")?;
        if change.is_some() && text.lines().count() > header.keys().count() + 1 {
            return Err("what follows a header with `# change: ...` is never run".to_owned());
        }
        let caught_by = header.cases(cases);
        if caught_by.is_empty() {
            return Err(format!("no line `# {cases}: ...`"));
        }
        Ok(Self {
            name: name.to_owned(),
            fault: fault.to_owned(),
            base,
            change: change.map(str::to_owned),
            profile: profile.to_owned(),
            caught_by,
            skips: header.cases("skips"),
            script: text.to_owned(),
        })
    }

    /// The cases that must not apply to it.
    #[must_use]
    pub fn skipped<'a>(&self, suite: &'a Suite) -> Vec<&'a LoadedCase> {
        let named = |case: &&LoadedCase| self.skips.iter().any(|one| one.fits(&case.id));
        suite.cases.iter().filter(named).collect()
    }

    /// The cases that must catch it, and the ids that no case has.
    #[must_use]
    pub fn cases<'a>(&self, suite: &'a Suite) -> (Vec<&'a LoadedCase>, Vec<&str>) {
        let named = |case: &&LoadedCase| self.caught_by.iter().any(|one| one.fits(&case.id));
        let idle = |one: &&CasePattern| !suite.cases.iter().any(|case| one.fits(&case.id));
        let all = self.caught_by.iter().chain(&self.skips);
        let unknown = all.filter(idle).map(CasePattern::as_str);
        (
            suite.cases.iter().filter(named).collect(),
            unknown.collect(),
        )
    }

    /// Writes the agent as it is run, below `place`, and gives its file back.
    ///
    /// The file has the name of its base: agents and cases draw conclusions from it.
    ///
    /// # Errors
    /// The folder cannot be written, or the base is as the change would have it.
    pub fn write(&self, place: &Path, binaries: &Path) -> io::Result<PathBuf> {
        let mut base = self.base.path(binaries);
        let folder = place.join(&self.name);
        fs::create_dir_all(&folder)?;
        let file = folder.join(base.file_name().unwrap_or_default());
        if self.base.is_of_these_tests() {
            // Nodes have a /tmp of their own, and a checkout may lie there.
            let beside = folder.join("good-one");
            fs::copy(&base, &beside)?;
            fs::copy(Kind::Good.folder().join(FUNCTIONS), folder.join(FUNCTIONS))?;
            base = beside;
        }
        let script = match &self.change {
            Some(change) => changed(&base, change)?,
            None => self.script.replace("@AGENT@", &base.display().to_string()),
        };
        fs::write(&file, script)?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
        Ok(file)
    }
}

/// The text of a good agent after a script of sed has changed it.
fn changed(base: &Path, script: &str) -> io::Result<String> {
    let sed = Command::new("sed").arg(script).arg(base).output()?;
    let text = String::from_utf8_lossy(&sed.stdout);
    if !sed.status.success() || text == fs::read_to_string(base)? {
        let said = String::from_utf8_lossy(&sed.stderr);
        let why = format!("`{script}` does not change {}: {said}", base.display());
        return Err(io::Error::other(why));
    }
    Ok(text.into_owned())
}

/// The text of the only line with that key, if there is one.
fn once<'a>(header: &'a Header, key: &str) -> Result<Option<&'a str>, String> {
    let mut texts = header.texts(key);
    match (texts.next(), texts.next()) {
        (text, None) => Ok(text),
        (_, Some(_)) => Err(format!("more than one line `# {key}: ...`")),
    }
}

/// Whether a verdict holds what a case of that level can say against an agent.
///
/// A `must` has to fail: a warning beside it is no proof that its own demand was weighed. Nor is
/// anything a proof that hides behind an inconclusive verdict.
#[must_use]
pub fn is_caught(level: Level, verdict: &Verdict) -> bool {
    match (level, verdict.severity) {
        (_, Severity::Fail) | (Level::Should | Level::May, Severity::Warn) => true,
        (Level::May, Severity::Pass) => verdict.unmet_may > 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "#!/bin/sh\n# fault: stop lies\n# from: nobody\n# base: reference\n\
                        # caught by: stop::a, stop::b::*\n# caught by: start::c\nexec \"@AGENT@\" \"$@\"\n";

    #[test]
    fn a_header_is_read_up_to_the_first_other_line() {
        let agent = FaultyAgent::parse(Kind::Faulty, "x", TEXT).expect("it is good");
        assert_eq!(agent.fault, "stop lies");
        assert_eq!(agent.profile, "reference");
        let named = ["stop::a", "stop::b::*", "start::c"].map(CasePattern::new);
        assert_eq!(agent.caught_by, named);
    }

    #[test]
    fn a_header_without_its_lines_or_with_strange_ones_is_refused() {
        for (cut, put) in [
            ("# fault: stop lies\n", ""),
            ("# base: reference\n", ""),
            ("nobody", "x\n# y: z"),
            ("nobody", "x\n# base: reference"),
            ("nobody", "x\n# change: s/a/b/"),
        ] {
            assert!(
                FaultyAgent::parse(Kind::Faulty, "x", &TEXT.replace(cut, put)).is_err(),
                "without {cut}"
            );
        }
    }
}
