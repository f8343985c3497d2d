//! What an agent leaves behind after every start and stop of a guest: found out once, so that not every case warns.

use std::collections::BTreeSet;
use std::path::Path;

use super::Crew;
use super::lease::on_a_lab;
use crate::case::{LoadedCase, load_text};
use crate::drive;
use crate::equipment::Equipment;
use crate::judge::{self, Finding};

/// A life without anything that could go wrong.
const LIFE: &str = "\
case: a life of a guest leaves nothing behind
clause: [STOP-16]
level: should
given: {a: absent}
when:
  - run: {action: start, node: a, returns: success}
  - run: {action: monitor, node: a, interval: 10s, returns: success}
  - run: {action: stop, node: a, returns: success}
";

/// The kinds of it; found out when it is first asked for.
pub(super) fn leftovers(crew: &Crew) -> &BTreeSet<String> {
    crew.usual_leftovers.get_or_init(|| {
        let cases = load_text(Path::new("a-life.yaml"), LIFE, None);
        let life = cases.ok().and_then(|cases| cases.into_iter().next());
        life.and_then(|life| lived(&life, crew)).unwrap_or_default()
    })
}

/// What is left of one such life; none where the lab or the agent failed in it.
fn lived(life: &LoadedCase, crew: &Crew) -> Option<BTreeSet<String>> {
    let act =
        &mut |lab: &_, actors: drive::Actors<'_>| drive::perform(&life.spec, lab, actors).into();
    let equipment = Equipment::from(&life.spec.needs.with(&crew.profile.lab_equipment()));
    let history = on_a_lab(&life.id, equipment, crew, act).ok()?;
    let verdict = judge::judge(&life.id, &life.spec, &history, &crew.facts());
    let sound = verdict.findings.iter().all(Finding::is_left_behind);
    sound.then(|| judge::leftovers(&life.spec, &history))
}
