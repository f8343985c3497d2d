//! What a run proves of one profile of demands.

use super::demand::{Decided, Outcome};
use super::document::{Core, Part, ProfileReport, ProfileResult, Statistics};
use crate::case::{ClauseId, ConformanceProfile, Level};
use crate::report::summary::cases;

/// The report on a profile; none where the suite has no case for any `must` of it. `left_out` cases could have been tried.
pub(super) fn report(
    name: ConformanceProfile,
    decided: &[Decided<'_>],
    left_out: usize,
) -> Option<ProfileReport> {
    let of = |level: Level| {
        let of_it = decided
            .iter()
            .filter(|one| one.profile == name && one.level == level);
        of_it.collect::<Vec<_>>()
    };
    let decisive = of(Level::Must);
    if decisive.is_empty() {
        return None;
    }
    let part = part(&decisive);
    let result = result(part.statistics, left_out);
    Some(ProfileReport {
        name,
        summary: sentence(result, &part, left_out),
        core: Core { result, part },
        extended: self::part(&of(Level::Should)),
    })
}

fn part(decided: &[&Decided<'_>]) -> Part {
    let of = |outcome: Outcome| -> Vec<ClauseId> {
        let those = decided.iter().filter(|one| one.outcome == outcome);
        those.map(|one| one.id.clone()).collect()
    };
    let (not_met, undecided) = (of(Outcome::NotMet), of(Outcome::Undecided));
    let not_tried_here = of(Outcome::NotTriedHere);
    Part {
        statistics: Statistics {
            met: of(Outcome::Met).len(),
            not_met: not_met.len(),
            not_applicable: of(Outcome::NotApplicable).len(),
            not_tried_here: not_tried_here.len(),
            not_tried: of(Outcome::NotTried).len(),
            undecided: undecided.len(),
        },
        not_met,
        undecided,
        not_tried_here,
    }
}

const fn result(of: Statistics, left_out: usize) -> ProfileResult {
    let applicable = of.met + of.not_met + of.not_tried_here + of.not_tried + of.undecided;
    if of.not_met > 0 {
        ProfileResult::DoesNotConform
    } else if applicable == 0 {
        ProfileResult::NotApplicable
    } else if of.undecided > 0 {
        ProfileResult::Inconclusive
    } else if left_out > 0 {
        ProfileResult::Partial
    } else if of.met == 0 {
        ProfileResult::Inconclusive
    } else {
        ProfileResult::Conforms
    }
}

fn sentence(result: ProfileResult, part: &Part, left_out: usize) -> String {
    let of = part.statistics;
    let tried = of.met + of.not_met + of.undecided;
    let mut text = match (result, tried) {
        (ProfileResult::NotApplicable, _) => return "No demand applies to the agent.".to_owned(),
        (_, 0) => "No demand was tried".to_owned(),
        _ => format!("{} of {tried} tried demands met", of.met),
    };
    if of.not_met > 0 {
        text += &format!(", {} not met", of.not_met);
    }
    if of.undecided > 0 {
        text += &format!(", {} undecided", of.undecided);
    }
    if of.not_tried_here > 0 {
        text += &format!(", {} cannot be tried on this machine", of.not_tried_here);
    }
    if left_out > 0 {
        text += &format!(
            ", and {} that could have been tried did not run",
            cases(left_out)
        );
    }
    text + "."
}
