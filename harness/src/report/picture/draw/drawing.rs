use crate::history::Moment;
use crate::report::picture::canvas::Canvas;
use crate::report::picture::scale::{NAMES, Scale};

/// Height of a row of runs.
pub(super) const RUN: f64 = 22.0;
/// Height of a row of emulators or writes.
pub(super) const THIN: f64 = 16.0;

/// A picture in the making.
pub(super) struct Drawing {
    pub(super) scale: Scale,
    pub(super) names: Canvas,
    pub(super) over: Canvas,
    /// The line of each fault and of its end: its look, and where it begins.
    pub(super) flags: Vec<(&'static str, f64, f64)>,
    /// The line of each finding, up into its lane.
    pub(super) lines: Vec<(f64, f64, f64)>,
    /// Where the next row begins.
    pub(super) y: f64,
    /// Whether emulators are drawn also where they are what libvirt says.
    pub(super) all: bool,
}

impl Drawing {
    /// An empty one whose first row begins at `y`.
    pub(super) fn new(scale: Scale, y: f64, all: bool) -> Self {
        Self {
            scale,
            names: Canvas::default(),
            over: Canvas::default(),
            flags: Vec::new(),
            lines: Vec::new(),
            y,
            all,
        }
    }

    pub(super) fn x(&self, at: Moment) -> f64 {
        self.scale.x(at)
    }

    /// The left and the right end of what lasted.
    pub(super) fn ends(&self, from: Moment, to: Moment) -> (f64, f64) {
        let from = self.x(from);
        (from, self.x(to).max(from + 1.5))
    }

    /// Names the row that begins at `self.y`.
    pub(super) fn name(&mut self, text: &str, height: f64) {
        let y = self.y + height / 2.0 + 4.0;
        self.names.text("name", (NAMES - 8.0, y), text);
    }
}
