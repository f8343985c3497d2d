//! Prints who has written to a witness guest's disk, a line for each incarnation: its number, its counter, and `ended`
//! where it powered itself off, else `-`.
//!
//!     records DISK

use std::error::Error;
use std::io::{self, Write};
use std::path::PathBuf;

use virt_ra_tester::lab::guest::records;

fn main() -> Result<(), Box<dyn Error>> {
    let disk = std::env::args_os().nth(1).ok_or("usage: records DISK")?;
    for record in records(&PathBuf::from(disk))? {
        let end = if record.clean_end { "ended" } else { "-" };
        writeln!(
            io::stdout(),
            "{:016x} {} {end}",
            record.incarnation,
            record.counter
        )?;
    }
    Ok(())
}
