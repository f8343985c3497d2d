use super::span::Span;
use super::yaml::{Yaml, YamlKind};

/// Where every node of a file stands, by its path, such as `when[2].run.returns`.
///
/// It is the file's tree: paths are looked up where something is wrong, and so seldom that writing them all down would take
/// longer than reading the file.
#[derive(Clone, Debug, PartialEq)]
pub struct SpanIndex {
    root: Yaml,
}

#[derive(Clone, Copy)]
struct Spot {
    key: Option<Span>,
    value: Span,
}

impl Default for SpanIndex {
    fn default() -> Self {
        Self::new(Yaml {
            kind: YamlKind::Null,
            span: Span::default(),
        })
    }
}

impl SpanIndex {
    /// Where the value at `path` stands; the path of the whole file is empty.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<Span> {
        self.spot(path).map(|spot| spot.value)
    }

    /// Where the key of the value at `path` stands; none for an item of a list.
    #[must_use]
    pub fn find_key(&self, path: &str) -> Option<Span> {
        self.spot(path).and_then(|spot| spot.key)
    }

    /// Where the value at `path` stands, or what it would stand in.
    #[must_use]
    pub fn nearest(&self, path: &str) -> Span {
        ancestors(path)
            .find_map(|path| self.find(path))
            .unwrap_or_default()
    }

    /// Where the key at `path` stands, or, where it has none, the value, or what it would stand in.
    #[must_use]
    pub fn nearest_key(&self, path: &str) -> Span {
        ancestors(path)
            .find_map(|path| self.find_key(path).or_else(|| self.find(path)))
            .unwrap_or_default()
    }

    pub(crate) const fn new(root: Yaml) -> Self {
        Self { root }
    }

    fn spot(&self, path: &str) -> Option<Spot> {
        let whole = Spot {
            key: None,
            value: self.root.span,
        };
        match path {
            "" => Some(whole),
            path => below(&self.root, path),
        }
    }
}

/// What stands at `path` below a node; a path begins with a key or with `[`.
fn below(node: &Yaml, path: &str) -> Option<Spot> {
    let (key, child, rest) = match &node.kind {
        YamlKind::List(items) => {
            let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
            (None, items.get(index.parse::<usize>().ok()?)?, rest)
        }
        YamlKind::Map(entries) => entries.iter().find_map(|entry| {
            let rest = path.strip_prefix(entry.key.as_str())?;
            let ends = rest.is_empty() || rest.starts_with(['.', '[']);
            ends.then_some((Some(entry.span), &entry.value, rest))
        })?,
        _ => return None,
    };
    match rest {
        "" => Some(Spot {
            key,
            value: child.span,
        }),
        rest => below(child, rest.strip_prefix('.').unwrap_or(rest)),
    }
}

/// The path of `key` below `path`.
pub(crate) fn join(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

/// The last word of a path: `run` of `when[2].run`.
pub(crate) fn last_word(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| {
        if path.is_empty() {
            None
        } else {
            Some(&path[..path.rfind(['.', '[']).unwrap_or(0)])
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::mistake::SourceText;
    use crate::case::reader;

    fn index(text: &str) -> SpanIndex {
        let source = SourceText::new("x.yaml", text);
        SpanIndex::new(reader::parse(&source).expect("this text is good"))
    }

    #[test]
    fn a_value_is_found_by_its_path_with_line_and_column() {
        let places = index("case: a\nwhen:\n  - run: {action: stop, returns: success}\n");
        let span = places.find("when[0].run.returns").expect("it is there");
        assert_eq!((span.line, span.column, span.length), (3, 34, 7));
    }

    #[test]
    fn columns_count_characters_and_offsets_count_bytes() {
        let text = "case: \"äöü\" \nlevel: must\n";
        let span = index(text).find("level").expect("it is there");
        assert_eq!((span.line, span.column), (2, 8));
        assert_eq!(&text[span.offset..span.offset + span.length], "must");
    }

    #[test]
    fn a_path_that_is_not_there_is_answered_by_what_it_would_stand_in() {
        let places = index("given: {a: running}\n");
        assert_eq!(
            places.nearest("given.b"),
            places.find("given").expect("it is there")
        );
        assert_eq!(places.nearest_key("given.b").column, 1);
    }
}
