//! Runs that are joined and compared: `merge` and `diff`.

use std::fs;
use std::path::Path;

use conformance_tests::finished::{ended, start, write_run};
use conformance_tests::program::{Said, virt_ra_tester};
use conformance_tests::valid::misfits;
use serde_json::Value;
use virt_ra_tester::judge::Severity::{Fail, Pass, Unknown, Warn};
use virt_ra_tester::report::RunStart;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn part(number: usize) -> RunStart {
    let mut start = start();
    start.identity.partition = Some(format!("slice:{number}/2"));
    start
}

fn run_file(folder: &Path) -> Value {
    json(&fs::read_to_string(folder.join("run.json")).expect("it is there"))
}

#[test]
fn shards_are_joined_into_a_run_like_any_other() {
    let folder = folder();
    let root = folder.path();
    write_run(
        &root.join("one"),
        part(1),
        vec![ended("stop::x", Fail), ended("stop::y", Pass)],
    );
    write_run(
        &root.join("two"),
        part(2),
        vec![ended("start::x", Pass), ended("stop::y", Unknown)],
    );
    let said = virt_ra_tester(root, &["merge", "one", "two", "--report=all"]);
    assert_eq!(
        (said.code, said.err.as_str()),
        (Some(1), ""),
        "{}",
        said.out
    );
    assert!(
        said.out
            .starts_with("3 cases of 2 runs: 2 passed, 0 warned, 0 unknown, 1 failed")
    );
    let merged = root.join("all/latest");
    let file = run_file(&merged);
    assert_eq!(file["verdicts"].as_array().map(Vec::len), Some(3));
    assert_eq!(
        (&file["chosen"]["run"], &file["partition"]),
        (&3.into(), &Value::Null)
    );
    for name in [
        "report.html",
        "report.tap",
        "junit.xml",
        "cases/stop-x/verdict.json",
    ] {
        assert!(merged.join(name).is_file(), "{name}");
    }
    let said = virt_ra_tester(root, &["report", "all/latest"]);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let said = virt_ra_tester(root, &["diff", "all/latest", "all/latest"]);
    assert!(
        said.out
            .contains("0 cases changed, 3 cases as before: no regression"),
        "{}",
        said.out
    );
}

#[test]
fn runs_that_do_not_belong_together_are_not_joined() {
    let folder = folder();
    let root = folder.path();
    write_run(&root.join("one"), part(1), vec![ended("stop::x", Pass)]);
    let mut other = part(2);
    other.identity.digests.suite = "other".to_owned();
    other.identity.host.accelerator = "kvm".to_owned();
    write_run(&root.join("two"), other, vec![ended("stop::y", Pass)]);
    let said = virt_ra_tester(root, &["merge", "one", "two"]);
    let message = "virt-ra-tester: one and two don't belong together, since these differ: the suite's digest (`s` and \
                   `other`), accelerator (`tcg` and `kvm`); `virt-ra-tester diff` compares such runs\n";
    assert_eq!((said.code, said.err.as_str()), (Some(2), message));
    assert!(!root.join("results").exists(), "something was written");
}

#[test]
fn what_is_no_whole_run_is_refused_with_one_message() {
    let folder = folder();
    let root = folder.path();
    write_run(&root.join("good"), start(), vec![ended("stop::x", Pass)]);
    write_run(&root.join("cut"), start(), vec![ended("stop::x", Pass)]);
    let text = fs::read_to_string(root.join("cut/run.json")).expect("it is there");
    fs::write(root.join("cut/run.json"), &text[..text.len() / 2]).expect("it can be written");
    fs::create_dir(root.join("foreign")).expect("it can be made");
    for (wrong, why) in [
        ("cut", "EOF while parsing"),
        ("foreign", "foreign/run.json: No such file or directory"),
    ] {
        for arguments in [&["merge", "good", wrong][..], &["diff", "good", wrong]] {
            let Said { code, out, err } = virt_ra_tester(root, arguments);
            assert_eq!((code, out.as_str()), (Some(2), ""), "{arguments:?}");
            assert!(
                err.contains(why) && err.lines().count() == 1,
                "{arguments:?}: {err}"
            );
            assert!(!root.join("results").exists());
        }
    }
}

#[test]
fn a_difference_names_what_changed_and_a_new_failure_is_a_regression() {
    let folder = folder();
    let root = folder.path();
    let before = ["stop::breaks", "stop::same", "stop::gone"].map(|id| ended(id, Pass));
    let mended = [ended("start::mended", Fail), ended("start::warns", Pass)];
    write_run(
        &root.join("one"),
        start(),
        before.into_iter().chain(mended).collect(),
    );
    let after = vec![
        ended("stop::breaks", Fail),
        ended("stop::same", Pass),
        ended("stop::new", Fail),
        ended("start::mended", Pass),
        ended("start::warns", Warn),
    ];
    let mut newer = start();
    newer.identity.subject.version = Some("2.0".to_owned());
    write_run(&root.join("two"), newer, after);
    let said = virt_ra_tester(root, &["diff", "one", "two"]);
    assert_eq!((said.code, said.err.as_str()), (Some(1), ""));
    for part in [
        "the agent's version: 1.0 -> 2.0\n",
        "\nnew failures\n  stop::breaks  pass -> fail: a process\n",
        "\nnew warnings\n  start::warns  pass -> warn: a process\n",
        "\nmended\n  start::mended  fail -> pass\n",
        "\nadded\n  stop::new  fail\n",
        "\ngone\n  stop::gone  was pass\n",
        "\n5 cases changed, 1 case as before: a regression\n",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    let said = virt_ra_tester(root, &["diff", "one", "two", "--format=json"]);
    let answer = json(&said.out);
    assert_eq!((said.code, &answer["regression"]), (Some(1), &true.into()));
    assert_eq!(misfits("diff", &answer), [""; 0]);
    assert_eq!(misfits("run", &run_file(&root.join("two"))), [""; 0]);
    let events = fs::read_to_string(root.join("two/events.jsonl")).expect("it is there");
    for event in events.lines() {
        assert_eq!(misfits("event", &json(event)), [""; 0], "{event}");
    }
    assert_eq!(answer["changes"][0]["kind"], "new_failure");
    // The other way round nothing gets worse but what is gone.
    let said = virt_ra_tester(root, &["diff", "two", "one"]);
    assert!(
        said.out.contains("\nnew failures\n  start::mended"),
        "{}",
        said.out
    );
}

#[test]
fn other_findings_of_the_same_weight_are_told_and_are_no_regression() {
    let folder = folder();
    let root = folder.path();
    let mut other = ended("stop::x", Fail);
    other.verdict.findings[0].place = "then[0]".to_owned();
    write_run(&root.join("one"), start(), vec![ended("stop::x", Fail)]);
    write_run(&root.join("two"), start(), vec![other]);
    let said = virt_ra_tester(root, &["diff", "one", "two"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(
        said.out
            .contains("\nother findings\n  stop::x  fail: a process\n"),
        "{}",
        said.out
    );
}
