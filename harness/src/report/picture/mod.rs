//! A case as a picture: time from left to right, a lane for each node.
//!
//! A pure function of a history and its verdict. It decides nothing: what is red is what the judge found,
//! from the moment at which its own proof begins to the last one that it covers.

mod canvas;
mod draw;
mod interventions;
mod lane;
mod run;
mod scale;
mod scene;
#[cfg(test)]
mod tests;

use canvas::{Canvas, cut};
use scale::{NAMES, WIDTH};
use scene::Scene;

use super::escape::escape;
use crate::history::History;
use crate::judge::{Severity, Verdict};

/// The colours as CSS variables, light and dark; a page that shows pictures needs them once.
pub(super) const COLOURS: &str = include_str!("colours.css");
/// The look of a picture's parts; a page that shows pictures needs it once.
pub(super) const STYLE: &str = include_str!("picture.css");
/// The hatchings; a page that shows pictures needs them once, as a child of an `svg`.
pub(super) const HATCHINGS: &str = include_str!("hatchings.svg");

/// The picture of one case.
pub struct Picture {
    names: Canvas,
    body: Canvas,
    height: f64,
    description: String,
    verdict: Verdict,
}

impl Picture {
    /// Draws a case; none when nothing was recorded of it.
    #[must_use]
    pub fn of(history: &History, verdict: &Verdict) -> Option<Self> {
        let scene = Scene::of(history, verdict)?;
        let all = verdict.severity != Severity::Pass;
        let (names, body, height) = draw::draw(&scene, all);
        Some(Self {
            names,
            body,
            height,
            description: scene.description(),
            verdict: verdict.clone(),
        })
    }

    /// The picture for a page that has its style and hatchings: the lanes' names stay where they are while
    /// the rest is scrolled. `key` makes its ids the only ones of that name.
    #[must_use]
    pub fn inline(&self, key: &str) -> String {
        let (id, height) = (escape(&self.verdict.case.0), self.height);
        let label = format!("class=\"pic\" height=\"{height:.0}\"");
        format!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"timeline of {id}\">\n\
             <svg {label} width=\"{NAMES}\" aria-hidden=\"true\">\n{}</svg>\n\
             <svg {label} width=\"{WIDTH}\" role=\"img\" aria-labelledby=\"{key}-t {key}-d\">\n\
             <title id=\"{key}-t\">What happened in {id}</title>\n<desc id=\"{key}-d\">{}</desc>\n\
             {}</svg>\n</div>\n",
            self.names.svg,
            escape(&self.description),
            self.body.svg
        )
    }

    /// The picture as a file of its own, with the case's sentence above and its findings below.
    #[must_use]
    pub fn alone(&self, sentence: &str) -> String {
        const PAD: f64 = 16.0;
        const HEAD: f64 = 52.0;
        const ROW: f64 = 20.0;
        let (width, inner) = (NAMES + WIDTH + 2.0 * PAD, NAMES + WIDTH);
        let id = self.verdict.case.0.as_str();
        let mut rest = Canvas::default();
        let word = super::diagnosis::word(self.verdict.severity);
        rest.text("pic-head", (0.0, 16.0), &format!("{word}  {id}"));
        rest.text("pic-soft", (0.0, 38.0), &cut(sentence, inner));
        let mut y = HEAD + self.height + ROW;
        for (finding, number) in self.verdict.findings.iter().zip(1..) {
            let expected = format!("{number}  expected: {}", finding.expected);
            rest.text("pic-text", (0.0, y), &cut(&expected, inner));
            rest.text(
                "pic-text pic-strong",
                (14.0, y + ROW),
                &cut(&format!("seen: {}", finding.seen), inner - 14.0),
            );
            y += 2.4 * ROW;
        }
        let height = y + PAD;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"pic\" viewBox=\"{} {} {width} {height:.0}\" \
             width=\"{width}\" height=\"{height:.0}\" role=\"img\" aria-labelledby=\"t d\">\n\
             <title id=\"t\">What happened in {id}: {}</title>\n<desc id=\"d\">{}</desc>\n\
             <style>{COLOURS}{STYLE}</style>\n{HATCHINGS}\
             <rect class=\"pic-paper\" x=\"{}\" y=\"{}\" width=\"{width}\" height=\"{height:.0}\"/>\n{}\
             <g transform=\"translate(0 {HEAD})\">\n{}</g>\n\
             <g transform=\"translate({NAMES} {HEAD})\">\n{}</g>\n</svg>\n",
            -PAD,
            -PAD,
            escape(sentence),
            escape(&self.description),
            -PAD,
            -PAD,
            rest.svg,
            self.names.svg,
            self.body.svg,
            id = escape(id),
        )
    }
}
