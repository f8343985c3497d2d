//! Signals that this process inherited as ignored, as nohup(1) and some shells have it.

use std::fs;

/// The numbers of the signals that this process ignores now; SIGPIPE is always among them.
pub(crate) fn ignored() -> Vec<i32> {
    in_status(&fs::read_to_string("/proc/self/status").unwrap_or_default())
}

/// The ignored signals in the text of a /proc/PID/status. Source: proc_pid_status(5), `SigIgn`.
fn in_status(status: &str) -> Vec<i32> {
    let set = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
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
        assert_eq!(in_status(status), [1, 13]);
        assert!(in_status("").is_empty());
    }
}
