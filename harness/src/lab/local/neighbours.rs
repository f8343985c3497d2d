//! Whether a node has heard of another one, by its table of neighbours (ARP).
//!
//! After most cases there is nothing to forget, and a tool that is asked to costs more than the rest of a reset.

use std::fs;

use crate::lab::setup::HARDWARE;

/// The address of a neighbour that did not answer.
const SILENT: &str = "00:00:00:00:00:00";

/// Whether the node with that first process has heard of another node, or waits for one in vain. Where it cannot be told, it
/// has.
pub(super) fn knows_others(init: i32) -> bool {
    let table = fs::read_to_string(format!("/proc/{init}/net/arp"));
    table.map_or(true, |table| names_a_node(&table))
}

/// Whether a table has an entry that is neither empty nor that of the switch.
///
/// Source: proc_pid_net(5), `arp`: a line of headings, then a line for each entry, whose fourth field is the hardware address.
fn names_a_node(table: &str) -> bool {
    let entries = table.lines().skip(1);
    let mut addresses = entries.filter_map(|entry| entry.split_whitespace().nth(3));
    addresses.any(|address| address == SILENT || address.starts_with(HARDWARE))
}

#[cfg(test)]
mod tests {
    use super::names_a_node;

    const HEAD: &str =
        "IP address       HW type     Flags       HW address            Mask     Device\n";

    #[test]
    fn the_switch_is_no_node_and_who_does_not_answer_may_be_one() {
        let entry = |hardware| {
            format!("{HEAD}192.0.2.2        0x1         0x2         {hardware}     *        eth0\n")
        };
        assert!(!names_a_node(HEAD));
        assert!(!names_a_node(&entry("c6:0d:4f:00:02:01")));
        assert!(names_a_node(&entry("52:54:00:00:02:02")));
        assert!(names_a_node(&entry("00:00:00:00:00:00")));
    }
}
