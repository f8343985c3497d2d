use std::fmt;
use std::time::Duration;

use anstyle::Style;

use crate::style::{BAD, GOOD, HEADING, WARNING, styled};

use super::{Facts, Kvm, Namespaces, PartFacts, Program, Use};

const DEPS: &str = "make deps";

/// A lab of an ordinary user loses that user's groups, so the group of the device is of no use there.
const OPEN_KVM: &str =
    "sudo chmod 0666 /dev/kvm; docs/ci-example.yml has the udev rule that keeps it so";

/// What a line comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is there and works.
    Has,
    /// It is missing, and its lab cannot run without it.
    Lacks,
    /// Only another user can tell.
    Unknown,
    /// Worth knowing; nothing depends on it.
    Note,
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Has => "ok",
            Self::Lacks => "NO",
            Self::Unknown => "?",
            Self::Note => "-",
        })
    }
}

impl Mark {
    /// The mark in its colour, two columns wide.
    fn styled(self) -> impl fmt::Display {
        let style = match self {
            Self::Has => GOOD,
            Self::Lacks => BAD,
            Self::Unknown => WARNING,
            Self::Note => Style::new(),
        };
        styled(style, format!("{self:<2}"))
    }
}

/// One line: what was looked for, what was found, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it comes to.
    pub mark: Mark,
    /// What was looked for.
    pub what: String,
    /// What was found.
    pub found: String,
    /// The command or the words that mend it.
    pub mend: Option<String>,
}

impl Line {
    fn has(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            mark: Mark::Has,
            what: what.into(),
            found: found.into(),
            mend: None,
        }
    }

    fn lacks(what: impl Into<String>, found: impl Into<String>, mend: impl Into<String>) -> Self {
        Self {
            mark: Mark::Lacks,
            what: what.into(),
            found: found.into(),
            mend: Some(mend.into()),
        }
    }

    fn note(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            mark: Mark::Note,
            what: what.into(),
            found: found.into(),
            mend: None,
        }
    }

    fn unknown(what: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            mark: Mark::Unknown,
            ..Self::note(what, found)
        }
    }

    fn mended_by(mut self, mend: impl Into<String>) -> Self {
        self.mend = Some(mend.into());
        self
    }
}

/// Lines that belong together under a title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The title.
    pub title: String,
    /// The lines.
    pub lines: Vec<Line>,
}

impl Section {
    fn new(title: &str, lines: Vec<Line>) -> Self {
        Self {
            title: title.to_owned(),
            lines,
        }
    }

    /// The worst of its lines: lacking before unknown before the rest.
    fn comes_to(&self) -> Mark {
        let any = |mark| self.lines.iter().any(|line| line.mark == mark);
        [Mark::Lacks, Mark::Unknown]
            .into_iter()
            .find(|mark| any(*mark))
            .unwrap_or(Mark::Has)
    }

    /// The section of a lab that also needs what `common` lists: its title says what it comes to.
    fn of_lab(title: &str, lines: Vec<Line>, common: Option<&Self>) -> Self {
        let own = Self::new(title, lines);
        let lacks = common.is_some_and(|it| it.comes_to() == Mark::Lacks);
        let verdict = match own.comes_to() {
            Mark::Lacks => "not ready",
            _ if lacks => "not ready, for want of what is marked NO above",
            Mark::Unknown => "cannot be told",
            Mark::Has | Mark::Note => "ready",
        };
        Self::new(&format!("{title}: {verdict}"), own.lines)
    }
}

/// The whole page, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// What machine it is about.
    pub head: String,
    /// The sections.
    pub sections: Vec<Section>,
    /// What it all comes to, for the user who asked.
    pub last: String,
    /// Whether the local lab can run for the user who asked.
    pub is_ready: bool,
}

impl Page {
    /// The page that tells these facts.
    #[must_use]
    pub fn of(facts: &Facts) -> Self {
        let common = common(facts);
        let own = if facts.user.is_root {
            as_root(facts)
        } else {
            as_ordinary_user(facts)
        };
        let lacks = |lines: &[Line]| lines.iter().any(|line| line.mark == Mark::Lacks);
        let is_ready = !lacks(&common.lines) && !lacks(&own);
        Self {
            head: format!(
                "virt-ra-tester {} on {}",
                env!("CARGO_PKG_VERSION"),
                facts.system
            ),
            sections: vec![
                machine(facts),
                common.clone(),
                agents(facts),
                Section::of_lab("Local lab, as root", as_root(facts), Some(&common)),
                Section::of_lab(
                    "Local lab, as an ordinary user",
                    as_ordinary_user(facts),
                    Some(&common),
                ),
                Section::new("Equipment that some cases need", parts(facts)),
                Section::of_lab("Driver lab", driver(facts), None),
                Section::new("Labs on other machines", machines(facts)),
            ],
            last: conclusion(facts, is_ready),
            is_ready,
        }
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = || self.sections.iter().flat_map(|section| &section.lines);
        let width = lines()
            .map(|line| line.what.chars().count())
            .max()
            .unwrap_or(0);
        writeln!(f, "{}", self.head)?;
        for section in &self.sections {
            writeln!(f, "\n{}", styled(HEADING, &section.title))?;
            for line in &section.lines {
                writeln!(
                    f,
                    "  {}  {:<width$}  {}",
                    line.mark.styled(),
                    line.what,
                    line.found
                )?;
                if let Some(mend) = &line.mend {
                    writeln!(f, "      {:<width$}  to mend: {mend}", "")?;
                }
            }
        }
        writeln!(f, "\n{}", self.last)
    }
}

fn machine(facts: &Facts) -> Section {
    let memory = format!(
        "{} of {} available",
        gib(facts.memory.available),
        gib(facts.memory.total)
    );
    let memory = if facts.memory.available < 1024 {
        Line::note("memory", memory).mended_by("use --jobs 1 when guests fail to start")
    } else {
        Line::has("memory", memory)
    };
    Section::new(
        "Machine",
        vec![
            Line::has("cores", facts.cores.to_string()),
            memory,
            kvm(facts),
        ],
    )
}

fn gib(mib: u64) -> String {
    format!("{}.{} GiB", mib / 1024, mib % 1024 * 10 / 1024)
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

fn kvm(facts: &Facts) -> Line {
    const TCG: &str = "guests run under TCG, which is slower";
    match &facts.kvm {
        Kvm::Works(took) => {
            let took = seconds(*took);
            Line::has(
                "KVM",
                format!("the witness guest booted under it in {took}"),
            )
        }
        Kvm::Absent => Line::note("KVM", format!("no /dev/kvm; {TCG}")),
        Kvm::Denied => {
            Line::note("KVM", format!("/dev/kvm may not be opened; {TCG}")).mended_by(OPEN_KVM)
        }
        Kvm::DeniedInLabs => {
            let found = format!("/dev/kvm opens, but not in a lab of this user; {TCG}");
            Line::note("KVM", found).mended_by(OPEN_KVM)
        }
        Kvm::Broken => Line::note(
            "KVM",
            "guests hang under it, or take over three times what they take under TCG, which they get"
                .to_owned(),
        ),
    }
}

fn program(program: &Program) -> Line {
    let name = &program.name;
    let Some(path) = &program.path else {
        let deps = match program.used_by {
            Use::Machines => "scripts/deps --vagrant",
            Use::Lab
            | Use::Daemon
            | Use::OrdinaryUser
            | Use::StockAgent
            | Use::Shell
            | Use::Network => DEPS,
        };
        return lacking(program, "missing").mended_by(deps);
    };
    if let Some(words) = &program.fault {
        let found = format!("{} does not run: {}", path.display(), first_line(words));
        return lacking(program, &found).mended_by("install its package anew");
    }
    let version = program.version.as_deref().unwrap_or("");
    Line::has(name, format!("{version} {}", path.display()).trim())
}

/// One of libvirt's daemons: without the single one the modular ones will do.
fn daemon(it: &Program, facts: &Facts) -> Line {
    let is_single = it.name == "libvirtd";
    let has_modular = ["virtqemud", "virtproxyd"].map(|name| facts.has_program(name)) == [true; 2];
    match &it.path {
        None if !is_single => Line::note(
            &it.name,
            "missing; cases on modular daemons are skipped".to_owned(),
        ),
        None if has_modular => Line::note(&it.name, "missing; the modular daemons take its place"),
        _ => program(it),
    }
}

/// A program that cannot be used: how bad that is depends on who needs it.
fn lacking(program: &Program, found: &str) -> Line {
    match program.used_by {
        Use::Lab | Use::Daemon => Line {
            mark: Mark::Lacks,
            ..Line::note(&program.name, found)
        },
        Use::OrdinaryUser => Line::note(
            &program.name,
            format!("{found}; only labs of ordinary users need it"),
        ),
        Use::StockAgent => Line::note(
            &program.name,
            format!("{found}; the lab does without, stock agents do not"),
        ),
        Use::Machines => Line::note(&program.name, format!("{found}; local labs do without")),
        Use::Shell => Line::note(
            &program.name,
            format!("{found}; cases that show it as /bin/sh are skipped"),
        ),
        Use::Network => Line::note(
            &program.name,
            format!("{found}; cases that harm the network come to no verdict"),
        ),
    }
}

fn first_line(words: &str) -> &str {
    words.lines().next().unwrap_or("no reason given")
}

fn agents(facts: &Facts) -> Section {
    let line = |agent: &super::StockAgent| match &agent.path {
        Some(path) => Line::has(&agent.name, path.display().to_string()),
        None => Line::note(&agent.name, "not installed; needed only to judge it"),
    };
    Section::new("Stock agents", facts.agents.iter().map(line).collect())
}

/// What every local lab needs, whoever runs it; and the programs that only some need.
fn common(facts: &Facts) -> Section {
    let driver = match &facts.qemu_driver {
        Some(path) => Line::has("libvirt's QEMU driver", path.display().to_string()),
        None => Line::lacks("libvirt's QEMU driver", "missing", DEPS),
    };
    let filters = if facts.has_nbdkit_filters {
        Line::has("nbdkit's filters", "log and error")
    } else {
        Line::lacks("nbdkit's filters", "log or error is missing", DEPS)
    };
    let here = |program: &&Program| program.used_by != Use::Machines;
    let line = |it: &Program| match it.used_by {
        Use::Daemon => daemon(it, facts),
        _ => program(it),
    };
    let mut lines: Vec<Line> = facts.programs.iter().filter(here).map(line).collect();
    lines.extend([driver, filters]);
    Section::new("What local labs need", lines)
}

/// Cases that need a part which is not there are skipped.
fn parts(facts: &Facts) -> Vec<Line> {
    let line = |part: &PartFacts| match &part.lacking {
        None => Line::has(part.name, "cases with it can run"),
        Some(why) => {
            Line::note(part.name, format!("{why}: its cases are skipped")).mended_by(part.remedy)
        }
    };
    facts.parts.iter().map(line).collect()
}

fn as_root(facts: &Facts) -> Vec<Line> {
    let what = "namespaces";
    vec![match &facts.namespaces {
        Some(Namespaces::Allowed) => Line::has(what, "mount, pid, net, uts and ipc were made"),
        Some(Namespaces::Refused(words)) => Line::lacks(
            what,
            format!("refused: {}", first_line(words)),
            "run outside the container, or give it the capability SYS_ADMIN",
        ),
        None => Line::unknown(what, "only root can tell: sudo virt-ra-tester doctor"),
    }]
}

fn as_ordinary_user(facts: &Facts) -> Vec<Line> {
    let mapping = if facts.has_program("newuidmap") && facts.has_program("newgidmap") {
        Line::has("id mapping", "newuidmap and newgidmap")
    } else {
        Line::lacks("id mapping", "newuidmap or newgidmap is missing", DEPS)
    };
    vec![user_namespaces(facts), mapping, subordinate_ids(facts)]
}

fn user_namespaces(facts: &Facts) -> Line {
    let what = "user namespaces";
    let Namespaces::Refused(words) = &facts.user_namespaces else {
        return Line::has(what, "one was made");
    };
    let mend = if facts.forbidding.is_empty() {
        "run outside the container, or as root".to_owned()
    } else {
        format!("sudo sysctl -w {}", facts.forbidding.join(" "))
    };
    Line::lacks(what, format!("refused: {}", first_line(words)), mend)
}

fn subordinate_ids(facts: &Facts) -> Line {
    let what = "subordinate ids";
    match &facts.user.ordinary {
        None => Line::unknown(what, "each user has their own: ask again as that user"),
        Some(user) if facts.has_subordinate_ids => {
            Line::has(what, format!("{user} is in /etc/subuid and /etc/subgid"))
        }
        Some(user) => Line::lacks(
            what,
            format!("{user} has not 65536 of them in both /etc/subuid and /etc/subgid"),
            format!(
                "sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {user} \
                 (or another range that is free)"
            ),
        ),
    }
}

fn driver(facts: &Facts) -> Vec<Line> {
    let what = "libvirt's test driver";
    vec![match &facts.test_driver {
        Ok(version) => Line::has(what, format!("opened; libvirt {version}")),
        Err(words) => Line::lacks(what, format!("did not open: {}", first_line(words)), DEPS),
    }]
}

/// What leads to other machines; what those have themselves is asked there, when a lab is raised on them.
fn machines(facts: &Facts) -> Vec<Line> {
    let programs = facts.programs.iter();
    let used = programs.filter(|program| program.used_by == Use::Machines);
    used.map(program).collect()
}

fn conclusion(facts: &Facts, is_ready: bool) -> String {
    let whom = if facts.user.is_root {
        "root"
    } else {
        "an ordinary user"
    };
    if is_ready {
        format!("Ready: `make conformance` runs here, as {whom}.")
    } else {
        format!(
            "Not ready: the local lab cannot run here as {whom}; mend the lines marked NO first."
        )
    }
}

#[cfg(test)]
mod tests;
