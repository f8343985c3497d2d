//! Invariant 13: no interpreter's own error is printed on standard error.

use std::sync::LazyLock;

use regex::Regex;

use super::breach::Breach;
use crate::judge::lacking;
use crate::judge::record::{Ran, Record};
use crate::judge::{Finding, Invariant, Severity};

const CLAUSE: &str = "OCF-OUT-03";

/// The errors of dash, bash and busybox about a script: each after the script's name and a line number, or after the
/// shell's own name, so that what an agent says in words of its own ("domain not found") is none. Errors about files and
/// rooms are left out, for the world may be to blame for them, and so are those about programs that the machine may lack;
/// so is the notice that a child was killed.
static SHELLS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let place = lacking::PLACE;
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
pub(in crate::judge) fn silent(record: &Record<'_>, findings: &[Finding]) -> Option<Finding> {
    let mut worst: Option<Finding> = None;
    for ran in &record.every_run() {
        let Some(error) = error_of(ran) else {
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
fn error_of<'a>(ran: &Ran<'a>) -> Option<&'a str> {
    let text = &ran.outcome()?.stderr.text;
    text.lines()
        .map(str::trim_end)
        .find(|line| is_error(line) && lacking::program(line).is_none())
}

fn is_error(line: &str) -> bool {
    let of_a_shell = SHELLS.as_ref().is_some_and(|shells| shells.is_match(line));
    of_a_shell || OTHERS.iter().any(|text| line.contains(text))
}

#[cfg(test)]
mod tests {
    use super::is_error;

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
