use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::mistake::{Mistake, SourceText};
use super::places::Places;
use super::table::{Row, expand};
use super::typed::typed;
use super::yaml::{Yaml, YamlKind};
use super::{CaseError, CaseId, LoadedCase, Register, lint, reader, repeat};

/// How large a file may be, in bytes.
const MAX_BYTES: usize = 64 * 1024;

/// Reads a case from a text that stands in no file; `below` is the path its id is made of.
///
/// # Errors
/// Everything that is wrong with it; clauses are looked up only where a register is given.
pub fn load_text(
    below: &Path,
    text: &str,
    register: Option<&Register>,
) -> Result<Vec<LoadedCase>, Vec<CaseError>> {
    load_source(&SourceText::new(below, text), below, Lint::By(register))
}

/// What cases are held against besides the types of the model.
#[derive(Clone, Copy)]
pub(super) enum Lint<'a> {
    /// The rules of lint; clauses are looked up only where a register is given.
    By(Option<&'a Register>),
    /// Nothing, since that was done before.
    Done,
}

impl Lint<'_> {
    fn file(self, source: &SourceText, root: &Yaml) -> Vec<Mistake> {
        match self {
            Self::By(_) => lint::check_file(source, root),
            Self::Done => Vec::new(),
        }
    }

    fn case(self, source: &SourceText, case: &LoadedCase) -> Vec<Mistake> {
        match self {
            Self::By(register) => lint::check_case(source, case, register),
            Self::Done => Vec::new(),
        }
    }
}

pub(super) fn load_source(
    source: &SourceText,
    below: &Path,
    lint: Lint<'_>,
) -> Result<Vec<LoadedCase>, Vec<CaseError>> {
    if source.text.len() > MAX_BYTES {
        let bytes = source.text.len();
        return Err(vec![CaseError::TooBig {
            path: source.path.clone(),
            bytes,
            limit: MAX_BYTES,
        }]);
    }
    load_rows(source, below, lint)
        .map_err(|mistakes| mistakes.into_iter().map(CaseError::from).collect())
}

fn load_rows(
    source: &SourceText,
    below: &Path,
    lint: Lint<'_>,
) -> Result<Vec<LoadedCase>, Vec<Mistake>> {
    let root = reader::parse(source).map_err(|mistake| vec![mistake])?;
    require_map(source, &root).map_err(|mistake| vec![mistake])?;
    let mut mistakes = lint.file(source, &root);
    let root = repeat::write_out(source, root).map_err(|mistake| vec![mistake])?;
    let mut loaded = Vec::new();
    for (position, row) in expand(source, root)?.into_iter().enumerate() {
        let places = Places::new(source, position);
        match load_row(places, (source, below), row) {
            Ok(case) => {
                mistakes.append(&mut lint.case(source, &case));
                loaded.push(case);
            }
            Err(mistake) => mistakes.push(mistake),
        }
    }
    let mistakes = without_duplicates(mistakes);
    if mistakes.is_empty() {
        Ok(loaded)
    } else {
        Err(mistakes)
    }
}

fn require_map(source: &SourceText, root: &Yaml) -> Result<(), Mistake> {
    if matches!(root.kind, YamlKind::Map(_)) {
        return Ok(());
    }
    Err(source
        .mistake(root.span, "a case is a map of keys", "this is none")
        .with_help("begin with `case: <a sentence that is true of a conforming agent>`"))
}

fn load_row(
    places: Places,
    (source, below): (&SourceText, &Path),
    row: Row,
) -> Result<LoadedCase, Mistake> {
    let spec = typed(row.root).map_err(|misread| misread.explained(source, &places))?;
    Ok(LoadedCase {
        id: case_id(below, row.id.as_deref()),
        spec,
        file: source.path.clone(),
        source: Arc::clone(&source.text),
        places: Arc::new(places),
    })
}

fn case_id(below: &Path, row: Option<&str>) -> CaseId {
    let stem = below.with_extension("");
    let parts = stem
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    CaseId(
        parts
            .chain(row.map(str::to_owned))
            .collect::<Vec<_>>()
            .join("::"),
    )
}

/// Folder and file, which name a case that is not below the suite's folder.
pub(super) fn last_two(file: &Path) -> PathBuf {
    let folder = file.parent().and_then(Path::file_name);
    folder.into_iter().chain(file.file_name()).collect()
}

fn without_duplicates(mistakes: Vec<Mistake>) -> Vec<Mistake> {
    let mut kept: Vec<Mistake> = Vec::new();
    for mistake in mistakes {
        if !kept.iter().any(|known| known.says_the_same(&mistake)) {
            kept.push(mistake);
        }
    }
    kept.sort_by_key(|mistake| mistake.span().offset);
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::case::CaseSpec;
    use crate::case::{DaemonDo, Fault, Returned, Run, Step};
    use crate::ocf::Code;

    const TABLE: &str = "\
case: monitor of a ${state} guest answers ${returns}
clause: [STATE-01]
level: ${level}
needs: {nodes: 2, tools: [virsh]}
timeout: 2m
table:
  - {state: paused, returns: success, level: must, times: 3}
  - {state: crashed, returns: [err_generic, not_running], level: should, times: 1}
given: {a: \"${state}\"}
when:
  - fault: {daemon: {node: a, do: freeze}}
  - heal: daemon
  - run: {action: monitor, node: a, as: seen, times: \"${times}\", returns: \"${returns}\"}
  - settle: {until: {running: {at_most: 1}}, within: 250ms}
then:
  - agrees: [seen]
";

    fn load(text: &str) -> Result<Vec<LoadedCase>, Vec<CaseError>> {
        load_text(Path::new("monitor/of-states.yaml"), text, None)
    }

    fn run(case: &LoadedCase) -> &Run {
        let run = case.spec.when.iter().find_map(|step| match step {
            Step::Run(run) => Some(run),
            _ => None,
        });
        run.expect("there is a run")
    }

    #[test]
    fn a_row_is_a_case_named_by_its_first_column() {
        let cases = load(TABLE).expect("it is good");
        let ids: Vec<&str> = cases.iter().map(|case| case.id.0.as_str()).collect();
        assert_eq!(
            ids,
            ["monitor::of-states::paused", "monitor::of-states::crashed"]
        );
    }

    #[test]
    fn a_file_outside_the_suite_is_named_by_its_folder() {
        let file = last_two(Path::new("/tmp/mine/stop/twice.yaml"));
        assert_eq!(case_id(&file, None).0, "stop::twice");
    }

    #[test]
    fn a_column_alone_keeps_its_type_and_in_a_sentence_it_is_words() {
        let cases = load(TABLE).expect("it is good");
        assert_eq!(run(&cases[0]).times, 3);
        assert_eq!(
            run(&cases[1]).returns.0,
            [Code::ErrGeneric, Code::NotRunning].map(Returned::Code)
        );
        assert_eq!(
            cases[1].spec.case,
            "monitor of a crashed guest answers err_generic or not_running"
        );
    }

    #[test]
    fn what_a_row_fills_in_stands_where_the_row_stands() {
        let cases = load(TABLE).expect("it is good");
        assert_eq!(
            cases[1].at("when[2].run.returns"),
            "monitor/of-states.yaml:8:31"
        );
        assert_eq!(
            cases[1].at("when[2].run.action"),
            "monitor/of-states.yaml:13:19"
        );
    }

    #[test]
    fn steps_are_maps_of_one_key() {
        let cases = load(TABLE).expect("it is good");
        let fault = Fault::Daemon {
            node: "a".into(),
            what: DaemonDo::Freeze,
        };
        assert_eq!(cases[0].spec.when[0], Step::Fault(fault));
    }

    #[test]
    fn a_case_that_was_written_out_again_is_read_the_same() {
        let case = &load(TABLE).expect("it is good")[0];
        let value = serde_json::to_string(&case.spec).expect("a case is JSON");
        let again: CaseSpec = serde_json::from_str(&value).expect("and back");
        assert_eq!(again, case.spec);
    }

    #[test]
    fn a_file_beyond_the_limit_is_refused_unread() {
        let text = format!("# {}\n{TABLE}", "x".repeat(MAX_BYTES));
        let errors = load(&text).expect_err("it is too big");
        assert!(matches!(errors[..], [CaseError::TooBig { .. }]));
    }

    #[test]
    fn deep_nesting_is_refused_without_exhausting_the_stack() {
        for bracket in ["[", "{a: ", "- "] {
            assert!(load(&bracket.repeat(MAX_BYTES / bracket.len())).is_err());
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_loader_panic(text in "(?s).{0,200}") {
            let _ = load(&text);
        }

        #[test]
        fn no_change_of_a_good_case_makes_the_loader_panic(
            at in 0..TABLE.len(),
            cut in 0..12_usize,
            put in "(?s)[-:{}\\[\\]\"'$&*!|>#, \n\tab0ä~<.]{0,6}",
        ) {
            let end = (at + cut).min(TABLE.len());
            let text = format!("{}{put}{}", &TABLE[..at], &TABLE[end..]);
            for error in load(&text).err().unwrap_or_default() {
                let report = format!("{:?}", miette::Report::new(error));
                prop_assert!(!report.is_empty());
            }
        }
    }
}
