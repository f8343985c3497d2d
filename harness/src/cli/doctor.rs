//! `virt-ra-tester doctor`: what this machine has and lacks for each kind of lab, line by line.
//!
//! [`Facts`] are gathered once, by asking the machine itself: programs are run, namespaces are made,
//! libvirt's test driver is opened. The page is a pure function of the facts. Nothing is changed.

mod facts;
mod line;
mod packages;
mod page;
mod probe;
mod programs;

use std::io::{self, Write};

use clap::Args;

use super::printed::Printed;

pub use facts::{
    Facts, Kvm, Manager, Memory, Namespaces, PartFacts, Program, StockAgent, Use, User,
};
pub use line::{Line, Mark, Section};
pub use page::Page;

/// The options of `doctor`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    printed: Printed,
}

/// Examines the machine and writes the page to `out`; tells whether the local lab can run for this user.
///
/// `kvm` boots the witness guest under KVM with a deadline: a device node alone proves nothing.
///
/// # Errors
/// When `out` cannot be written.
pub fn run(arguments: &Arguments, out: &mut impl Write, kvm: &dyn Fn() -> Kvm) -> io::Result<bool> {
    let page = Page::of(&probe::gather(kvm));
    arguments.printed.print(out, &page)?;
    Ok(page.is_ready)
}
