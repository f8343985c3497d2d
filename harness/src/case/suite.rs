use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};

use super::load::{Lint, last_two, load_source};
use super::mistake::SourceText;
use super::span::Span;
use super::{CaseError, Catches, Durations, LoadedCase, Register};
use crate::digest::sha256;

/// The register's name in the suite's folder.
const REGISTER: &str = "clauses.yaml";

/// A run's report, which may lie in a folder of results that is named as one of cases.
const REPORT: &str = "conformance.yaml";
/// The name of the durations in the suite's folder.
const DURATIONS: &str = "durations.yaml";
/// The name of what faulty agents are caught by in the suite's folder.
const CATCHES: &str = "quick.yaml";

include!(concat!(env!("OUT_DIR"), "/shipped_cases.rs"));

/// All cases, and the register of demands they decide.
#[derive(Clone, Debug, Default)]
pub struct Suite {
    /// The cases in the order of their files and rows.
    pub cases: Vec<LoadedCase>,
    /// The register.
    pub register: Register,
    /// How long its cases take.
    pub durations: Durations,
    /// Which of them catch which faulty agents.
    pub catches: Catches,
    /// The SHA-256 of its cases and its register, by which two suites are told apart.
    pub digest: String,
}

impl Suite {
    /// The suite that this program was built with. Tests have held it against the rules of lint.
    ///
    /// # Errors
    /// What is wrong with it besides; tests see to it that nothing is.
    pub fn shipped() -> Result<Self, Vec<CaseError>> {
        Self::built_in(false)
    }

    /// The suite that this program was built with, held against the rules of lint.
    ///
    /// # Errors
    /// Everything that is wrong with it; tests see to it that nothing is.
    pub fn shipped_and_linted() -> Result<Self, Vec<CaseError>> {
        Self::built_in(true)
    }

    /// The case of that id, if there is one.
    #[must_use]
    pub fn case(&self, id: &str) -> Option<&LoadedCase> {
        self.cases.iter().find(|case| case.id.0 == id)
    }

    fn built_in(linted: bool) -> Result<Self, Vec<CaseError>> {
        let files = SHIPPED_CASES.iter().map(|(below, text)| SuiteFile {
            below: PathBuf::from(below),
            source: SourceText::new(Path::new("cases").join(below), text),
        });
        load_files(Path::new("cases"), files.collect(), linted)
    }
}

/// Reads every case below `root`, and the register in it; or the one case that `root` is, with the
/// register of the nearest folder above it that has one.
///
/// # Errors
/// All mistakes in all files, two cases of one id among them.
pub fn load_suite(root: &Path) -> Result<Suite, Vec<CaseError>> {
    let mut files = Vec::new();
    let found = match root.is_file() {
        true => find_one(root, &mut files),
        false => find_below(root, root, &mut files),
    };
    found.map_err(|error| vec![error])?;
    load_files(root, files, true)
}

/// A case file, or the register.
struct SuiteFile {
    below: PathBuf,
    source: SourceText,
}

impl SuiteFile {
    fn is_register(&self) -> bool {
        self.below == Path::new(REGISTER)
    }
}

/// A file by itself has the id that it has in its suite.
fn find_one(file: &Path, files: &mut Vec<SuiteFile>) -> Result<(), CaseError> {
    let source = SourceText::read(file)?;
    let span = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let mut above = span.ancestors().skip(1);
    let home = above.find(|folder| folder.join(REGISTER).is_file());
    let below = home.and_then(|home| span.strip_prefix(home).ok());
    let below = below.map_or_else(|| last_two(&span), Path::to_owned);
    if let Some(home) = home.filter(|_| below != Path::new(REGISTER)) {
        files.push(SuiteFile {
            below: PathBuf::from(REGISTER),
            source: SourceText::read(&home.join(REGISTER))?,
        });
    }
    files.push(SuiteFile { below, source });
    Ok(())
}

fn find_below(root: &Path, folder: &Path, files: &mut Vec<SuiteFile>) -> Result<(), CaseError> {
    let unreadable = |why| CaseError::Unreadable {
        path: folder.to_owned(),
        why,
    };
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            find_below(root, &path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
            && path.file_name().is_none_or(|name| name != REPORT)
        {
            let below = path.strip_prefix(root).unwrap_or(&path).to_owned();
            files.push(SuiteFile {
                below,
                source: SourceText::read(&path)?,
            });
        }
    }
    Ok(())
}

/// The digest of the files' paths below the suite and their texts, in that order.
fn digest(files: &[SuiteFile]) -> String {
    let mut all = Vec::new();
    for file in files {
        let (path, text) = (
            file.below.as_os_str().as_bytes(),
            file.source.text.as_bytes(),
        );
        for part in [path, text] {
            all.extend(part);
            all.push(0);
        }
    }
    sha256(&all)
}

/// Takes the file of that name right in the suite's folder out, if there is one.
fn take(files: &mut Vec<SuiteFile>, name: &str) -> Option<SourceText> {
    let position = files
        .iter()
        .position(|file| file.below == Path::new(name))?;
    Some(files.remove(position).source)
}

/// What is read beside the cases, which do not need it.
struct Beside {
    digest: String,
    durations: Result<Durations, CaseError>,
    catches: Result<Catches, CaseError>,
}

impl Beside {
    fn read(
        files: &[SuiteFile],
        durations: Option<&SourceText>,
        catches: Option<&SourceText>,
    ) -> Self {
        Self {
            digest: digest(files),
            durations: durations.map_or_else(|| Ok(Durations::default()), Durations::from_source),
            catches: catches.map_or_else(|| Ok(Catches::default()), Catches::from_source),
        }
    }
}

fn load_files(
    root: &Path,
    mut files: Vec<SuiteFile>,
    linted: bool,
) -> Result<Suite, Vec<CaseError>> {
    files.sort_by(|first, second| first.below.cmp(&second.below));
    let [durations, catches] = [DURATIONS, CATCHES].map(|name| take(&mut files, name));
    let (beside, register, read) = thread::scope(|scope| {
        let beside = || Beside::read(&files, durations.as_ref(), catches.as_ref());
        let beside = scope.spawn(beside);
        let register = files.iter().find(|file| file.is_register());
        let register = register.map(|file| Register::from_source(&file.source));
        let known = register.as_ref().and_then(|read| read.as_ref().ok());
        let read = read_all(&files, if linted { Lint::By(known) } else { Lint::Done });
        (joined(beside), register.transpose(), read)
    });
    let mut errors = Vec::new();
    let mut note = |error| errors.push(error);
    let mut suite = Suite {
        durations: beside.durations.map_err(&mut note).unwrap_or_default(),
        catches: beside.catches.map_err(&mut note).unwrap_or_default(),
        digest: beside.digest,
        register: register
            .map_err(&mut note)
            .unwrap_or_default()
            .unwrap_or_default(),
        ..Suite::default()
    };
    for read in read {
        match read {
            Ok(mut cases) => suite.cases.append(&mut cases),
            Err(mut wrong) => errors.append(&mut wrong),
        }
    }
    errors.append(&mut duplicates(&suite.cases));
    // A register alone is right as it is where it was asked for by name.
    if files.iter().all(SuiteFile::is_register) && !root.is_file() {
        errors.push(CaseError::NoCases {
            path: root.to_owned(),
        });
    }
    if errors.is_empty() {
        Ok(suite)
    } else {
        Err(errors)
    }
}

/// What the cases of one file are, or what is wrong with them.
type Read = Result<Vec<LoadedCase>, Vec<CaseError>>;

/// Reads the files of cases on every processor, since people wait for a list of the whole suite; in the order of the files.
fn read_all(files: &[SuiteFile], lint: Lint<'_>) -> Vec<Read> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let read_some = || {
        let mut read = Vec::new();
        loop {
            let position = next.fetch_add(1, Ordering::Relaxed);
            match files.get(position) {
                Some(file) if file.is_register() => {}
                Some(file) => {
                    read.push((position, load_source(&file.source, &file.below, lint)));
                }
                None => return read,
            }
        }
    };
    let mut read = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(read_some)).collect();
        let own = read_some();
        others.into_iter().map(joined).fold(own, |mut all, some| {
            all.extend(some);
            all
        })
    });
    read.sort_by_key(|(position, _)| *position);
    read.into_iter().map(|(_, read)| read).collect()
}

/// What a thread returned; its panic goes on here.
fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Two ids can only meet where a row's id is a file's name in a folder of the case's name. Two that differ in `::` and `-`
/// alone would share the folder of their results.
fn duplicates(cases: &[LoadedCase]) -> Vec<CaseError> {
    let mut known = BTreeMap::new();
    let mut errors = Vec::new();
    for case in cases {
        if let Some((id, other)) = known.insert(case.id.folder(), (&case.id, &case.file)) {
            let source = SourceText {
                path: case.file.clone(),
                text: case.source.clone(),
            };
            let span = Span {
                line: 1,
                column: 1,
                length: 0,
                offset: 0,
            };
            let span = case.places.find_key("case").unwrap_or(span);
            let message = match *id == case.id {
                true => format!("two cases have the id `{}`", id.0),
                false => format!("`{}` and `{}` are too much alike for ids", case.id.0, id.0),
            };
            let label = format!("the other is in {}", other.display());
            errors.push(
                source
                    .mistake(span, message, label)
                    .with_help("rename one of the files")
                    .into(),
            );
        }
    }
    errors
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASE: &str = "case: stop of a stopped VM succeeds\nclause: [STOP-06]\nlevel: must\n\
                        when:\n  - run: {action: stop, node: a, returns: success}\n";

    fn written(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            std::fs::write(path, text).expect("a file");
        }
        folder
    }

    #[test]
    fn ids_come_from_folders_and_files_and_the_register_is_no_case() {
        let clause =
            "{text: x, level: must, origin: standard, source: OCF, tier: T2, profile: core}";
        let register = format!("STOP-06: {clause}\n");
        let folder = written(&[("stop/twice.yaml", CASE), ("clauses.yaml", &register)]);
        let suite = load_suite(folder.path()).expect("it is good");
        assert_eq!(suite.cases[0].id.0, "stop::twice");
        assert_eq!((suite.cases.len(), suite.register.clauses.len()), (1, 1));
    }

    #[test]
    fn a_file_by_itself_has_the_id_and_the_register_of_its_suite() {
        let clause =
            "{text: x, level: must, origin: standard, source: OCF, tier: T2, profile: core}";
        let register = format!("STOP-07: {clause}\n");
        let folder = written(&[("stop/twice.yaml", CASE), ("clauses.yaml", &register)]);
        let file = folder.path().join("stop/twice.yaml");
        let errors = load_suite(&file).expect_err("the register has no such clause");
        assert_eq!(errors[0].to_string(), "there is no clause `STOP-06`");
        std::fs::remove_file(folder.path().join("clauses.yaml")).expect("it is there");
        let suite = load_suite(&file).expect("it is good");
        assert_eq!(suite.cases[0].id.0, "stop::twice");
    }

    #[test]
    fn every_wrong_file_is_reported() {
        let folder = written(&[("a/x.yaml", "case: 1\n"), ("b/y.yaml", "[]\n")]);
        assert_eq!(
            load_suite(folder.path()).expect_err("both are wrong").len(),
            2
        );
    }

    #[test]
    fn a_row_and_a_file_of_one_id_are_refused() {
        let table = CASE.replace("when:", "table:\n  - {how: twice}\nwhen:");
        let folder = written(&[("stop.yaml", &table), ("stop/twice.yaml", CASE)]);
        let errors = load_suite(folder.path()).expect_err("the ids meet");
        assert_eq!(errors[0].to_string(), "two cases have the id `stop::twice`");
    }

    #[test]
    fn a_folder_without_cases_is_an_error() {
        let folder = written(&[]);
        assert!(load_suite(folder.path()).is_err());
    }
}
