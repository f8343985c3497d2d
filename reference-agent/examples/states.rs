//! `states URI UUID`: whether libvirt's protocol and its library say the same of a domain's state.
//!
//! `tests/good/state-by-protocol.sh` runs it in a lab, in every state in which `monitor` is judged. It exits with 0 when
//! both agree, and otherwise with 1; what they say is on stdout.

use std::io::{self, Write};
use std::process::ExitCode;

use virt_reference_agent::states;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(uri), Some(uuid)) = (arguments.next(), arguments.next()) else {
        return ExitCode::from(2);
    };
    let (protocol, library) = states(&uri, &uuid);
    let shown = writeln!(io::stdout(), "protocol: {protocol:?}, library: {library}");
    match protocol {
        Some(answer) if answer == library && shown.is_ok() => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}
