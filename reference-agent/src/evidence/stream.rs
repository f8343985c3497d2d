//! How long an emulator's TCP connections have brought nothing, from the kernel (sock_diag(7)).
//!
//! A guest that arrives is fed by its source, and a source that has lost its power doesn't say goodbye: the emulator here
//! waits for more, and libvirt shows the same as ever.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::time::Duration;

use rustix::net::netlink::{SOCK_DIAG, SocketAddrNetlink};
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, sendto, socket_with,
    sockopt,
};

/// `SOCK_DIAG_BY_FAMILY`, and `NLM_F_REQUEST | NLM_F_DUMP`.
const BY_FAMILY: u16 = 20;
const DUMP: u16 = 0x301;

/// `NLMSG_ERROR` and `NLMSG_DONE`.
const ERROR: u16 = 2;
const DONE: u16 = 3;

/// `AF_INET` and `AF_INET6`, in either of which a connection may be.
const FAMILIES: [u8; 2] = [2, 10];

/// `IPPROTO_TCP`, and `TCP_ESTABLISHED` as a bit.
const TCP: u8 = 6;
const ESTABLISHED: u32 = 1 << 1;

/// `INET_DIAG_INFO`: with it a `tcp_info` comes.
const INFO: u16 = 2;

/// Lengths of `nlmsghdr`, `inet_diag_msg` and `rtattr`, in bytes.
const HEADER: usize = 16;
const MESSAGE: usize = 72;
const ATTRIBUTE: usize = 4;

/// Where `idiag_inode` lies in an `inet_diag_msg`, and `tcpi_last_data_recv` in a `tcp_info`.
const INODE: usize = 68;
const LAST_DATA: usize = 52;

/// How long the process's TCP connections have brought nothing: the time since the last byte on any of them. None when it has
/// none, or the kernel doesn't say.
pub(crate) fn silence(pid: i32) -> Option<Duration> {
    let own = sockets(pid);
    let mut latest = None;
    for family in FAMILIES {
        let connections = ask(family).ok()?;
        let owned = connections
            .iter()
            .filter(|connection| own.contains(&connection.inode));
        latest = owned
            .map(|connection| connection.silent)
            .chain(latest)
            .min();
    }
    latest.map(|millis| Duration::from_millis(u64::from(millis)))
}

/// The inodes of a process's sockets.
fn sockets(pid: i32) -> HashSet<u32> {
    let inode = |entry: io::Result<fs::DirEntry>| {
        let target = fs::read_link(entry.ok()?.path()).ok()?;
        let text = target.to_str()?.strip_prefix("socket:[")?;
        text.strip_suffix(']')?.parse().ok()
    };
    let folder = fs::read_dir(format!("/proc/{pid}/fd"));
    folder.into_iter().flatten().filter_map(inode).collect()
}

/// One connection.
#[derive(Debug, PartialEq, Eq)]
struct Connection {
    inode: u32,
    /// Milliseconds since it brought something.
    silent: u32,
}

/// All connections of this network namespace.
fn ask(family: u8) -> io::Result<Vec<Connection>> {
    let flags = SocketFlags::CLOEXEC;
    let kernel = socket_with(
        AddressFamily::NETLINK,
        SocketType::DGRAM,
        flags,
        Some(SOCK_DIAG),
    )?;
    sockopt::set_socket_timeout(
        &kernel,
        sockopt::Timeout::Recv,
        Some(Duration::from_secs(1)),
    )?;
    sendto(
        &kernel,
        &request(family),
        SendFlags::empty(),
        &SocketAddrNetlink::new(0, 0),
    )?;
    let mut found = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        let (length, _) = recv(&kernel, &mut buffer[..], RecvFlags::empty())?;
        if !read(&buffer[..length], &mut found)? {
            return Ok(found);
        }
    }
}

/// The question for all connections of a family: an `nlmsghdr` and an `inet_diag_req_v2`.
fn request(family: u8) -> Vec<u8> {
    let mut request = Vec::new();
    request.extend(72_u32.to_ne_bytes());
    request.extend(BY_FAMILY.to_ne_bytes());
    request.extend(DUMP.to_ne_bytes());
    // Serial number and port.
    request.extend([0; 8]);
    request.extend([family, TCP, 1 << (INFO - 1), 0]);
    request.extend(ESTABLISHED.to_ne_bytes());
    // Any addresses.
    request.resize(72, 0);
    request
}

/// Reads the messages of one datagram. Whether more will come.
fn read(mut bytes: &[u8], found: &mut Vec<Connection>) -> io::Result<bool> {
    while let Some(length) = word(bytes, 0) {
        let length = usize::try_from(length).map_err(io::Error::other)?;
        let message = bytes
            .get(HEADER..length)
            .ok_or(io::ErrorKind::InvalidData)?;
        match half(bytes, 4) {
            Some(DONE) => return Ok(false),
            Some(ERROR) => return Err(io::Error::other("sock_diag refuses")),
            _ => found.extend(connection(message)),
        }
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(true)
}

/// Reads an `inet_diag_msg` with its attributes.
fn connection(message: &[u8]) -> Option<Connection> {
    let inode = word(message, INODE)?;
    let mut rest = message.get(MESSAGE..)?;
    loop {
        let length = usize::from(half(rest, 0)?);
        if half(rest, 2)? == INFO {
            let info = rest.get(ATTRIBUTE..length)?;
            let silent = word(info, LAST_DATA)?;
            return Some(Connection { inode, silent });
        }
        rest = rest.get(length.max(ATTRIBUTE).next_multiple_of(4)..)?;
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_ne_bytes(*word))
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    let half = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_ne_bytes(*half))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_connection_is_read_from_its_message() {
        let mut message = vec![0; MESSAGE];
        message[INODE..].copy_from_slice(&77_u32.to_ne_bytes());
        // An attribute before, of five bytes and their padding.
        message.extend(9_u16.to_ne_bytes());
        message.extend(7_u16.to_ne_bytes());
        message.extend([1; 8]);
        let mut info = vec![0; 60];
        info[LAST_DATA..LAST_DATA + 4].copy_from_slice(&1234_u32.to_ne_bytes());
        message.extend(64_u16.to_ne_bytes());
        message.extend(INFO.to_ne_bytes());
        message.extend(&info);
        let expected = Connection {
            inode: 77,
            silent: 1234,
        };
        assert_eq!(connection(&message), Some(expected));
        assert_eq!(connection(&message[..MESSAGE]), None);
    }

    #[test]
    fn what_is_no_message_is_an_error_and_the_end_is_the_end() {
        let mut found = Vec::new();
        let end = [20_u32.to_ne_bytes(), [3, 0, 2, 0], [0; 4], [0; 4], [0; 4]].concat();
        assert!(!read(&end, &mut found).unwrap());
        assert!(read(&end[..16], &mut found).is_err());
        assert!(read(&[], &mut found).unwrap());
        assert!(found.is_empty());
    }

    #[test]
    fn a_process_that_was_just_sent_something_is_not_silent_for_long() {
        let own = i32::try_from(std::process::id()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut sender = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let _receiver = listener.accept().unwrap();
        sender.write_all(b"x").unwrap();
        // A kernel may lack sock_diag.
        if ask(FAMILIES[0]).is_ok() {
            assert!(silence(own).unwrap() < Duration::from_secs(60));
        }
        assert_eq!(silence(-1), None);
    }
}
