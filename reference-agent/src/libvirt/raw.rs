//! What of libvirt virt 0.5 has no sound binding for, and the end of the process. The agent's other unsafe code is in
//! `library`.
#![expect(
    unsafe_code,
    reason = "virt 0.5 lacks virDomainAbortJob and the numbers in a virError, its job_stats builds a Vec from a null pointer, \
              and std has no _exit"
)]

use std::os::raw::c_int;
use std::ptr;

use virt::domain::Domain;
use virt::error::{Error, ErrorNumber};
use virt::sys;

/// The job that runs on a domain, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// None.
    Idle,
    /// The domain is being migrated away.
    Outgoing,
    /// The domain is being received.
    Incoming,
    /// A dump, a backup, a save and the like.
    Other,
}

/// Asks which job runs on the domain.
///
/// # Errors
/// libvirt's own.
pub(super) fn job(domain: &Domain) -> Result<Job, Error> {
    let (mut kind, mut count) = (0, 0);
    let mut list: sys::virTypedParameterPtr = ptr::null_mut();
    // SAFETY: the domain's pointer lives as long as `domain`; the three others point at locals.
    let answer =
        unsafe { sys::virDomainGetJobStats(domain.as_ptr(), &mut kind, &mut list, &mut count, 0) };
    if answer < 0 {
        let error = Error::last_error();
        // A driver that knows no jobs has none.
        if error.code().is(ErrorNumber::NoSupport) {
            return Ok(Job::Idle);
        }
        // QEMU's driver keeps the numbers on the source, and says so with one of these codes on the receiving side; libvirt
        // 11.3 with the first.
        let refused = [
            ErrorNumber::OperationUnsupported,
            ErrorNumber::OperationInvalid,
        ];
        return if error.code().is_any(refused.to_vec()) && error.message().contains("source") {
            Ok(Job::Incoming)
        } else {
            Err(error)
        };
    }
    let operation = operation(list, count);
    // SAFETY: `list` is null or was allocated by libvirt with `count` members, and isn't used again.
    unsafe { sys::virTypedParamsFree(list, count) };
    Ok(match (u32::try_from(kind).unwrap_or(0), operation) {
        (sys::VIR_DOMAIN_JOB_BOUNDED | sys::VIR_DOMAIN_JOB_UNBOUNDED, operation) => match operation
        {
            sys::VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT => Job::Outgoing,
            sys::VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN => Job::Incoming,
            _ => Job::Other,
        },
        _ => Job::Idle,
    })
}

/// The `operation` among a job's parameters; unknown (0) when it isn't there.
fn operation(list: sys::virTypedParameterPtr, count: c_int) -> sys::virDomainJobOperation {
    if list.is_null() {
        return sys::VIR_DOMAIN_JOB_OPERATION_UNKNOWN;
    }
    let mut value: c_int = 0;
    let name = sys::VIR_DOMAIN_JOB_OPERATION.as_ptr();
    // SAFETY: `list` has `count` members, the name is a constant C string, and `value` a local.
    let found = unsafe { sys::virTypedParamsGetInt(list, count, name, &mut value) };
    if found == 1 {
        sys::virDomainJobOperation::try_from(value).unwrap_or(0)
    } else {
        0
    }
}

/// Aborts the job that runs on the domain.
///
/// # Errors
/// libvirt's own, one of them that no job runs.
pub(super) fn abort_job(domain: &Domain) -> Result<(), Error> {
    // SAFETY: the domain's pointer lives as long as `domain`.
    let answer = unsafe { sys::virDomainAbortJob(domain.as_ptr()) };
    if answer < 0 {
        Err(Error::last_error())
    } else {
        Ok(())
    }
}

/// The number of the system call's error behind what this thread's last libvirt call failed with: libvirt hands it on
/// in `int1`, from a daemon on another node too, whose message may be in any language.
pub(super) fn errno() -> Option<c_int> {
    // SAFETY: the error belongs to this thread, and is there until its next libvirt call.
    let error = unsafe { sys::virGetLastError().as_ref() }?;
    let system = sys::VIR_ERR_SYSTEM_ERROR;
    (u32::try_from(error.code).ok() == Some(system)).then_some(error.int1)
}

/// Ends the process at once, without the exit handlers of libraries: threads may still be inside libvirt, closing a
/// connection or hanging, and handlers that free what those use end the process with an abort now and then.
pub(crate) fn exit_now(code: c_int) -> ! {
    // SAFETY: _exit has no preconditions and doesn't return; stdout was flushed where it was written.
    unsafe { nix::libc::_exit(code) }
}
