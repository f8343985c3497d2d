//! The stand-in for `xl` answers as the real one did on a real Xen: `make xen-smoke` recorded it in `xl/answers`.
//!
//! Compared are each call's exit code, all of standard output, and on standard error what `xl` itself says: the stand-in
//! says nothing that the real one did not say, and not nothing where that one spoke. What ssh and the libraries behind
//! `xl` say in between is left out.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use conformance_tests::program::{Said, lab_shell};

/// A call: the situation that it is made in, and its words.
type Call = (String, String);

/// An answer to a call.
#[derive(Debug, Default)]
struct Answer {
    code: String,
    out: Vec<String>,
    err: Vec<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("xl")
}

/// Reads what `xl/ask` printed. Of a call that is made twice in a situation the words end with its number.
fn read(text: &str) -> BTreeMap<Call, Answer> {
    let mut answers = BTreeMap::new();
    let (mut situation, mut call) = (String::new(), Call::default());
    for line in text.lines() {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        let answer: &mut Answer = answers.entry(call.clone()).or_default();
        match kind {
            "#" => rest.clone_into(&mut situation),
            "$" => {
                call = (situation.clone(), rest.to_owned());
                while answers.contains_key(&call) {
                    call.1.push_str(" again");
                }
            }
            "=" => rest.clone_into(&mut answer.code),
            // The lab's bystander.
            "1" if rest.starts_with("vm1-by ") => {}
            "1" => answer.out.push(rest.to_owned()),
            "2" if !is_of_a_library(rest) => answer.err.push(rest.to_owned()),
            _ => {}
        }
    }
    answers.remove(&Call::default());
    answers
}

fn is_of_a_library(line: &str) -> bool {
    ["libxl:", "xc:", "xencall:", "ssh:"]
        .iter()
        .any(|library| line.trim_start().starts_with(library))
}

/// What the stand-in answers, on node a of a lab.
fn asked() -> Said {
    let ask = folder().join("ask");
    let ask = ask.display();
    let down = |how: &str| format!("echo '\"{how}\"' >/run/vrt/shim/engine.down.a\n");
    let create = "xl create \"$OCF_RESKEY_xmfile\" >/tmp/created 2>&1\n";
    let gone = "while xl list vm1 >/tmp/listed 2>&1; do sleep 0.1; done\n";
    let typed = [
        &format!("{ask} absent\n{ask} created\n{ask} shut_down\n"),
        gone,
        create,
        &format!("{ask} ended\n"),
        create,
        &format!("{ask} migrated\n"),
        &down("Fails"),
        &format!("{ask} down\n"),
        &down("Hangs"),
        &format!("{ask} stuck\n"),
    ]
    .concat();
    lab_shell(&["--agent=ocf:heartbeat:Xen"], &typed)
}

/// What the stand-in answers on node b while a guest arrives there, which lasts: the case has the guest write to its memory.
fn asked_on_the_target() -> Said {
    let ask = folder().join("ask");
    let typed = [
        "virsh --connect qemu+tcp://a/system migrate-setspeed vm1 1\n",
        "virsh --connect qemu+tcp://a/system migrate --live vm1 qemu+tcp://b/system >/tmp/moved 2>&1 &\n",
        "until xl list vm1--incoming >/tmp/listed 2>&1; do kill -0 $! || break; sleep 0.1; done\n",
        &format!("{} arriving\n", ask.display()),
    ]
    .concat();
    let slow = "--case=migrate::frozen-target-in-time";
    lab_shell(&["b", "--agent=ocf:heartbeat:Xen", slow], &typed)
}

/// What differs between the real answer and the stand-in's.
fn difference(real: &Answer, stand_in: &Answer) -> Option<String> {
    let same = real.code == stand_in.code
        && real.out == stand_in.out
        && real.err.is_empty() == stand_in.err.is_empty()
        && stand_in.err.iter().all(|line| real.err.contains(line));
    (!same).then(|| format!("  real: {real:?}\n  stand-in: {stand_in:?}\n"))
}

#[test]
fn the_stand_in_answers_every_call_as_the_real_xl_does() {
    let recorded = fs::read_to_string(folder().join("answers")).expect("it is recorded");
    let real = read(&recorded);
    let (said, on_the_target) = (asked(), asked_on_the_target());
    let mut stand_in = read(&said.out);
    stand_in.extend(read(&on_the_target.out));
    assert_eq!(
        stand_in.keys().collect::<Vec<_>>(),
        real.keys().collect::<Vec<_>>(),
        "{}\n{}\n{}\n{}",
        said.out,
        said.err,
        on_the_target.out,
        on_the_target.err
    );
    let differences: String = real
        .iter()
        .filter_map(|(call, answer)| Some((call, difference(answer, &stand_in[call])?)))
        .map(|((situation, call), difference)| format!("{situation}: {call}\n{difference}"))
        .collect();
    assert!(differences.is_empty(), "{differences}");
}
