use std::collections::BTreeMap;

use super::node::{Kind, Node};

/// A stretch of a file's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The length in bytes.
    pub length: usize,
    /// The offset of the first byte in the text.
    pub offset: usize,
}

impl Place {
    /// The place with nothing but its first line, so that a label stays short.
    #[must_use]
    pub fn first_line(self, text: &str) -> Self {
        let end = (self.offset + self.length).min(text.len());
        let stretch = text.get(self.offset..end).unwrap_or_default();
        let line = stretch.lines().next().unwrap_or_default();
        Self {
            length: line.trim_end().len(),
            ..self
        }
    }
}

/// Where every node of a file stands, by its path, such as `when[2].run.returns`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SpanIndex {
    spots: BTreeMap<String, Spot>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Spot {
    key: Option<Place>,
    value: Place,
}

impl SpanIndex {
    /// Where the value at `path` stands; the path of the whole file is empty.
    #[must_use]
    pub fn find(&self, path: &str) -> Option<Place> {
        self.spots.get(path).map(|spot| spot.value)
    }

    /// Where the key of the value at `path` stands; none for an item of a list.
    #[must_use]
    pub fn find_key(&self, path: &str) -> Option<Place> {
        self.spots.get(path).and_then(|spot| spot.key)
    }

    /// Where the value at `path` stands, or what it would stand in.
    #[must_use]
    pub fn nearest(&self, path: &str) -> Place {
        ancestors(path)
            .find_map(|path| self.find(path))
            .unwrap_or_default()
    }

    /// Where the key at `path` stands, or, where it has none, the value, or what it would stand in.
    #[must_use]
    pub fn nearest_key(&self, path: &str) -> Place {
        ancestors(path)
            .find_map(|path| self.find_key(path).or_else(|| self.find(path)))
            .unwrap_or_default()
    }

    pub(crate) fn of(root: &Node) -> Self {
        let mut index = Self::default();
        index.add(String::new(), None, root);
        index
    }

    fn add(&mut self, path: String, key: Option<Place>, node: &Node) {
        match &node.kind {
            Kind::List(items) => {
                for (position, item) in items.iter().enumerate() {
                    self.add(format!("{path}[{position}]"), None, item);
                }
            }
            Kind::Map(entries) => {
                for entry in entries {
                    let below = join(&path, &entry.key);
                    self.add(below, Some(entry.place), &entry.value);
                }
            }
            Kind::Null | Kind::Bool(_) | Kind::Whole(_) | Kind::Float(_) | Kind::Text(_) => {}
        }
        self.spots.insert(
            path,
            Spot {
                key,
                value: node.place,
            },
        );
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

    fn index(text: &str) -> SpanIndex {
        let source = SourceText::new("x.yaml", text);
        SpanIndex::of(&Node::parse(&source).expect("this text is good"))
    }

    #[test]
    fn a_value_is_found_by_its_path_with_line_and_column() {
        let places = index("case: a\nwhen:\n  - run: {action: stop, returns: success}\n");
        let place = places.find("when[0].run.returns").expect("it is there");
        assert_eq!((place.line, place.column, place.length), (3, 34, 7));
    }

    #[test]
    fn columns_count_characters_and_offsets_count_bytes() {
        let text = "case: \"äöü\" \nlevel: must\n";
        let place = index(text).find("level").expect("it is there");
        assert_eq!((place.line, place.column), (2, 8));
        assert_eq!(&text[place.offset..place.offset + place.length], "must");
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
