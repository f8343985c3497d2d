//! The badge: what a run proves, as a small picture for a project's page.

use std::io;

use askama::Template;

use super::document::{ProfileReport, ProfileResult};

/// What the badge names.
const LABEL: &str = "virt-ra-tester";

/// The height of the badge.
const HEIGHT: u32 = 20;

/// The space left and right of each text.
const PAD: u32 = 7;

/// What `badge.svg` shows. Widths are in pixels.
#[derive(Template)]
#[template(path = "conformance/badge.svg")]
struct Badge {
    label: &'static str,
    message: String,
    colour: &'static str,
    height: u32,
    width: u32,
    label_width: u32,
    label_text: u32,
    message_width: u32,
    message_text: u32,
    message_at: u32,
    pad: u32,
}

/// The badge as an SVG document.
///
/// # Errors
/// Never, as long as memory can be written.
pub(super) fn badge(profiles: &[ProfileReport]) -> io::Result<String> {
    let (message, colour) = message(profiles);
    let (label_text, message_text) = (width(LABEL), width(&message));
    let label_width = label_text + 2 * PAD;
    let message_width = message_text + 2 * PAD;
    let badge = Badge {
        label: LABEL,
        colour,
        height: HEIGHT,
        width: label_width + message_width,
        message_at: label_width + PAD,
        label_width,
        label_text,
        message_width,
        message_text,
        message,
        pad: PAD,
    };
    badge.render().map_err(io::Error::other)
}

/// The answer, and its colour: green only where nothing that applies is open.
fn message(profiles: &[ProfileReport]) -> (String, &'static str) {
    let of = |result: ProfileResult| {
        let those = profiles.iter().filter(|one| one.core.result == result);
        let names: Vec<_> = those.map(|one| one.name.word()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let conforms = of(ProfileResult::Conforms).map(|names| format!("conformant {names}"));
    let (broken, partial) = (
        of(ProfileResult::DoesNotConform),
        of(ProfileResult::Partial),
    );
    match (conforms, broken, partial) {
        (_, Some(broken), _) => (format!("not conformant {broken}"), "#b5303a"),
        (_, None, Some(_)) => ("partial run".to_owned(), "#5f6b76"),
        (Some(conforms), None, None) => (conforms, "#2a7d3f"),
        (None, None, None) => ("inconclusive".to_owned(), "#5f6b76"),
    }
}

/// How wide a text is about, at 11 pixels in a font such as Verdana; the picture stretches it to exactly that.
fn width(text: &str) -> u32 {
    let tenths = |letter: char| match letter {
        'i' | 'j' | 'l' | ' ' | ',' | '.' | ':' => 39,
        'f' | 't' | 'r' | '-' => 46,
        'm' | 'w' => 96,
        _ => 68,
    };
    text.chars().map(tenths).sum::<u32>().div_ceil(10)
}
