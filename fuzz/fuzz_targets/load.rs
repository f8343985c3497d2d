//! No text may make the loader panic, nor the printing of what it finds wrong.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run load fuzz/corpus/load cases tests/bad-cases -- -max_total_time=300`: what is found goes
//! to the first folder, which must be there; the others are read alone. A nightly compiler does without the variable.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use virt_ra_tester::case::{Register, load_text};

fuzz_target!(|text: &str| {
    for error in load_text(Path::new("area/fuzzed.yaml"), text, None).err().unwrap_or_default() {
        let _ = format!("{:?}", miette::Report::new(error));
    }
    if let Err(error) = Register::parse(Path::new("clauses.yaml"), text) {
        let _ = format!("{:?}", miette::Report::new(error));
    }
});
