//! The README and the book in `docs/`, as far as tests ask about them: links, headings, blocks and code.

use std::fs;
use std::path::{Path, PathBuf};

/// The checkout.
#[must_use]
pub fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// One page of Markdown.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its file, from the root of the checkout.
    pub path: PathBuf,
    /// Its text, with what it includes in place.
    pub text: String,
    /// Whether it only shows another file of the repository, which is no page of the book's own.
    pub borrowed: bool,
}

/// A block between two fences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The word after the fence: `sh`, `yaml` and the like.
    pub language: String,
    /// What is in it.
    pub text: String,
}

/// The README, and every page of the book.
///
/// # Panics
/// When one of them cannot be read, or includes what is not there.
#[must_use]
pub fn pages() -> Vec<Page> {
    let files = fs::read_dir(root().join("docs/src")).expect("the book is there");
    let mut paths: Vec<PathBuf> = files
        .map(|file| Path::new("docs/src").join(file.expect("it can be listed").file_name()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    paths.push("README.md".into());
    paths.sort();
    paths.iter().map(|path| Page::read(path)).collect()
}

impl Page {
    /// Reads a page by its path from the root.
    ///
    /// # Panics
    /// When it cannot be read, or includes what is not there.
    #[must_use]
    pub fn read(path: &Path) -> Self {
        let written = read(&root().join(path));
        let mut text = String::new();
        for line in written.lines() {
            match included(line) {
                Some(other) => text += &read(&root().join(folder(path)).join(other)),
                None => text += line,
            }
            text.push('\n');
        }
        Self {
            path: path.to_owned(),
            borrowed: written
                .lines()
                .filter_map(included)
                .any(|other| other.ends_with(".md")),
            text,
        }
    }

    /// The blocks between fences, in their order.
    #[must_use]
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open: Option<Block> = None;
        for line in self.text.lines() {
            match (line.strip_prefix("```"), &mut open) {
                (Some(language), None) => {
                    let (language, text) = (language.to_owned(), String::new());
                    open = Some(Block { language, text });
                }
                (Some(_), Some(_)) => blocks.extend(open.take()),
                (None, Some(block)) => block.text += &format!("{line}\n"),
                (None, None) => {}
            }
        }
        blocks
    }

    /// The text outside all blocks.
    #[must_use]
    pub fn prose(&self) -> String {
        let mut inside = false;
        let mut prose = String::new();
        for line in self.text.lines() {
            if line.starts_with("```") {
                inside = !inside;
            } else if !inside {
                prose += &format!("{line}\n");
            }
        }
        prose
    }

    /// The code between single backticks in the prose.
    #[must_use]
    pub fn code(&self) -> Vec<String> {
        let prose = self.prose().replace('\n', " ");
        prose
            .split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    }

    /// Where the prose's links and pictures lead to.
    #[must_use]
    pub fn links(&self) -> Vec<String> {
        let prose = self.prose();
        let rest = prose.split("](").skip(1);
        rest.filter_map(|rest| rest.split_once(')'))
            .map(|(target, _)| target.to_owned())
            .collect()
    }

    /// The names under which its headings are linked to.
    #[must_use]
    pub fn anchors(&self) -> Vec<String> {
        let prose = self.prose();
        let headings = prose.lines().filter(|line| line.starts_with('#'));
        headings
            .map(|line| anchor(line.trim_start_matches('#').trim()))
            .collect()
    }
}

/// The folder that a page's own links begin in.
#[must_use]
pub fn folder(page: &Path) -> &Path {
    page.parent().unwrap_or(Path::new(""))
}

/// A heading's name as mdBook and GitHub make it.
fn anchor(heading: &str) -> String {
    let kept = heading
        .chars()
        .filter(|sign| sign.is_alphanumeric() || " -_".contains(*sign));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// The file that a line includes, from the page's folder.
fn included(line: &str) -> Option<&str> {
    line.strip_prefix("{{#include ")?.strip_suffix("}}")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A pattern's variants: `a-{b,c}` is `a-b` and `a-c`.
#[must_use]
pub fn variants(pattern: &str) -> Vec<String> {
    match pattern.split_once('{').zip(pattern.split_once('}')) {
        Some(((before, inside), (_, after))) => {
            let inside = inside.split('}').next().unwrap_or_default();
            inside
                .split(',')
                .map(|one| format!("{before}{one}{after}"))
                .collect()
        }
        None => vec![pattern.to_owned()],
    }
}

/// Whether an id fits a pattern, in which `*` stands for any text; an id fits its beginning too, up to a `::`.
#[must_use]
pub fn fits(pattern: &str, id: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = id.strip_prefix(first) else {
        return false;
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.is_empty() || pattern.ends_with("::") || pattern.ends_with('*') || rest.starts_with("::")
}

/// Whether a word has the form of a clause's id, such as `MIG-PC-01`.
#[must_use]
pub fn is_clause(word: &str) -> bool {
    let Some((group, number)) = word.rsplit_once('-') else {
        return false;
    };
    let digits = number.trim_end_matches(|sign: char| sign.is_ascii_lowercase());
    digits.len() == 2
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && group
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'-')
}
