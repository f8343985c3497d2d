//! The witness guest, as the harness sees it: its firmware, its disk, its records, its commands. `guest/guest.S`
//! describes the layout.
//!
//! The guest is its own firmware, a ROM of 64 KiB: no BIOS, no kernel, no image to fetch. SeaBIOS took 55 ms of
//! processor time under TCG at each boot, the ROM takes two. It sleeps between timer ticks, and at every second tick it
//! writes a record with its **incarnation**, drawn at boot, and a counter, to sector 64 + the low byte of the
//! incarnation. nbdkit's log has offsets and no contents, so the offset alone tells two incarnations apart. The same
//! incarnation after a migration has kept its memory; a new one was booted; two that write, or one that two nodes write
//! for, prove that the guest runs twice.
//!
//! A command sector makes the guest deaf to the power button, slow to shut down, dirty memory, panic, suspend, reboot
//! or power off. It dirties 256 pages a tick and sleeps in between, so that it does not take a processor under TCG from
//! all others: at 1 MiB/s a copy of them takes eighteen ticks. With 128 pages some copies converged, since QEMU ends
//! one when what is left takes less than 0.3 s at the speed that it last measured (seen: 1.7 MiB/s where 1 was
//! allowed). Bystanders write at every third tick only.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

/// The assembled guest, which is its own firmware: a ROM below 1 MiB and below 4 GiB.
pub(super) const ROM: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/guest.bin"));
/// Bytes of a sector.
pub const SECTOR: u64 = 512;
/// The sector that the guest reads its command from.
pub const COMMAND_SECTOR: u64 = 8;
/// The record of an incarnation is in this sector plus the incarnation's low byte.
pub const RECORD_SECTOR: u64 = 64;
const MAGIC: &[u8] = b"VRTGUEST";
/// The content of a disk that no guest has written to yet.
pub(super) static FRESH_DISK: [u8; 1 << 20] = [0; 1 << 20];

/// What the guest is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuestDo {
    /// Behave so until told otherwise.
    Mode(GuestMode),
    /// Do this at the next look at the command sector, within a quarter of a second.
    Once(GuestOnce),
}

/// How the guest behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GuestMode {
    /// Ignore the power button.
    pub deaf: bool,
    /// Change 1 MiB of memory at every timer tick, so that a slow migration never converges.
    pub dirty: bool,
    /// Read and write at every third timer tick only, and not at every second.
    pub calm: bool,
    /// Timer ticks, 18.2 a second, between the power button and the power off.
    pub shutdown_ticks: u16,
}

/// What the guest does once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GuestOnce {
    /// Say through the panic device that it panicked, and stop.
    Panic = 1,
    /// Suspend to RAM; woken, it boots anew.
    Suspend = 2,
    /// Power itself off.
    PowerOff = 3,
    /// Reset itself: a new incarnation.
    Reboot = 4,
    /// Stop without a word: its processor halts for ever.
    Hang = 5,
}

/// What one incarnation of the guest last wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Drawn at boot: the same after a migration, another after a boot.
    pub incarnation: u64,
    /// How many records it has written.
    pub counter: u64,
    /// Whether it has seen the power button.
    pub button_seen: bool,
    /// Whether this was its last record before it powered itself off.
    pub clean_end: bool,
}

impl Record {
    /// Reads a record from a sector; none when the sector holds none.
    #[must_use]
    pub fn parse(sector: &[u8]) -> Option<Self> {
        let rest = sector.strip_prefix(MAGIC)?;
        let (incarnation, rest) = rest.split_first_chunk::<8>()?;
        let (counter, rest) = rest.split_first_chunk::<8>()?;
        let flags = *rest.first()?;
        Some(Self {
            incarnation: u64::from_le_bytes(*incarnation),
            counter: u64::from_le_bytes(*counter),
            button_seen: flags & 1 != 0,
            clean_end: flags & 2 != 0,
        })
    }
}

/// The records of all incarnations that have written to a disk since it was made.
///
/// # Errors
/// When the disk cannot be read.
pub fn records(disk: &Path) -> io::Result<Vec<Record>> {
    let mut sectors = vec![0; 256 * 512];
    File::open(disk)?.read_exact_at(&mut sectors, RECORD_SECTOR * SECTOR)?;
    Ok(sectors.chunks(512).filter_map(Record::parse).collect())
}

/// Puts a command into a disk's command sector.
pub(super) fn command(disk: &Path, what: GuestDo) -> io::Result<()> {
    let file = File::options().write(true).open(disk)?;
    let place = COMMAND_SECTOR * SECTOR;
    match what {
        GuestDo::Once(once) => file.write_all_at(&[once as u8], place),
        GuestDo::Mode(mode) => {
            let bits = u8::from(mode.deaf) | u8::from(mode.dirty) << 1 | u8::from(mode.calm) << 2;
            let [low, high] = mode.shutdown_ticks.to_le_bytes();
            file.write_all_at(&[bits, low, high], place + 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ROM, Record};

    #[test]
    fn the_rom_fills_its_segment_and_ends_with_a_jump_into_it() {
        assert_eq!(ROM.len(), 1 << 16);
        assert_eq!(ROM[0xfff0..0xfff5], [0xea, 0, 0, 0, 0xf0]);
    }

    #[test]
    fn a_record_is_read_as_the_guest_lays_it_out() {
        let mut sector = [0; 512];
        sector[..8].copy_from_slice(b"VRTGUEST");
        sector[8..16].copy_from_slice(&7_u64.to_le_bytes());
        sector[16..24].copy_from_slice(&1000_u64.to_le_bytes());
        sector[24] = 2;
        let record = Record::parse(&sector).unwrap();
        let read = (record.incarnation, record.counter, record.clean_end);
        assert_eq!(read, (7, 1000, true));
        assert_eq!(Record::parse(&[0; 512]), None);
    }

    #[test]
    fn the_rom_holds_the_mark_that_begins_a_record() {
        assert!(ROM.windows(8).any(|bytes| bytes == b"VRTGUEST"));
    }
}
