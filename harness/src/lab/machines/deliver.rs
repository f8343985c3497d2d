//! Bringing programs of this machine to another one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::ssh::script;
use crate::digest::sha256;
use crate::lab::error::LabError;
use crate::lab::inventory::{Host, Inventory};
use crate::shell_quote::quote_all;

/// Where a machine keeps what was brought to it, and a fresh folder for the sockets of one lab, a line each. What lies there
/// of older programs and labs for two days is removed: a connection may end before anybody there can clear up.
const PREPARE: &str = r#"set -eu; umask 077
store=${XDG_CACHE_HOME:-$HOME/.cache}/virt-ra-tester/brought; mkdir -p "$store"
find "$store" -mindepth 1 -maxdepth 1 -mtime +2 -exec rm -rf {} +
find /tmp -maxdepth 1 -name 'virt-ra-tester.??????' -user "$(id -u)" -mtime +2 -exec rm -rf {} + 2>/dev/null || :
echo "$store"; mktemp -d /tmp/virt-ra-tester.XXXXXX
for file do if [ -x "$store/$file" ]; then touch "${store:?}/${file%/*}"; echo "$file"; fi; done"#;

/// Takes a file of so many bytes from standard input. One that was cut short, as by a lost connection, never counts, and one
/// that another took meanwhile stays.
const TAKE: &str = r#"set -eu; umask 077
mkdir -p "${1%/*}"; trap 'rm -f "$1.$$"' EXIT; cat > "$1.$$"
[ "$(wc -c < "$1.$$")" -eq "$2" ] || { echo "$1 came only in part" >&2; exit 1; }
chmod 755 "$1.$$"; mv -n "$1.$$" "$1""#;

/// What a machine was brought.
#[derive(Debug)]
pub(super) struct Delivered {
    /// Where the files of this machine lie on that one.
    pub(super) files: BTreeMap<PathBuf, PathBuf>,
    /// A fresh folder there for the sockets of one lab.
    pub(super) folder: String,
}

/// Brings files to a machine, those that it does not have yet.
///
/// # Errors
/// When the machine is not reached, or has no room.
pub(super) fn deliver(
    inventory: &Inventory,
    host: &Host,
    files: &[PathBuf],
) -> Result<Delivered, LabError> {
    let named = files.iter().map(|file| Ok((file, name(host, file)?)));
    let named: Vec<(&PathBuf, String)> = named.collect::<Result<_, _>>()?;
    let names = named.iter().map(|(_, name)| name.as_str());
    let call = |text: &str, args: String| format!("set -- {args}; {text}");
    let printed = script(inventory, host, &call(PREPARE, quote_all(names)), None)?;
    let mut lines = printed.lines();
    let (Some(store), Some(folder)) = (lines.next(), lines.next()) else {
        return Err(host.trouble(format!(
            "its shell answers with other text than was asked for: `{printed}`"
        )));
    };
    let there: Vec<&str> = lines.collect();
    let mut delivered = BTreeMap::new();
    for (file, name) in &named {
        let place = format!("{store}/{name}");
        if !there.contains(&name.as_str()) {
            script(
                inventory,
                host,
                &call(TAKE, quote_all([place.as_str(), &size(file)])),
                Some(file),
            )?;
        }
        delivered.insert((*file).clone(), PathBuf::from(place));
    }
    Ok(Delivered {
        files: delivered,
        folder: folder.to_owned(),
    })
}

/// What a file is called in a machine's store: its own name in a folder named by the digest of its content.
fn name(host: &Host, file: &Path) -> Result<String, LabError> {
    let content = std::fs::read(file).map_err(|error| {
        host.trouble(format!(
            "cannot read {} to bring it there: {error}",
            file.display()
        ))
    })?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    Ok(format!("{}/{name}", sha256(&content)))
}

fn size(file: &Path) -> String {
    std::fs::metadata(file).map_or_else(|_| String::new(), |data| data.len().to_string())
}
