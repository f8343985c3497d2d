//! Rows of a table, filled into the one case they share.

use std::collections::{BTreeMap, BTreeSet};

use super::mistake::{Mistake, SourceText, suggestion};
use super::span::Span;
use super::yaml::{Yaml, YamlEntry, YamlKind};

/// One row of a case, or the case itself where it has no table.
#[derive(Debug)]
pub(crate) struct Row {
    /// The last part of the row's id; none for a case without a table.
    pub(crate) id: Option<String>,
    /// The case as this row has it, without `table`.
    pub(crate) root: Yaml,
}

/// Fills each row of `table` into the rest of the file.
pub(crate) fn expand(source: &SourceText, mut root: Yaml) -> Result<Vec<Row>, Vec<Mistake>> {
    let table = match &mut root.kind {
        YamlKind::Map(entries) => {
            let position = entries.iter().position(|entry| entry.key == "table");
            position.map(|position| entries.remove(position))
        }
        _ => None,
    };
    let Some(table) = table else {
        if !source.text.contains("${") {
            return Ok(vec![Row { id: None, root }]);
        }
        let root = Filling::new(source, None)
            .node(&root)
            .map_err(|mistake| vec![mistake])?;
        return Ok(vec![Row { id: None, root }]);
    };
    let rows = rows(source, &table).map_err(|mistake| vec![mistake])?;
    let mut filled = Vec::new();
    let mut mistakes = Vec::new();
    let mut used = BTreeSet::new();
    for (id, cells) in &rows {
        let mut filling = Filling::new(source, Some(cells));
        match filling.node(&root) {
            Ok(root) => filled.push(Row {
                id: Some(id.clone()),
                root,
            }),
            Err(mistake) => mistakes.push(mistake),
        }
        used.append(&mut filling.used);
    }
    if mistakes.is_empty() {
        mistakes = unused(source, rows[0].1, &used);
    }
    mistakes.dedup_by(|first, second| first.says_the_same(second));
    if mistakes.is_empty() {
        Ok(filled)
    } else {
        Err(mistakes)
    }
}

type Cells<'a> = &'a [YamlEntry];

fn rows<'a>(
    source: &SourceText,
    table: &'a YamlEntry,
) -> Result<Vec<(String, Cells<'a>)>, Mistake> {
    let rows = match &table.value.kind {
        YamlKind::List(rows) if !rows.is_empty() => rows,
        _ => {
            return Err(source
                .mistake(
                    table.span,
                    "`table` has no rows",
                    "a list of rows belongs here",
                )
                .with_help("write rows such as `- {state: running, returns: success}`"));
        }
    };
    let mut known: Vec<(String, Cells<'a>)> = Vec::new();
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        let cells = cells(source, row)?;
        if let Some((_, first)) = known.first() {
            same_columns(source, first, row, cells)?;
        }
        let id = row_id(source, &cells[0])?;
        if let Some(line) = ids.insert(id.clone(), row.span.line) {
            let message = format!("two rows have the id `{id}`");
            let label = format!("the row in line {line} has this id too");
            return Err(source
                .mistake(cells[0].value.span, message, label)
                .with_help("a row's id is the value of its first column: make the values differ"));
        }
        known.push((id, cells));
    }
    Ok(known)
}

fn cells<'a>(source: &SourceText, row: &'a Yaml) -> Result<Cells<'a>, Mistake> {
    match &row.kind {
        YamlKind::Map(cells) if !cells.is_empty() => Ok(cells),
        _ => Err(source
            .mistake(row.span, "a row is a map of columns", "this is none")
            .with_help("write rows such as `- {state: running, returns: success}`")),
    }
}

fn same_columns(
    source: &SourceText,
    first: Cells<'_>,
    row: &Yaml,
    cells: Cells<'_>,
) -> Result<(), Mistake> {
    if let Some(lacking) = first
        .iter()
        .find(|cell| !cells.iter().any(|own| own.key == cell.key))
    {
        let message = format!("this row has no column `{}`", lacking.key);
        return Err(source
            .mistake(row.span, message, "the first row has it")
            .with_help("every row has the same columns: add it, `null` if need be"));
    }
    if let Some(own) = cells
        .iter()
        .find(|own| !first.iter().any(|cell| own.key == cell.key))
    {
        let message = format!("the column `{}` is not in the first row", own.key);
        let names = first.iter().map(|cell| cell.key.as_str());
        return Err(source
            .mistake(own.span, message, "every row has the same columns")
            .with_help(suggestion(&own.key, names)));
    }
    if cells[0].key != first[0].key {
        let message = format!("this row does not begin with the column `{}`", first[0].key);
        return Err(source
            .mistake(cells[0].span, message, "another column comes first")
            .with_help("a row's id is the value of its first column, the same one in every row"));
    }
    Ok(())
}

fn row_id(source: &SourceText, cell: &YamlEntry) -> Result<String, Mistake> {
    let id = as_text(&cell.value)
        .map(|parts| slug(&parts.join("-")))
        .unwrap_or_default();
    if id.is_empty() {
        return Err(source
            .mistake(
                cell.value.span,
                "this row has no id",
                "no letter or digit is here",
            )
            .with_help("a row's id is the value of its first column: put a word there"));
    }
    Ok(id)
}

fn unused(source: &SourceText, first: Cells<'_>, used: &BTreeSet<String>) -> Vec<Mistake> {
    let lost = first
        .iter()
        .skip(1)
        .filter(|cell| !used.contains(&cell.key));
    lost.map(|cell| {
        let message = format!("the column `{}` is used nowhere", cell.key);
        let label = format!("no `${{{}}}` is in this case", cell.key);
        source
            .mistake(cell.span, message, label)
            .with_help("use it or take it out of every row")
    })
    .collect()
}

/// The parts of a value as text, for a sentence or an id: one for each item of a list; none for a map.
fn as_text(node: &Yaml) -> Option<Vec<String>> {
    let text = match &node.kind {
        YamlKind::Null => "null".to_owned(),
        YamlKind::Bool(truth) => truth.to_string(),
        YamlKind::Whole(number) => number.to_string(),
        YamlKind::Float(number) => number.to_string(),
        YamlKind::Text(text) => text.clone(),
        YamlKind::List(items) => {
            let items: Option<Vec<_>> = items.iter().map(as_text).collect();
            return items.map(|items| items.concat());
        }
        YamlKind::Map(_) => return None,
    };
    Some(vec![text])
}

/// A text in small letters, digits and single hyphens.
pub(crate) fn slug(text: &str) -> String {
    let kept: String = text
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                ' '
            }
        })
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join("-")
}

/// Fills the cells of one row in, wherever a case has `${column}`.
struct Filling<'a> {
    source: &'a SourceText,
    cells: Option<Cells<'a>>,
    used: BTreeSet<String>,
}

impl<'a> Filling<'a> {
    fn new(source: &'a SourceText, cells: Option<Cells<'a>>) -> Self {
        Self {
            source,
            cells,
            used: BTreeSet::new(),
        }
    }

    fn node(&mut self, node: &Yaml) -> Result<Yaml, Mistake> {
        let kind = match &node.kind {
            YamlKind::Text(text) => return self.scalar(text, node),
            YamlKind::List(items) => YamlKind::List(
                items
                    .iter()
                    .map(|item| self.node(item))
                    .collect::<Result<_, _>>()?,
            ),
            YamlKind::Map(entries) => YamlKind::Map(self.map(entries)?),
            other => other.clone(),
        };
        Ok(Yaml {
            kind,
            span: node.span,
        })
    }

    fn map(&mut self, entries: &[YamlEntry]) -> Result<Vec<YamlEntry>, Mistake> {
        let mut filled: Vec<YamlEntry> = Vec::new();
        for entry in entries {
            let entry = self.entry(entry)?;
            if filled.iter().any(|known| known.key == entry.key) {
                let message = format!("the key `{}` is here twice", entry.key);
                let label = "a row makes it the same as another";
                return Err(self.source.mistake(entry.span, message, label));
            }
            filled.push(entry);
        }
        Ok(filled)
    }

    fn entry(&mut self, entry: &YamlEntry) -> Result<YamlEntry, Mistake> {
        let key = self.text(&entry.key, entry.span)?;
        Ok(YamlEntry {
            key,
            span: entry.span,
            value: self.node(&entry.value)?,
        })
    }

    /// A scalar that is exactly `${column}` becomes the cell: its type, and its place.
    fn scalar(&mut self, text: &str, node: &Yaml) -> Result<Yaml, Mistake> {
        let name = text
            .strip_prefix("${")
            .and_then(|rest| rest.strip_suffix('}'));
        if let Some(name) = name.filter(|name| !name.contains('}')) {
            return self.cell(name, node.span).cloned();
        }
        Ok(Yaml {
            kind: YamlKind::Text(self.text(text, node.span)?),
            span: node.span,
        })
    }

    fn text(&mut self, text: &str, span: Span) -> Result<String, Mistake> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let Some((name, after)) = after.split_once('}') else {
                return Err(self
                    .source
                    .mistake(span, "`${` is not closed", "no `}` follows it")
                    .with_help("a column is filled in by `${column}`"));
            };
            filled.push_str(before);
            let cell = self.cell(name, span)?;
            let Some(parts) = as_text(cell) else {
                let message = format!("the column `{name}` holds a map, which fits into no text");
                return Err(self
                    .source
                    .mistake(span, message, "a text is filled in here")
                    .with_help("a map is filled in where `${column}` stands alone"));
            };
            filled.push_str(&parts.join(" or "));
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn cell(&mut self, name: &str, span: Span) -> Result<&'a Yaml, Mistake> {
        let Some(cells) = self.cells else {
            return Err(self
                .source
                .mistake(
                    span,
                    format!("there is no column `{name}`"),
                    "this case has no table",
                )
                .with_help("add `table`, or write the value itself"));
        };
        match cells.iter().find(|cell| cell.key == name) {
            Some(cell) => {
                self.used.insert(name.to_owned());
                Ok(&cell.value)
            }
            None => Err(self
                .source
                .mistake(
                    span,
                    format!("there is no column `{name}`"),
                    "no row has it",
                )
                .with_help(suggestion(name, cells.iter().map(|cell| cell.key.as_str())))),
        }
    }
}
