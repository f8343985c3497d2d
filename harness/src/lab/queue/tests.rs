use super::{Grant, MOST_ALIKE, Queue};
use crate::equipment::{Cluster, Equipment, Lock};

/// A lab, by its name.
type Lab = &'static str;

fn usual() -> Equipment {
    Equipment::default()
}

fn with(lock: Lock) -> Equipment {
    Equipment {
        lock: Some(lock),
        ..Equipment::default()
    }
}

/// Joins and is served at once, by a machine whose processors have no time.
fn lease(queue: &mut Queue<Lab>, equipment: Equipment) -> Option<Grant<Lab>> {
    let ticket = queue.join(equipment);
    queue.serve(ticket, || Some(false))
}

const fn new_lab() -> Option<Grant<Lab>> {
    Some(Grant::New { instead_of: None })
}

#[test]
fn labs_are_started_up_to_the_limit_and_then_waited_for() {
    let mut queue = Queue::new(2, 2, usual());
    assert_eq!(lease(&mut queue, usual()), new_lab());
    assert_eq!(lease(&mut queue, usual()), new_lab());
    assert_eq!(lease(&mut queue, usual()), None);
}

#[test]
fn a_lab_that_was_returned_clean_is_leased_again() {
    let mut queue = Queue::new(1, 1, usual());
    lease(&mut queue, usual());
    queue.take_back(usual(), Some("first"));
    assert_eq!(lease(&mut queue, usual()), Some(Grant::Idle("first")));
}

#[test]
fn a_lab_that_was_returned_unclean_makes_room_for_a_new_one() {
    let mut queue = Queue::new(1, 1, usual());
    lease(&mut queue, usual());
    queue.take_back(usual(), None);
    assert_eq!(lease(&mut queue, usual()), new_lab());
}

#[test]
fn the_lab_that_was_returned_last_is_leased_first() {
    let mut queue = Queue::new(2, 2, usual());
    lease(&mut queue, usual());
    lease(&mut queue, usual());
    queue.take_back(usual(), Some("first"));
    queue.take_back(usual(), Some("second"));
    assert_eq!(lease(&mut queue, usual()), Some(Grant::Idle("second")));
}

#[test]
fn who_came_first_is_served_first() {
    let mut queue = Queue::new(1, 1, usual());
    lease(&mut queue, usual());
    let (early, late) = (queue.join(usual()), queue.join(usual()));
    queue.take_back(usual(), Some("only"));
    assert_eq!(queue.serve(late, || None), None);
    assert_eq!(queue.serve(early, || None), Some(Grant::Idle("only")));
}

#[test]
fn who_waits_for_other_equipment_is_not_held_up() {
    let mut queue = Queue::new(2, 2, usual());
    lease(&mut queue, usual());
    lease(&mut queue, usual());
    let (early, late) = (queue.join(with(Lock::Sanlock)), queue.join(usual()));
    queue.take_back(usual(), Some("usual"));
    assert_eq!(queue.serve(late, || None), Some(Grant::Idle("usual")));
    assert_eq!(queue.serve(early, || None), None, "the pool is full");
}

#[test]
fn at_most_three_labs_with_the_same_special_equipment_are_leased() {
    let mut queue = Queue::new(8, 8, usual());
    for _ in 0..MOST_ALIKE {
        assert_eq!(lease(&mut queue, with(Lock::Sanlock)), new_lab());
    }
    let fourth = queue.join(with(Lock::Sanlock));
    assert_eq!(queue.serve(fourth, || None), None);
    assert_eq!(lease(&mut queue, with(Lock::Virtlockd)), new_lab());
    queue.take_back(with(Lock::Sanlock), Some("sanlock"));
    assert_eq!(queue.serve(fourth, || None), Some(Grant::Idle("sanlock")));
}

#[test]
fn three_quarters_of_the_labs_are_clusters_at_most() {
    let cluster = Equipment {
        cluster: Some(Cluster::Pacemaker),
        ..Equipment::default()
    };
    let mut queue = Queue::new(8, 8, usual());
    for _ in 0..6 {
        assert_eq!(lease(&mut queue, cluster), new_lab());
    }
    let seventh = queue.join(cluster);
    assert_eq!(queue.serve(seventh, || None), None);
    assert_eq!(lease(&mut queue, usual()), new_lab());
}

#[test]
fn any_number_of_labs_with_the_common_equipment_is_leased() {
    for common in [usual(), with(Lock::Virtlockd)] {
        let mut queue = Queue::new(8, 8, common);
        for _ in 0..8 {
            assert_eq!(lease(&mut queue, common), new_lab());
        }
    }
}

#[test]
fn an_idle_lab_that_nobody_waits_for_makes_room_in_a_full_pool() {
    let mut queue = Queue::new(1, 1, usual());
    lease(&mut queue, with(Lock::Sanlock));
    queue.take_back(with(Lock::Sanlock), Some("sanlock"));
    let grant = Grant::New {
        instead_of: Some("sanlock"),
    };
    assert_eq!(lease(&mut queue, usual()), Some(grant));
}

#[test]
fn an_idle_lab_that_somebody_waits_for_does_not_make_room() {
    let mut queue = Queue::new(1, 1, usual());
    lease(&mut queue, with(Lock::Sanlock));
    let (other, same) = (queue.join(usual()), queue.join(with(Lock::Sanlock)));
    queue.take_back(with(Lock::Sanlock), Some("sanlock"));
    assert_eq!(queue.serve(other, || None), None);
    assert_eq!(queue.serve(same, || None), Some(Grant::Idle("sanlock")));
}

#[test]
fn while_there_is_room_no_idle_lab_ends_for_a_new_one() {
    let mut queue = Queue::new(2, 2, usual());
    lease(&mut queue, with(Lock::Sanlock));
    queue.take_back(with(Lock::Sanlock), Some("sanlock"));
    assert_eq!(lease(&mut queue, usual()), new_lab());
}

#[test]
fn the_pool_grows_by_one_lab_for_each_time_that_the_processors_had_time() {
    let mut queue: Queue<Lab> = Queue::new(1, 3, usual());
    lease(&mut queue, usual());
    let (second, third, fourth) = (
        queue.join(usual()),
        queue.join(usual()),
        queue.join(usual()),
    );
    assert_eq!(queue.serve(second, || None), None, "too early to say");
    assert_eq!(queue.serve(second, || Some(true)), new_lab());
    assert_eq!(queue.serve(third, || Some(true)), new_lab());
    assert_eq!(
        queue.serve(fourth, || Some(true)),
        None,
        "these are the most"
    );
}

#[test]
fn the_pool_shrinks_to_its_usual_number_while_the_processors_have_no_time() {
    let mut queue = Queue::new(1, 2, usual());
    lease(&mut queue, usual());
    let ticket = queue.join(usual());
    assert_eq!(queue.serve(ticket, || Some(true)), new_lab());
    queue.take_back(usual(), Some("first"));
    let ticket = queue.join(usual());
    assert_eq!(queue.serve(ticket, || Some(false)), None);
    queue.take_back(usual(), Some("second"));
    assert_eq!(
        queue.serve(ticket, || Some(false)),
        Some(Grant::Idle("second"))
    );
}

#[test]
fn the_processors_are_asked_only_when_all_else_allows_a_lease() {
    let mut queue: Queue<Lab> = Queue::new(1, 1, usual());
    lease(&mut queue, usual());
    let (early, late) = (queue.join(usual()), queue.join(usual()));
    for ticket in [early, late] {
        let grant = queue.serve(ticket, || unreachable!("the pool is full"));
        assert_eq!(grant, None);
    }
}

#[test]
fn nobody_is_served_twice() {
    let mut queue = Queue::new(2, 2, usual());
    let first = queue.join(usual());
    assert_eq!(queue.serve(first, || None), new_lab());
    assert_eq!(
        lease(&mut queue, usual()),
        new_lab(),
        "the first no longer waits"
    );
    assert_eq!(queue.waiting, []);
}

#[test]
fn labs_that_nobody_waits_for_are_taken_out_and_the_others_stay() {
    let mut queue = Queue::new(3, 3, usual());
    lease(&mut queue, usual());
    lease(&mut queue, with(Lock::Sanlock));
    queue.take_back(with(Lock::Sanlock), Some("equipped"));
    queue.take_back(usual(), Some("usual"));
    let ticket = queue.join(usual());
    assert_eq!(queue.take_unwanted(), ["equipped"]);
    let granted = queue.serve(ticket, || Some(false));
    assert_eq!(granted, Some(Grant::Idle("usual")));
}
