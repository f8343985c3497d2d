//! Files that are written by one process and read by others.

use std::fs::Permissions;
use std::io::{self, BufWriter, IntoInnerError, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Writes a whole file in one step: whoever opens it sees what was there before or all of the new content, also when this
/// process is killed meanwhile.
///
/// # Errors
/// When the folder cannot be written; the file is as it was then.
pub(crate) fn write_atomically(path: &Path, content: &[u8]) -> io::Result<()> {
    fill_atomically(path, |file| file.write_all(content))
}

/// The same with a content that need not be in memory as a whole: `fill` writes it.
///
/// # Errors
/// When the folder cannot be written, or `fill` fails; the file is as it was then.
pub(crate) fn fill_atomically(
    path: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let file = tempfile::Builder::new()
        // As for any other new file: the process's own mask says who may read it.
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder.unwrap_or(Path::new(".")))?;
    let mut file = BufWriter::new(file);
    fill(&mut file)?;
    let file = file.into_inner().map_err(IntoInnerError::into_error)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_reader_keeps_the_old_content_and_the_next_one_has_all_of_the_new() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("run.json");
        write_atomically(&path, b"old").expect("it can be written");
        let before = fs::File::open(&path).expect("it is there");
        write_atomically(&path, b"new").expect("it can be written");
        assert_eq!(io::read_to_string(before).expect("it can be read"), "old");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), "new");
    }

    #[test]
    fn a_file_that_cannot_be_put_in_place_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("taken");
        fs::create_dir_all(path.join("by a folder")).expect("a folder");
        assert!(write_atomically(&path, b"new").is_err());
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn what_is_written_in_part_is_not_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("report.html");
        let failed = fill_atomically(&path, |file| {
            file.write_all(b"a part")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    }

    #[test]
    fn others_may_read_what_any_new_file_lets_them_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let mode =
            |name: &str| fs::metadata(folder.path().join(name)).map(|file| file.permissions());
        write_atomically(&folder.path().join("ours"), b"").expect("it can be written");
        fs::write(folder.path().join("any"), b"").expect("it can be written");
        assert_eq!(
            mode("ours").expect("it is there"),
            mode("any").expect("it is there")
        );
    }
}
