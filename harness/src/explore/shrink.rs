//! The fewest moves that still show a breach: delta debugging (Zeller and Hildebrandt, 2002).
//!
//! Moves are dropped in ever smaller pieces until no single one can go, and then killed actions may come to their end.
//! What makes no sense without a dropped move goes with it. Each shorter sequence is played on a lab under both models
//! and counts only if it shows the same breach (invariant and clauses) twice in a row; the budget is 60 runs or 10
//! minutes. One breach of a kind is shrunk, others name their seed.

/// Drops whatever can be dropped from a list that `shows` something, in ever smaller pieces from its end, until no
/// single item can be dropped.
///
/// `repair` removes items that make no sense without those that are gone, such as the end of something that never
/// began. `shows` returns `false` once its budget is used up, which leaves the shortest list so far.
pub fn shrink<T: Clone>(
    whole: &[T],
    repair: &dyn Fn(Vec<T>) -> Vec<T>,
    shows: &mut dyn FnMut(&[T]) -> bool,
) -> Vec<T> {
    let mut kept = whole.to_vec();
    let mut piece = kept.len().div_ceil(2);
    while piece > 0 {
        let before = kept.len();
        let mut end = before;
        while end > 0 {
            let begin = end.saturating_sub(piece);
            let shorter = repair([&kept[..begin], &kept[end..]].concat());
            if !shorter.is_empty() && shows(&shorter) {
                kept = shorter;
            }
            end = begin.min(kept.len());
        }
        // An item that was needed before may be dropped now that others are gone.
        if piece > 1 || kept.len() == before {
            piece /= 2;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::shrink;

    #[test]
    fn only_what_it_takes_is_left() {
        let whole: Vec<u32> = (0..20).collect();
        let mut shows = |list: &[u32]| [3, 11, 12].iter().all(|wanted| list.contains(wanted));
        assert_eq!(shrink(&whole, &|list| list, &mut shows), [3, 11, 12]);
    }

    #[test]
    fn what_makes_no_sense_alone_goes_with_what_it_belongs_to() {
        // 13 is the end of 4: alone it is taken out, and 4 without it shows nothing.
        let whole: Vec<u32> = (0..20).collect();
        let repair = |list: Vec<u32>| {
            let begun = list.contains(&4);
            let left = list.into_iter().filter(|item| *item != 13 || begun);
            left.collect()
        };
        let mut shows = |list: &[u32]| list.contains(&7) && list.contains(&4) == list.contains(&13);
        assert_eq!(shrink(&whole, &repair, &mut shows), [7]);
    }

    #[test]
    fn nothing_is_dropped_when_the_budget_is_used_up() {
        let mut left = 3;
        let whole: Vec<u32> = (0..16).collect();
        let mut shows = |list: &[u32]| {
            left -= 1;
            left >= 0 && list.contains(&0)
        };
        let kept = shrink(&whole, &|list| list, &mut shows);
        assert!(kept.contains(&0) && kept.len() < whole.len());
    }

    proptest! {
        #[test]
        fn no_item_that_is_left_can_be_dropped(wanted in proptest::collection::btree_set(0_u32..24, 1..6)) {
            let whole: Vec<u32> = (0..24).collect();
            let mut shows = |list: &[u32]| wanted.iter().all(|one| list.contains(one));
            let kept = shrink(&whole, &|list| list, &mut shows);
            prop_assert_eq!(kept, wanted.into_iter().collect::<Vec<_>>());
        }
    }
}
