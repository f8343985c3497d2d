//! The signals that a process ignores, as nohup(1) and some shells have it, or catches.

use std::fs;

/// The numbers of the signals that this process ignores now; SIGPIPE is always among them.
pub(crate) fn ignored() -> Vec<i32> {
    in_status(
        "SigIgn",
        &fs::read_to_string("/proc/self/status").unwrap_or_default(),
    )
}

/// The signals of a set, such as `SigIgn`, in the text of a /proc/PID/status. Source: proc_pid_status(5).
pub(crate) fn in_status(set: &str, status: &str) -> Vec<i32> {
    let set = status
        .lines()
        .find_map(|line| line.strip_prefix(set)?.strip_prefix(':'))
        .and_then(|set| u64::from_str_radix(set.trim(), 16).ok())
        .unwrap_or_default();
    (1..=64)
        .filter(|signal| set >> (signal - 1) & 1 == 1)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::in_status;

    #[test]
    fn ignored_signals_are_read_from_the_process_table() {
        let status = "SigBlk:\t0000000000000001\nSigIgn:\t0000000000001001\nSigCgt:\t0\n";
        assert_eq!(in_status("SigIgn", status), [1, 13]);
        assert!(in_status("SigIgn", "").is_empty());
    }
}
