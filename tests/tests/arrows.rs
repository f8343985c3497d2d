//! The sources use each other one way: no circle of files, and none of folders beside each other.
//!
//! Folders and files that lie in one folder are looked at together, every folder as a whole, so `lab/init` may use
//! `lab/setup.rs` and then `lab/setup.rs` nothing of `lab/init`. What a room may use at all stands in `ROOMS`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use conformance_tests::source::{Arrow, Crate};

/// The harness's rooms from the bottom up: each uses only those before it.
const ROOMS: &[&str] = &[
    "digest",
    "word",
    "equipment",
    "engine",
    "files",
    "installed",
    "log",
    "millis",
    "mounts",
    "ocf",
    "seeded_random",
    "shell_quote",
    "signals",
    "style",
    "xml",
    "history",
    "output",
    "recorder",
    "case",
    "scheduler",
    "tool",
    "cluster_call",
    "lab",
    "plan",
    "package",
    "witness",
    "judge",
    "drive",
    "report",
    "suite",
    "explore",
    "cli",
];

#[test]
fn no_files_of_the_harness_use_each_other_in_a_circle() {
    one_way("harness/src/lib.rs");
}

#[test]
fn no_files_of_the_reference_agent_use_each_other_in_a_circle() {
    one_way("reference-agent/src/lib.rs");
}

#[test]
fn every_room_of_the_harness_uses_only_rooms_below_it() {
    let floor = |path: &Path| {
        let name = top(path, Path::new(""));
        let found = ROOMS.iter().position(|room| *room == name);
        found.unwrap_or_else(|| {
            panic!("`{name}` has no place in ROOMS yet: add it above all that it uses")
        })
    };
    let up: Vec<_> = arrows("harness/src/lib.rs")
        .into_iter()
        .filter(|arrow| floor(&arrow.from) < floor(&arrow.to))
        .map(|arrow| shown(&arrow))
        .collect();
    assert!(
        up.is_empty(),
        "{} arrows run up:\n{}",
        up.len(),
        up.join("\n")
    );
}

fn arrows(root: &str) -> BTreeSet<Arrow> {
    Crate::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(root)).arrows()
}

fn one_way(root: &str) {
    let arrows = arrows(root);
    let mut folders: BTreeSet<PathBuf> = BTreeSet::new();
    for arrow in &arrows {
        folders.extend(arrow.from.ancestors().skip(1).map(Path::to_owned));
    }
    let mut text = String::new();
    for folder in folders {
        for circle in circles(&arrows, &folder) {
            let _ = writeln!(
                text,
                "{}/: {}",
                folder.display(),
                circle.iter().cloned().collect::<Vec<_>>().join(", ")
            );
            for arrow in arrows.iter().filter(|arrow| joins(arrow, &folder, &circle)) {
                let _ = writeln!(text, "    {}", shown(arrow));
            }
        }
    }
    assert!(text.is_empty(), "circles:\n{text}");
}

fn shown(arrow: &Arrow) -> String {
    format!(
        "{} -> {} ({})",
        arrow.from.display(),
        arrow.to.display(),
        arrow.name
    )
}

/// The file or folder right below `folder` that `path` lies in.
fn top(path: &Path, folder: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    let first = below.iter().next().unwrap_or_default().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

fn joins(arrow: &Arrow, folder: &Path, circle: &BTreeSet<String>) -> bool {
    let inside = arrow.from.starts_with(folder) && arrow.to.starts_with(folder);
    let (from, to) = (top(&arrow.from, folder), top(&arrow.to, folder));
    inside && from != to && circle.contains(&from) && circle.contains(&to)
}

/// Circles of what lies right in `folder`: sets of names that all reach each other.
fn circles(arrows: &BTreeSet<Arrow>, folder: &Path) -> Vec<BTreeSet<String>> {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for arrow in arrows {
        if arrow.from.starts_with(folder) && arrow.to.starts_with(folder) {
            let (from, to) = (top(&arrow.from, folder), top(&arrow.to, folder));
            if from != to {
                uses.entry(from).or_default().insert(to);
            }
        }
    }
    let reached = |from: &String| {
        let mut seen = BTreeSet::new();
        let mut next = vec![from.clone()];
        while let Some(name) = next.pop() {
            for used in uses.get(&name).into_iter().flatten() {
                if seen.insert(used.clone()) {
                    next.push(used.clone());
                }
            }
        }
        seen
    };
    let all: BTreeMap<_, _> = uses
        .keys()
        .map(|name| (name.clone(), reached(name)))
        .collect();
    let circle = |name: &String| -> BTreeSet<String> {
        let back = |other: &&String| {
            all.get(*other)
                .is_some_and(|reached| reached.contains(name))
        };
        all[name].iter().filter(back).cloned().collect()
    };
    let found: BTreeSet<_> = all
        .keys()
        .map(circle)
        .filter(|circle| circle.len() > 1)
        .collect();
    found.into_iter().collect()
}
