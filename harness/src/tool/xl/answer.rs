use std::io;

/// The code of a call that failed, and what it prints on standard error.
#[derive(Debug)]
pub(super) struct Failed(pub(super) u8, pub(super) String);

impl Failed {
    /// The usual failure: code 1.
    pub(super) fn because(text: impl Into<String>) -> Self {
        Self(1, text.into())
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::because(error.to_string())
    }
}

/// What libvirt refuses the library behind `xl` would have refused.
impl From<virt::error::Error> for Failed {
    fn from(error: virt::error::Error) -> Self {
        Self::because(format!("libxl: error: {}", error.message()))
    }
}
