//! `matrix`: one page of many runs.

use std::fs;
use std::path::Path;
use std::process::Command;

use conformance_tests::book;
use conformance_tests::finished::{ended, start, write_run};
use conformance_tests::program::{Said, virt_ra_tester};
use virt_ra_tester::case::Suite;
use virt_ra_tester::judge::Severity::{self, Fail, Pass, Unknown};
use virt_ra_tester::plan::CasePattern;
use virt_ra_tester::report::{Confirmed, ConfirmedAgent, RunStart};

/// A run of the suite's own cases, with its reports.
fn reported(root: &Path, name: &str, package: &str, ends: &[(&str, Severity)]) {
    let mut start: RunStart = start();
    // Made with this suite, whichever it is.
    start.identity.digests.suite.clear();
    start.identity.subject.package = Some(package.to_owned());
    start.identity.subject.sha256 = Some(format!("{name}-digest"));
    start
        .versions
        .insert("libvirt".to_owned(), format!("9.{name}"));
    let ends = ends.iter().map(|(id, severity)| ended(id, *severity));
    write_run(&root.join(name), start, ends.collect());
    let said = virt_ra_tester(root, &["report", name]);
    assert_eq!(said.code, Some(0), "{}", said.err);
}

/// Three runs: one that passes, one that breaks STOP-01 in a case, one that did not try it and could not decide another.
fn runs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    reported(
        root,
        "one",
        "agents 1:1.0-1",
        &[("stop::running", Pass), ("start::absent", Pass)],
    );
    reported(
        root,
        "two",
        "agents 1:2.0-1",
        &[("stop::running", Fail), ("start::absent", Pass)],
    );
    reported(
        root,
        "three",
        "agents 1:2.0-1",
        &[("start::absent", Unknown)],
    );
    folder
}

/// Writes the page, and reads it.
fn page(root: &Path, arguments: &[&str]) -> String {
    let all = [&["matrix", "one", "two", "three", "--out=page"], arguments].concat();
    let said = virt_ra_tester(root, &all);
    let Said { code, out, err } = said;
    assert_eq!(
        (code, out.as_str()),
        (Some(0), "page/index.html\n"),
        "{err}"
    );
    fs::read_to_string(root.join("page/index.html")).expect("it is there")
}

/// The cells of the row with that head, without markup.
fn cells<'a>(page: &'a str, head: &str) -> Vec<&'a str> {
    let row = page.lines().find(|line| line.contains(head));
    let row = row.unwrap_or_else(|| panic!("no {head}: {page}"));
    let cells = row.split("<td ").skip(1);
    cells
        .map(|cell| {
            let text = cell.split_once('>').map_or(cell, |(_, text)| text);
            let text = match text.strip_prefix("<a ") {
                Some(link) => link.split_once('>').map_or(link, |(_, text)| text),
                None => text,
            };
            text.split('<').next().unwrap_or_default()
        })
        .collect()
}

/// Every link leads to a file, and to a place in it.
fn links_lead_somewhere(folder: &Path, page: &str) {
    let links = page.split("href=\"").skip(1);
    let links: Vec<_> = links.filter_map(|rest| rest.split('"').next()).collect();
    assert!(!links.is_empty());
    for link in links {
        let (file, place) = link.split_once('#').unwrap_or((link, ""));
        let text = fs::read_to_string(folder.join(file)).unwrap_or_else(|_| panic!("{link}"));
        assert!(
            place.is_empty() || text.contains(&format!("id=\"{place}\"")),
            "{link}"
        );
    }
}

#[test]
fn a_matrix_has_profiles_findings_and_versions_for_each_run() {
    let folder = runs();
    let root = folder.path();
    let page = page(root, &[]);
    links_lead_somewhere(&root.join("page"), &page);
    assert_eq!(
        cells(&page, "<b>all cases</b>"),
        ["partial", "does not conform", "inconclusive"]
    );
    let core = cells(&page, "<b>core</b>");
    assert_eq!(core, ["partial", "does not conform", "inconclusive"]);
    assert_eq!(
        cells(&page, "<b>STOP-01</b>"),
        ["not found", "1 case", "not tried"]
    );
    assert_eq!(
        cells(&page, "<b>libvirt</b>"),
        ["9.one", "9.two", "9.three"]
    );
    for part in ["agents 1:1.0-1", "2026-11-30", "may run twice"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    for name in [
        "virtualdomain-agents-1-2-0-1/run.json",
        "virtualdomain-agents-1-2-0-1-2/report.html",
    ] {
        assert!(root.join("page").join(name).is_file(), "{name}");
    }
    assert!(!page.contains("<script"));
    let said = virt_ra_tester(root, &["matrix", "one", "--out=page"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("name a new folder"), "{}", said.err);
}

#[test]
fn pages_of_findings_stand_for_the_whole_reports_where_they_are_asked_for() {
    let folder = runs();
    let root = folder.path();
    let page = page(root, &["--findings"]);
    links_lead_somewhere(&root.join("page"), &page);
    assert!(!page.contains("confirmed"));
    let mut files: Vec<_> = { fs::read_dir(root.join("page")).expect("it is there") }
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    files.sort_unstable();
    let expected = [
        "index.html",
        "virtualdomain-agents-1-1-0-1.html",
        "virtualdomain-agents-1-2-0-1-2.html",
        "virtualdomain-agents-1-2-0-1.html",
    ];
    assert_eq!(files, expected);
    let found = fs::read_to_string(root.join("page/virtualdomain-agents-1-2-0-1.html"));
    let found = found.expect("it is there");
    for part in ["does not conform", "STOP-01", "<code>stop::running</code>"] {
        assert!(found.contains(part), "{part}: {found}");
    }
    assert!(!found.contains("href=\"#case-"), "cases are not on it");
    assert!(!found.contains("confirmed"), "nobody was asked");
}

/// A file of confirmed findings: STOP-01 in that version.
fn confirmed(root: &Path, digest: &str) {
    let text = format!(
        "agents:\n  - agent: VirtualDomain\n    sha256: [{digest}]\n    page: book.html#here\n    findings:\n      - \
         {{clauses: [STOP-01], cases: ['stop::*'], why: It believes., source: {{agent: [exit 0]}}, upstream: \
         ['https://example.org/issues/7']}}\n"
    );
    fs::write(root.join("confirmed.yaml"), text).expect("it can be written");
}

#[test]
fn a_finding_is_called_confirmed_in_the_versions_that_people_have_read() {
    let folder = runs();
    let root = folder.path();
    let arguments = ["--findings", "--confirmed=confirmed.yaml"];
    let found = || {
        let page = fs::read_to_string(root.join("page/virtualdomain-agents-1-2-0-1.html"));
        fs::remove_dir_all(root.join("page")).expect("it is there");
        page.expect("it was there")
    };
    confirmed(root, "two-digest");
    assert!(page(root, &arguments).contains("1 case</a><small>confirmed</small>"));
    let text = found();
    assert!(text.contains("<a href=\"book.html#here\">confirmed by hand</a>"));
    let why = "It believes. <span class=\"soft\">agent:</span> <code>exit 0</code> <a \
               href=\"https://example.org/issues/7\">#7</a>";
    assert!(text.contains(why), "{text}");
    confirmed(root, "other");
    assert!(!page(root, &arguments).contains("<small>confirmed</small>"));
    assert!(found().contains("nobody has confirmed it in the agent's source yet"));
    fs::write(root.join("confirmed.yaml"), "agent: []\n").expect("it can be written");
    let all = [&["matrix", "one", "--out=page"], &arguments[..]].concat();
    let Said { code, err, .. } = virt_ra_tester(root, &all);
    assert_eq!(code, Some(2));
    assert!(
        err.contains("cannot read confirmed.yaml: unknown field `agent`"),
        "{err}"
    );
}

#[test]
fn the_confirmed_findings_of_this_project_name_clauses_and_cases_that_there_are() {
    let suite = Suite::shipped().expect("the suite is sound");
    let file = book::root().join("docs/confirmed.yaml");
    let confirmed = Confirmed::read(&file).unwrap_or_else(|error| panic!("{error}"));
    for finding in confirmed.agents().iter().flat_map(|agent| &agent.findings) {
        for id in &finding.clauses {
            assert!(suite.register.find(id).is_some(), "no clause {}", id.0);
        }
        for text in &finding.cases {
            let pattern = CasePattern::new(text);
            let fits = suite.cases.iter().any(|case| pattern.fits(&case.id));
            assert!(fits, "no case {text}");
        }
    }
}

/// The files of an agent that are on this machine, where they are of a version that the findings are about.
fn installed(agent: &ConfirmedAgent, file: &str) -> Option<String> {
    let ocf = Path::new("/usr/lib/ocf");
    let path = ocf.join("resource.d/heartbeat").join(&agent.agent);
    let said = Command::new("sha256sum").arg(path).output().ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    let digest = said.split_whitespace().next()?.to_owned();
    agent.sha256.contains(&digest).then_some(())?;
    let mut folders = ["resource.d/heartbeat", "lib/heartbeat"].into_iter();
    folders.find_map(|folder| fs::read_to_string(ocf.join(folder).join(file)).ok())
}

#[test]
fn the_confirmed_findings_quote_lines_that_the_agents_have() {
    let file = book::root().join("docs/confirmed.yaml");
    let confirmed = Confirmed::read(&file).unwrap_or_else(|error| panic!("{error}"));
    for agent in confirmed.agents() {
        // Those of other versions cannot be looked at here.
        let of_all = agent.findings.iter().filter(|one| one.sha256.is_empty());
        for finding in of_all {
            assert!(finding.why.ends_with('.'), "no sentence: {}", finding.why);
            assert!(!finding.source.is_empty(), "no lines: {}", finding.why);
            for (name, quoted) in &finding.source {
                let Some(text) = installed(agent, name) else {
                    continue;
                };
                let gone = quoted.iter().find(|part| !text.contains(part.as_str()));
                assert!(gone.is_none(), "{name} does not have: {gone:?}");
            }
        }
    }
}

#[test]
fn what_is_no_whole_run_is_refused_with_one_message() {
    let folder = runs();
    let root = folder.path();
    let text = fs::read_to_string(root.join("two/run.json")).expect("it is there");
    fs::write(root.join("two/run.json"), &text[..text.len() / 2]).expect("it can be written");
    fs::create_dir(root.join("foreign")).expect("it can be made");
    write_run(
        &root.join("sequences"),
        start(),
        vec![ended("explore::seed-1", Pass)],
    );
    let report = fs::read_to_string(root.join("three/conformance.yaml")).expect("it is there");
    let other = report.replacen("virt-ra-tester/v1", "virt-ra-tester/v2", 1);
    fs::write(root.join("three/conformance.yaml"), other).expect("it can be written");
    for (wrong, why) in [
        ("two", "EOF while parsing"),
        ("foreign", "foreign/run.json: No such file or directory"),
        ("sequences", "sequences/conformance.yaml: No such file"),
        ("three", "its form is `virt-ra-tester/v2`"),
    ] {
        let said = virt_ra_tester(root, &["matrix", "one", wrong, "--out=page"]);
        let Said { code, out, err } = said;
        assert_eq!((code, out.as_str()), (Some(2), ""), "{wrong}");
        assert!(
            err.contains(why) && err.lines().count() == 1,
            "{wrong}: {err}"
        );
        assert!(!root.join("page").exists());
    }
}
