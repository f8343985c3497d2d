//! Invariant 13: no interpreter's own error is printed on standard error.

use std::sync::LazyLock;

use regex::Regex;

use super::breach::Breach;
use crate::case::{CaseSpec, Step};
use crate::judge::record::{Ran, Record};
use crate::judge::{Finding, Invariant, Severity};

const CLAUSE: &str = "OCF-OUT-03";

/// The errors of dash, bash and busybox about a script: each after the script's name and a line number, or after the
/// shell's own name, so that what an agent says in words of its own ("domain not found") is none. Errors about files and
/// rooms are left out, for the world may be to blame for them; so is the notice that a child was killed.
static SHELLS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let place = r"(?:[^\s:]+: (?:line )?[0-9]+|(?:[^\s:]*/)?(?:sh|bash|dash|ash))";
    let error = [
        r"(?:command )?not found",
        r"[Ss]yntax error\b.*",
        r".*\bunexpected (?:operator|operand|token|end of file|EOF)\b.*",
        r"(?:.*: )?[Ii]llegal number.*",
        r"(?:.*: )?[Bb]ad (?:substitution|number|variable name|for loop variable).*",
        r"(?:.*: )?bad substitution",
        r".*\binteger (?:expression )?expected",
        r".*\bambiguous redirect",
        r".*\bunbound variable",
        r".*\bparameter not set",
        r".*\b(?:unary|binary|conditional binary) operator expected",
        r"\[: (?:too many arguments|missing .*|argument expected|.*unknown operand)",
        r".*\bexpecting (?:primary|EOF)\b.*",
        r"arithmetic (?:expression|syntax error)\b.*",
        r".*\barithmetic syntax error\b.*",
        r".*\b[Dd]ivision by (?:0|zero)\b.*",
        r".*\bvalue too great for base\b.*",
        r".*\bnot a valid identifier",
        r".*: (?:is read only|readonly variable)",
        r".*\bnumeric argument required",
        r".*\bshift: (?:can't shift that many|shift count out of range)",
        r"local: not in a function",
        r".*\bUnterminated quoted string",
    ];
    Regex::new(&format!(
        r"^{place}: (?:[^\s:]+: )?(?:{})$",
        error.join("|")
    ))
    .ok()
});

/// What other interpreters print when a program itself is at fault.
const OTHERS: [&str; 2] = ["Traceback (most recent call last):", "panicked at "];

/// Judges every run's standard error; one finding is enough. It fails where the very run broke a demand as well, by the
/// findings so far: then the error has changed an answer.
pub(in crate::judge) fn silent(
    spec: &CaseSpec,
    record: &Record<'_>,
    findings: &[Finding],
) -> Option<Finding> {
    let mut worst: Option<Finding> = None;
    for ran in &record.every_run() {
        let Some(error) = error_of(spec, ran) else {
            continue;
        };
        let accused = |finding: &Finding| {
            let of_this = finding.clauses.iter().any(|id| id.0 == CLAUSE);
            finding.severity != Severity::Unknown
                && !of_this
                && finding.at == Some(ran.ended())
                && finding.node.as_ref() == Some(&ran.invocation.node)
        };
        let harmful = findings.iter().any(accused);
        if harmful || worst.is_none() {
            let breach = breach(ran, error);
            worst = Some(if harmful {
                breach.fail()
            } else {
                breach.warn()
            });
        }
        if harmful {
            break;
        }
    }
    worst
}

fn breach<'a>(ran: &'a Ran<'_>, error: &str) -> Breach<'a> {
    Breach {
        invariant: Invariant::NoInterpreterError,
        clauses: &[CLAUSE],
        at: Some(ran.ended()),
        run: Some(ran.invocation.id),
        node: Some(&ran.invocation.node),
        expected: format!("{} to print no error of its own interpreter", ran.name()),
        seen: format!("standard error: {error}"),
    }
}

/// The first error of an interpreter in what a run printed.
fn error_of<'a>(spec: &CaseSpec, ran: &Ran<'a>) -> Option<&'a str> {
    let lacks_tools = matches!(ran.step(spec),
        Some(Step::Run(run)) if !run.without_tools.is_empty() || run.env.contains_key("PATH"));
    let text = &ran.outcome()?.stderr.text;
    text.lines()
        .map(str::trim_end)
        .find(|line| is_error(line) && !is_for_want_of_a_tool(line, lacks_tools))
}

/// Prefixes of a cluster's programs. A lab without a cluster has none of them, which is not the agent's fault.
const CLUSTERS: [&str; 6] = [
    "attrd_updater",
    "cibadmin",
    "corosync-",
    "crm",
    "pcs",
    "stonith_admin",
];

/// Whether the lab lacks the tool that was not found, or the case took some away.
fn is_for_want_of_a_tool(line: &str, taken: bool) -> bool {
    let Some(said) = line
        .strip_suffix(": not found")
        .or_else(|| line.strip_suffix(": command not found"))
    else {
        return false;
    };
    let name = said.rsplit(": ").next().unwrap_or_default();
    let name = name.rsplit('/').next().unwrap_or_default();
    taken || CLUSTERS.iter().any(|begin| name.starts_with(begin))
}

fn is_error(line: &str) -> bool {
    let of_a_shell = SHELLS.as_ref().is_some_and(|shells| shells.is_match(line));
    of_a_shell || OTHERS.iter().any(|text| line.contains(text))
}

#[cfg(test)]
mod tests {
    use super::{is_error, is_for_want_of_a_tool};

    #[test]
    fn a_program_that_the_lab_lacks_is_not_the_agents_fault() {
        let line = "/agent: 3: crm_resource: not found";
        assert!(is_error(line) && is_for_want_of_a_tool(line, false));
        let line = "/agent: line 3: virsh: command not found";
        assert!(is_for_want_of_a_tool(line, true) && !is_for_want_of_a_tool(line, false));
        let line = "/agent: 3: [: x: unexpected operator";
        assert!(!is_for_want_of_a_tool(line, true));
    }

    #[test]
    fn the_errors_of_all_three_shells_are_known() {
        let errors = [
            "/agent: 3: rc: not found",
            "/usr/lib/ocf/agent: line 12: rc: command not found",
            "sh: 1: rc: not found",
            "bash: line 1: rc: command not found",
            "sh: rc: not found",
            "/agent: 7: [: x: unexpected operator",
            "/agent: 7: [: Illegal number: x",
            "/agent: line 7: [: x: integer expression expected",
            "/agent: line 7: [: x: integer expected",
            "/agent: line 7: [: too many arguments",
            "/agent: line 7: [: ==: unary operator expected",
            "/agent: line 7: $x: ambiguous redirect",
            "/agent: 9: Bad substitution",
            "/agent: line 9: ${x@}: bad substitution",
            "/agent: 9: Syntax error: \"fi\" unexpected",
            "/agent: line 9: syntax error near unexpected token `fi'",
            "/agent: line 9: syntax error: unexpected end of file (expecting \"fi\")",
            "/agent: 2: x: parameter not set",
            "/agent: line 2: x: unbound variable",
            "/agent: 4: arithmetic expression: expecting primary: \"1 + \"",
            "/agent: line 4: 1 + : arithmetic syntax error: operand expected (error token is \"+ \")",
            "thread 'main' panicked at src/main.rs:3:5:",
        ];
        let unknown: Vec<_> = errors.into_iter().filter(|line| !is_error(line)).collect();
        assert_eq!(unknown, Vec::<&str>::new());
    }

    #[test]
    fn what_an_agent_says_itself_is_no_error_of_its_interpreter() {
        let honest = [
            "ocf-exit-reason:domain not found",
            "error: failed to get domain 'vm1'",
            "error: Domain not found: no domain with matching name 'vm1'",
            "2026-11-29 16:34:11.123+0000: 1234: error : virDomainLookupByName:42 : Domain not found",
            "virt-reference-agent: the configuration /etc/libvirt/ha/vm1.xml: not found",
            "/agent: line 12:  1234 Killed                  virsh migrate",
            "/agent: 12: cannot create /run/x: No space left on device",
            "/etc/libvirt/ha/vm1.xml:3: parser error : Premature end of data",
            "VirtualDomain(vm1)[1234]: ERROR: tool: not found",
            "setup_binary: virsh: command not found, so nothing is asked",
        ];
        let blamed: Vec<_> = honest.into_iter().filter(|line| is_error(line)).collect();
        assert_eq!(blamed, Vec::<&str>::new());
    }
}
