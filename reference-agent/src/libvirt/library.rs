//! libvirt's client library, loaded when it is first needed.
//!
//! It brings some sixty other libraries, and to load them takes longer than all that a `monitor` of a healthy guest
//! does; and on a node without libvirt a program that is linked with it cannot even say that it is not there. So this
//! program has functions of its own by the names of those that it calls, which virt's bindings are linked with in their
//! place and which pass each call on. `build.rs` keeps the library itself from being linked, so that a call which is
//! missing below is an error of the linker.
#![expect(
    unsafe_code,
    reason = "functions of a C library are called by their names"
)]

use std::error::Error;
use std::os::raw::{c_char, c_int, c_uint, c_ulong, c_void};
use std::sync::{Once, OnceLock};

use libloading::Library;
use virt::sys::{virConnectPtr, virDomainPtr, virErrorFunc, virErrorPtr, virTypedParameterPtr};

/// Its name is its ABI, which has been the same since the first release.
const NAME: &str = "libvirt.so.0";

static LIBRARY: OnceLock<Result<Library, String>> = OnceLock::new();

static QUIET: Once = Once::new();

/// Loads the library, if it isn't yet. Nothing of virt may be called before that.
///
/// # Errors
/// What the dynamic linker says.
pub(super) fn load() -> Result<(), String> {
    let loaded = LIBRARY.get_or_init(|| {
        // SAFETY: libvirt's initializers expect nothing of a program.
        unsafe { Library::new(NAME) }.map_err(|error| {
            let why = error.source().map(ToString::to_string);
            format!(
                "libvirt can't be loaded: {}",
                why.unwrap_or_else(|| error.to_string())
            )
        })
    });
    if loaded.is_ok() {
        // Without this libvirt prints every error by itself.
        QUIET.call_once(virt::error::clear_error_callback);
    }
    loaded.as_ref().map(drop).map_err(Clone::clone)
}

/// The function of that name and type in the library.
///
/// # Safety
/// The type must be the function's own.
unsafe fn function<F: Copy>(name: &'static str) -> F {
    let found = LIBRARY
        .get()
        .and_then(|library| library.as_ref().ok())
        // SAFETY: as the caller promises.
        .and_then(|library| unsafe { library.get::<F>(name) }.ok());
    match found {
        Some(function) => *function,
        // No function can be left out: every one is older than what virt asks for at build time (6.0).
        None => panic!("libvirt's {name} is called, and was not loaded"),
    }
}

/// Defines functions that pass each call on to the library's own of the same name.
macro_rules! passed_on {
    ($(fn $name:ident($($argument:ident: $type:ty),*) $(-> $answer:ty)?;)*) => {$(
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name($($argument: $type),*) $(-> $answer)? {
            type Function = unsafe extern "C" fn($($type),*) $(-> $answer)?;
            // That the type is the one of virt's binding, which is made from libvirt's headers.
            const BOUND: Function = virt::sys::$name;
            let _ = BOUND;
            static FOUND: OnceLock<Function> = OnceLock::new();
            // SAFETY: the type was just held against the binding's.
            let real = FOUND.get_or_init(|| unsafe { function(stringify!($name)) });
            // SAFETY: as the caller of this function promises.
            unsafe { real($($argument),*) }
        }
    )*};
}

passed_on! {
    fn virConnectClose(connection: virConnectPtr) -> c_int;
    fn virConnectIsAlive(connection: virConnectPtr) -> c_int;
    fn virConnectListAllDomains(connection: virConnectPtr, domains: *mut *mut virDomainPtr, flags: c_uint) -> c_int;
    fn virConnectOpen(name: *const c_char) -> virConnectPtr;
    fn virConnectRef(connection: virConnectPtr) -> c_int;
    fn virConnectSetKeepAlive(connection: virConnectPtr, interval: c_int, count: c_uint) -> c_int;
    fn virDomainAbortJob(domain: virDomainPtr) -> c_int;
    fn virDomainCoreDumpWithFormat(domain: virDomainPtr, to: *const c_char, format: c_uint, flags: c_uint) -> c_int;
    fn virDomainCreateXML(connection: virConnectPtr, xml: *const c_char, flags: c_uint) -> virDomainPtr;
    fn virDomainDestroy(domain: virDomainPtr) -> c_int;
    fn virDomainFree(domain: virDomainPtr) -> c_int;
    fn virDomainGetAutostart(domain: virDomainPtr, autostart: *mut c_int) -> c_int;
    fn virDomainGetJobStats(
        domain: virDomainPtr, kind: *mut c_int, list: *mut virTypedParameterPtr, count: *mut c_int, flags: c_uint
    ) -> c_int;
    fn virDomainGetMaxMemory(domain: virDomainPtr) -> c_ulong;
    fn virDomainGetMetadata(domain: virDomainPtr, kind: c_int, uri: *const c_char, flags: c_uint) -> *mut c_char;
    fn virDomainGetName(domain: virDomainPtr) -> *const c_char;
    fn virDomainGetState(domain: virDomainPtr, state: *mut c_int, reason: *mut c_int, flags: c_uint) -> c_int;
    fn virDomainGetUUIDString(domain: virDomainPtr, text: *mut c_char) -> c_int;
    fn virDomainHasManagedSaveImage(domain: virDomainPtr, flags: c_uint) -> c_int;
    fn virDomainIsActive(domain: virDomainPtr) -> c_int;
    fn virDomainIsPersistent(domain: virDomainPtr) -> c_int;
    fn virDomainLookupByName(connection: virConnectPtr, name: *const c_char) -> virDomainPtr;
    fn virDomainLookupByUUIDString(connection: virConnectPtr, uuid: *const c_char) -> virDomainPtr;
    fn virDomainManagedSaveRemove(domain: virDomainPtr, flags: c_uint) -> c_int;
    fn virDomainMigrate3(
        domain: virDomainPtr, target: virConnectPtr, list: virTypedParameterPtr, count: c_uint, flags: c_uint
    ) -> virDomainPtr;
    fn virDomainPMWakeup(domain: virDomainPtr, flags: c_uint) -> c_int;
    fn virDomainResume(domain: virDomainPtr) -> c_int;
    fn virDomainSaveImageGetXMLDesc(connection: virConnectPtr, file: *const c_char, flags: c_uint) -> *mut c_char;
    fn virDomainSetAutostart(domain: virDomainPtr, autostart: c_int) -> c_int;
    fn virDomainSetMetadata(
        domain: virDomainPtr, kind: c_int, xml: *const c_char, key: *const c_char, uri: *const c_char, flags: c_uint
    ) -> c_int;
    fn virDomainShutdown(domain: virDomainPtr) -> c_int;
    fn virDomainUndefine(domain: virDomainPtr) -> c_int;
    fn virDomainUndefineFlags(domain: virDomainPtr, flags: c_uint) -> c_int;
    fn virEventRegisterDefaultImpl() -> c_int;
    fn virEventRunDefaultImpl() -> c_int;
    fn virGetLastError() -> virErrorPtr;
    fn virSetErrorFunc(user: *mut c_void, handler: virErrorFunc);
    fn virTypedParamsFree(list: virTypedParameterPtr, count: c_int);
    fn virTypedParamsGetInt(list: virTypedParameterPtr, count: c_int, name: *const c_char, value: *mut c_int) -> c_int;
}
