//! From a scene to strokes, row by row from the top: axis, interventions, lanes, findings.

mod drawing;
mod runs;
mod strip;

use drawing::{Drawing, RUN, THIN};
use strip::LaneArea;

use super::canvas::{Area, Canvas, Labelled, rows, wide};
use super::lane::{Lane, Process, Span, Writes};
use super::scale::{NAMES, Scale, WIDTH, number};
use super::scene::Scene;
use crate::history::{DomainState, Guest, NodeName};

/// Heights of rows.
const AXIS: f64 = 24.0;
const STATE: f64 = 20.0;
/// Room above and below a lane.
const PAD: f64 = 7.0;

/// Draws a scene: the lanes' names, the rest, and the height of both. `all` draws the emulators also where
/// they are what libvirt says.
pub(super) fn draw(scene: &Scene, all: bool) -> (Canvas, Canvas, f64) {
    let mut drawing = Drawing::new(Scale::new(scene.ready, scene.end), AXIS, all);
    strip::interventions(&mut drawing, &scene.interventions);
    strip::cluster(&mut drawing, &scene.cluster);
    strip::twice_head(&mut drawing, scene.doubled.as_ref());
    let top = drawing.y;
    let mut lanes = Vec::new();
    for (node, lane) in &scene.lanes {
        let from = drawing.y;
        drawing.lane(node, lane);
        lanes.push(LaneArea {
            node,
            top: from,
            bottom: drawing.y,
        });
    }
    let bottom = drawing.y;
    strip::marks(&mut drawing, &scene.marks, &lanes);
    let height = drawing.y + 4.0;
    // What lies below all else is known only now that the heights are.
    let mut body = Canvas::default();
    drawing.ground(&mut body, scene, height);
    if let Some(doubled) = &scene.doubled {
        strip::twice(&drawing.scale, &mut body, doubled, &lanes);
    }
    for (class, x, y) in &drawing.flags {
        body.upright(class, *x, (*y, bottom));
    }
    for (x, from, to) in &drawing.lines {
        body.upright("mark-line", *x, (*from, *to));
    }
    body.level("edge", top, WIDTH);
    body.level("edge", bottom, WIDTH);
    body.svg.push_str(&drawing.over.svg);
    (drawing.names, body, height)
}

impl Drawing {
    fn ground(&self, body: &mut Canvas, scene: &Scene, height: f64) {
        let bend = self.scale.bend();
        if scene.ready.is_some() && bend > 12.0 {
            let title = "before the case: the given world is made, in a time scale of its own";
            body.rect("given", [0.0, 0.0, bend, height], title);
        }
        for at in self.scale.ticks() {
            let x = self.x(at);
            body.upright("grid", x, (AXIS - 4.0, height));
            let text = number(at);
            let left = (x - wide(&text) / 2.0).clamp(0.0, WIDTH - wide(&text));
            // The line of `ready` has its own labels.
            let clear = left > bend + 36.0 || left + wide(&text) < bend - 46.0;
            if clear || bend <= 12.0 {
                body.text("tick", (left, 14.0), &text);
            }
        }
        if scene.ready.is_some() && bend > 12.0 {
            body.upright("ready", bend, (18.0, height));
            let word = "given";
            body.text("tick", (bend - wide(word) - 6.0, 14.0), word);
            body.text("tick", (bend + 5.0, 14.0), "case");
        }
    }

    fn lane(&mut self, node: &NodeName, lane: &Lane) {
        self.y += PAD;
        let base = self.y + RUN / 2.0 + 4.0;
        self.names
            .text("node", (4.0, base), &format!("node {node}"));
        let (recurring, others): (Vec<_>, Vec<_>) = lane.runs.iter().partition(|run| run.recurs);
        let (asked, own): (Vec<_>, Vec<_>) = others.iter().partition(|run| run.is_of_cluster());
        if asked.is_empty() || !own.is_empty() {
            self.runs("agent", &own);
        }
        if !asked.is_empty() {
            self.runs("cluster's", &asked);
        }
        self.monitors(&recurring);
        self.states(lane);
        if self.all || lane.differs() {
            self.emulators(&lane.emulators);
        }
        let mut writers: Vec<_> = lane.writes.values().collect();
        writers.sort_by_key(|writes| writes.number);
        for writes in writers {
            self.writes(writes);
        }
        self.y += PAD;
        self.over.level("edge", self.y, WIDTH);
        self.names.level("edge", self.y, NAMES);
    }

    fn states(&mut self, lane: &Lane) {
        // The row is left out where libvirt never knew the domain, unless there was an emulator that it should have known.
        let nothing = |span: &Span<Option<DomainState>>| span.what == Some(DomainState::Absent);
        let emulated = lane.states.iter().any(|span| lane.has_emulator_in(span));
        if lane.states.iter().all(nothing) && !emulated {
            return;
        }
        self.name("libvirt says", STATE);
        for span in &lane.states {
            let (class, word) = state(span.what);
            // An absent domain is labelled only where the process table has its emulator.
            if class == "absent" && !lane.has_emulator_in(span) {
                continue;
            }
            let (from, to) = self.ends(span.from, span.to);
            let title = format!("libvirt: {word} from {} to {}", span.from, span.to);
            let area: Area = [from, self.y + 2.0, to - from, STATE - 4.0];
            self.over.rect(class, area, &title);
            if wide(word) + 6.0 <= to - from {
                // On its own ground, for the hatching would make it hard to read.
                if matches!(class, "other" | "silent") {
                    let ground = [from + 2.0, self.y + 4.0, wide(word) + 3.0, STATE - 8.0];
                    self.over.rect("pic-paper", ground, "");
                }
                self.over.text("", (from + 4.0, self.y + 14.0), word);
            }
        }
        self.y += STATE;
    }

    /// A row for each emulator, or for several of which one is gone before the next one comes.
    fn emulators(&mut self, all: &[Span<Process>]) {
        let mut pids: Vec<_> = all.iter().map(|span| span.what.pid).collect();
        pids.dedup();
        let whole = |pid: &i32| {
            let of: Vec<_> = all.iter().filter(|span| span.what.pid == *pid).collect();
            let (from, to) = (of.first()?.from, of.last()?.to);
            let (from, to) = self.ends(from, to);
            Some(Labelled::new(from, to, "").bare())
        };
        let (chosen, count) = rows(&pids.iter().filter_map(whole).collect::<Vec<_>>());
        for row in 0..count {
            let name = match row {
                0 => "emulator",
                1 => "2nd emulator",
                _ => "one more",
            };
            self.name(name, THIN);
            let mine = pids.iter().zip(&chosen).filter(|(_, of)| **of == row);
            for (pid, _) in mine {
                let spans = all.iter().filter(|span| span.what.pid == *pid);
                spans.for_each(|span| self.emulator(span));
            }
            self.y += THIN;
        }
    }

    /// A process: its word, and a line as long as it is there.
    fn emulator(&mut self, span: &Span<Process>) {
        let one = &span.what;
        let stranger = match one.guest {
            Guest::Stranger => "stranger, ",
            _ => "",
        };
        let frozen = if one.frozen { ", frozen" } else { "" };
        let word = format!("{stranger}pid {}{frozen}", one.pid);
        let class = if one.frozen { "frozen" } else { "process" };
        let title = format!("process table: {word} from {} to {}", span.from, span.to);
        let (from, to) = self.ends(span.from, span.to);
        let (mut left, y) = (from, self.y + 6.0);
        if wide(&word) + 12.0 <= to - from {
            left += wide(&word) + 9.0;
            self.over.text("", (from + 4.0, self.y + 12.0), &word);
            self.over.rect(class, [from, y - 4.0, 1.5, 12.0], &title);
        }
        self.over.rect(class, [left, y, to - left, 4.0], &title);
    }

    fn writes(&mut self, writes: &Writes) {
        let name = match writes.number {
            0 => "stranger writes".to_owned(),
            number => format!("guest {number} writes"),
        };
        self.name(&name, THIN);
        // A fourth incarnation in one case has never been seen; it would share the third's colour.
        let class = format!("w{}", writes.number.min(3));
        let xs = writes.at.iter().map(|at| self.scale.x(*at));
        self.over.marks(&class, xs, (self.y + 3.0, THIN - 6.0));
        self.y += THIN;
    }
}

/// How a state looks, and its word.
const fn state(state: Option<DomainState>) -> (&'static str, &'static str) {
    let Some(state) = state else {
        return ("silent", "no answer");
    };
    match state {
        DomainState::Absent => ("absent", "not known"),
        DomainState::Running => ("running", "running"),
        DomainState::Nostate => ("other", "no state"),
        DomainState::Blocked => ("other", "blocked"),
        DomainState::Paused => ("other", "paused"),
        DomainState::Shutdown => ("other", "shutting down"),
        DomainState::Shutoff => ("off", "shut off"),
        DomainState::Crashed => ("other", "crashed"),
        DomainState::Pmsuspended => ("other", "pmsuspended"),
    }
}
