//! The hidden subcommands: what this program does when a lab calls it.

/// A hidden subcommand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hidden {
    /// Be a lab's first process.
    LabInit,
    /// Be a node's first process.
    NodeInit,
    /// Start libvirt's daemons in this node.
    Daemon,
    /// Start the lock's daemon in this node.
    LockDaemon,
    /// Start sshd in this node.
    ShellDaemon,
    /// Become sanlock's daemon.
    Sanlock,
    /// Raise a node on this machine, for a harness on another one.
    Relay,
    /// Keep a lab up until standard input ends: for tests that kill the harness.
    HoldLab,
}

impl Hidden {
    const ALL: [Self; 8] = [
        Self::LabInit,
        Self::NodeInit,
        Self::Daemon,
        Self::LockDaemon,
        Self::ShellDaemon,
        Self::Sanlock,
        Self::Relay,
        Self::HoldLab,
    ];

    /// Its word on the command line.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::LabInit => "__lab-init",
            Self::NodeInit => "__node-init",
            Self::Daemon => "__daemon",
            Self::LockDaemon => "__lock-daemon",
            Self::ShellDaemon => "__shell-daemon",
            Self::Sanlock => "__sanlock",
            Self::Relay => "__relay",
            Self::HoldLab => "__hold-lab",
        }
    }

    /// The subcommand that a word names.
    pub(crate) fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hidden| hidden.word() == word)
    }
}
