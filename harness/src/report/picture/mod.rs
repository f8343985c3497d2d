//! A case as a picture: time from left to right, a lane for each node.
//!
//! A pure function of a history and its verdict. It decides nothing: what is red is the judge's own finding, over the
//! span that its proof covers, from the second instance's first sign of life to the last moment at which both are known
//! to run. The axis has two straight parts: making the given world gets at most a seventh of the width. Nothing is told
//! by colour alone: rows have names, incarnations rows of their own, states their words and hatchings.

mod canvas;
mod cluster;
mod draw;
mod element;
mod interventions;
mod lane;
mod run;
mod scale;
mod scene;
#[cfg(test)]
mod tests;

use askama::Template;
use canvas::{Canvas, cut};
use scale::{NAMES, WIDTH};
use scene::Scene;

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
    /// The picture in words.
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
        let inline = Inline {
            key,
            id: &self.verdict.case.0,
            height: format!("{:.0}", self.height),
            names_width: NAMES,
            width: WIDTH,
            description: &self.description,
            names: &self.names.svg,
            body: &self.body.svg,
        };
        rendered(&inline)
    }

    /// The picture as a file of its own, with the case's sentence above and its findings below.
    #[must_use]
    pub fn alone(&self, sentence: &str) -> String {
        let (captions, bottom) = self.captions(sentence);
        let alone = Alone {
            id: &self.verdict.case.0,
            sentence,
            description: &self.description,
            left: -PAD,
            width: NAMES + WIDTH + 2.0 * PAD,
            height: format!("{:.0}", bottom + PAD),
            head: HEAD,
            names_width: NAMES,
            style: [COLOURS, STYLE].concat(),
            hatchings: HATCHINGS,
            captions: captions.svg,
            names: &self.names.svg,
            body: &self.body.svg,
        };
        format!("{}\n", rendered(&alone))
    }

    /// The words above and below the picture, and where they end.
    fn captions(&self, sentence: &str) -> (Canvas, f64) {
        const ROW: f64 = 20.0;
        let inner = NAMES + WIDTH;
        let mut captions = Canvas::default();
        let head = format!("{}  {}", self.verdict.severity, self.verdict.case.0);
        captions.text("pic-head", (0.0, 16.0), &head);
        captions.text("pic-soft", (0.0, 38.0), &cut(sentence, inner));
        let mut y = HEAD + self.height + ROW;
        for (finding, number) in self.verdict.findings.iter().zip(1..) {
            let expected = format!("{number}  expected: {}", finding.expected);
            captions.text("pic-text", (0.0, y), &cut(&expected, inner));
            captions.text(
                "pic-text pic-strong",
                (14.0, y + ROW),
                &cut(&format!("seen: {}", finding.seen), inner - 14.0),
            );
            y += 2.4 * ROW;
        }
        (captions, y)
    }
}

/// Room around a picture in a file of its own.
const PAD: f64 = 16.0;
/// Room for the words above it.
const HEAD: f64 = 52.0;

/// What `inline.svg` shows.
#[derive(Template)]
#[template(path = "picture/inline.svg")]
struct Inline<'a> {
    key: &'a str,
    id: &'a str,
    height: String,
    names_width: f64,
    width: f64,
    description: &'a str,
    names: &'a str,
    body: &'a str,
}

/// What `alone.svg` shows.
#[derive(Template)]
#[template(path = "picture/alone.svg")]
struct Alone<'a> {
    id: &'a str,
    sentence: &'a str,
    description: &'a str,
    left: f64,
    width: f64,
    height: String,
    head: f64,
    names_width: f64,
    style: String,
    hatchings: &'static str,
    captions: String,
    names: &'a str,
    body: &'a str,
}

/// A template filled in. Neither template can fail: they only insert texts and numbers.
fn rendered(template: &impl Template) -> String {
    template.render().unwrap_or_default()
}
