//! Keeps libvirt's library out of the program, whatever links it.
//!
//! virt's bindings ask the linker for libvirt. The agent has functions of its own by the names of those that it calls
//! (`src/libvirt/library.rs`), and the linker throws away everything that would call others; but only LLD then sees that
//! the library isn't needed. Others look for it before they throw anything away. So they find an empty archive of that
//! name first. A call that has no function of the agent's own is an error of the linker then, whichever it is.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = env::var_os("OUT_DIR").expect("cargo sets it");
    // An archive without members is its first line alone (ar(5)).
    fs::write(Path::new(&folder).join("libvirt.a"), "!<arch>\n").expect("it can be written");
    println!(
        "cargo::rustc-link-search=native={}",
        Path::new(&folder).display()
    );
}
