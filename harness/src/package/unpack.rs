//! Unpacking, by the distribution's own tools; none of them runs a script of the package.

use std::path::Path;

use duct::cmd;

use super::error::PackageError;
use super::kind::PackageKind;
use crate::installed;
use crate::lab::PACKAGED;

/// A way to unpack `$1` into `$2`; its script prints the name and version that the package gives itself.
struct UnpackMethod {
    /// The programs that it needs.
    tools: &'static [&'static str],
    /// A script for `sh`.
    script: &'static str,
}

/// `ar` needs no library of dpkg, and `tar` detects the compression by itself.
const DEB: [UnpackMethod; 2] = [
    UnpackMethod {
        tools: &["dpkg-deb"],
        script: r#"dpkg-deb -x "$1" "$2" && dpkg-deb -W --showformat '${Package} ${Version}' "$1""#,
    },
    UnpackMethod {
        tools: &["ar", "tar"],
        script: r#"cd "$2" && rm -f data.tar.* control.tar.* && ar x "$1" && tar -xf data.tar.* &&
            tar -xOf control.tar.* ./control | sed -n 's/^Package: //p; s/^Version: //p' | paste -sd ' '"#,
    },
];

/// The package's name is in the lead: 66 bytes, from the tenth on. Source: rpm's file format, "Lead".
const RPM: [UnpackMethod; 2] = [
    UnpackMethod {
        tools: &["rpm2cpio", "cpio"],
        script: r#"cd "$2" && rpm2cpio "$1" >package.cpio && cpio -idmu --quiet --no-absolute-filenames <package.cpio &&
            tail -c +11 "$1" | head -c 66 | tr -d '\0'"#,
    },
    UnpackMethod {
        tools: &["bsdtar"],
        script: r#"bsdtar -xf "$1" -C "$2" && tail -c +11 "$1" | head -c 66 | tr -d '\0'"#,
    },
];

/// Copies only what the nodes are shown, since the folder may hold a whole system.
const FOLDER: [UnpackMethod; 1] = [UnpackMethod {
    tools: &[],
    script: r#"from=$1 into=$2; shift 2
        for place; do
            [ -d "$from$place" ] || continue
            mkdir -p "$into$place" && cp -a --no-preserve=ownership "$from$place/." "$into$place/" || exit
        done"#,
}];

/// Unpacks a package over what is in the folder `into`. Returns the name and version that the package gives itself, or else
/// its path.
///
/// # Errors
/// When the package cannot be read, no program here can unpack it, or that program fails.
pub(super) fn unpack(
    package: &Path,
    kind: PackageKind,
    into: &Path,
) -> Result<String, PackageError> {
    let real = package
        .canonicalize()
        .map_err(|source| PackageError::Unreadable {
            path: package.to_owned(),
            source,
        })?;
    let broken = |why: String| PackageError::Broken {
        path: package.to_owned(),
        into: std::env::temp_dir(),
        why,
    };
    // The caller's umask may hide the files from other users of a node.
    let script = format!("umask 022; {}", script(package, kind)?);
    let arguments = ["-c", &script, "sh"].map(std::ffi::OsStr::new);
    let paths = [real.as_os_str(), into.as_os_str()];
    let folders = PACKAGED.map(std::ffi::OsStr::new);
    let done = cmd("sh", arguments.into_iter().chain(paths).chain(folders))
        .env("LC_ALL", "C")
        .stdin_null()
        .stdout_capture()
        .stderr_capture()
        .unchecked()
        .run()
        .map_err(|error| broken(error.to_string()))?;
    if !done.status.success() {
        let said = String::from_utf8_lossy(&done.stderr);
        let first = said.lines().find(|line| !line.trim().is_empty());
        let first = first.unwrap_or("the tool did not say why");
        return Err(broken(first.trim().to_owned()));
    }
    let name = String::from_utf8_lossy(&done.stdout).trim().to_owned();
    Ok(match name.is_empty() {
        true => package.display().to_string(),
        false => name,
    })
}

/// The script of the first method whose programs are all installed.
fn script(package: &Path, kind: PackageKind) -> Result<&'static str, PackageError> {
    let (methods, tools, install): (&[UnpackMethod], _, _) = match kind {
        PackageKind::Deb => (&DEB, "`dpkg-deb` nor `ar` with `tar`", "binutils"),
        PackageKind::Rpm => (
            &RPM,
            "`bsdtar` nor `rpm2cpio` with `cpio`",
            "libarchive-tools",
        ),
        PackageKind::Folder => (&FOLDER, "", ""),
    };
    let usable = methods.iter().find(|method| {
        method
            .tools
            .iter()
            .all(|tool| installed::on_path(tool).is_some())
    });
    usable
        .map(|method| method.script)
        .ok_or_else(|| PackageError::NoTool {
            path: package.to_owned(),
            tools,
            install,
        })
}
