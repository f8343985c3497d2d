//! Why a question to libvirt has no answer.

use virt::error::{Error, ErrorNumber};

use crate::ocf::ExitCode;

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// A daemon that answers says that it doesn't know the domain.
    NoDomain,
    /// libvirt refuses to talk to this user.
    Denied(String),
    /// Its library isn't installed on this node.
    Missing(String),
    /// No connection could be made.
    Unreachable(String),
    /// No answer came in time.
    Hung(String),
    /// The call failed.
    Failed(String),
}

impl Trouble {
    /// What happened, for an operator.
    pub(crate) fn why(&self) -> &str {
        match self {
            Self::NoDomain => "the domain is unknown",
            Self::Denied(why)
            | Self::Missing(why)
            | Self::Unreachable(why)
            | Self::Hung(why)
            | Self::Failed(why) => why,
        }
    }

    /// The code of an action that fails for it.
    pub(crate) fn code(&self) -> ExitCode {
        match self {
            Self::Denied(_) => ExitCode::Permission,
            Self::Missing(_) => ExitCode::Installed,
            Self::NoDomain | Self::Unreachable(_) | Self::Hung(_) | Self::Failed(_) => {
                ExitCode::Generic
            }
        }
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        let code = error.code();
        if code.is(ErrorNumber::NoDomain) {
            return Self::NoDomain;
        }
        let why = error.message().to_owned();
        let denied = [
            ErrorNumber::AuthFailed,
            ErrorNumber::AuthCancelled,
            ErrorNumber::AccessDenied,
        ];
        if code.is_any(denied.to_vec()) {
            Self::Denied(why)
        } else {
            Self::Failed(why)
        }
    }
}
