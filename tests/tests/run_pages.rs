//! Pages of a part of a finished run: `report` with filters, and with --findings.

use std::fs;
use std::path::Path;

use conformance_tests::finished::{ended, start, write_run};
use conformance_tests::program::virt_ra_tester;
use virt_ra_tester::judge::Severity::{Fail, Pass, Warn};

fn run() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let mut start = start();
    start.identity.digests.suite.clear();
    let ends = [
        ("stop::running", Fail),
        ("stop::paused", Pass),
        ("start::absent", Pass),
        ("interface::status-like-monitor::absent", Warn),
    ];
    let ends = ends.map(|(id, severity)| ended(id, severity));
    write_run(&folder.path().join("run"), start, ends.to_vec());
    folder
}

/// The ids of the cases that a page shows, in its order.
fn shown(root: &Path, arguments: &[&str]) -> Vec<String> {
    let all = [&["report", "run", "--to=page.html"], arguments].concat();
    let said = virt_ra_tester(root, &all);
    assert_eq!(
        (said.code, said.out.as_str(), said.err.as_str()),
        (Some(0), "", ""),
        "{arguments:?}"
    );
    let page = fs::read_to_string(root.join("page.html")).expect("it is there");
    let cases = page.split("id=\"case-").skip(1);
    cases
        .filter_map(|rest| rest.split('"').next().map(ToOwned::to_owned))
        .collect()
}

#[test]
fn a_page_has_the_chosen_cases_alone_and_the_reports_of_the_run_stay() {
    let folder = run();
    let root = folder.path();
    let stop = ["stop--running", "stop--paused"];
    assert_eq!(shown(root, &["area:stop"]), stop);
    let page = fs::read_to_string(root.join("page.html")).expect("it is there");
    assert!(page.contains("Only the cases that are chosen by <code>area:stop</code>"));
    assert!(page.contains("does not conform: 1 case failed"));
    assert_eq!(shown(root, &["area:stop", "--skip=paused"]), stop[..1]);
    assert_eq!(
        shown(root, &["verdict:warn"]),
        ["interface--status-like-monitor--absent"]
    );
    assert_eq!(
        shown(root, &["clause:STOP-*,verdict:pass"]),
        ["stop--paused"]
    );
    assert_eq!(
        shown(root, &["level:must,=start::absent"]),
        ["start--absent"]
    );
    assert!(!root.join("run/report.html").exists());
}

#[test]
fn a_page_of_findings_has_no_case_and_takes_filters() {
    let folder = run();
    let root = folder.path();
    assert_eq!(shown(root, &["--findings"]), Vec::<String>::new());
    let page = fs::read_to_string(root.join("page.html")).expect("it is there");
    assert!(page.contains("<code>stop::running</code>"));
    assert!(page.contains("interface::status-like-monitor::absent"));
    shown(root, &["--findings", "area:stop"]);
    let page = fs::read_to_string(root.join("page.html")).expect("it is there");
    assert!(
        page.contains("<code>stop::running</code>")
            && !page.contains("interface::status-like-monitor::absent")
    );
}

#[test]
fn what_cannot_be_a_page_is_refused_with_what_to_do() {
    let folder = run();
    let root = folder.path();
    for (arguments, code, why) in [
        (&["area:stop"][..], 2, "name it with --to FILE"),
        (&["--findings"], 2, "name it with --to FILE"),
        (&["--to=x.html"], 2, "name one of them"),
        (
            &["area:stpo", "--to=x.html"],
            4,
            "did you mean `area:stop`?",
        ),
        (
            &["area:lock", "--to=x.html"],
            4,
            "no case in run matches the filters",
        ),
        (&["area:stop", "--times"], 2, "cannot be used with"),
    ] {
        let said = virt_ra_tester(root, &[&["report", "run"], arguments].concat());
        assert_eq!(
            (said.code, said.out.as_str()),
            (Some(code), ""),
            "{arguments:?}"
        );
        assert!(said.err.contains(why), "{arguments:?}: {}", said.err);
        assert!(!root.join("x.html").exists());
    }
}
