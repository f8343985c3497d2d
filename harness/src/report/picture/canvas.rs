//! The strokes that a picture is made of: SVG elements as text, and labels that do not lie on each other.

use std::fmt::Write as _;

use super::element::Element;
use super::scale::WIDTH;

/// What is drawn so far.
#[derive(Default)]
pub(super) struct Canvas {
    pub(super) svg: String,
}

/// A rectangle: left, top, width, height.
pub(super) type Area = [f64; 4];

impl Canvas {
    /// A rectangle; `title` is shown to who points at it.
    pub(super) fn rect(&mut self, class: &str, [x, y, w, h]: Area, title: &str) {
        let rect = Element::new(&mut self.svg, "rect").attribute("class", class);
        let rect = rect.length("x", x).length("y", y);
        let rect = rect.length("width", w.max(1.5)).length("height", h);
        match title {
            "" => rect.empty(),
            title => rect.titled(title),
        }
    }

    /// A text that begins at `x`, its base line at `y`.
    pub(super) fn text(&mut self, class: &str, (x, y): (f64, f64), text: &str) {
        let element = Element::new(&mut self.svg, "text");
        let element = match class.trim() {
            "" => element,
            class => element.attribute("class", class),
        };
        element.length("x", x).length("y", y).text(text);
    }

    /// An upright line.
    pub(super) fn upright(&mut self, class: &str, x: f64, (from, to): (f64, f64)) {
        self.path(class, &format!("M{x:.1} {from:.1}V{to:.1}"));
    }

    /// A level line that is so long.
    pub(super) fn level(&mut self, class: &str, y: f64, length: f64) {
        self.path(class, &format!("M0 {y:.1}H{length}"));
    }

    /// Short upright marks, of which those that would touch are one.
    pub(super) fn marks(&mut self, class: &str, xs: impl Iterator<Item = f64>, (y, h): (f64, f64)) {
        let mut path = String::new();
        let mut last = f64::MIN;
        for x in xs.filter(|x| {
            let clear = x - last >= CLEAR;
            last = if clear { *x } else { last };
            clear
        }) {
            // Writing to a string does not fail.
            let _ = write!(path, "M{x:.1} {y:.1}v{h:.1}");
        }
        self.path(class, &path);
    }

    fn path(&mut self, class: &str, data: &str) {
        Element::new(&mut self.svg, "path")
            .attribute("class", class)
            .attribute("d", data)
            .empty();
    }
}

/// How far apart two marks are at least.
const CLEAR: f64 = 2.5;
/// Room between a bar and its label, and between a label and the next bar.
const GAP: f64 = 5.0;

/// Where a label stands to what it names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Inside,
    Right,
    Left,
    /// Nowhere: there is no room.
    None,
}

/// A bar from left to right, with its label.
pub(super) struct Labelled {
    pub(super) from: f64,
    pub(super) to: f64,
    pub(super) side: Side,
    width: f64,
}

impl Labelled {
    /// A label inside its bar if it fits, else to the right, else to the left.
    pub(super) fn new(from: f64, to: f64, label: &str) -> Self {
        let width = wide(label);
        let side = match width + GAP {
            room if room + GAP <= to - from => Side::Inside,
            room if to + room <= WIDTH => Side::Right,
            room if from - room >= 0.0 => Side::Left,
            _ => Side::None,
        };
        let to = to.max(from + 2.0);
        Self {
            from,
            to,
            side,
            width,
        }
    }

    /// The same with its label only where that fits inside.
    pub(super) fn bare(mut self) -> Self {
        if self.side != Side::Inside {
            self.side = Side::None;
        }
        self
    }

    /// Writes the label where it belongs; `class` is that of the text.
    pub(super) fn write(&self, canvas: &mut Canvas, (class, y): (&str, f64), text: &str) {
        match self.side {
            Side::Right => canvas.text(&format!("{class} out"), (self.to + GAP, y), text),
            Side::Inside => canvas.text(class, (self.from + GAP, y), text),
            // By its end, for how long it is nobody knows.
            Side::Left => canvas.text(&format!("{class} out end"), (self.from - GAP, y), text),
            Side::None => {}
        }
    }

    fn extent(&self) -> (f64, f64) {
        match self.side {
            Side::Right => (self.from, self.to + GAP + self.width),
            Side::Left => (self.from - GAP - self.width, self.to),
            Side::Inside | Side::None => (self.from, self.to),
        }
    }
}

/// Gives each bar the first row in which neither it nor its label lies on another; and the number of rows.
pub(super) fn rows(all: &[Labelled]) -> (Vec<usize>, usize) {
    let mut taken: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut chosen = Vec::new();
    for one in all {
        let (from, to) = one.extent();
        let free =
            |row: &Vec<(f64, f64)>| row.iter().all(|(a, b)| to + GAP <= *a || *b + GAP <= from);
        let row = taken.iter().position(free).unwrap_or_else(|| {
            taken.push(Vec::new());
            taken.len() - 1
        });
        taken[row].push((from, to));
        chosen.push(row);
    }
    let count = taken.len();
    (chosen, count)
}

/// About how wide a text is, at the size of labels: there is no font to ask. Rather too much than too little.
pub(super) fn wide(text: &str) -> f64 {
    let each = text.chars().map(|c| match c {
        'i' | 'j' | 'l' | '\'' | '.' | ',' | ':' | ';' | '|' | '!' => 3.6,
        'f' | 't' | 'r' | ' ' | '(' | ')' | '[' | ']' | '/' | '-' => 4.8,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 11.2,
        c if c.is_ascii_uppercase() => 8.8,
        c if c.is_ascii() => 7.3,
        _ => 12.0,
    });
    each.sum()
}

/// As much of a text as is about so wide, with a sign where it was cut.
pub(super) fn cut(text: &str, width: f64) -> String {
    if wide(text) <= width {
        return text.to_owned();
    }
    let mut short = String::new();
    for c in text.chars() {
        if wide(&short) + 14.0 > width {
            break;
        }
        short.push(c);
    }
    format!("{}…", short.trim_end())
}

#[cfg(test)]
mod tests {
    use super::{Labelled, cut, rows, wide};

    #[test]
    fn bars_whose_labels_would_touch_stand_one_below_the_other() {
        let bars = [
            Labelled::new(10.0, 20.0, "a long label"),
            Labelled::new(30.0, 40.0, "another"),
            Labelled::new(400.0, 420.0, "far away"),
        ];
        assert_eq!(rows(&bars), (vec![0, 1, 0], 2));
    }

    #[test]
    fn a_text_is_cut_with_a_sign() {
        let long = "the process table still has its emulator";
        let short = cut(long, 100.0);
        assert!(short.ends_with('…') && wide(&short) <= 110.0, "{short}");
        assert_eq!(cut("short", 100.0), "short");
    }
}
