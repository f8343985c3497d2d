//! From milliseconds to the drawing's units, of which one is a pixel at the picture's natural size.

use crate::history::Moment;

/// Width of what lies beside the lanes' names.
pub(super) const WIDTH: f64 = 1000.0;
/// Width of the column with the names of the lanes.
pub(super) const NAMES: f64 = 112.0;
/// Room at both ends, for what is drawn around a moment.
const MARGIN: f64 = 10.0;
/// The most of the width that the making of the given world gets: it is not what the case is about.
const BEFORE: f64 = 0.14;
/// The least that it gets, for its own labels.
const BEFORE_AT_LEAST: f64 = 60.0;
/// How far apart ticks with a number are at least.
const APART: f64 = 62.0;
/// Milliseconds between two ticks, to choose from.
const STEPS: [u64; 13] = [
    10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000, 300_000,
];

/// The axis of time: two straight parts, with the moment at which the world was ready between them.
pub(super) struct Scale {
    ready: u64,
    end: u64,
    /// Where the second part begins.
    bend: f64,
}

impl Scale {
    /// An axis from 0 to `end`, on which what came before `ready` gets no more than its share.
    pub(super) fn new(ready: Option<Moment>, end: Moment) -> Self {
        let end = end.0.max(1);
        let ready = ready.map_or(0, |ready| ready.0.min(end));
        let whole = WIDTH - 2.0 * MARGIN;
        let natural = ratio(ready, end) * whole;
        let bend = match ready {
            // All of it is before: there is no second part.
            all if all == end => natural,
            0 => 0.0,
            _ => natural.clamp(BEFORE_AT_LEAST, BEFORE * whole),
        };
        Self {
            ready,
            end,
            bend: MARGIN + bend,
        }
    }

    /// Where a moment is.
    pub(super) fn x(&self, at: Moment) -> f64 {
        let at = at.0.min(self.end);
        if at <= self.ready {
            let share = ratio(at, self.ready.max(1));
            return MARGIN + share * (self.bend - MARGIN);
        }
        let rest = WIDTH - MARGIN - self.bend;
        self.bend + ratio(at - self.ready, self.end - self.ready) * rest
    }

    /// Where the given world was there.
    pub(super) const fn bend(&self) -> f64 {
        self.bend
    }

    /// The moments that get a number on the axis; each of its parts has steps of its own.
    pub(super) fn ticks(&self) -> Vec<Moment> {
        let before = step(self.ready, self.bend - MARGIN);
        let after = step(self.end - self.ready, WIDTH - MARGIN - self.bend);
        let each = |step: u64, end: u64| {
            (1..)
                .map(move |n| n * step)
                .take_while(move |at| *at <= end)
        };
        let early = before.into_iter().flat_map(|step| each(step, self.ready));
        let late = after.into_iter().flat_map(|step| each(step, self.end));
        let late = late.filter(|at| *at > self.ready);
        let mut ticks = vec![Moment(0)];
        for at in early.chain(late).map(Moment) {
            let last = ticks.last().map_or(0.0, |last| self.x(*last));
            if self.x(at) - last >= APART {
                ticks.push(at);
            }
        }
        ticks
    }
}

/// Milliseconds from one tick to the next, where `long` takes so much room; none where not even two fit.
fn step(long: u64, room: f64) -> Option<u64> {
    let wide = |step: &u64| ratio(*step, long.max(1)) * room >= APART;
    STEPS.into_iter().find(|step| *step <= long && wide(step))
}

/// A part of a whole; milliseconds of a case are far from what `f64` cannot hold.
fn ratio(part: u64, whole: u64) -> f64 {
    let whole = u32::try_from(whole).unwrap_or(u32::MAX);
    f64::from(u32::try_from(part).unwrap_or(u32::MAX)) / f64::from(whole)
}

/// A tick's number: seconds, with as many places as it needs.
pub(super) fn number(at: Moment) -> String {
    let text = format!("{}.{:03}", at.0 / 1000, at.0 % 1000);
    let short = text.trim_end_matches('0').trim_end_matches('.');
    format!("{short} s")
}

#[cfg(test)]
mod tests {
    use super::{APART, Scale, WIDTH, number};
    use crate::history::Moment;

    #[test]
    fn time_only_goes_right_and_stays_inside() {
        for (ready, end) in [(None, 5000), (Some(2500), 4000), (Some(7), 7), (Some(0), 0)] {
            let scale = Scale::new(ready.map(Moment), Moment(end));
            let xs: Vec<_> = (0..=end)
                .step_by(50)
                .map(|at| scale.x(Moment(at)))
                .collect();
            assert!(xs.windows(2).all(|pair| pair[0] < pair[1]), "{end}");
            assert!(xs.iter().all(|x| (0.0..=WIDTH).contains(x)), "{end}");
        }
    }

    #[test]
    fn numbers_on_the_axis_do_not_touch() {
        for end in [38, 900, 4221, 17_310, 61_382, 900_000] {
            let scale = Scale::new(Some(Moment(end / 3)), Moment(end));
            let xs: Vec<_> = scale.ticks().into_iter().map(|at| scale.x(at)).collect();
            assert!(
                xs.windows(2).all(|pair| pair[1] - pair[0] >= APART),
                "{end}"
            );
            assert!(xs.len() > 2, "{end}");
        }
    }

    #[test]
    fn a_number_has_no_needless_places() {
        let all = [0, 500, 2000, 10_050].map(|at| number(Moment(at)));
        assert_eq!(all, ["0 s", "0.5 s", "2 s", "10.05 s"]);
    }
}
