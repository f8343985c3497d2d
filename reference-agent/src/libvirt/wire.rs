//! A domain's state, asked for in libvirt's own protocol: what `monitor` needs of a healthy libvirt, in a millisecond
//! and without its library.
//!
//! Whatever is out of the ordinary (no socket, a daemon that wants credentials, any error but "no such domain",
//! an answer that isn't understood or doesn't come soon) has no answer here: the library is asked then, and what it
//! says counts. The protocol's numbers are part of libvirt's ABI (`virnetprotocol.x`, `remote_protocol.x`, and "libvirt
//! RPC infrastructure" in its manual).

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use virt::sys::VIR_ERR_NO_DOMAIN;

use crate::uuid;

/// The only URI that is asked here: the one whose socket is known.
const URI: &str = "qemu:///system";

/// Where the daemon listens: the one for QEMU alone, beside which something else may listen for the one for all
/// drivers, and that one.
const SOCKETS: [&str; 2] = ["/run/libvirt/virtqemud-sock", "/run/libvirt/libvirt-sock"];

/// The longest pause before the library is asked, which knows how to wait.
const SOON: Duration = Duration::from_secs(1);

/// The longest answer that is taken, in bytes; the longest of those asked for is a domain with its name.
const LONGEST: usize = 1 << 16;

/// REMOTE_PROGRAM and its version.
const PROGRAM: [u32; 2] = [0x2000_8086, 1];

/// Types of message.
const CALL: u32 = 0;
const REPLY: u32 = 1;

/// The status in a reply's header.
const OK: u32 = 0;
const ERROR: u32 = 1;

/// Length, program, version, procedure, type, serial number and status, four bytes each.
const HEADER: usize = 7 * WORD;
const WORD: usize = 4;

/// REMOTE_AUTH_NONE.
const NO_CREDENTIALS: u32 = 0;

/// REMOTE_PROC_…
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
enum Procedure {
    ConnectOpen = 1,
    ConnectClose = 2,
    DomainLookupByUuid = 24,
    AuthList = 66,
    DomainGetState = 212,
}

/// What a daemon answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WireAnswer {
    /// The domain's state and its reason, in libvirt's numbers.
    State(u32, u32),
    /// It knows no such domain.
    NoDomain,
}

/// Asks for the state of the domain with this UUID; none when the library has to be asked.
pub(super) fn state(uri: &str, uuid: &str) -> Option<WireAnswer> {
    let uuid = uuid::bytes(uuid).filter(|_| uri == URI)?;
    let socket = SOCKETS.iter().find(|path| Path::new(path).exists())?;
    let mut session = Session::with(UnixStream::connect(socket).ok()?).ok()?;
    let answer = session.state(uuid).ok()?;
    // A daemon logs an error for a client that just closes its socket.
    let _ = session.call(Procedure::ConnectClose, &[]);
    answer
}

/// A connection to a daemon.
struct Session {
    stream: UnixStream,
    serial: u32,
}

impl Session {
    fn with(stream: UnixStream) -> io::Result<Self> {
        stream.set_read_timeout(Some(SOON))?;
        stream.set_write_timeout(Some(SOON))?;
        Ok(Self { stream, serial: 0 })
    }

    fn state(&mut self, uuid: [u8; 16]) -> io::Result<Option<WireAnswer>> {
        let wanted = self.call(Procedure::AuthList, &[])?;
        if wanted != Ok(xdr([1, NO_CREDENTIALS])) {
            return Ok(None);
        }
        // The URI's text, and no flags.
        let text = u32::try_from(URI.len()).map_err(io::Error::other)?;
        let mut open = xdr([1, text]);
        open.extend(URI.as_bytes());
        open.resize(open.len().next_multiple_of(WORD), 0);
        open.extend(xdr([0]));
        if self.call(Procedure::ConnectOpen, &open)?.is_err() {
            return Ok(None);
        }
        let mut domain = match self.call(Procedure::DomainLookupByUuid, &uuid)? {
            Ok(domain) => domain,
            Err(VIR_ERR_NO_DOMAIN) => return Ok(Some(WireAnswer::NoDomain)),
            Err(_) => return Ok(None),
        };
        // The domain as it was found, and no flags.
        domain.extend(xdr([0]));
        match self.call(Procedure::DomainGetState, &domain)? {
            Ok(reply) => Ok(state_in(&reply)),
            // It may have gone in between.
            Err(VIR_ERR_NO_DOMAIN) => Ok(Some(WireAnswer::NoDomain)),
            Err(_) => Ok(None),
        }
    }

    /// What a call gives, or the number of the error that it fails with.
    fn call(&mut self, procedure: Procedure, arguments: &[u8]) -> io::Result<Result<Vec<u8>, u32>> {
        self.serial += 1;
        self.stream
            .write_all(&message(procedure, self.serial, arguments))?;
        let mut length = [0; WORD];
        self.stream.read_exact(&mut length)?;
        let rest = usize::try_from(u32::from_be_bytes(length)).map_err(io::Error::other)?;
        let rest = rest.checked_sub(WORD).filter(|rest| *rest <= LONGEST);
        let mut reply = vec![0; rest.ok_or(io::ErrorKind::InvalidData)?];
        self.stream.read_exact(&mut reply)?;
        answer(procedure, self.serial, &reply).ok_or_else(|| io::ErrorKind::InvalidData.into())
    }
}

/// A call as it is sent.
fn message(procedure: Procedure, serial: u32, arguments: &[u8]) -> Vec<u8> {
    let length = u32::try_from(HEADER + arguments.len()).unwrap_or(u32::MAX);
    let [program, version] = PROGRAM;
    let header = [length, program, version, procedure as u32, CALL, serial, OK];
    let mut message = xdr(header);
    message.extend(arguments);
    message
}

/// What a reply without its length holds; none when it is no reply to that call.
fn answer(procedure: Procedure, serial: u32, reply: &[u8]) -> Option<Result<Vec<u8>, u32>> {
    let (header, body) = reply.split_at_checked(HEADER - WORD)?;
    let [program, version] = PROGRAM;
    let expected = xdr([program, version, procedure as u32, REPLY, serial]);
    let status = header.strip_prefix(expected.as_slice())?;
    match number(status, 0)? {
        OK => Some(Ok(body.to_vec())),
        // A virNetMessageError begins with its code.
        ERROR => Some(Err(number(body, 0)?)),
        _ => None,
    }
}

/// The state in the reply to the last question.
fn state_in(reply: &[u8]) -> Option<WireAnswer> {
    Some(WireAnswer::State(number(reply, 0)?, number(reply, 1)?))
}

/// Numbers as XDR writes them.
fn xdr<const N: usize>(numbers: [u32; N]) -> Vec<u8> {
    numbers
        .iter()
        .flat_map(|number| number.to_be_bytes())
        .collect()
}

/// The number at that index, counted in words of four bytes.
fn number(bytes: &[u8], index: usize) -> Option<u32> {
    let word = bytes.get(index * WORD..)?.first_chunk()?;
    Some(u32::from_be_bytes(*word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_its_length_six_words_and_its_arguments() {
        let sent = message(Procedure::DomainLookupByUuid, 3, &[7; 16]);
        let header = [44, 0x2000_8086, 1, 24, 0, 3, 0];
        assert_eq!(sent, [xdr(header), vec![7; 16]].concat());
    }

    #[test]
    fn only_the_reply_to_the_call_counts() {
        let reply = |serial, kind, status| {
            let header = xdr([0x2000_8086, 1, 212, kind, serial, status]);
            answer(
                Procedure::DomainGetState,
                4,
                &[header, xdr([42, 5])].concat(),
            )
        };
        let state = reply(4, REPLY, OK).unwrap().unwrap();
        assert_eq!(state_in(&state), Some(WireAnswer::State(42, 5)));
        assert_eq!(reply(4, REPLY, ERROR), Some(Err(42)));
        assert_eq!(reply(3, REPLY, OK), None);
        assert_eq!(reply(4, CALL, OK), None);
        assert_eq!(reply(4, REPLY, 2), None);
        assert_eq!(answer(Procedure::DomainGetState, 4, &[0; 23]), None);
    }
}
