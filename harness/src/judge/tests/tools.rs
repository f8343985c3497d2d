use super::tale::{End, Tale};
use super::{assert_finds, assert_passes, case, decide, steps};
use crate::case::CaseSpec;
use crate::history::ToolCall;
use crate::judge::Severity;
use crate::ocf::Code;

fn call(args: &[&str]) -> ToolCall {
    ToolCall {
        tool: "virsh".to_owned(),
        args: args.iter().map(|&arg| arg.to_owned()).collect(),
        answered: None,
        uri: None,
    }
}

#[test]
fn a_call_that_lacks_a_text_counts_unless_libvirts_variable_has_it() {
    let then = "case: it holds\nclause: [X-01]\nlevel: must\nwhen:\n  \
                - run: {action: monitor, node: a, as: x, returns: success}\nthen:\n  \
                - calls: {of: x, tool: virsh, without: [qemu:///system], are: {exactly: 0}}";
    let told = |args: &[&str], uri: Option<&str>| {
        let call = ToolCall {
            uri: uri.map(str::to_owned),
            ..call(args)
        };
        let end = End {
            calls: vec![call],
            ..End::from(Code::Success).labelled("x")
        };
        Tale::running_on_a()
            .step(&[0])
            .run("monitor", "a", end)
            .done()
    };
    assert_passes(&case(then), &told(&["--connect=qemu:///system"], None));
    assert_passes(&case(then), &told(&["list"], Some("qemu:///system")));
    assert_finds(&case(then), &told(&["list"], None), "then[0].calls");
}

#[test]
fn a_word_of_a_call_may_be_an_options_value_and_a_uri_may_have_a_query() {
    let with = |word: &str| {
        case(&format!(
            "case: it holds\nclause: [X-01]\nlevel: must\nwhen:\n  \
             - run: {{action: stop, node: a, as: x, returns: anything}}\nthen:\n  \
             - calls: {{of: x, tool: virsh, with: [\"{word}\"], are: {{exactly: 1}}}}"
        ))
    };
    let told = |args: &[&str]| {
        let end = End {
            calls: vec![call(args)],
            ..End::from(Code::ErrGeneric).labelled("x")
        };
        let tale = Tale::running_on_a().step(&[0]);
        tale.run("stop", "a", end).done()
    };
    let uri = "qemu+ssh://b/system";
    for (word, argument) in [
        ("acpi", "acpi"),
        ("acpi", "--mode=acpi"),
        (uri, "--desturi=qemu+ssh://b/system"),
        (uri, "qemu+ssh://b/system?no_tty=1"),
        (uri, "--desturi=qemu+ssh://b/system?no_tty=1"),
    ] {
        assert_passes(&with(word), &told(&[argument]));
    }
    for (word, argument) in [
        ("acpi", "--mode=acpi?x"),
        ("acpi", "mode=acpi"),
        (uri, "qemu+ssh://bb/system"),
    ] {
        assert_finds(&with(word), &told(&[argument]), "then[0].calls");
    }
}

const FOOLED: &str = "  - fault: {tool: {node: a, name: virsh, answers: [{when: [domstate], stdout: x}]}}\n  \
                      - run: {action: monitor, node: a, returns: failure}";

/// The fault, and then a monitor that found the guest running, with that call of virsh.
fn fooled(spec: &CaseSpec, answered: Option<u8>) -> (Severity, usize) {
    let end = End {
        calls: vec![ToolCall {
            answered,
            ..call(&["list"])
        }],
        ..End::from(Code::Success)
    };
    let tale = Tale::running_on_a().step(&[0]).step(&[1]);
    let verdict = decide(spec, &tale.run("monitor", "a", end).done());
    (verdict.severity, verdict.notes.len())
}

#[test]
fn an_agent_that_never_asked_a_tool_is_not_judged_by_what_it_was_to_hear() {
    let spec = steps(FOOLED);
    assert_eq!(fooled(&spec, None), (Severity::Pass, 1));
    assert_eq!(fooled(&spec, Some(0)), (Severity::Fail, 0));
}

#[test]
fn a_tool_that_answers_every_call_need_not_be_asked() {
    let spec = steps(&FOOLED.replace("when: [domstate], ", ""));
    assert_eq!(fooled(&spec, None), (Severity::Fail, 0));
}
