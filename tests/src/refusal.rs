//! Wrong usage, and what the command answers to it.

use std::fs;

use crate::program::{Said, virt_ra_tester};

/// A folder with everything that can be named wrongly.
///
/// # Panics
/// When it cannot be written.
#[must_use]
pub fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("it can be written");
    };
    write("plain", "");
    write(
        "colourful.yaml",
        "name: mine\nagent: ./plain\ncolour: red\nparameters: {}\n",
    );
    write("mine.yaml", "name: mine\nagent: ./plain\n");
    write(
        "known.yaml",
        "deviations:\n  - {case: 'start::abesnt', clauses: [START-01], reason: x}\n",
    );
    fs::create_dir(folder.path().join("empty")).expect("it can be made");
    fs::create_dir(folder.path().join("bad")).expect("it can be made");
    write("bad/hello.yaml", "case: hello\n");
    fs::copy("/bin/true", folder.path().join("agent")).expect("it can be copied");
    folder
}

/// The answer, when it is an error and nothing but that.
///
/// # Panics
/// When it is none.
#[must_use]
pub fn refused(arguments: &[&str], code: i32) -> String {
    let folder = folder();
    let Said {
        code: was,
        out,
        err,
    } = virt_ra_tester(folder.path(), arguments);
    assert_eq!((was, out.as_str()), (Some(code), ""), "{err}");
    assert!(
        !folder.path().join("results").exists(),
        "results were left behind"
    );
    let place = folder.path().canonicalize().expect("it is there");
    err.replace(&place.display().to_string(), "HERE")
        .trim_end()
        .to_owned()
}

/// Checks that whole answer.
///
/// # Panics
/// When it is another one.
pub fn check(arguments: &[&str], code: i32, message: &str) {
    assert_eq!(refused(arguments, code), message, "{arguments:?}");
}
