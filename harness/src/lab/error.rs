use std::path::PathBuf;

use thiserror::Error;

use crate::equipment::PartFault;
use crate::history::NodeName;
use crate::installed::TO_DOCTOR;

/// Why the lab cannot do what it was asked; never the fault of the agent under test.
#[derive(Debug, Error)]
pub enum LabError {
    /// A tool that every lab needs is not installed.
    #[error("this machine has no `{tool}`: install its package (on Debian {package}); {TO_DOCTOR}")]
    MissingTool {
        /// The program.
        tool: &'static str,
        /// The package that has it on Debian.
        package: &'static str,
    },
    /// The user has too few subordinate ids, without which a user namespace has one user only.
    #[error(
        "/etc/{file} has no 65536 ids in a row for {user}: run as root, or add them with \
         `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {user}`"
    )]
    NoSubordinateIds {
        /// `subuid` or `subgid`.
        file: &'static str,
        /// The user's name.
        user: String,
    },
    /// The kernel or its configuration forbids the namespaces a lab is made of.
    #[error(
        "this user may not make namespaces ({why}): run as root, or allow it: newuidmap and \
         newgidmap (on Debian in the package uidmap), sysctl user.max_user_namespaces above 0, and on Ubuntu \
         kernel.apparmor_restrict_unprivileged_userns=0; in a container: --privileged"
    )]
    NoNamespaces {
        /// What `unshare` said.
        why: String,
    },
    /// The lab did not come up.
    #[error("the lab did not come up: {why}")]
    NotUp {
        /// What its first process or the kernel said.
        why: String,
    },
    /// The lab's first process has ended, or does not answer.
    #[error("the lab cannot {request}: {why}; it has to be replaced")]
    NotAnswering {
        /// What it was asked.
        request: String,
        /// What happened.
        why: String,
    },
    /// A machine of the inventory cannot be used, or refuses what it was asked.
    #[error("machine {host}: {why}")]
    Machine {
        /// Its name for ssh.
        host: String,
        /// Why.
        why: String,
    },
    /// A machine does not let ssh in: it may be without power, or still boot.
    #[error("machine {host}: {why}")]
    Unreached {
        /// Its name for ssh.
        host: String,
        /// Why.
        why: String,
    },
    /// The connection to a machine is lost: what is going on there is not known.
    #[error("machine {host}: the connection to it is lost: {why}")]
    Lost {
        /// Its name for ssh.
        host: String,
        /// What ended it.
        why: String,
    },
    /// A node is no machine of its own, or its inventory does not say how its power is cut.
    #[error("the power of node {0} cannot be cut: its inventory has no `power`")]
    NoPower(NodeName),
    /// No part of the lab's equipment offers that fault.
    #[error("no part of the lab's equipment offers the fault {fault:?}")]
    NoSuchFault {
        /// Which.
        fault: PartFault,
    },
    /// The lab has no node of that name.
    #[error("the lab has no node `{0}`")]
    NoSuchNode(NodeName),
    /// A command could not be started, or not be ended.
    #[error("node {node}: cannot run `{program}`: {why}")]
    Exec {
        /// Where.
        node: NodeName,
        /// What.
        program: String,
        /// Why.
        why: String,
    },
    /// A file of a node or of the lab cannot be read, written or removed.
    #[error("{place}: {path}: {source}")]
    File {
        /// The node or part of the lab.
        place: String,
        /// The file as the node sees it.
        path: PathBuf,
        /// The system's error.
        source: std::io::Error,
    },
    /// libvirt refused or did not answer.
    #[error("node {node}: libvirt cannot {doing}: {why}")]
    Libvirt {
        /// Where.
        node: NodeName,
        /// What was tried.
        doing: String,
        /// libvirt's own words.
        why: String,
    },
    /// A condition did not come true in time.
    #[error("{what} did not come true within {seconds} s")]
    Late {
        /// The condition.
        what: String,
        /// How long was waited.
        seconds: u64,
    },
    /// The proof after a reset failed.
    #[error("the lab is not as at its beginning: {why}; it has to be replaced")]
    NotReset {
        /// What is not as it was.
        why: String,
    },
}
