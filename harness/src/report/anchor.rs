/// A case's name in the page's own links: its id without what a link would have to escape.
pub(super) fn anchor(id: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    format!("case-{}", id.chars().map(safe).collect::<String>())
}
