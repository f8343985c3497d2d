//! How much the machine's tasks wait for a processor: an agent must not be blamed for that.
//!
//! Source: the kernel's pressure stall information, `/proc/pressure/cpu`.

use std::time::Duration;

/// Microseconds for which some task has waited since the machine booted; none without such a kernel.
pub(super) fn waited() -> Option<u64> {
    parse(&std::fs::read_to_string("/proc/pressure/cpu").ok()?)
}

/// The part of a time, in percent, for which some task waited, when `before` was told at its beginning.
pub(super) fn percent(before: Option<u64>, time: Duration) -> Option<u8> {
    let stalled = waited()?.saturating_sub(before?);
    let whole = u64::try_from(time.as_micros()).ok()?.max(1);
    u8::try_from((stalled.saturating_mul(100) / whole).min(100)).ok()
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
