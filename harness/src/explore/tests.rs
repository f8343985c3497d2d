//! The model by histories of `crm_simulate`, and sequences against an agent that is a function.

use proptest::prelude::*;

use super::*;
use crate::case::{CaseSpec, DaemonDo, Family, GuestDo, Millis, load_text};
use crate::history::{AskedBy, Entry, Exit, History, Invocation, Moment, Outcome, StepPath, What};
use crate::ocf::Code;

const SCOPE: Scope = Scope {
    family: Family::Ocf,
    migrates: true,
    has_config: true,
    has_migrate_options: true,
};

/// A cluster that has the guest started on `a`, after these actions with their codes; -1 is a kill.
fn after(history: &[(Act, Side, i32)]) -> Cluster {
    let mut cluster = World::Running.cluster();
    for (act, on, code) in history {
        assert!(
            cluster.may(*act, *on),
            "{act:?} on {on:?} after {history:?}"
        );
        let answer = Code::from_number(*code).map_or(Answer::Failed, Answer::Code);
        cluster.learn(*act, *on, answer);
    }
    cluster
}

/// Everything but probes that the cluster may do.
fn legal(cluster: &Cluster) -> Vec<(Act, Side)> {
    let all = Act::ALL
        .into_iter()
        .flat_map(|act| Side::BOTH.map(|on| (act, on)));
    all.filter(|(act, on)| *act != Probe && cluster.may(*act, *on))
        .collect()
}

use Act::{MigrateFrom, MigrateTo, Monitor, Probe, Start, Stop};
use Side::{A, B};

#[test]
fn a_content_cluster_monitors_stops_or_migrates_and_starts_nothing() {
    let expected = [(Monitor, A), (Stop, A), (MigrateTo, A)];
    assert_eq!(legal(&after(&[])), expected);
    assert_eq!(legal(&after(&[(Monitor, A, 190)])), expected);
}

#[test]
fn a_failed_monitor_is_answered_by_a_stop_though_it_says_not_running() {
    for code in [7, 1, 3, 2, 4, 5, 6, -1] {
        assert_eq!(legal(&after(&[(Monitor, A, code)])), [(Stop, A)], "{code}");
    }
    let stopped = after(&[(Monitor, A, 7), (Stop, A, 0)]);
    assert_eq!(legal(&stopped), [(Start, A), (Start, B)]);
}

#[test]
fn a_stop_that_fails_ends_the_sequence() {
    for code in [1, 5, 6, 7, -1] {
        let cluster = after(&[(Stop, A, code)]);
        assert!(cluster.is_fenced() && !cluster.may(Probe, B), "{code}");
        assert_eq!(legal(&cluster), []);
    }
}

#[test]
fn a_guest_found_on_the_other_node_is_stopped_on_both() {
    for code in [0, 1, 4, -1] {
        let cluster = after(&[(Probe, B, code)]);
        assert_eq!(legal(&cluster), [(Stop, A), (Stop, B)], "{code}");
        assert!(cluster.may_stop_both());
    }
    for masked in [2, 5, 7] {
        assert_eq!(after(&[(Probe, B, masked)]), after(&[]), "{masked}");
    }
}

#[test]
fn a_migration_ends_with_the_stop_on_its_source() {
    let sent = after(&[(MigrateTo, A, 0)]);
    // The transition goes on, or was aborted (Hofmeister 2013): then both are stopped.
    assert_eq!(legal(&sent), [(Stop, A), (Stop, B), (MigrateFrom, B)]);
    let arrived = after(&[(MigrateTo, A, 0), (MigrateFrom, B, 0)]);
    assert_eq!(legal(&arrived), [(Stop, A), (Stop, B)]);
    let over = after(&[(MigrateTo, A, 0), (MigrateFrom, B, 0), (Stop, A, 0)]);
    assert_eq!(legal(&over), [(Monitor, B), (Stop, B), (MigrateTo, B)]);
}

#[test]
fn a_migration_that_failed_is_answered_by_both_stops_before_any_start() {
    let failed = [
        after(&[(MigrateTo, A, 1)]),
        after(&[(MigrateTo, A, -1)]),
        after(&[(MigrateTo, A, 0), (MigrateFrom, B, 1)]),
        after(&[(MigrateTo, A, 0), (MigrateFrom, B, 5)]),
        after(&[(MigrateTo, A, 0), (Probe, B, 1)]),
    ];
    for cluster in failed {
        assert_eq!(legal(&cluster), [(Stop, A), (Stop, B)]);
        let mut stopped = cluster.clone();
        stopped.learn(Stop, B, Answer::Code(Code::Success));
        assert_eq!(legal(&stopped), [(Stop, A)]);
        stopped.learn(Stop, A, Answer::Code(Code::Success));
        assert_eq!(legal(&stopped), [(Start, A), (Start, B)]);
    }
}

#[test]
fn a_guest_that_is_wanted_back_is_stopped_on_both_before_it_starts() {
    let arrived = [(MigrateTo, A, 0), (MigrateFrom, B, 0)];
    let back = after(&[&arrived[..], &[(Stop, B, 0), (Stop, A, 0)]].concat());
    assert_eq!(legal(&back), [(Start, A), (Start, B)]);
}

#[test]
fn a_cluster_that_has_not_asked_may_only_probe() {
    let mut cluster = World::Outside.cluster();
    assert_eq!(legal(&cluster), []);
    cluster.learn(Probe, B, Answer::Code(Code::NotRunning));
    assert_eq!(legal(&cluster), []);
    cluster.learn(Probe, A, Answer::Code(Code::Success));
    assert!(cluster.is_content(A));
}

#[test]
fn no_probe_ends_a_doubt() {
    let cluster = after(&[(MigrateTo, A, 1), (Probe, A, 7), (Probe, B, 7)]);
    assert_eq!(legal(&cluster), [(Stop, A), (Stop, B)]);
}

#[test]
fn nothing_is_harmed_that_is_not_there_nor_healed_that_was_not_harmed() {
    let standing = Standing::at_first(World::Running, Family::Ocf);
    let facts = LastSeen::default();
    let unfair = [
        Move::Harm(Harm::Emulator(A, crate::case::Pause::Kill)),
        Move::Harm(Harm::Daemon(A, DaemonDo::Forget)),
        Move::Heal(Cure::Daemon),
        Move::Suspend(A),
        Move::Resume(A),
        Move::Guest(GuestDo::PowerOff, A),
    ];
    for what in unfair {
        assert!(!standing.allows(what, &facts), "{what:?}");
    }
    assert!(standing.allows(Move::Harm(Harm::Cut(A)), &facts));
}

#[test]
fn no_daemon_is_harmed_while_a_killed_action_may_still_be_under_way_in_it() {
    let mut standing = Standing::at_first(World::Running, Family::Ocf);
    let freeze = Move::Harm(Harm::Daemon(A, DaemonDo::Freeze));
    let answer = |act, on, how| [Answered { act, on, how }];
    let cut = Some(Millis(100));
    let to = Move::Act {
        act: MigrateTo,
        on: A,
        cut,
    };
    standing.note(to, &answer(MigrateTo, A, Answer::Failed));
    assert!(!standing.allows(freeze, &LastSeen::default()));
    for on in [A, B] {
        let stopped = answer(Stop, on, Answer::Code(Code::Success));
        standing.note(Move::act(Stop, on), &stopped);
    }
    assert!(standing.allows(freeze, &LastSeen::default()));
}

/// An agent whose answers are drawn from a seed of their own.
fn answers_of(seed: u64) -> impl FnMut() -> Exit {
    let mut random = crate::seeded_random::SeededRandom::new(seed);
    move || {
        let codes = [(8, 0), (2, 7), (1, 1), (1, 5), (1, -1)];
        let code = random.pick(&codes).unwrap_or(0);
        Code::from_number(code).map_or(Exit::TimedOut, Exit::Code)
    }
}

/// Plays a sequence without any lab.
fn played(
    begins: (World, Family),
    chooser: &mut dyn Chooser,
    answer: &mut dyn FnMut() -> Exit,
) -> Played {
    let mut history = History::default();
    let mut course = Course::new(begins, chooser);
    let (mut index, mut id) = (0, 0);
    while let Some(step) = course.next(&history) {
        for run in runs(&step) {
            let invocation = Invocation {
                id,
                by: AskedBy::Step(StepPath::when(index)),
                label: None,
                node: run.node.clone(),
                verb: run.action.clone(),
                to: run.to.clone(),
                from: run.from.clone(),
                interval: run.interval,
                args: vec![],
                env: Default::default(),
                timeout: 20_000,
                user: "root".into(),
            };
            let outcome = Outcome {
                id,
                exit: answer(),
                took: 1,
                stdout: Default::default(),
                stderr: Default::default(),
                reason: None,
                left_running: vec![],
                calls: vec![],
                pressure: None,
                header: None,
                answered: false,
            };
            let entries = [What::Began(invocation), What::Ended(outcome)];
            let at = Moment(u64::from(id));
            history
                .entries
                .extend(entries.map(|what| Entry { at, what }));
            id += 1;
        }
        index += 1;
    }
    course.end()
}

fn runs(step: &crate::case::Step) -> Vec<&crate::case::Run> {
    match step {
        crate::case::Step::Run(run) => vec![run],
        crate::case::Step::Together(steps) => steps.iter().flat_map(runs).collect(),
        _ => vec![],
    }
}

fn by_chance(seed: u64, agent: u64) -> (World, Played) {
    let (world, mut chance) = Chance::new(seed, 12, SCOPE);
    (
        world,
        played((world, SCOPE.family), &mut chance, &mut answers_of(agent)),
    )
}

fn moves(played: &Played) -> Vec<Move> {
    played.moves.iter().map(|made| made.what).collect()
}

fn case_of(world: World, played: &Played) -> CaseSpec {
    let sentence = "no invariant breaks in what may happen by seed 1";
    world.case(sentence, &moves(played), played.steps.clone())
}

#[test]
fn the_heading_of_a_case_is_comments_and_the_case_is_read_in_one_screen() {
    let (world, played) = by_chance(3, 3);
    let heading = ["found: invariant 1:\n  two lines".to_owned()];
    let text = case_file(&heading, &case_of(world, &played));
    assert!(text.starts_with("# found: invariant 1: two lines\ncase: no invariant"));
    assert!(text.lines().count() <= 40, "{text}");
}

#[test]
fn a_written_case_has_no_defaults_and_names_what_a_run_is_without() {
    let text = "case: stop of a stopped guest succeeds\nclause: [STOP-06]\nlevel: must\n\n\
                given: {a: absent}\nwhen:\n  \
                - run: {action: stop, node: a, parameters: {config: null}, returns: success}\n";
    let loaded = load_text("stop/twice.yaml".as_ref(), text, None).expect("it is good");
    assert_eq!(case_file(&[], &loaded[0].spec), text);
}

proptest! {
    #[test]
    fn the_same_seed_and_the_same_answers_give_the_same_sequence(seed: u64, agent: u64) {
        prop_assert_eq!(by_chance(seed, agent), by_chance(seed, agent));
    }

    #[test]
    fn what_chance_chooses_is_legal_and_leaves_no_doubt(seed: u64, agent: u64, of_rgmanager: bool) {
        let family = if of_rgmanager { Family::Rgmanager } else { Family::Ocf };
        let (world, mut chance) = Chance::new(seed, 12, Scope { family, ..SCOPE });
        let first = played((world, family), &mut chance, &mut answers_of(agent));
        let mut standing = Standing::at_first(world, family);
        for made in &first.moves {
            prop_assert!(standing.allows(made.what, &LastSeen::default()), "{:?}", first.moves);
            standing.note(made.what, &made.answers);
        }
        prop_assert!(standing.manager.is_over() || !standing.manager.doubts());
    }

    #[test]
    fn a_sequence_played_again_is_the_same_if_the_agent_answers_the_same(seed: u64, agent: u64) {
        let (world, first) = by_chance(seed, agent);
        let moves = moves(&first);
        let mut again = Again::new(&moves);
        prop_assert_eq!(&played((world, SCOPE.family), &mut again, &mut answers_of(agent)), &first);
        prop_assert!(!again.was_refused());
    }

    #[test]
    fn the_written_case_loads_and_says_the_same(seed: u64, agent: u64) {
        let (world, played) = by_chance(seed, agent);
        prop_assume!(!played.steps.is_empty());
        let spec = case_of(world, &played);
        let text = case_file(&["found".to_owned()], &spec);
        let below = std::path::Path::new("explored/seed-1.yaml");
        let loaded = load_text(below, &text, None);
        let loaded = loaded.map_err(|errors| TestCaseError::fail(format!("{errors:?}\n{text}")))?;
        prop_assert_eq!(&loaded[0].id.0, "explored::seed-1");
        prop_assert_eq!(&loaded[0].spec, &spec);
    }
}
