use crate::cluster_call::message::{FenceAction, FenceRequest};

/// What the options ask for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// To describe itself.
    Metadata,
    /// Something that the lab does.
    Lab(FenceRequest),
}

/// Reads the options: `NAME=VALUE`, a line each. Of those that it does not know Pacemaker sends some, and so do others.
///
/// # Errors
/// When they ask for nothing that can be done: why, for people.
pub(super) fn read(text: &str) -> Result<Asked, String> {
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let options: Vec<(&str, &str)> = lines.filter_map(|line| line.split_once('=')).collect();
    let last = |name: &str| {
        let found = options.iter().rfind(|(found, _)| found.trim() == name)?;
        Some(found.1.trim()).filter(|value| !value.is_empty())
    };
    let word = last("action").unwrap_or("reboot");
    if word == "metadata" {
        return Ok(Asked::Metadata);
    }
    let action = FenceAction::named(word).ok_or_else(|| format!("there is no action {word}"))?;
    let target = last("port").or_else(|| last("nodename"));
    if target.is_none() && action != FenceAction::Monitor {
        return Err("no option port names a node".to_owned());
    }
    let target = target.map(str::to_owned);
    Ok(Asked::Lab(FenceRequest { action, target }))
}

#[cfg(test)]
mod tests {
    use super::{Asked, read};
    use crate::cluster_call::message::{FenceAction, FenceRequest};

    fn request(action: FenceAction, target: Option<&str>) -> Result<Asked, String> {
        let target = target.map(str::to_owned);
        Ok(Asked::Lab(FenceRequest { action, target }))
    }

    #[test]
    fn options_are_read_as_pacemaker_sends_them() {
        let off = "# by hand\n\naction=off\nnodename=b\nport=b\ncrm_feature_set=3.16.2\n";
        assert_eq!(read(off), request(FenceAction::Off, Some("b")));
        assert_eq!(read("action=metadata\n"), Ok(Asked::Metadata));
        assert_eq!(read("action=monitor"), request(FenceAction::Monitor, None));
        assert_eq!(read("nodename=a"), request(FenceAction::Reboot, Some("a")));
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        assert!(read("action=off\nport=\n").is_err_and(|why| why.contains("port")));
        assert!(read("action=explode\nport=b").is_err_and(|why| why.contains("explode")));
        assert!(read("").is_err());
    }
}
