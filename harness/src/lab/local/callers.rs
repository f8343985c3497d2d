//! Who is connected to a node's libvirt daemon, by the kernel's list of sockets.

use std::fs;

/// The kernel's words for a connection, and for one that only the caller has closed: the others have no process.
const HELD: [&str; 2] = ["01", "08"];

/// Whether anybody is connected to that TCP port in the network of a process, by its id on the host.
pub(super) fn has_callers(process: i32, port: u16) -> bool {
    ["tcp", "tcp6"].iter().any(|table| {
        let table = fs::read_to_string(format!("/proc/{process}/net/{table}"));
        table.is_ok_and(|table| is_called(&table, port))
    })
}

/// Source: `Documentation/networking/proc_net_tcp.rst` of the kernel.
fn is_called(table: &str, port: u16) -> bool {
    let port = format!("{port:04X}");
    table.lines().skip(1).any(|line| {
        let mut words = line.split_whitespace().skip(1);
        let (local, state) = (words.next(), words.nth(1));
        let local = local.and_then(|local| local.rsplit(':').next());
        local == Some(&port) && state.is_some_and(|state| HELD.contains(&state))
    })
}

#[cfg(test)]
mod tests {
    use super::is_called;

    const TABLE: &str = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when
   0: 00000000:407D 00000000:0000 0A 00000000:00000000 00:00000000
   1: 020200C0:407D 010200C0:9C4E 06 00000000:00000000 03:00000DAC
   2: 020200C0:C000 010200C0:9C50 01 00000000:00000000 00:00000000
";

    #[test]
    fn only_a_connection_to_that_port_counts() {
        assert!(!is_called(TABLE, 16509));
        assert!(is_called(TABLE, 49152));
        let connected = TABLE.replace(" 06 ", " 01 ");
        assert!(is_called(&connected, 16509));
        assert!(!is_called("", 16509));
    }
}
