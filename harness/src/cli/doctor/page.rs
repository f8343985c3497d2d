use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Serialize;

use super::line::{Line, Mark, Section, Written};
use super::packages::{ID_MAPPING, NBDKIT_FILTERS, QEMU_DRIVER, command, fix};
use super::programs::{daemon, first_line, program};
use super::{Facts, Kvm, Namespaces, PartFacts, Program, StockAgent, Use};

/// A lab of an ordinary user loses that user's groups, so the group of the device is of no use there.
const OPEN_KVM: &str =
    "sudo chmod 0666 /dev/kvm, or for good the udev rule KERNEL==\"kvm\", MODE=\"0666\"";

/// The whole page, ready to be written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Page {
    /// What machine it is about.
    #[serde(rename = "machine")]
    pub head: String,
    /// The sections.
    pub sections: Vec<Section>,
    /// The command that installs what is missing, where packages have it.
    pub install: Option<String>,
    /// What it all comes to, for the user who asked.
    #[serde(rename = "conclusion")]
    pub last: String,
    /// Whether the local lab can run for the user who asked.
    #[serde(rename = "ready")]
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
            install: command(facts),
            last: conclusion(facts, is_ready),
            is_ready,
        }
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines = self.sections.iter().flat_map(|section| &section.lines);
        let width = lines.map(|line| line.what.chars().count()).max();
        writeln!(f, "{}", self.head)?;
        for section in &self.sections {
            write!(f, "\n{}", Written(section, width.unwrap_or(0)))?;
        }
        if let Some(command) = &self.install {
            write!(
                f,
                "\nTo install what is missing, as root:\n\n    {command}\n"
            )?;
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
        Line::note("memory", memory).fixed_by("use --jobs 1 if guests fail to start")
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
            Line::note("KVM", format!("/dev/kvm may not be opened; {TCG}")).fixed_by(OPEN_KVM)
        }
        Kvm::DeniedInLabs => {
            let found = format!("/dev/kvm opens, but not in a lab of this user; {TCG}");
            Line::note("KVM", found).fixed_by(OPEN_KVM)
        }
        Kvm::Broken => Line::note(
            "KVM",
            "unusable: guests hang or run over three times slower than under TCG, so TCG is used"
                .to_owned(),
        ),
    }
}

fn agents(facts: &Facts) -> Section {
    let line = |agent: &StockAgent| match &agent.path {
        Some(path) => Line::has(&agent.name, path.display().to_string()),
        None => Line::note(&agent.name, "not installed; needed only to test it"),
    };
    Section::new("Stock agents", facts.agents.iter().map(line).collect())
}

/// What every local lab needs, whoever runs it; and the programs that only some need.
fn common(facts: &Facts) -> Section {
    let driver = match &facts.qemu_driver {
        Some(path) => Line::has(QEMU_DRIVER, path.display().to_string()),
        None => Line::lacks(QEMU_DRIVER, "missing", fix(QEMU_DRIVER, facts)),
    };
    let filters = if facts.has_nbdkit_filters {
        Line::has(NBDKIT_FILTERS, "log and error")
    } else {
        Line::lacks(
            NBDKIT_FILTERS,
            "log or error is missing",
            fix(NBDKIT_FILTERS, facts),
        )
    };
    let here = |program: &&Program| program.used_by != Use::Machines;
    let line = |it: &Program| match it.used_by {
        Use::Daemon => daemon(it, facts),
        _ => program(it, facts),
    };
    let mut lines: Vec<Line> = facts.programs.iter().filter(here).map(line).collect();
    lines.extend([driver, filters]);
    Section::new("What local labs need", lines)
}

/// Cases that need a part which is not there are skipped.
fn parts(facts: &Facts) -> Vec<Line> {
    let line = |part: &PartFacts| match &part.lacking {
        None => Line::has(part.name, "available"),
        Some(why) => {
            let fix = part
                .remedy
                .map_or_else(|| fix(part.name, facts), str::to_owned);
            Line::note(part.name, format!("{why}: its cases are skipped")).fixed_by(fix)
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
    let mapping = if ID_MAPPING.iter().all(|name| facts.has_program(name)) {
        Line::has("id mapping", "newuidmap and newgidmap")
    } else {
        let fix = fix(ID_MAPPING[0], facts);
        Line::lacks("id mapping", "newuidmap or newgidmap is missing", fix)
    };
    vec![user_namespaces(facts), mapping, subordinate_ids(facts)]
}

fn user_namespaces(facts: &Facts) -> Line {
    let what = "user namespaces";
    let Namespaces::Refused(words) = &facts.user_namespaces else {
        return Line::has(what, "one was made");
    };
    let fix = if facts.forbidding.is_empty() {
        "run outside the container, or as root".to_owned()
    } else {
        format!("sudo sysctl -w {}", facts.forbidding.join(" "))
    };
    Line::lacks(what, format!("refused: {}", first_line(words)), fix)
}

fn subordinate_ids(facts: &Facts) -> Line {
    let what = "subordinate ids";
    match &facts.user.ordinary {
        None => Line::unknown(what, "each user has their own: run doctor as that user"),
        Some(user) if facts.has_subordinate_ids => {
            Line::has(what, format!("{user} is in /etc/subuid and /etc/subgid"))
        }
        Some(user) => Line::lacks(
            what,
            format!("{user} has fewer than 65536 of them in /etc/subuid or /etc/subgid"),
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
        Err(words) => Line::lacks(
            what,
            format!("did not open: {}", first_line(words)),
            fix("libvirtd", facts),
        ),
    }]
}

/// What leads to other machines; what those have themselves is asked there, when a lab is raised on them.
fn machines(facts: &Facts) -> Vec<Line> {
    let programs = facts.programs.iter();
    let used = programs.filter(|program| program.used_by == Use::Machines);
    used.map(|it| program(it, facts)).collect()
}

fn conclusion(facts: &Facts, is_ready: bool) -> String {
    let whom = if facts.user.is_root {
        "root"
    } else {
        "an ordinary user"
    };
    if is_ready {
        format!("Ready: `virt-ra-tester run` can run here, as {whom}.")
    } else {
        format!(
            "Not ready: the local lab cannot run here as {whom}; fix the lines marked NO first."
        )
    }
}

#[cfg(test)]
mod tests;
