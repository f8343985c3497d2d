//! How much the machine's tasks wait for a processor: an agent must not be blamed for that.
//!
//! Source: the kernel's pressure stall information, `/proc/pressure/cpu`.

use std::time::{Duration, Instant};

/// Microseconds for which some task has waited since the machine booted; none without such a kernel.
pub(super) fn waited() -> Option<u64> {
    parse(&std::fs::read_to_string("/proc/pressure/cpu").ok()?)
}

/// For how much of a time, in percent, some task waited; `before` and `after` are the counter at its begin and its end.
pub(super) fn percent(before: Option<u64>, after: Option<u64>, time: Duration) -> Option<u8> {
    let stalled = after?.saturating_sub(before?);
    let whole = u64::try_from(time.as_micros()).ok()?.max(1);
    u8::try_from((stalled.saturating_mul(100) / whole).min(100)).ok()
}

/// Whether the machine's processors have time for more, measured from one answer to the next.
#[derive(Debug)]
pub(super) struct Gauge {
    since: Instant,
    waited: Option<u64>,
}

impl Default for Gauge {
    fn default() -> Self {
        Self {
            since: Instant::now(),
            waited: waited(),
        }
    }
}

impl Gauge {
    /// How much time must have gone by since the last answer: what came of it shows by then.
    pub(super) const WINDOW: Duration = Duration::from_millis(250);

    /// For how much of the time, in percent, tasks may have waited.
    const LIGHT: u8 = 85;

    /// Whether they have; none until a window has gone by since the last answer. Where the kernel does not tell they
    /// have not.
    pub(super) fn have_time(&mut self) -> Option<bool> {
        let time = self.since.elapsed();
        if time < Self::WINDOW {
            return None;
        }
        let before = std::mem::take(self);
        let waited = percent(before.waited, waited(), time);
        Some(waited.is_some_and(|percent| percent < Self::LIGHT))
    }
}

fn parse(text: &str) -> Option<u64> {
    let some = text.lines().find(|line| line.starts_with("some "))?;
    some.split_whitespace()
        .find_map(|word| word.strip_prefix("total="))?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn the_total_of_some_is_read() {
        let text = "some avg10=99.10 avg60=99.24 avg300=89.83 total=1198208473\nfull avg10=0.00 \
                    avg60=0.00 avg300=0.00 total=0\n";
        assert_eq!(parse(text), Some(1_198_208_473));
        assert_eq!(parse(""), None);
    }
}
