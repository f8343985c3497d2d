//! `migration_mapping`: which host stands for which member of the cluster.

use crate::ocf::Failure;

/// Pairs of a member and its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mapping(Vec<(String, String)>);

impl Mapping {
    /// Reads `member:host,member:host`.
    ///
    /// # Errors
    /// What was expected.
    pub(super) fn read(text: &str) -> Result<Self, &'static str> {
        const WANTED: &str = "a list of MEMBER:HOST with commas between, each member once";
        let mut pairs: Vec<(String, String)> = Vec::new();
        for entry in text
            .split([',', ' ', '\t'])
            .filter(|entry| !entry.is_empty())
        {
            let (member, host) = entry.split_once(':').ok_or(WANTED)?;
            let known = pairs.iter().any(|(one, _)| one == member);
            if member.is_empty() || host.is_empty() || known {
                return Err(WANTED);
            }
            pairs.push((member.to_owned(), host.to_owned()));
        }
        Ok(Self(pairs))
    }
}

/// The host to migrate to, where the cluster names this member. No host is ever guessed: an agent that took another entry for
/// want of the right one sent the guest to a node that nobody had asked for.
///
/// # Errors
/// Code 2 when there is a mapping, and the member isn't in it.
pub(super) fn host(mapping: Option<&Mapping>, member: &str) -> Result<String, Failure> {
    let Some(Mapping(pairs)) = mapping else {
        return Ok(member.to_owned());
    };
    let found = pairs.iter().find(|(one, _)| one == member);
    found
        .map(|(_, host)| host.clone())
        .ok_or_else(|| Failure::arguments(format!("migration_mapping has no host for {member}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host_of(member: &str, mapping: &str) -> Option<String> {
        host(Some(&Mapping::read(mapping).unwrap()), member).ok()
    }

    #[test]
    fn a_member_has_the_host_of_its_own_entry_alone() {
        assert_eq!(host_of("b", "a:one,b:two").as_deref(), Some("two"));
        assert_eq!(
            host_of("b", "bb:one, b:fe80::1").as_deref(),
            Some("fe80::1")
        );
        for other in ["x:zz,other:b", "B:two", "bb:two", ""] {
            assert_eq!(host_of("b", other), None, "{other}");
        }
    }

    #[test]
    fn without_a_mapping_the_member_is_the_host() {
        assert_eq!(host(None, "b").unwrap(), "b");
    }

    #[test]
    fn an_entry_without_a_member_or_a_host_and_a_second_one_are_refused() {
        for text in ["b", "b:", ":two", "b:two,b:three"] {
            assert!(Mapping::read(text).is_err(), "{text}");
        }
    }
}
