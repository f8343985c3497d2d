//! The strips above and below the lanes: what was done to the lab, the double run, and the findings.

use super::drawing::{Drawing, THIN};
use crate::history::NodeName;
use crate::judge::Doubled;
use crate::report::picture::canvas::{Canvas, Labelled, Side, cut, rows, wide};
use crate::report::picture::cluster::{ClusterNote, Kind};
use crate::report::picture::interventions::Intervention;
use crate::report::picture::scale::{Scale, WIDTH};
use crate::report::picture::scene::Mark;

/// Height of a row.
const ROW: f64 = 22.0;
/// Room for a finding's number, and the most for its text.
const DISC: f64 = 9.0;
const TEXT: f64 = 420.0;
/// How wide a point in time is drawn that has no number.
const POINT: f64 = 8.0;

/// The area of a node's lane.
pub(super) struct LaneArea<'a> {
    pub(super) node: &'a NodeName,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// Faults with a flag and a line through all lanes; waits and what was done by hand as bars and points.
pub(super) fn interventions(drawing: &mut Drawing, all: &[Intervention]) {
    if all.is_empty() {
        return;
    }
    let bar = |one: &Intervention| {
        let from = drawing.x(one.from);
        let to = one.to.map_or(from, |to| drawing.x(to));
        Labelled::new(from, to.max(from + 8.0), &one.text)
    };
    let bars: Vec<_> = all.iter().map(bar).collect();
    let (chosen, count) = rows(&bars);
    drawing.name("from outside", ROW);
    for ((one, bar), row) in all.iter().zip(&bars).zip(chosen) {
        let y = drawing.y + height(row);
        let until = one.to.map_or_else(String::new, |to| format!(" to {to}"));
        let title = format!("{} from {}{until}", one.text, one.from);
        let class = if one.harms { "fault" } else { "step" };
        let area = [bar.from, y + 3.0, bar.to - bar.from, ROW - 6.0];
        drawing.over.rect(class, area, &title);
        if one.harms {
            let low = y + ROW - 3.0;
            drawing
                .flags
                .push(("fault-line", drawing.x(one.effect), low));
            if one.healed {
                drawing.flags.push(("heal-line", bar.to, low));
                healed(drawing, bar, (y, &one.text));
            }
        }
        bar.write(&mut drawing.over, ("", y + 15.0), &one.text);
    }
    drawing.y += height(count);
}

/// What the cluster did, as points with their words; a fencing has a line through all lanes, as harm has.
pub(super) fn cluster(drawing: &mut Drawing, all: &[ClusterNote]) {
    if all.is_empty() {
        return;
    }
    let short: Vec<_> = all.iter().map(|note| cut(&note.text, TEXT)).collect();
    let bar = |(note, text): (&ClusterNote, &String)| {
        let x = drawing.x(note.at);
        Labelled::new(x, x + POINT, text)
    };
    let bars: Vec<_> = all.iter().zip(&short).map(bar).collect();
    let (chosen, count) = rows(&bars);
    drawing.name("cluster", ROW);
    for (index, (note, bar)) in all.iter().zip(&bars).enumerate() {
        let y = drawing.y + height(chosen[index]);
        let class = match note.kind {
            Kind::Decision => "decision",
            Kind::Belief => "belief",
            Kind::Member => "step",
            Kind::Fenced => "fault",
        };
        let area = [bar.from, y + 5.0, POINT, ROW - 10.0];
        drawing.over.rect(class, area, &note.title);
        if note.kind == Kind::Fenced {
            drawing.flags.push(("fault-line", bar.from, y + ROW - 5.0));
        }
        bar.write(&mut drawing.over, ("", y + 15.0), &short[index]);
    }
    drawing.y += height(count);
}

/// The word at the end of a fault that the case itself heals.
fn healed(drawing: &mut Drawing, bar: &Labelled, (y, text): (f64, &str)) {
    let word = "healed";
    let inside = if bar.side == Side::Inside {
        wide(text)
    } else {
        0.0
    };
    if bar.to - bar.from > inside + wide(word) + 20.0 {
        drawing.over.text("end", (bar.to - 5.0, y + 15.0), word);
    }
}

/// The label above a double run.
pub(super) fn twice_head(drawing: &mut Drawing, doubled: Option<&Doubled>) {
    let Some(doubled) = doubled else { return };
    let (from, to) = drawing.ends(doubled.from, doubled.to);
    let words = format!("RUNS TWICE from {} to {}", doubled.from, doubled.to);
    // Bold is wider than what `wide` knows.
    let bar = Labelled::new(from, to, &format!("{words}    "));
    drawing
        .over
        .rect("twice-head", [from, drawing.y, to - from, THIN], &words);
    let class = match bar.side {
        Side::Inside => "twice-in",
        _ => "twice-text",
    };
    bar.write(&mut drawing.over, (class, drawing.y + 12.5), &words);
    drawing.y += THIN;
}

/// The double run itself, across the lanes of its nodes.
pub(super) fn twice(scale: &Scale, body: &mut Canvas, doubled: &Doubled, lanes: &[LaneArea<'_>]) {
    let mine = lanes
        .iter()
        .filter(|lane| doubled.nodes.contains(lane.node));
    let (from, to) = (scale.x(doubled.from), scale.x(doubled.to));
    for LaneArea { top, bottom, .. } in mine {
        let area = [from, *top, (to - from).max(3.0), bottom - top];
        body.rect("twice", area, "the guest runs twice");
    }
}

/// The findings: a number at its moment, with a line up into the lane that it is about.
pub(super) fn marks(drawing: &mut Drawing, marks: &[Mark], lanes: &[LaneArea<'_>]) {
    if marks.is_empty() {
        return;
    }
    let short: Vec<_> = marks.iter().map(|mark| cut(&mark.text, TEXT)).collect();
    let bar = |(mark, text): (&Mark, &String)| {
        let x = drawing.x(mark.at);
        Labelled::new(x - DISC, x + DISC, text)
    };
    let bars: Vec<_> = marks.iter().zip(&short).map(bar).collect();
    let (chosen, count) = rows(&bars);
    drawing.name("found", ROW);
    let bottom = drawing.y;
    for (index, (mark, bar)) in marks.iter().zip(&bars).enumerate() {
        let y = drawing.y + height(chosen[index]) + ROW / 2.0;
        let of_node =
            |lane: &&LaneArea<'_>| mark.node.as_ref().is_none_or(|node| node == lane.node);
        let top = lanes.iter().find(of_node).map_or(bottom, |lane| lane.top);
        let x = drawing.x(mark.at);
        drawing.lines.push((x, top, y - DISC));
        drawing.disc((x, y), mark);
        if bar.side != Side::Inside {
            bar.write(&mut drawing.over, ("", y + 4.0), &short[index]);
        }
    }
    drawing.y += height(count);
}

impl Drawing {
    fn disc(&mut self, (x, y): (f64, f64), mark: &Mark) {
        let x = x.clamp(DISC, WIDTH - DISC);
        let side = DISC * 2.0;
        let number = mark.number.to_string();
        let width = side.max(wide(&number) + 8.0);
        self.over.rect(
            "mark",
            [x - width / 2.0, y - DISC, width, side],
            &mark.title,
        );
        self.over.text("mark-number", (x, y + 4.0), &number);
    }
}

fn height(rows: usize) -> f64 {
    f64::from(u16::try_from(rows).unwrap_or(u16::MAX)) * ROW
}
