//! What an agent needs by its own text, and the nodes have not: files that it sources, tools, its interpreter.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fmt;
use std::path::Path;

use super::{Agent, Described};
use crate::installed::PATH;
use crate::lab::{LabError, Node};
use crate::ocf::metadata::Metadata;
use crate::ocf::{Dialect, OCF_ROOT};

/// Something that an agent needs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// A file of functions that it sources.
    File(String),
    /// A file of functions that it looks for beside itself.
    Neighbour(String),
    /// A tool, by its name or its file.
    Tool(String),
    /// A tool that only its profile says it calls.
    Listed(String),
    /// A program that one of its parameters names unless it is set.
    Default {
        /// The parameter.
        parameter: String,
        /// The program's file.
        file: String,
    },
}

impl Need {
    fn name(&self) -> &str {
        match self {
            Self::File(name) | Self::Neighbour(name) | Self::Tool(name) | Self::Listed(name) => {
                name
            }
            Self::Default { file, .. } => file,
        }
    }
}

/// What it needs, and what to put into the profile.
impl fmt::Display for Need {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let folder = |file: &str| {
            let folder = Path::new(file).parent();
            folder.map_or_else(String::new, |folder| folder.display().to_string())
        };
        match self {
            Self::File(file) => write!(
                out,
                "the agent sources {file}, which the nodes do not have: give the profile the folder that has it, `folders: \
                 {{{}: FOLDER}}`",
                folder(file)
            ),
            Self::Neighbour(file) => write!(
                out,
                "the agent sources {file}, which is not there: put it beside the agent"
            ),
            Self::Default { parameter, file } => write!(
                out,
                "the parameter `{parameter}` names {file} by default, which the nodes do not have: install it on this \
                 machine, or give the profile a folder with a stand-in for it, `tools: [./FOLDER]`, and the parameter its \
                 name there, `set: {{{parameter}: /usr/sbin/NAME}}`"
            ),
            Self::Tool(file) if file.contains('/') && folder(file) != "/usr/sbin" => write!(
                out,
                "the agent calls {file}, which the nodes do not have: install it on this machine, or give the profile a \
                 folder with a stand-in for it, `folders: {{{}: FOLDER}}`",
                folder(file)
            ),
            Self::Tool(tool) => write!(
                out,
                "the agent calls {tool}, which the nodes do not have: install it on this machine, or give the profile a \
                 folder with a stand-in for it, `tools: [./FOLDER]`"
            ),
            Self::Listed(tool) => write!(
                out,
                "the profile lists {tool} under `tools`, which the nodes do not have: install it on this machine, give the \
                 profile a folder with a stand-in for it, `tools: [./FOLDER]`, or take it out where the agent can do \
                 without it"
            ),
        }
    }
}

/// Prints each of its arguments that is no file, or no program on the path.
const FIND: &str = r#"PATH=$0
for need; do
    case $need in
        */*) [ -e "$need" ] ;;
        *) command -v "$need" >/dev/null ;;
    esac || printf '%s\n' "$need"
done"#;

/// What the agent needs by its text and its profile, and a node has not.
///
/// # Errors
/// When the node does not answer.
pub fn missed(node: &dyn Node, needs: &BTreeSet<Need>) -> Result<Vec<Need>, LabError> {
    let names = needs.iter().map(Need::name);
    let arguments: Vec<&str> = ["-c", FIND, PATH].into_iter().chain(names).collect();
    let lacking = node.run("sh", &arguments)?.out.text;
    let is_lacking = |need: &&Need| lacking.lines().any(|line| line == need.name());
    Ok(needs.iter().filter(is_lacking).cloned().collect())
}

/// What the agent needs: the files that its text sources, the tools that it checks for or the file of its profile names, and
/// its interpreter. A file that it sources only if it is there, it does not need; what its text does not tell is left out.
/// An agent that a built-in profile describes is told of no tool: those are of every version and set-up of it.
#[must_use]
pub fn needs(agent: &Agent, text: &str, described: &Described) -> BTreeSet<Need> {
    let profile = &described.profile;
    let stand_in = profile.engine().stand_in();
    let is_stand_in =
        |tool: &String| Path::new(tool).file_name().and_then(OsStr::to_str) == stand_in;
    let may_miss = |need: &Need| match need {
        Need::Tool(tool) | Need::Listed(tool) => !described.is_built_in() && !is_stand_in(tool),
        _ => true,
    };
    let of_text = needs_of(agent, text, profile.dialect);
    let is_told = |tool: &&String| of_text.iter().any(|need| need.name() == *tool);
    let listed = profile.tools.iter().filter(|tool| !is_told(tool));
    let listed: Vec<_> = listed.cloned().map(Need::Listed).collect();
    let all = of_text.into_iter().chain(listed);
    all.filter(may_miss).collect()
}

/// The same by its text alone.
#[must_use]
pub fn needs_of(agent: &Agent, text: &str, dialect: Dialect) -> Vec<Need> {
    let folder = agent.path.parent().unwrap_or(&agent.path);
    let folder = folder.display().to_string();
    let root = match dialect {
        Dialect::Rgmanager => folder.clone(),
        _ => OCF_ROOT.to_owned(),
    };
    let mut read = Text {
        folder,
        values: BTreeMap::from([("OCF_ROOT".to_owned(), root)]),
    };
    let mut found: Vec<Need> = interpreter(text).into_iter().collect();
    let mut before = "";
    for line in text.lines().map(str::trim) {
        let asked_before = ["-f", "-r", "-e", "-s"]
            .iter()
            .any(|test| before.split(' ').any(|word| word == *test));
        read.note_value(line);
        found.extend(read.tools(line));
        if !asked_before {
            found.extend(read.file(line));
        }
        before = line;
    }
    found
}

/// The programs that an agent's parameters name by default, without those parameters that the profile sets.
#[must_use]
pub fn default_programs(printed: &str, set: &BTreeMap<String, String>) -> Vec<Need> {
    let Ok(metadata) = Metadata::parse(printed) else {
        return Vec::new();
    };
    let unset = { metadata.parameters.into_iter() }.filter(|one| !set.contains_key(&one.name));
    let programs = unset.filter_map(|one| {
        let file = one.default.filter(|file| is_program_file(file))?;
        let parameter = one.name;
        Some(Need::Default { parameter, file })
    });
    programs.collect()
}

/// Whether a path is one of a program: `/usr/bin/virsh`.
fn is_program_file(path: &str) -> bool {
    let folder = Path::new(path).parent().and_then(Path::file_name);
    let is_of_programs = folder.is_some_and(|name| name == "bin" || name == "sbin");
    is_of_programs && path.starts_with('/') && !path.contains([' ', '$'])
}

/// The names of the tools that an agent's text checks for, by the functions of resource-agents, whether it can do without
/// them or not.
#[must_use]
pub(super) fn checked_tools(text: &str) -> Vec<String> {
    let mut read = Text {
        folder: String::new(),
        values: BTreeMap::new(),
    };
    let mut found = Vec::new();
    for line in text.lines().map(str::trim) {
        read.note_value(line);
        let words = ["check_binary ", "have_binary "].into_iter();
        let named = words.flat_map(|word| line.split(word).skip(1));
        found.extend(named.filter_map(|rest| read.first_word(rest)));
    }
    let names = found.iter().filter_map(|tool| tool.rsplit('/').next());
    let mut names: Vec<String> = names.map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

/// The interpreter that the first line names, or that it has `env` look for.
#[must_use]
pub fn interpreter(text: &str) -> Option<Need> {
    let mut words = text.lines().next()?.strip_prefix("#!")?.split_whitespace();
    let program = words.next()?;
    let looked_for = words.find(|word| !word.starts_with('-'));
    let program = match looked_for {
        Some(name) if program.ends_with("/env") => name,
        _ => program,
    };
    Some(Need::Tool(program.to_owned()))
}

/// What is known of a shell's text so far.
struct Text {
    /// The folder that the agent lies in.
    folder: String,
    values: BTreeMap<String, String>,
}

impl Text {
    /// Notes the value of a variable: `NAME=VALUE`, or `: ${NAME=VALUE}`.
    fn note_value(&mut self, line: &str) {
        let default = || {
            let inner = line
                .strip_prefix(": ${")
                .or_else(|| line.strip_prefix(": \"${"))?;
            let inner = inner.trim_end_matches('"').strip_suffix('}')?;
            let (name, value) = inner.split_once('=')?;
            Some((name.trim_end_matches(':'), value))
        };
        let assigned = || line.strip_prefix("export ").unwrap_or(line).split_once('=');
        let Some((name, value)) = default().or_else(assigned) else {
            return;
        };
        let is_name = !name.is_empty()
            && name
                .chars()
                .all(|one| one == '_' || one.is_ascii_alphanumeric());
        let value = self.first_word(value).filter(|_| is_name);
        if let Some(value) = value {
            self.values.entry(name.to_owned()).or_insert(value);
        }
    }

    /// The file that a line sources.
    fn file(&self, line: &str) -> Option<Need> {
        let file = line
            .strip_prefix(". ")
            .or_else(|| line.strip_prefix("source "))?;
        let file = self.first_word(file)?;
        if Path::new(&file).parent() == Some(Path::new(&self.folder)) {
            return Some(Need::Neighbour(file));
        }
        file.starts_with('/').then_some(Need::File(file))
    }

    /// The tools that a line checks for, by the functions of resource-agents.
    fn tools(&self, line: &str) -> Vec<Need> {
        let named = line.strip_prefix("check_binary ").unwrap_or_default();
        let end = named.find(['#', ';', '|', '&']).unwrap_or(named.len());
        let words = named[..end].split_whitespace();
        words
            .filter_map(|word| self.first_word(word))
            .map(Need::Tool)
            .collect()
    }

    /// The first word of a text with its variables filled in; none where that takes more than they tell.
    fn first_word(&self, text: &str) -> Option<String> {
        let own = [
            "$(dirname $0)",
            "$(dirname \"$0\")",
            "`dirname $0`",
            "${0%/*}",
        ];
        let text = own.iter().fold(text.trim().to_owned(), |text, form| {
            text.replace(form, &self.folder)
        });
        let word = text
            .split([' ', '\t', ';'])
            .next()?
            .replace(['"', '\''], "");
        let mut parts = word.split('$');
        let mut filled = parts.next()?.to_owned();
        for part in parts {
            let (name, rest) = match part.strip_prefix('{') {
                Some(inner) => inner.split_once('}')?,
                None => part.split_at(
                    part.find(|one: char| one != '_' && !one.is_ascii_alphanumeric())
                        .unwrap_or(part.len()),
                ),
            };
            filled += self.values.get(name)?;
            filled += rest;
        }
        let is_plain =
            !filled.is_empty() && !filled.contains(['$', '`', '(', ')', '*', '?', '{', '}', '[']);
        is_plain.then_some(filled)
    }
}

#[cfg(test)]
mod tests;
