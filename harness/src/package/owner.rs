//! Which installed package a file belongs to.

use std::path::Path;

use crate::installed::answer;

/// The installed package that owns a file, with its version, such as `resource-agents 1:4.12.0-2`; none where no package
/// does, or neither dpkg nor rpm can be asked.
#[must_use]
pub fn owner(file: &Path) -> Option<String> {
    by_dpkg(file).or_else(|| by_rpm(file))
}

fn by_dpkg(file: &Path) -> Option<String> {
    let path = file.to_str()?;
    let found = answer("dpkg-query", &["--search", "--", path])?;
    // `package: path`, or `package:architecture: path`.
    let (package, _) = found.split_once(": ")?;
    let format = "--showformat=${Package} ${Version}\n";
    answer("dpkg-query", &["--show", format, "--", package])
}

fn by_rpm(file: &Path) -> Option<String> {
    let format = "--queryformat=%{NAME} %{EVR}\n";
    answer("rpm", &["--query", "--file", format, "--", file.to_str()?])
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::owner;

    #[test]
    fn a_file_of_no_package_has_no_owner() {
        let file = tempfile::NamedTempFile::new().expect("a file");
        assert_eq!(owner(file.path()), None);
    }

    #[test]
    fn a_file_of_a_package_has_its_name_and_version() {
        if Path::new("/usr/bin/dpkg-query").exists() {
            let owner = owner(Path::new("/usr/bin/dpkg-query")).expect("it is dpkg's");
            let version = owner.strip_prefix("dpkg ").expect("its name comes first");
            assert!(
                version.starts_with(|first: char| first.is_ascii_digit()),
                "{owner}"
            );
        }
    }
}
