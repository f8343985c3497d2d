/// What marks the reason that an agent gives on standard error.
/// Source: Pacemaker's `parse_exit_reason_from_stderr`; ocf-shellfuncs, `ocf_exit_reason`.
pub const EXIT_REASON_PREFIX: &str = "ocf-exit-reason:";

/// The text of the last reason that an agent gave on standard error.
#[must_use]
pub fn exit_reason(stderr: &str) -> Option<String> {
    let mut lines = stderr.lines().rev();
    let last = lines.find_map(|line| line.strip_prefix(EXIT_REASON_PREFIX));
    last.map(|reason| reason.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::exit_reason;

    #[test]
    fn the_last_reason_counts_and_its_mark_must_begin_the_line() {
        let stderr =
            "ocf-exit-reason:first\nnoise\nocf-exit-reason: second \nlog ocf-exit-reason:no";
        assert_eq!(exit_reason(stderr).as_deref(), Some("second"));
        assert_eq!(exit_reason("nothing"), None);
    }
}
