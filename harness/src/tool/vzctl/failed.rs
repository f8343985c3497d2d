use std::io;

/// The kernel is not OpenVZ's, or a part of it is not loaded.
pub(super) const BAD_KERNEL: u8 = 5;
/// The kernel made no environment.
pub(super) const NOT_CREATED: u8 = 7;
/// Another call has locked the container.
pub(super) const LOCKED: u8 = 9;
/// The container has no configuration.
pub(super) const NO_CONFIGURATION: u8 = 14;
/// No checkpoint was made.
pub(super) const NO_CHECKPOINT: u8 = 16;
/// It was not restored.
pub(super) const NOT_RESTORED: u8 = 17;
/// The words of the call are wrong.
pub(super) const SYNTAX: u8 = 20;
/// A word of the call has a value that it cannot have.
pub(super) const BAD_VALUE: u8 = 21;
/// The container does not run; so fails a `restore` of one that does, too.
pub(super) const NOT_RUNNING: u8 = 31;
/// The container runs already.
pub(super) const RUNNING: u8 = 32;
/// It did not stop.
pub(super) const NOT_STOPPED: u8 = 33;

/// The code of a call that failed, and what it prints on standard error.
#[derive(Debug)]
pub(super) struct Failed {
    pub(super) code: u8,
    pub(super) text: String,
}

/// A call that fails so.
pub(super) fn failed<T>(code: u8, text: impl Into<String>) -> Result<T, Failed> {
    Err(Failed {
        code,
        text: text.into(),
    })
}

/// A general failure of the system.
impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self {
            code: 3,
            text: error.to_string(),
        }
    }
}
