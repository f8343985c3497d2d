//! libvirt's bindings and unsafe code stay behind one door, the folder `libvirt`.

use std::fs;
use std::path::{Path, PathBuf};

/// The agent's sources outside that folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("it is a folder");
    let paths = entries.map(|entry| entry.expect("it can be read").path());
    let below = |path: PathBuf| match path.is_dir() {
        true if path.ends_with("src/libvirt") => Vec::new(),
        true => sources(&path),
        false => vec![path],
    };
    paths.flat_map(below).collect()
}

/// Whether a text contains this name, and not only as the end of a longer one.
fn names(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(is_part))
}

#[test]
fn only_the_libvirt_folder_names_the_virt_crate_or_has_unsafe_code() {
    let sources = sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(
        sources
            .iter()
            .any(|path| path.ends_with("actions/start.rs"))
    );
    for path in sources {
        let text = fs::read_to_string(&path).expect("it is text");
        for name in ["virt::", "unsafe_code"] {
            assert!(!names(&text, name), "{name} in {}", path.display());
        }
    }
}
