//! The rules on an agent's metadata, one function each.

use super::{AgentFacts, rgmanager};
use crate::case::MetadataRule;
use crate::ocf::metadata::{Metadata, Parameter, Text, duration};
use crate::ocf::{Rules, Verb};

/// libvirt waits this long for an emulator to die: 10 s for TERM, 30 s for KILL.
const KILL_TIME: u64 = 40_000;
/// libvirt waits this long for another job's lock.
const LOCK_WAIT: u64 = 30_000;

/// Milliseconds beyond which a timeout is none: then milliseconds were probably written as seconds.
const TWO_HOURS: u64 = 2 * 60 * 60 * 1000;
/// The same for a migration, which may copy disks.
const A_DAY: u64 = 12 * TWO_HOURS;

/// The clause that a rule decides.
pub(super) const fn clause_of(rule: MetadataRule) -> &'static str {
    match rule {
        MetadataRule::WellFormed => "META-01",
        MetadataRule::Valid => "META-02",
        MetadataRule::MandatoryActions => "META-03",
        MetadataRule::MonitorInterval => "META-03b",
        MetadataRule::MigrationsPaired => "META-04",
        MetadataRule::RequiredHasNoDefault => "META-07b",
        MetadataRule::IdentityUnique => "META-09",
        MetadataRule::Types => "META-10",
        MetadataRule::VersionHonest => "META-11",
        MetadataRule::Reloadable => "META-12",
        MetadataRule::NoRoles => "META-13",
        MetadataRule::TimeoutsCover => "META-14",
        MetadataRule::Texts => "META-15",
        MetadataRule::Treatment => "META-17",
        MetadataRule::NameIsFileName => "OCF-INST-01b",
        MetadataRule::Header => "OCF-INST-02",
        MetadataRule::Rgmanager => "RGM-09",
        MetadataRule::Fencing => "FEN-15",
    }
}

/// What breaks a rule, each fault in one sentence; nothing when the rule is kept. `header` is the init-script header in
/// the agent's file, if it has one.
pub(super) fn faults(
    rule: MetadataRule,
    text: &str,
    header: Option<&str>,
    facts: &AgentFacts,
) -> Vec<String> {
    let metadata = match Metadata::parse(text) {
        Ok(metadata) => metadata,
        Err(error) => return vec![error],
    };
    let dialect = facts.dialect.rules();
    if !dialect.demands(clause_of(rule)) {
        return Vec::new();
    }
    match rule {
        MetadataRule::WellFormed => Vec::new(),
        MetadataRule::Valid => {
            let named = facts.dialect.of_version(&metadata.version);
            named.rules().shape_faults(text)
        }
        MetadataRule::MandatoryActions => mandatory_actions(&metadata, dialect),
        MetadataRule::MonitorInterval => monitor_interval(&metadata, dialect),
        MetadataRule::MigrationsPaired => migrations_paired(&metadata),
        MetadataRule::IdentityUnique => identity_unique(&metadata, facts),
        MetadataRule::Types => metadata.parameters.iter().filter_map(type_fault).collect(),
        MetadataRule::VersionHonest => version_honest(&metadata),
        MetadataRule::NoRoles => no_roles(&metadata),
        MetadataRule::TimeoutsCover => timeouts_cover(&metadata),
        MetadataRule::Texts => texts(&metadata),
        MetadataRule::Treatment => treatment(&metadata),
        MetadataRule::RequiredHasNoDefault => required_has_no_default(&metadata),
        MetadataRule::NameIsFileName => name_is_file_name(&metadata, facts),
        MetadataRule::Reloadable => reloadable(&metadata),
        MetadataRule::Rgmanager => rgmanager::faults(&metadata, facts),
        MetadataRule::Fencing => fencing(&metadata),
        MetadataRule::Header => header.map_or_else(Vec::new, |it| header_faults(it, &metadata)),
    }
}

fn header_faults(header: &str, metadata: &Metadata) -> Vec<String> {
    let value = |keyword: &str| {
        let mut values = header.lines().filter_map(|line| {
            let (word, value) = line.trim_start_matches('#').split_once(':')?;
            (word.trim() == keyword).then(|| value.trim())
        });
        values.next()
    };
    let mut faults = Vec::new();
    let name = &metadata.name;
    if let Some(provides) = value("Provides")
        && !provides.split_whitespace().any(|word| word == name)
    {
        faults.push(format!(
            "the header of its file provides `{provides}`, the metadata describe `{name}`"
        ));
    }
    let words = |text: &str| {
        text.to_lowercase()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
    };
    if let Some(short) = value("Short-Description")
        && !metadata
            .shortdesc
            .iter()
            .any(|one| words(&one.text) == words(short))
    {
        faults.push(format!(
            "the header of its file says `{short}`, which is no shortdesc of the agent"
        ));
    }
    faults
}

fn fencing(metadata: &Metadata) -> Vec<String> {
    use crate::ocf::FenceAction::{Metadata, Monitor, Off, Status};
    let words = [Off, Status, Monitor, Metadata].map(crate::ocf::FenceAction::word);
    let missing = words.into_iter().filter(|word| !metadata.offers(word));
    let missing = missing.map(|word| format!("`{word}` is not advertised"));
    let mut names = metadata.parameters.iter();
    let names_guest = names.any(|one| ["port", "plug"].contains(&one.name.as_str()));
    let nameless = (!names_guest).then(|| "no parameter `port` or `plug`".to_owned());
    missing.chain(nameless).collect()
}

fn mandatory_actions(metadata: &Metadata, dialect: &dyn Rules) -> Vec<String> {
    let mut faults = Vec::new();
    let mandatory = [Verb::Start, Verb::Stop, Verb::Monitor, Verb::MetaData];
    for word in mandatory.iter().map(|verb| dialect.advertised_as(verb)) {
        if !metadata.offers(word) {
            faults.push(format!("`{word}` is not advertised"));
        } else if metadata.timeout(word).is_none() {
            faults.push(format!(
                "`{word}` is advertised without a timeout that can be read"
            ));
        }
    }
    faults
}

fn monitor_interval(metadata: &Metadata, dialect: &dyn Rules) -> Vec<String> {
    let monitor = dialect.advertised_as(&Verb::Monitor);
    let mut monitors = metadata.actions.iter().filter(|one| one.name == monitor);
    let lacks = metadata.offers(monitor) && monitors.all(|one| one.interval.is_none());
    let fault = format!("`{monitor}` is advertised without an interval");
    lacks.then_some(fault).into_iter().collect()
}

fn migrations_paired(metadata: &Metadata) -> Vec<String> {
    let (to, from) = (
        metadata.offers(Verb::MigrateTo.as_str()),
        metadata.offers(Verb::MigrateFrom.as_str()),
    );
    match (to, from) {
        (true, false) => vec!["`migrate_to` is advertised, `migrate_from` is not".to_owned()],
        (false, true) => vec!["`migrate_from` is advertised, `migrate_to` is not".to_owned()],
        _ => Vec::new(),
    }
}

fn identity_unique(metadata: &Metadata, facts: &AgentFacts) -> Vec<String> {
    let is_unique = |one: &Parameter| one.unique || one.unique_group.is_some();
    // Where another one has to be given and is unique, that one tells them apart, as the name of a container does.
    let mut parameters = metadata.parameters.iter();
    let is_told = parameters.any(|one| one.required && is_unique(one));
    let identity = facts.config_parameter.iter().filter(|_| !is_told);
    let lacks = identity.filter_map(|name| match metadata.parameter(name) {
        None => Some(format!("the parameter `{name}` is not advertised")),
        Some(one) if is_unique(one) => None,
        Some(_) => Some(format!(
            "`{name}` tells the guests apart, and is not marked as unique"
        )),
    });
    // In a group the values are unique together, so there nothing is said of one alone.
    let shared = facts.shared_parameters.iter();
    let shared = shared.filter(|name| metadata.parameter(name).is_some_and(|one| one.unique));
    lacks
        .chain(shared.map(|name| {
            format!("`{name}` is marked as unique, and guests may well have it in common")
        }))
        .collect()
}

fn type_fault(parameter: &Parameter) -> Option<String> {
    let name = &parameter.name;
    // What is no type of the schema, or none at all, is said by the rule `valid`.
    let kind = parameter.kind.as_deref()?;
    let default = parameter.default.as_deref().unwrap_or_default();
    let fits = match kind {
        "string" => true,
        "boolean" => ["", "0", "1", "true", "false", "yes", "no", "on", "off"]
            .contains(&default.to_ascii_lowercase().as_str()),
        "integer" => default.is_empty() || default.parse::<i64>().is_ok(),
        "second" | "time" => default.is_empty() || duration(default).is_some(),
        "select" if parameter.options.is_empty() => {
            return Some(format!("`{name}` is a select without options"));
        }
        "select" => default.is_empty() || parameter.options.iter().any(|one| one == default),
        _ => true,
    };
    (!fits).then(|| format!("the default `{default}` of `{name}` is no {kind}"))
}

fn version_honest(metadata: &Metadata) -> Vec<String> {
    let mut faults = Vec::new();
    if !["1.0", "1.1"].contains(&metadata.version.as_str()) {
        faults.push(format!("`{}` is no version of OCF", metadata.version));
    }
    if metadata.version == "1.1" {
        return faults;
    }
    for one in &metadata.parameters {
        let newer = [
            (one.unique_group.is_some(), "unique-group"),
            (one.reloadable, "reloadable"),
            (one.deprecated, "deprecated"),
        ];
        let used = newer.into_iter().filter(|(used, _)| *used);
        faults.extend(used.map(|(_, word)| {
            format!(
                "`{}` uses `{word}` of OCF 1.1 under {}",
                one.name, metadata.version
            )
        }));
    }
    faults
}

fn no_roles(metadata: &Metadata) -> Vec<String> {
    let roles = metadata.actions.iter().filter_map(|one| {
        let role = one.role.as_ref()?;
        Some(format!("`{}` is advertised for the role {role}", one.name))
    });
    let promotions = [Verb::Promote, Verb::Demote].into_iter();
    let promotions = promotions.filter(|verb| metadata.offers(verb.as_str()));
    roles
        .chain(promotions.map(|word| format!("`{word}` is advertised")))
        .collect()
}

fn timeouts_cover(metadata: &Metadata) -> Vec<String> {
    let waits = [
        (
            Verb::Stop,
            KILL_TIME,
            "libvirt may take to kill an emulator",
        ),
        (Verb::Monitor, LOCK_WAIT, "libvirt may wait for another job"),
        (
            Verb::MigrateTo,
            LOCK_WAIT,
            "libvirt may wait for another job",
        ),
        (
            Verb::MigrateFrom,
            LOCK_WAIT,
            "libvirt may wait for another job",
        ),
    ];
    let short = waits.into_iter().filter_map(|(action, wait, why)| {
        let timeout = metadata.timeout(action.as_str())?;
        (timeout > 0 && timeout <= wait).then(|| {
            let (timeout, wait) = (timeout / 1000, wait / 1000);
            format!("{timeout} s for `{action}` is not more than the {wait} s that {why}")
        })
    });
    let nonsense = metadata.actions.iter().filter_map(|one| {
        let timeout = one.timeout?;
        let (most, words) = match one.name.starts_with("migrate") {
            true => (A_DAY, "a day"),
            false => (TWO_HOURS, "two hours"),
        };
        match timeout {
            0 => Some(format!("a timeout of 0 for `{}` is none", one.name)),
            _ if timeout > most => {
                let timeout = timeout / 1000;
                Some(format!(
                    "{timeout} s for `{}` is more than {words}",
                    one.name
                ))
            }
            _ => None,
        }
    });
    short.chain(nonsense).collect()
}

fn texts(metadata: &Metadata) -> Vec<String> {
    let mut faults = Vec::new();
    let mut look = |whose: &str, kind: &str, texts: &[Text]| {
        if texts.iter().all(|one| one.text.is_empty()) {
            faults.push(format!("{whose} has no {kind}"));
        } else if texts
            .iter()
            .any(|one| one.lang.as_deref().unwrap_or_default().is_empty())
        {
            faults.push(format!("the {kind} of {whose} names no language"));
        }
    };
    look("the agent", "longdesc", &metadata.longdesc);
    look("the agent", "shortdesc", &metadata.shortdesc);
    for one in &metadata.parameters {
        look(&format!("`{}`", one.name), "longdesc", &one.longdesc);
        look(&format!("`{}`", one.name), "shortdesc", &one.shortdesc);
    }
    faults.extend(repeated(&metadata.parameters));
    faults
}

/// What the metadata must mention for operators, and stems of words, one of which every English mention has.
const TOLD: [(&str, &[&str]); 4] = [
    ("paused guests", &["paus", "halt", "froze", "freez"]),
    ("crashed guests", &["crash", "panic"]),
    ("suspended guests", &["suspend", "sleep", "hibernat"]),
    (
        "the lock on its disks",
        &["lock", "virtlock", "sanlock", "lease", "fenc"],
    ),
];

fn treatment(metadata: &Metadata) -> Vec<String> {
    let english = |text: &&Text| {
        let lang = text.lang.as_deref().unwrap_or_default();
        lang.is_empty() || lang.starts_with("en")
    };
    let Some(text) = metadata.longdesc.iter().find(english) else {
        return Vec::new();
    };
    let text = text.text.to_lowercase();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    let mentions = |stems: &[&str]| {
        words
            .iter()
            .any(|word| stems.iter().any(|stem| word.starts_with(stem)))
    };
    TOLD.iter()
        .filter(|(_, stems)| !mentions(stems))
        .map(|(what, _)| format!("the longdesc of the agent has no word about {what}"))
        .collect()
}

/// Parameters whose short text repeats another's: one of the two describes the wrong parameter.
fn repeated(parameters: &[Parameter]) -> Vec<String> {
    let short = |one: &Parameter| one.shortdesc.first().map(|text| text.text.clone());
    let mut faults = Vec::new();
    for (index, one) in parameters.iter().enumerate() {
        let text = short(one).filter(|text| !text.is_empty());
        let same = parameters[..index]
            .iter()
            .find(|other| text.is_some() && short(other) == text);
        if let Some(other) = same {
            faults.push(format!(
                "the shortdesc of `{}` repeats that of `{}`",
                one.name, other.name
            ));
        }
    }
    faults
}

fn required_has_no_default(metadata: &Metadata) -> Vec<String> {
    let wrong = metadata.parameters.iter().filter(|one| {
        one.required
            && one
                .default
                .as_deref()
                .is_some_and(|default| !default.is_empty())
    });
    wrong
        .map(|one| format!("`{}` is required, yet has a default", one.name))
        .collect()
}

fn name_is_file_name(metadata: &Metadata, facts: &AgentFacts) -> Vec<String> {
    let Some(file) = &facts.file_name else {
        return Vec::new();
    };
    let name = &metadata.name;
    let same = file == name || file.strip_suffix(".sh") == Some(name);
    if same {
        Vec::new()
    } else {
        vec![format!("the name is `{name}`, the file is `{file}`")]
    }
}

fn reloadable(metadata: &Metadata) -> Vec<String> {
    let any = metadata.parameters.iter().any(|one| one.reloadable);
    let fault = "parameters are reloadable without `reload-agent`".to_owned();
    let lacks = any && !metadata.offers(Verb::ReloadAgent.as_str());
    lacks.then_some(fault).into_iter().collect()
}
