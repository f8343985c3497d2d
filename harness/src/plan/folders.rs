//! The folders that a profile's file names: stand-ins for tools that this machine lacks, and what an agent reads.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::Profile;
use crate::case::{CaseError, Mistake, SourceText, SpanIndex};
use crate::lab::LaidOver;

/// Where stand-ins are put: what is found first on a path, and where tools lie that agents call by their files.
pub(super) const FOR_STAND_INS: [&str; 2] = ["/usr/local/sbin", "/usr/sbin"];

/// The folders, with the tools of those of stand-ins put among the profile's.
///
/// # Errors
/// A folder is not there, holds no program, or would hide what a lab has of its own.
pub(super) fn take(
    profile: &mut Profile,
    source: &SourceText,
    places: &SpanIndex,
) -> Result<Vec<LaidOver>, CaseError> {
    let file = File { source, places };
    let mut all = Vec::new();
    for (index, named) in std::mem::take(&mut profile.tools).into_iter().enumerate() {
        if !named.contains('/') {
            profile.tools.push(named);
            continue;
        }
        let at = format!("tools[{index}]");
        let folder = file.folder(&at, &named)?;
        profile.tools.extend(file.programs(&at, &folder)?);
        let laid = FOR_STAND_INS.map(|place| LaidOver {
            folder: folder.clone(),
            place: place.into(),
        });
        all.extend(laid);
    }
    for (place, named) in &profile.folders {
        let folder = file.folder(&format!("folders.{place}"), named)?;
        all.push(file.laid_over(place, folder)?);
    }
    Ok(all)
}

/// The profile's file.
struct File<'a> {
    source: &'a SourceText,
    places: &'a SpanIndex,
}

impl File<'_> {
    /// A folder of this machine, by a path from the file's own folder.
    fn folder(&self, at: &str, named: &str) -> Result<PathBuf, Mistake> {
        // Absolute first: the parent of a bare file name is no folder.
        let file = std::path::absolute(&self.source.path);
        let file = file.unwrap_or_else(|_| self.source.path.clone());
        let own = file.parent().unwrap_or(Path::new("/"));
        let folder = own.join(named.strip_prefix("./").unwrap_or(named));
        if folder.is_dir() {
            return Ok(folder);
        }
        let message = format!("there is no folder {}", folder.display());
        let mistake = self
            .source
            .mistake(self.places.nearest(at), message, "not there");
        Err(mistake.with_help("a path is one from the profile's own folder"))
    }

    /// The names of the programs in a folder of stand-ins.
    fn programs(&self, at: &str, folder: &Path) -> Result<Vec<String>, Mistake> {
        let entries = folder.read_dir().into_iter().flatten().flatten();
        let is_program = |path: &PathBuf| {
            let found = path.metadata();
            found.is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
        };
        let programs = entries.map(|entry| entry.path()).filter(is_program);
        let names = programs.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()));
        let mut names: Vec<String> = names.collect();
        names.sort();
        if !names.is_empty() {
            return Ok(names);
        }
        let message = format!("{} has no program", folder.display());
        let label = "no file that may be executed";
        let mistake = self.source.mistake(self.places.nearest(at), message, label);
        Err(mistake.with_help(
            "put a program there for each tool, under the tool's name, and make it executable",
        ))
    }

    fn laid_over(&self, place: &str, folder: PathBuf) -> Result<LaidOver, Mistake> {
        let at = self.places.nearest_key(&format!("folders.{place}"));
        let over = LaidOver {
            folder,
            place: place.into(),
        };
        if !over.place.is_absolute() {
            let message = format!("`{place}` is no place in a node");
            let mistake = self.source.mistake(at, message, "not an absolute path");
            let help = "name the folder that the agent reads, such as `/usr/lib/ocf/lib/heartbeat`";
            return Err(mistake.with_help(help));
        }
        if let Some(own) = over.hides() {
            let message =
                format!("a folder at {place} would hide {own}, which a lab has of its own");
            let mistake = self.source.mistake(at, message, "too much");
            return Err(mistake.with_help("name the very folder that the agent reads"));
        }
        Ok(over)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use miette::Diagnostic;

    use super::*;
    use crate::plan::{Described, ProfileError};

    /// A folder with a profile of those lines, a library and a stand-in.
    fn described(lines: &str) -> (tempfile::TempDir, Result<Described, ProfileError>) {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path();
        for name in ["lib", "empty", "stand-ins"] {
            fs::create_dir(place.join(name)).expect("it can be made");
        }
        for (name, mode) in [("vzctl", 0o755), ("README", 0o644)] {
            let file = place.join("stand-ins").join(name);
            fs::write(&file, "").expect("it can be written");
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("it is ours");
        }
        let path = place.join("mine.yaml");
        let text = format!("name: mine\nagent: ocf:a:b\n{lines}\n");
        fs::write(&path, text).expect("it can be written");
        let found = Described::named(&path.to_string_lossy());
        (folder, found)
    }

    /// The mistake's place, what is wrong, and how to mend it.
    fn told(lines: &str) -> String {
        let (folder, found) = described(lines);
        let Err(ProfileError::Wrong(CaseError::Mistake(mistake))) = found else {
            panic!("it is no mistake: {lines}");
        };
        let (span, help) = (mistake.span(), mistake.help());
        let help = help.map_or_else(String::new, |help| help.to_string());
        let all = format!("{}:{} {mistake}; {help}", span.line, span.column);
        all.replace(&folder.path().display().to_string(), "HERE")
    }

    #[test]
    fn a_folder_of_stand_ins_gives_the_tools_of_its_programs_and_lies_where_tools_are_found() {
        let (folder, found) = described("tools: [virsh, ./stand-ins]");
        let found = found.expect("it is good");
        assert_eq!(found.profile.tools, ["virsh", "vzctl"]);
        let laid = |place: &str| LaidOver {
            folder: folder.path().join("stand-ins"),
            place: place.into(),
        };
        let wanted = ["/usr/local/sbin", "/usr/sbin"].map(laid);
        assert_eq!(found.laid_over, wanted);
    }

    #[test]
    fn a_folder_is_one_from_the_profiles_own_folder_and_is_seen_in_its_place() {
        let (folder, found) = described("folders: {/usr/share/mine: lib, /opt/x: /usr/share}");
        let found = found.expect("it is good");
        let laid = |folder: PathBuf, place: &str| LaidOver {
            folder,
            place: place.into(),
        };
        let own = folder.path().join("lib");
        let wanted = [
            laid("/usr/share".into(), "/opt/x"),
            laid(own, "/usr/share/mine"),
        ];
        assert_eq!(found.laid_over, wanted);
    }

    #[test]
    fn a_profile_in_the_current_folder_names_whole_paths_too() {
        let source = SourceText::new("mine.yaml", "");
        let file = File {
            source: &source,
            places: &SpanIndex::default(),
        };
        let found = file.folder("tools[0]", "./src").expect("it is there");
        assert!(found.is_absolute() && found.ends_with("src"), "{found:?}");
    }

    #[test]
    fn a_mistake_says_where_it_is_and_how_it_is_mended() {
        let from = "a path is one from the profile's own folder";
        assert_eq!(
            told("tools: [./tools]"),
            format!("3:9 there is no folder HERE/tools; {from}")
        );
        assert_eq!(
            told("folders:\n  /usr/share/mine: library"),
            format!("4:20 there is no folder HERE/library; {from}")
        );
        assert_eq!(
            told("tools: [./empty]"),
            "3:9 HERE/empty has no program; put a program there for each tool, under the tool's name, and make it \
             executable"
        );
        assert_eq!(
            told("folders:\n  share: lib"),
            "4:3 `share` is no place in a node; name the folder that the agent reads, such as \
             `/usr/lib/ocf/lib/heartbeat`"
        );
        assert_eq!(
            told("folders:\n  /var: lib"),
            "4:3 a folder at /var would hide /var/log, which a lab has of its own; name the very folder that the agent \
             reads"
        );
    }
}
