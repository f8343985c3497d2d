//! The distribution's own tools unpack; none of them runs a package's scripts.

use std::path::Path;

use duct::cmd;

use super::PackageError;
use super::kind::Kind;
use crate::installed;
use crate::lab::PACKAGED;

/// One way to unpack `$1` into `$2`; it prints what the package calls itself.
struct Way {
    /// The tools that it takes.
    tools: &'static [&'static str],
    /// A shell's script.
    script: &'static str,
}

/// `ar` gets by without any library of dpkg, and `tar` tells the compression by itself.
const DEB: [Way; 2] = [
    Way {
        tools: &["dpkg-deb"],
        script: r#"dpkg-deb -x "$1" "$2" && dpkg-deb -W --showformat '${Package} ${Version}' "$1""#,
    },
    Way {
        tools: &["ar", "tar"],
        script: r#"cd "$2" && rm -f data.tar.* control.tar.* && ar x "$1" && tar -xf data.tar.* &&
            tar -xOf control.tar.* ./control | sed -n 's/^Package: //p; s/^Version: //p' | paste -sd ' '"#,
    },
];

/// The name stands in the lead, 66 bytes from the tenth on. Source: rpm's file format, "Lead".
const RPM: [Way; 2] = [
    Way {
        tools: &["rpm2cpio", "cpio"],
        script: r#"cd "$2" && rpm2cpio "$1" >package.cpio && cpio -idmu --quiet --no-absolute-filenames <package.cpio &&
            tail -c +11 "$1" | head -c 66 | tr -d '\0'"#,
    },
    Way {
        tools: &["bsdtar"],
        script: r#"bsdtar -xf "$1" -C "$2" && tail -c +11 "$1" | head -c 66 | tr -d '\0'"#,
    },
];

/// Only what the nodes are shown: the folder may be a whole system's.
const FOLDER: [Way; 1] = [Way {
    tools: &[],
    script: r#"from=$1 into=$2; shift 2
        for place; do
            [ -d "$from$place" ] || continue
            mkdir -p "$into$place" && cp -a --no-preserve=ownership "$from$place/." "$into$place/" || exit
        done"#,
}];

/// Unpacks a package over what is in the folder `into`; what the package calls itself: its name and its version, or
/// its path.
pub(super) fn unpack(package: &Path, kind: Kind, into: &Path) -> Result<String, PackageError> {
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
    // Not every user of a node would see what the caller's own mask leaves.
    let script = format!("umask 022; {}", script(package, kind)?);
    let words = ["-c", &script, "sh"].map(std::ffi::OsStr::new);
    let paths = [real.as_os_str(), into.as_os_str()];
    let places = PACKAGED.map(std::ffi::OsStr::new);
    let done = cmd("sh", words.into_iter().chain(paths).chain(places))
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

/// The script of the first way whose tools are all there.
fn script(package: &Path, kind: Kind) -> Result<&'static str, PackageError> {
    let (ways, tools, install): (&[Way], _, _) = match kind {
        Kind::Deb => (&DEB, "`dpkg-deb` nor `ar` with `tar`", "binutils"),
        Kind::Rpm => (
            &RPM,
            "`bsdtar` nor `rpm2cpio` with `cpio`",
            "libarchive-tools",
        ),
        Kind::Folder => (&FOLDER, "", ""),
    };
    let usable = ways.iter().find(|way| {
        way.tools
            .iter()
            .all(|tool| installed::on_path(tool).is_some())
    });
    usable
        .map(|way| way.script)
        .ok_or_else(|| PackageError::NoTool {
            path: package.to_owned(),
            tools,
            install,
        })
}
