//! One page about many runs: a column for each, agents with their versions; rows for the profiles of demands, for what was
//! found, and for what each run was made with.
//!
//! It is made of each run's `run.json` and `conformance.yaml` alone, so runs of several versions of the suite can stand
//! side by side.

mod column;
mod facts;
mod findings;
mod profiles;
mod table;

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use askama::Template;

use self::column::{Column, Shown};
use self::table::{Head, Section};
use super::confirmed::Confirmed;
use super::html::{Extent, RunPage};
use super::picture;
use super::recorded::{RecordedError, summed_up};
use super::results::Results;
use super::whole_run::distinct;
use crate::case::Suite;
use crate::files::{fill_atomically, write_atomically};

/// The files of a run that the page leads to.
const COPIED: [&str; 3] = ["report.html", "run.json", "conformance.yaml"];

/// What the page leads to.
#[derive(Clone, Copy, Debug)]
pub enum Linked<'a> {
    /// A copy of each run's whole report.
    Reports,
    /// A page with each run's findings, made with this suite.
    Findings(&'a Suite),
}

/// Many runs.
#[derive(Debug)]
pub struct Matrix {
    columns: Vec<Column>,
}

/// What `matrix.html` shows.
#[derive(Template)]
#[template(path = "matrix/matrix.html")]
struct Page<'a> {
    style: String,
    /// Whether it says what people have confirmed.
    confirmed: bool,
    heads: Vec<Head<'a>>,
    sections: Vec<Section<'a>>,
}

impl Matrix {
    /// Reads the folders of finished runs.
    ///
    /// # Errors
    /// When one is no whole run's folder, or has no conformance report.
    pub fn open(folders: &[PathBuf]) -> Result<Self, RecordedError> {
        let mut taken = BTreeSet::new();
        let folders = distinct(folders).into_iter();
        let columns = folders.map(|folder| Column::open(folder, &mut taken));
        Ok(Self {
            columns: columns.collect::<Result<_, _>>()?,
        })
    }

    /// Writes the page `index.html`, and the pages that it leads to, into a folder that is new or empty. Where
    /// `confirmed` is given, it says what people have confirmed.
    ///
    /// # Errors
    /// When the folder has anything in it, or something cannot be read, written or copied.
    pub fn write<'a>(
        &'a self,
        folder: &Path,
        linked: Linked<'_>,
        confirmed: Option<&'a Confirmed>,
    ) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        if fs::read_dir(folder)?.next().is_some() {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        let columns = self.columns.iter().map(|column| {
            let page = match linked {
                Linked::Reports => copied(column, folder)?,
                Linked::Findings(suite) => Some(findings_page(column, folder, (suite, confirmed))?),
            };
            let subject = &column.report.implementation;
            let of = |all: &'a Confirmed| all.of(&subject.project, subject.sha256.as_deref());
            let confirmed = confirmed.and_then(of);
            Ok(Shown {
                column,
                page,
                confirmed,
            })
        });
        let columns: Vec<Shown<'_>> = columns.collect::<io::Result<_>>()?;
        let page = Page {
            style: [picture::COLOURS, include_str!("matrix.css")].concat(),
            confirmed: confirmed.is_some(),
            heads: columns.iter().map(|shown| shown.column.head()).collect(),
            sections: vec![
                profiles::section(&columns),
                findings::section(&columns),
                facts::section(&columns),
            ],
        };
        let mut text = page.render().map_err(io::Error::other)?;
        text.push('\n');
        write_atomically(&folder.join("index.html"), text.as_bytes())
    }
}

/// Copies a run's report and data; where the report is, below the folder.
fn copied(column: &Column, folder: &Path) -> io::Result<Option<String>> {
    let to = folder.join(&column.file_name);
    fs::create_dir_all(&to)?;
    for name in COPIED {
        let from = column.run.folder.join(name);
        if from.is_file() {
            fs::copy(from, to.join(name))?;
        }
    }
    let page = format!("{}/report.html", column.file_name);
    Ok(folder.join(&page).is_file().then_some(page))
}

/// Writes the page of a run's findings.
fn findings_page(
    column: &Column,
    folder: &Path,
    (suite, confirmed): (&Suite, Option<&Confirmed>),
) -> io::Result<String> {
    let summary = summed_up(&column.run.folder).map_err(io::Error::other)?;
    let page = RunPage {
        results: &Results::of_finished(&column.run.folder),
        suite,
        summary: &summary,
        extent: Extent {
            chosen: None,
            findings: true,
        },
        reported: Some(&column.report),
        confirmed,
    };
    let name = format!("{}.html", column.file_name);
    fill_atomically(&folder.join(&name), |file| page.write(file))?;
    Ok(name)
}
