//! What a folder that is laid over a place of the nodes does to a lab.

use std::fs;
use std::path::Path;

use super::setup::{LaidOver, OWN_FOLDERS, PACKAGED, VISIBLE};

/// What lies in folders that a lab has of its own, beside [`OWN_FOLDERS`].
const OWN: [&str; 5] = ["/etc/hosts", "/proc", "/sys", "/dev", VISIBLE];

impl LaidOver {
    /// What of the lab's own it would hide, if anything: that lies in the place, or the place lies in a file system of the
    /// kernel's or the lab's.
    #[must_use]
    pub fn hides(&self) -> Option<&'static str> {
        // Links lead elsewhere: /var/run is /run.
        let place = fs::canonicalize(&self.place).unwrap_or_else(|_| self.place.clone());
        let own_folders = OWN_FOLDERS.iter().map(|(_, own, _)| *own);
        let mut below = own_folders.chain(OWN).chain(PACKAGED);
        let mut above = OWN.into_iter();
        let is_packages = |own: &str| PACKAGED.contains(&own) && Path::new(own) == place;
        below
            .find(|own| Path::new(own).starts_with(&place) && !is_packages(own))
            .or_else(|| above.find(|own| place.starts_with(own)))
    }

    /// Whether each node has a folder of its own around the place.
    pub(super) fn is_in_own_folder(&self) -> bool {
        let mut own = OWN_FOLDERS.iter();
        own.any(|(_, own, _)| self.place.starts_with(own))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hides(place: &str) -> Option<&'static str> {
        let over = LaidOver {
            folder: "/opt/mine".into(),
            place: place.into(),
        };
        over.hides()
    }

    #[test]
    fn a_place_that_holds_what_the_lab_has_of_its_own_would_hide_it() {
        assert_eq!(hides("/run"), Some("/run"));
        assert_eq!(hides("/var"), Some("/var/log"));
        assert_eq!(hides("/etc"), Some("/etc/libvirt"));
        assert_eq!(hides("/usr/lib"), Some("/usr/lib/ocf"));
        assert_eq!(hides("/run/vrt/shim"), Some("/run/vrt"));
        assert_eq!(hides("/proc/sys"), Some("/proc"));
    }

    #[test]
    fn a_place_beside_or_in_a_nodes_own_folder_hides_nothing() {
        for place in [
            "/usr/sbin",
            "/usr/lib/ocf",
            "/usr/lib/ocf/lib/heartbeat",
            "/etc/xen",
            "/tmp/mine/lib",
        ] {
            assert_eq!(hides(place), None, "{place}");
        }
    }
}
