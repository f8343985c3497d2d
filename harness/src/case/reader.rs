//! The parser: from a file's text to its tree, less what YAML has too much of.

use std::borrow::Cow;
use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span as ParserSpan, StrInput};

use super::mistake::{Mistake, SourceText};
use super::scalar;
use super::span::Span;
use super::yaml::{Yaml, YamlEntry, YamlKind};

/// How deep lists and maps may be nested; no good case needs a dozen.
const MAX_DEPTH: usize = 24;

/// Reads the one document of a file, and refuses what a case has no use for.
pub(crate) fn parse(source: &SourceText) -> Result<Yaml, Mistake> {
    Reader::new(source).document()
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

    fn document(&mut self) -> Result<Yaml, Mistake> {
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
                Event::StreamEnd => return Err(self.empty()),
                first => {
                    let node = self.node(first, span)?;
                    self.only_one()?;
                    return Ok(node);
                }
            }
        }
    }

    fn empty(&self) -> Mistake {
        let start = Span {
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
                (Event::DocumentStart(_), span) => {
                    return Err(self
                        .source
                        .mistake(
                            span,
                            "a file holds one document",
                            "a second one begins here",
                        )
                        .with_help("one case a file; rows of one case go into `table`"));
                }
                _ => {}
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Mistake> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => {
                let span = self.span(span);
                Ok((event, span))
            }
            Some(Err(error)) => Err(self.broken(&error)),
            None => Ok((Event::StreamEnd, Span::default())),
        }
    }

    fn span(&self, span: ParserSpan) -> Span {
        let end_of_text = self.source.text.len();
        let at = |index: usize| self.offsets.get(index).copied().unwrap_or(end_of_text);
        let (start, end) = (at(span.start.index()), at(span.end.index()));
        Span {
            line: span.start.line(),
            column: span.start.col() + 1,
            length: end.saturating_sub(start),
            offset: start,
        }
    }

    fn broken(&self, error: &ScanError) -> Mistake {
        let span = self.span(ParserSpan::empty(*error.marker()));
        if error.info().contains("unknown anchor") {
            return self.alias(span);
        }
        let line = self
            .source
            .text
            .lines()
            .nth(span.line.saturating_sub(1))
            .unwrap_or_default();
        let help = if line.contains('{') && line.contains("${") {
            "inside braces `${…}` is quoted: {a: \"${state}\"}"
        } else if line.contains('\t') {
            "indent by spaces, never by tabs"
        } else {
            "look at the brackets, the quotes and the indentation up to this place"
        };
        self.source
            .mistake(span, "this is not YAML", error.info().to_owned())
            .with_help(help)
    }

    fn alias(&self, span: Span) -> Mistake {
        self.source
            .mistake(
                span,
                "a case has no aliases",
                "this stands for something elsewhere",
            )
            .with_help("write it out, or make rows in `table`")
    }

    fn node(&mut self, event: Event<'a>, span: Span) -> Result<Yaml, Mistake> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.undecorated(anchor, tag.is_some(), span)?;
                Ok(Yaml {
                    kind: self.scalar(text, style, span)?,
                    span,
                })
            }
            Event::SequenceStart(anchor, tag) => {
                self.undecorated(anchor, tag.is_some(), span)?;
                self.nested(span, Self::list)
            }
            Event::MappingStart(anchor, tag) => {
                self.undecorated(anchor, tag.is_some(), span)?;
                self.nested(span, Self::map)
            }
            _ => Err(self.alias(span)),
        }
    }

    fn undecorated(&self, anchor: usize, tagged: bool, span: Span) -> Result<(), Mistake> {
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
            .mistake(span, message, format!("this begins with `{sign}`"))
            .with_help(help))
    }

    fn scalar(
        &self,
        text: Cow<'a, str>,
        style: ScalarStyle,
        span: Span,
    ) -> Result<YamlKind, Mistake> {
        if style != ScalarStyle::Plain {
            return Ok(YamlKind::Text(text.into_owned()));
        }
        scalar::plain(&text).map_err(|trap| {
            let message = format!("`{text}` means different things to different readers of YAML");
            let label = format!("YAML 1.1 takes this for {}", trap.taken_for);
            self.source
                .mistake(span, message, label)
                .with_help(format!("write {}", trap.write))
        })
    }

    fn nested(
        &mut self,
        span: Span,
        read: fn(&mut Self) -> Result<(YamlKind, Span), Mistake>,
    ) -> Result<Yaml, Mistake> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("this is nested more than {MAX_DEPTH} deep");
            return Err(self
                .source
                .mistake(span, message, "one list or map too many")
                .with_help("no step needs that: look for brackets that were not closed"));
        }
        let (kind, end) = read(self)?;
        self.depth -= 1;
        let end = end.offset + end.length;
        let length = self
            .source
            .text
            .get(span.offset..end)
            .map_or(0, |text| text.trim_end().len());
        Ok(Yaml {
            kind,
            span: Span { length, ..span },
        })
    }

    fn list(&mut self) -> Result<(YamlKind, Span), Mistake> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, end) => return Ok((YamlKind::List(items), end)),
                (event, span) => items.push(self.node(event, span)?),
            }
        }
    }

    fn map(&mut self) -> Result<(YamlKind, Span), Mistake> {
        let mut entries: Vec<YamlEntry> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                self.differ(&entries)?;
                return Ok((YamlKind::Map(entries), span));
            }
            let key = self.key(event, span)?;
            let (event, value_place) = self.next()?;
            let value = self.node(event, value_place)?;
            entries.push(YamlEntry { key, span, value });
        }
    }

    /// Refuses a key that a map has twice.
    fn differ(&self, entries: &[YamlEntry]) -> Result<(), Mistake> {
        let mut lines = BTreeMap::new();
        for YamlEntry { key, span, .. } in entries {
            if let Some(line) = lines.insert(key.as_str(), span.line) {
                let message = format!("the key `{key}` is here twice");
                let label = format!("it was already given in line {line}");
                return Err(self
                    .source
                    .mistake(*span, message, label)
                    .with_help("keep one of them"));
            }
        }
        Ok(())
    }

    fn key(&self, event: Event<'a>, span: Span) -> Result<String, Mistake> {
        let Event::Scalar(text, style, anchor, tag) = event else {
            let message = "a key is a word, not a list, a map or an alias";
            return Err(self
                .source
                .mistake(span, message, "this is the key")
                .with_help("write `key: value`, the key in one word"));
        };
        self.undecorated(anchor, tag.is_some(), span)?;
        if text == "<<" && style == ScalarStyle::Plain {
            return Err(self
                .source
                .mistake(
                    span,
                    "a case has no merge keys",
                    "this merges another map in",
                )
                .with_help("write the keys out"));
        }
        match self.scalar(text, style, span)? {
            YamlKind::Text(word) => Ok(word),
            _ => Err(self
                .source
                .mistake(span, "a key is a word", "this is not text")
                .with_help("quote it if it is meant to be a word")),
        }
    }
}
