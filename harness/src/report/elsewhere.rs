//! How reports name the files of this machine: their readers sit at others.

/// A file by its name alone, as whoever has it calls it. What lies below `/usr` has its place on other machines, too, and
/// what is no path stays as it is.
pub(super) fn file(path: &str) -> &str {
    let is_of_here = ["/", "./", "../"].iter().any(|way| path.starts_with(way));
    match path.rsplit_once('/') {
        Some((_, name)) if is_of_here && !name.is_empty() && !path.starts_with("/usr/") => name,
        _ => path,
    }
}

/// A command line with such names, as a reader can type it.
pub(super) fn command(line: &str) -> String {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let is_between_words = |letter: char| {
        let was_escaped = std::mem::take(&mut is_escaped);
        match letter {
            _ if was_escaped => {}
            '\\' => is_escaped = !is_quoted,
            '\'' => is_quoted = !is_quoted,
            _ => return letter == ' ' && !is_quoted,
        }
        false
    };
    let words: Vec<_> = line.split(is_between_words).map(word).collect();
    words.join(" ")
}

/// A word of a command line, which may be in quotes.
fn word(word: &str) -> String {
    match word.strip_prefix('\'') {
        Some(quoted) => format!("'{}", file(quoted)),
        None => file(word).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{command, file};

    #[test]
    fn a_file_of_this_machine_is_named_without_its_folder() {
        for (path, named) in [
            ("/work/m/agents/bookworm.deb", "bookworm.deb"),
            ("../agents/mine", "mine"),
            ("agents/mine", "agents/mine"),
            ("ocf:heartbeat:Xen", "ocf:heartbeat:Xen"),
            (
                "/usr/lib/ocf/resource.d/heartbeat/Xen",
                "/usr/lib/ocf/resource.d/heartbeat/Xen",
            ),
            ("/work/folder/", "/work/folder/"),
        ] {
            assert_eq!(file(path), named);
        }
    }

    #[test]
    fn a_command_keeps_its_options_and_quotes() {
        let typed = "virt-ra-tester run --agent-package /a/b.deb --agent '/it'\\''s my/own agent' \
                     --param 'config=/etc/x y' --cases . =stop::running  # and 9 more, listed in /results";
        let shown = "virt-ra-tester run --agent-package b.deb --agent 'own agent' \
                     --param 'config=/etc/x y' --cases . =stop::running  # and 9 more, listed in results";
        assert_eq!(command(typed), shown);
    }
}
