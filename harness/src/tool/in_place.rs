//! Shows stand-ins in the places of the tools themselves.
//!
//! An agent may set a search path of its own, or call a tool by its file. So this program is mounted over the file of
//! each tool, and the file is shown elsewhere for the calls that are passed on. A tool that the machine lacks, or has
//! only as a link to a program of many names, gets its place by an overlay over the folder.
//!
//! All of this is seen by the calling thread alone and by what it starts from then on: the daemons of the node, and what
//! the harness itself runs there, find the tools.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use nix::sched::{CloneFlags, unshare};

use super::place::{BESIDE, FOLDER, real_file};
use crate::installed::PATH;
use crate::mounts;

/// Where a tool is put that the machine lacks: those of an administrator lie there.
const FOR_LACKING: &str = "/usr/sbin";

/// Puts stand-ins in the places of those tools, for this thread and what it starts.
///
/// # Errors
/// When they cannot be mounted, in a line of text.
pub(crate) fn put_in_place(tools: &[String]) -> Result<(), String> {
    unshare(CloneFlags::CLONE_NEWNS)
        .map_err(|error| format!("cannot show the agent its stand-ins: {error}"))?;
    mounts::keep_to_ourselves()?;
    mounts::tmpfs(Path::new(BESIDE), "755")?;
    let found = tools.iter().map(|tool| Places::of(tool));
    let found: Vec<Places> = found.collect();
    for places in &found {
        places.keep_real().map_err(|error| {
            let tool = places.tool;
            format!("cannot keep the real {tool} for its stand-in: {error}")
        })?;
    }
    // Before the files, which an overlay would hide.
    lay_over_folders(&found)?;
    let mut files = found.iter().flat_map(|places| {
        let stand_in = Path::new(FOLDER).join(places.tool);
        places
            .files
            .iter()
            .map(move |file| (stand_in.clone(), file))
    });
    files.try_for_each(|(stand_in, file)| mounts::bind(&stand_in, file))
}

/// Where one tool lies, without the links to it.
struct Places<'a> {
    tool: &'a str,
    /// The file that is found first.
    real: Option<PathBuf>,
    /// Its own files.
    files: Vec<PathBuf>,
    /// Folders in which it is to be put.
    folders: Vec<PathBuf>,
}

impl<'a> Places<'a> {
    fn of(tool: &'a str) -> Self {
        let mut places = Self {
            tool,
            real: None,
            files: Vec::new(),
            folders: Vec::new(),
        };
        for folder in PATH.split(':').map(Path::new) {
            let file = fs::canonicalize(folder.join(tool));
            if let Some(file) = file.ok().filter(|file| file.is_file()) {
                places.add(folder, file);
            }
        }
        if places.real.is_none() {
            places.folders.extend(fs::canonicalize(FOR_LACKING));
        }
        places
    }

    /// Notes that a name in a folder leads to a file.
    fn add(&mut self, folder: &Path, file: PathBuf) {
        let is_own = file.file_name().is_some_and(|name| name == self.tool);
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        if is_own && !self.files.contains(&file) {
            self.files.push(file.clone());
        } else if !is_own && !self.folders.contains(&folder) {
            self.folders.push(folder);
        }
        self.real.get_or_insert(file);
    }

    /// Shows the real file where the stand-in looks for it.
    fn keep_real(&self) -> Result<(), String> {
        let Some(real) = &self.real else {
            return Ok(());
        };
        let place = real_file(self.tool);
        let made = fs::create_dir_all(place.parent().unwrap_or(&place));
        made.and_then(|()| File::create(&place))
            .map_err(|error| error.to_string())?;
        mounts::bind(real, &place)
    }
}

/// Shows stand-ins in folders that have no file for them.
fn lay_over_folders(found: &[Places<'_>]) -> Result<(), String> {
    let mut folders: BTreeMap<&Path, Vec<&str>> = BTreeMap::new();
    for places in found {
        for folder in &places.folders {
            folders.entry(folder).or_default().push(places.tool);
        }
    }
    for (number, (folder, tools)) in folders.into_iter().enumerate() {
        let own = Path::new(BESIDE).join(number.to_string());
        let put = |tool: &&str| symlink(Path::new(FOLDER).join(tool), own.join(tool));
        fs::create_dir(&own)
            .and_then(|()| tools.iter().try_for_each(put))
            .map_err(|error: io::Error| format!("cannot make a folder of stand-ins: {error}"))?;
        mounts::lay_over(&own, folder, &own)?;
    }
    Ok(())
}
