//! No file and no function grows beyond what is read at once.

use std::fs;
use std::path::{Path, PathBuf};

use conformance_tests::source::functions;

/// The most lines of a file.
const FILE: usize = 400;
/// The most lines of a function.
const FUNCTION: usize = 60;

#[test]
fn no_file_has_over_400_lines() {
    let lines = |path: &PathBuf| {
        fs::read_to_string(path)
            .expect("it is text")
            .lines()
            .count()
    };
    let long: Vec<_> = sources()
        .into_iter()
        .map(|path| (lines(&path), path))
        .filter(|(lines, _)| *lines > FILE)
        .map(|(lines, path)| format!("{}: {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "split these files:\n{}", long.join("\n"));
}

#[test]
fn no_function_has_over_60_lines() {
    let mut long = Vec::new();
    for path in sources() {
        for function in functions(&path)
            .iter()
            .filter(|function| function.lines > FUNCTION)
        {
            long.push(format!(
                "{}: {}: {} lines",
                path.display(),
                function.name,
                function.lines
            ));
        }
    }
    assert!(
        long.is_empty(),
        "split these functions:\n{}",
        long.join("\n")
    );
}

/// Every Rust file of the workspace, in order.
fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    let mut folders: Vec<_> = ["harness", "reference-agent", "tests"]
        .map(|name| root.join(name))
        .into();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("it is a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                found.push(path);
            }
        }
    }
    assert!(found.len() > 200, "only {} files found", found.len());
    found.sort();
    found
}
