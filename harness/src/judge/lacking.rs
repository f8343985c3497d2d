//! Programs that an agent called and its machine lacks, recognised by what the agent's shell printed.
//!
//! On a machine that has them the agent might have done everything right, so what the case found from then on is
//! `unknown`. A function that a library of agents should have is no program, nor is a word of bash under another shell: that
//! it was not found is the agent's own error.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::Finding;
use super::record::{Ran, Record};
use super::weighing::Weighing;
use crate::case::{CaseSpec, Step};

/// Where a shell says that an error is: the script's name and a line number, or the shell's own name.
pub(super) const PLACE: &str = r"(?:[^\s:]+: (?:line )?[0-9]+|(?:[^\s:]*/)?(?:sh|bash|dash|ash))";

/// How dash, bash and busybox say that there is no command of a name.
static NOT_FOUND: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(&format!(r"^{PLACE}: ([^\s:]+): (?:command )?not found$")).ok());

/// How the functions of resource-agents' library begin, which every machine with the library has.
const FUNCTIONS: [&str; 4] = ["ocf_", "ha_", "have_binary", "check_binary"];

/// What bash has of its own and other shells lack: to call it there is the agent's error.
const BASHS_OWN: [&str; 14] = [
    "[[",
    "builtin",
    "compgen",
    "declare",
    "disown",
    "function",
    "let",
    "mapfile",
    "popd",
    "pushd",
    "readarray",
    "shopt",
    "source",
    "typeset",
];

/// Prefixes of a cluster's programs. A lab without a cluster has none of them, and no agent needs them there.
const CLUSTERS: [&str; 6] = [
    "attrd_updater",
    "cibadmin",
    "corosync-",
    "crm",
    "pcs",
    "stonith_admin",
];

/// Doubts what was found since the first run that lacked a program, and names each program once.
pub(super) fn weigh(spec: &CaseSpec, record: &Record<'_>, weighing: &mut Weighing) {
    let mut named = BTreeSet::new();
    for ran in &record.every_run() {
        for (line, program) in lacked(spec, ran) {
            if named.is_empty() {
                weighing.doubt_since(ran.began);
            }
            if named.insert(program) {
                weighing.findings.push(finding(ran, line, program));
            }
        }
    }
}

fn finding(ran: &Ran<'_>, line: &str, program: &str) -> Finding {
    let expected = "a machine that has the programs that the agent calls";
    let seen = format!(
        "{} did not find {program} (`{line}`): install it on this machine, or give the profile a folder with a stand-in for \
         it, `tools: [./FOLDER]`; if no such program exists, that line of the agent is wrong",
        ran.name()
    );
    Finding {
        at: Some(ran.ended()),
        node: Some(ran.invocation.node.clone()),
        run: Some(ran.invocation.id),
        ..Finding::of_the_lab(expected, seen)
    }
}

/// What a run called and did not find, each with the line that says so: not what the case took away, and nothing that only a
/// cluster has.
fn lacked<'a>(spec: &CaseSpec, ran: &Ran<'a>) -> Vec<(&'a str, &'a str)> {
    let is_taken = matches!(ran.step(spec),
        Some(Step::Run(run)) if !run.without_tools.is_empty() || run.env.contains_key("PATH"));
    let Some(outcome) = ran.outcome().filter(|_| !is_taken) else {
        return Vec::new();
    };
    let is_of_cluster = |program: &str| {
        let name = program.rsplit('/').next().unwrap_or_default();
        CLUSTERS.iter().any(|begin| name.starts_with(begin))
    };
    { outcome.stderr.text.lines().map(str::trim_end) }
        .filter_map(|line| Some((line, program(line)?)))
        .filter(|(_, program)| !is_of_cluster(program))
        .collect()
}

/// The program that was not found, if a line says that of one.
pub(super) fn program(line: &str) -> Option<&str> {
    let found = NOT_FOUND.as_ref()?.captures(line)?;
    let name = found.get(1)?.as_str();
    let is_function = FUNCTIONS.iter().any(|begin| name.starts_with(begin));
    (!is_function && !BASHS_OWN.contains(&name)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::program;

    #[test]
    fn a_program_is_found_in_what_each_shell_prints() {
        for (line, name) in [
            ("/agent: 3: jq: not found", "jq"),
            ("/usr/lib/ocf/agent: line 12: jq: command not found", "jq"),
            ("/agent: line 12: jq: not found", "jq"),
            ("sh: 1: jq: not found", "jq"),
            ("bash: line 1: jq: command not found", "jq"),
            ("sh: jq: not found", "jq"),
            ("/agent: 3: /usr/sbin/vzctl: not found", "/usr/sbin/vzctl"),
        ] {
            assert_eq!(program(line), Some(name), "{line}");
        }
    }

    #[test]
    fn a_function_of_the_library_a_word_of_bash_and_the_agents_own_words_are_no_program() {
        for line in [
            "/agent: 6: [[: not found",
            "/agent: 7: source: not found",
            "/agent: 3: ocf_log: not found",
            "/agent: line 3: ha_log: command not found",
            "/agent: 3: [: x: unexpected operator",
            "error: Domain not found: no domain with matching name 'vm1'",
            "setup_binary: virsh: command not found, so nothing is asked",
            "ocf-exit-reason:domain not found",
        ] {
            assert_eq!(program(line), None, "{line}");
        }
    }
}
