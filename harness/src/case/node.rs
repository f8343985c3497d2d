//! A file as a tree whose every node knows its place.

use std::borrow::Cow;
use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput};
use serde_yaml::Value;

use super::Place;
use super::mistake::{Mistake, SourceText};
use super::scalar;

/// How large a file may be.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// How deep lists and maps may be nested; no good case needs a dozen.
const MAX_DEPTH: usize = 24;

/// A value in a file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Whole(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key of a map with its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) place: Place,
    pub(crate) value: Node,
}

impl Node {
    /// Reads the one document of a file, and refuses what a case has no use for.
    pub(crate) fn parse(source: &SourceText) -> Result<Self, Mistake> {
        Reader::new(source).document()
    }

    /// The same tree for serde, without the places.
    pub(crate) fn value(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(truth) => Value::Bool(*truth),
            Kind::Whole(number) => Value::from(*number),
            Kind::Float(number) => Value::from(*number),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::List(items) => Value::Sequence(items.iter().map(Self::value).collect()),
            Kind::Map(entries) => Value::Mapping(
                entries
                    .iter()
                    .map(|entry| (Value::String(entry.key.clone()), entry.value.value()))
                    .collect(),
            ),
        }
    }
}

struct Reader<'a> {
    source: &'a SourceText,
    parser: Parser<'a, StrInput<'a>>,
    /// The offset in bytes of each character, and of the end.
    offsets: Vec<usize>,
    depth: usize,
}

impl<'a> Reader<'a> {
    fn new(source: &'a SourceText) -> Self {
        let mut offsets: Vec<usize> = source
            .text
            .char_indices()
            .map(|(offset, _)| offset)
            .collect();
        offsets.push(source.text.len());
        Self {
            source,
            parser: Parser::new_from_str(&source.text),
            offsets,
            depth: 0,
        }
    }

    fn document(&mut self) -> Result<Node, Mistake> {
        loop {
            let (event, place) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
                Event::StreamEnd => return Err(self.empty()),
                first => {
                    let node = self.node(first, place)?;
                    self.only_one()?;
                    return Ok(node);
                }
            }
        }
    }

    fn empty(&self) -> Mistake {
        let start = Place {
            line: 1,
            column: 1,
            length: 0,
            offset: 0,
        };
        self.source
            .mistake(start, "this file is empty", "nothing but comments is here")
            .with_help("a case begins with its sentence, `case: …`; `virt-ra-tester schema` tells what any file holds")
    }

    fn only_one(&mut self) -> Result<(), Mistake> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(()),
                (Event::DocumentStart(_), place) => {
                    return Err(self
                        .source
                        .mistake(
                            place,
                            "a file holds one document",
                            "a second one begins here",
                        )
                        .with_help("one case a file; rows of one case go into `table`"));
                }
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Place), Mistake> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                let place = self.place(span);
                Ok((event, place))
            }
            Some(Err(error)) => Err(self.broken(&error)),
            None => Ok((Event::StreamEnd, Place::default())),
        }
    }

    fn place(&self, span: Span) -> Place {
        let end_of_text = self.source.text.len();
        let at = |index: usize| self.offsets.get(index).copied().unwrap_or(end_of_text);
        let (start, end) = (at(span.start.index()), at(span.end.index()));
        Place {
            line: span.start.line(),
            column: span.start.col() + 1,
            length: end.saturating_sub(start),
            offset: start,
        }
    }

    fn broken(&self, error: &ScanError) -> Mistake {
        let place = self.place(Span::empty(*error.marker()));
        if error.info().contains("unknown anchor") {
            return self.alias(place);
        }
        let line = self
            .source
            .text
            .lines()
            .nth(place.line.saturating_sub(1))
            .unwrap_or_default();
        let help = if line.contains('{') && line.contains("${") {
            "inside braces `${…}` is quoted: {a: \"${state}\"}"
        } else if line.contains('\t') {
            "indent by spaces, never by tabs"
        } else {
            "look at the brackets, the quotes and the indentation up to this place"
        };
        self.source
            .mistake(place, "this is not YAML", error.info().to_owned())
            .with_help(help)
    }

    fn alias(&self, place: Place) -> Mistake {
        self.source
            .mistake(
                place,
                "a case has no aliases",
                "this stands for something elsewhere",
            )
            .with_help("write it out, or make rows in `table`")
    }

    fn node(&mut self, event: Event<'a>, place: Place) -> Result<Node, Mistake> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.undecorated(anchor, tag.is_some(), place)?;
                Ok(Node {
                    kind: self.scalar(text, style, place)?,
                    place,
                })
            }
            Event::SequenceStart(anchor, tag) => {
                self.undecorated(anchor, tag.is_some(), place)?;
                self.nested(place, Self::list)
            }
            Event::MappingStart(anchor, tag) => {
                self.undecorated(anchor, tag.is_some(), place)?;
                self.nested(place, Self::map)
            }
            _ => Err(self.alias(place)),
        }
    }

    fn undecorated(&self, anchor: usize, tagged: bool, place: Place) -> Result<(), Mistake> {
        let (what, sign, help) = match (anchor, tagged) {
            (0, false) => return Ok(()),
            (0, true) => (
                "tag",
                "!",
                "a step or a check is a map of one key, such as `run: {…}`",
            ),
            _ => ("anchor", "&", "write it out, or make rows in `table`"),
        };
        let message = format!("a case has no {what}s");
        Err(self
            .source
            .mistake(place, message, format!("this begins with `{sign}`"))
            .with_help(help))
    }

    fn scalar(
        &self,
        text: Cow<'a, str>,
        style: ScalarStyle,
        place: Place,
    ) -> Result<Kind, Mistake> {
        if style != ScalarStyle::Plain {
            return Ok(Kind::Text(text.into_owned()));
        }
        scalar::plain(&text).map_err(|trap| {
            let message = format!("`{text}` means different things to different readers of YAML");
            let label = format!("YAML 1.1 takes this for {}", trap.taken_for);
            self.source
                .mistake(place, message, label)
                .with_help(format!("write {}", trap.write))
        })
    }

    fn nested(
        &mut self,
        place: Place,
        read: fn(&mut Self) -> Result<(Kind, Place), Mistake>,
    ) -> Result<Node, Mistake> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("this is nested more than {MAX_DEPTH} deep");
            return Err(self
                .source
                .mistake(place, message, "one list or map too many")
                .with_help("no step needs that: look for brackets that were not closed"));
        }
        let (kind, end) = read(self)?;
        self.depth -= 1;
        let end = end.offset + end.length;
        let length = self
            .source
            .text
            .get(place.offset..end)
            .map_or(0, |text| text.trim_end().len());
        Ok(Node {
            kind,
            place: Place { length, ..place },
        })
    }

    fn list(&mut self) -> Result<(Kind, Place), Mistake> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, end) => return Ok((Kind::List(items), end)),
                (event, place) => items.push(self.node(event, place)?),
            }
        }
    }

    fn map(&mut self) -> Result<(Kind, Place), Mistake> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut lines = BTreeMap::new();
        loop {
            let (event, place) = self.next()?;
            if event == Event::MappingEnd {
                return Ok((Kind::Map(entries), place));
            }
            let key = self.key(event, place)?;
            if let Some(line) = lines.insert(key.clone(), place.line) {
                let message = format!("the key `{key}` is here twice");
                let label = format!("it was already given in line {line}");
                return Err(self
                    .source
                    .mistake(place, message, label)
                    .with_help("keep one of them"));
            }
            let (event, value_place) = self.next()?;
            let value = self.node(event, value_place)?;
            entries.push(Entry { key, place, value });
        }
    }

    fn key(&self, event: Event<'a>, place: Place) -> Result<String, Mistake> {
        let Event::Scalar(text, style, anchor, tag) = event else {
            let message = "a key is a word, not a list, a map or an alias";
            return Err(self
                .source
                .mistake(place, message, "this is the key")
                .with_help("write `key: value`, the key in one word"));
        };
        self.undecorated(anchor, tag.is_some(), place)?;
        if text == "<<" && style == ScalarStyle::Plain {
            return Err(self
                .source
                .mistake(
                    place,
                    "a case has no merge keys",
                    "this merges another map in",
                )
                .with_help("write the keys out"));
        }
        match self.scalar(text, style, place)? {
            Kind::Text(word) => Ok(word),
            _ => Err(self
                .source
                .mistake(place, "a key is a word", "this is not text")
                .with_help("quote it if it is meant to be a word")),
        }
    }
}
