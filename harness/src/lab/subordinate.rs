//! The subordinate ids that an ordinary user's lab is made of.

use nix::unistd::User;

/// How many a lab takes: Debian's libvirt gives its guests the id 64055.
const ENOUGH: u64 = 65536;

/// Which of `subuid` and `subgid` in /etc has no range of them for a user that is large enough; none when both have.
#[must_use]
pub fn lacking(user: &str) -> Option<&'static str> {
    let known = User::from_name(user).ok().flatten();
    let number = known.map_or_else(String::new, |user| user.uid.to_string());
    ["subuid", "subgid"].into_iter().find(|file| {
        let table = std::fs::read_to_string(format!("/etc/{file}")).unwrap_or_default();
        !has_entry(&table, &[user, &number])
    })
}

/// Whether a table of subordinate ids has an entry of some use for one of the names, a user's name or number.
fn has_entry(table: &str, names: &[&str]) -> bool {
    table.lines().any(|line| {
        let fields: Vec<&str> = line.split(':').collect();
        let [name, _, count] = fields[..] else {
            return false;
        };
        names.contains(&name) && count.parse::<u64>().is_ok_and(|count| count >= ENOUGH)
    })
}

#[cfg(test)]
mod tests {
    use super::has_entry;

    #[test]
    fn subordinate_ids_count_when_they_are_the_users_and_enough() {
        let table = "ann:100000:65536\nbob:165536:1000\n1003:165536:65536\n\nbroken\n";
        assert!(has_entry(table, &["ann", "1001"]));
        assert!(!has_entry(table, &["bob", "1002"]));
        assert!(has_entry(table, &["eve", "1003"]));
        assert!(!has_entry(table, &["an", ""]));
    }
}
