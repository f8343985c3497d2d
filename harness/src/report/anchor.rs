/// A case's name in the page's own links: its id without what a link would have to escape.
pub(super) fn anchor(id: &str) -> String {
    format!("case-{}", plain(id))
}

/// The name of what was found, by the demand that was broken first and the action: the same in every run that found it.
pub(super) fn found_anchor(demand: Option<&str>, action: Option<&str>) -> String {
    let words = [Some("found"), demand, action];
    let words: Vec<_> = words.into_iter().flatten().map(plain).collect();
    words.join("-")
}

fn plain(text: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    text.chars().map(safe).collect()
}
