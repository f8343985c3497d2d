//! Sequences without a lab: what is legal and fair, how they end, and that they are written as cases.

use proptest::prelude::*;

use super::chance::{Again, Chance, Chooser};
use super::course::{Course, Played};
use super::deed::{Awaited, Deed};
use super::standing::Standing;
use super::world::{Road, World};
use crate::case::{
    CaseSpec, ClusterDaemon, ConfigForm, DaemonDo, Family, GuestDo, Millis, Pause, load_text,
};
use crate::explore::chance::Scope;
use crate::explore::facts::LastSeen;
use crate::explore::moves::Side::{A, B};
use crate::explore::moves::{Act, Cure, Harm};
use crate::explore::writing::case_file;
use crate::history::{Emulator, Entry, Guest, History, Moment, Sighting, What};

const SCOPE: Scope = Scope {
    family: Family::Ocf,
    migrates: true,
    has_config: true,
    has_migrate_options: true,
};

const PLAIN: World = World {
    road: Road::Plain,
    patience: None,
    migrates: true,
};

const IDLE: Deed = Deed::Await(Awaited::Idle, Millis(1000));

/// How things stand after these deeds, each of which must have been legal.
fn after(deeds: &[Deed]) -> Standing {
    let mut standing = Standing::at_first(PLAIN);
    for what in [&[Deed::Create][..], deeds].concat() {
        assert!(standing.is_possible(what), "{what:?} of {deeds:?}");
        standing.note(what);
    }
    standing
}

#[test]
fn wishes_come_and_go_without_a_wait() {
    after(&[
        Deed::Ban(A),
        Deed::Clear,
        Deed::Move(B),
        Deed::Standby(A),
        Deed::Touch,
        Deed::Online(A),
    ]);
}

#[test]
fn a_node_joins_and_a_resource_comes_back_only_once_the_cluster_is_idle() {
    assert!(!after(&[Deed::Leave(A)]).is_possible(Deed::Join(A)));
    assert!(after(&[Deed::Leave(A), IDLE]).is_possible(Deed::Join(A)));
    assert!(!after(&[IDLE, Deed::Delete]).is_possible(Deed::Create));
    assert!(after(&[IDLE, Deed::Delete, IDLE]).is_possible(Deed::Create));
}

#[test]
fn nothing_is_asked_again_while_a_node_is_away() {
    let away = after(&[Deed::Leave(A), IDLE]);
    assert!(!away.is_possible(Deed::Refresh) && !away.is_possible(Deed::Cleanup));
    let back = after(&[Deed::Leave(A), IDLE, Deed::Join(A)]);
    assert!(back.is_possible(Deed::Refresh) && back.is_possible(Deed::Cleanup));
}

#[test]
fn no_node_leaves_a_cluster_that_leaves_its_resources_alone() {
    assert!(!after(&[Deed::Maintenance(true)]).is_possible(Deed::Leave(A)));
    assert!(!after(&[Deed::Leave(B)]).is_possible(Deed::Maintenance(true)));
}

#[test]
fn nothing_is_undone_that_was_not_done() {
    let standing = after(&[IDLE]);
    let undone = [
        Deed::Clear,
        Deed::Online(A),
        Deed::Join(A),
        Deed::Maintenance(false),
        Deed::Heal(Cure::Network),
        Deed::Heal(Cure::Daemon),
        Deed::Heal(Cure::Config),
        Deed::Create,
    ];
    for what in undone {
        assert!(!standing.is_possible(what), "{what:?}");
    }
}

#[test]
fn the_network_is_cut_and_healed_while_the_cluster_acts_and_a_daemon_harmed_only_while_it_is_idle()
{
    let acting = after(&[IDLE, Deed::Ban(A)]);
    assert!(acting.is_possible(Deed::Harm(Harm::Cut(B))));
    let kill = Deed::Harm(Harm::Daemon(A, DaemonDo::Kill));
    assert!(!acting.is_possible(kill));
    assert!(after(&[IDLE]).is_possible(kill));
}

#[test]
fn a_frozen_daemon_goes_on_after_two_moves_at_the_latest() {
    let freeze = Deed::Harm(Harm::Daemon(A, DaemonDo::Freeze));
    let standing = after(&[IDLE, freeze, Deed::Ban(A), Deed::Touch]);
    assert!(!standing.is_possible(Deed::Clear));
    assert!(standing.is_possible(Deed::Heal(Cure::Daemon)));
}

#[test]
fn what_nobody_saw_is_not_harmed() {
    let standing = after(&[IDLE]);
    let nothing = LastSeen::default();
    let harms = [
        Deed::Harm(Harm::Emulator(A, Pause::Kill)),
        Deed::Harm(Harm::Daemon(A, DaemonDo::Forget)),
        Deed::Guest(GuestDo::PowerOff),
    ];
    for what in harms {
        assert!(standing.is_possible(what) && !standing.allows(what, &nothing));
    }
}

#[test]
fn a_sequence_ends_with_everything_undone_and_an_idle_cluster() {
    let standing = after(&[
        Deed::Ban(A),
        Deed::Harm(Harm::Cut(B)),
        Deed::Harm(Harm::Config(A, ConfigForm::Missing)),
        Deed::Leave(B),
    ]);
    let closing = standing.closing();
    let expected = [
        Deed::Heal(Cure::Config),
        Deed::Heal(Cure::Network),
        Deed::Join(B),
        Deed::Clear,
        Deed::Cleanup,
    ];
    let acts = |what: &&Deed| !matches!(what, Deed::Calm | Deed::Watch);
    assert!(closing.iter().filter(acts).eq(&expected), "{closing:?}");
    assert_eq!(closing.last(), Some(&Deed::Calm));
}

#[test]
fn one_daemon_of_pacemaker_is_killed_a_sequence() {
    let kill = Deed::Kill(ClusterDaemon::Execd, A);
    assert!(!after(&[IDLE, kill, IDLE]).is_possible(kill));
    assert!(!after(&[IDLE, Deed::Ban(A)]).is_possible(kill));
    let controller = Deed::Kill(ClusterDaemon::Controld, A);
    assert!(after(&[IDLE, Deed::Ban(A)]).is_possible(controller));
    assert!(!after(&[IDLE, kill]).is_possible(Deed::Cleanup));
    assert!(after(&[IDLE, kill, IDLE]).is_possible(Deed::Cleanup));
    let fail = Deed::Fail(Act::Monitor, A);
    assert!(!after(&[fail, IDLE]).is_possible(fail));
    assert!(!after(&[]).is_possible(Deed::Fail(Act::Stop, A)));
}

/// Plays a sequence without any lab: nothing is ever seen.
fn played(world: World, chooser: &mut dyn Chooser) -> Played {
    let history = History::default();
    let mut course = Course::new(world, chooser);
    while course.next(&history).is_some() {}
    course.end(&history)
}

fn by_chance(seed: u64) -> (World, Played) {
    let (world, mut chance) = Chance::new(seed, 12, SCOPE);
    (world, played(world, &mut chance))
}

fn case_of(world: World, played: &Played) -> CaseSpec {
    let sentence = "no invariant breaks in what may happen by seed 1";
    world.case(sentence, played.steps.clone())
}

proptest! {
    #[test]
    fn a_seed_gives_the_same_legal_sequence_each_time(seed: u64) {
        let (world, first) = by_chance(seed);
        prop_assert_eq!(&first, &by_chance(seed).1);
        let mut again = Again::new(&first.deeds);
        prop_assert_eq!(&played(world, &mut again), &first);
        prop_assert!(!again.was_refused());
    }

    #[test]
    fn the_written_case_loads_and_says_the_same(seed: u64) {
        let (world, played) = by_chance(seed);
        let spec = case_of(world, &played);
        let text = case_file(&["found".to_owned()], &spec);
        let below = std::path::Path::new("explored/seed-1.yaml");
        let loaded = load_text(below, &text, None);
        let loaded = loaded.map_err(|errors| TestCaseError::fail(format!("{errors:?}\n{text}")))?;
        prop_assert_eq!(&loaded[0].spec, &spec);
    }
}

/// A sequence of a seed that is played while the guest is seen on a, and never anywhere else.
fn by_chance_on_a(seed: u64) -> (World, Vec<Deed>) {
    let found = vec![Emulator {
        pid: 7,
        guest: Guest::Subject,
        frozen: false,
    }];
    let node = A.name();
    let seen = Entry {
        at: Moment(0),
        what: What::Saw(Sighting::Emulators { node, found }),
    };
    let mut history = History::default();
    history.entries.push(seen);
    let (world, mut chance) = Chance::new(seed, 12, SCOPE);
    let mut course = Course::new(world, &mut chance);
    while course.next(&history).is_some() {}
    (world, course.end(&history).deeds)
}

#[test]
fn of_200_sequences_some_are_what_a_user_met_in_2013() {
    let is_so = |deeds: &[Deed]| {
        matches!(
            deeds,
            [
                Deed::Harm(Harm::Cut(_)),
                Deed::Ban(A) | Deed::Move(B),
                Deed::Await(Awaited::Began(Act::MigrateTo, A), _),
                Deed::Clear,
                Deed::Await(Awaited::Ended(Act::Stop, B), _),
                Deed::Heal(Cure::Network),
            ]
        )
    };
    let met = (1..=200).filter(|seed| {
        let (world, deeds) = by_chance_on_a(*seed);
        world.road == Road::PeerToPeer && deeds.windows(6).any(is_so)
    });
    assert!((2..40).contains(&met.count()));
}
