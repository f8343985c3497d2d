//! A verdict is the agent's alone: who calls the command, how, and what else the machine runs moves none.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::{Mutex, OnceLock};
use std::thread;

use conformance_tests::calls::{
    Calls, INHERITED, NICE, ORDINARY, PLAIN, SetUp, TERMINAL, TOGETHER, Verdicts,
};
use conformance_tests::processes::{self, Process};
use conformance_tests::program::{Said, binaries, virt_ra_tester};

/// Quick cases of all areas that agents meet their surroundings in.
const CASES: [&str; 14] = [
    "metadata::",
    "validate::",
    "interface::",
    "environment::",
    "monitor::driver-state",
    "monitor::state",
    "monitor::broken-config",
    "identity::stranger",
    "=start::absent",
    "=start::again",
    "start::leaves-no-definition",
    "=stop::running",
    "stop::broken-config",
    "tool::missing-tool",
];

/// So many of them at least apply to each agent.
const AT_LEAST: usize = 80;

/// The few that are tried in each set-up alone.
const FEW: [&str; 4] = [
    "=monitor::driver-state::shutoff",
    "=start::absent",
    "=stop::running",
    "=metadata::bare-environment",
];

/// How many of these are tried at once.
const AT_ONCE: usize = 2;

/// The stock agent's file.
const STOCK: &str = "/usr/lib/ocf/resource.d/heartbeat/VirtualDomain";

/// How the agent is named on the command line.
#[derive(Clone, Copy)]
enum Agent {
    Reference,
    Stock,
}

impl Agent {
    const fn words(self) -> &'static [&'static str] {
        match self {
            Self::Reference => &[],
            Self::Stock => &["--agent", "ocf:heartbeat:VirtualDomain"],
        }
    }

    /// Both, or the bundled one alone where the other is not installed.
    fn all() -> &'static [Self] {
        if Path::new(STOCK).exists() {
            return &[Self::Reference, Self::Stock];
        }
        say("ocf:heartbeat:VirtualDomain is not installed: it is left out");
        &[Self::Reference]
    }

    /// What all cases say of it when nothing is special.
    fn plain(self) -> &'static Verdicts {
        static REFERENCE: OnceLock<Verdicts> = OnceLock::new();
        static STOCK: OnceLock<Verdicts> = OnceLock::new();
        let kept = match self {
            Self::Reference => &REFERENCE,
            Self::Stock => &STOCK,
        };
        kept.get_or_init(|| {
            let verdicts = Calls::new().run(&[PLAIN], self.words(), &CASES);
            let verdicts = verdicts.expect("a plain call is possible");
            let judged = verdicts.values().filter(|word| *word != "skipped").count();
            assert!(judged >= AT_LEAST, "only {judged} cases: {verdicts:#?}");
            verdicts
        })
    }
}

fn say(text: &str) {
    writeln!(std::io::stdout(), "{text}").expect("it can be said");
}

/// Runs cases in these set-ups, and sees that each comes to what it comes to in a plain one. A case that came to nothing
/// the one time or the other is tried once more. Set-ups that are not possible here are named and left out.
fn nothing_moves(calls: &Calls, set_ups: &[SetUp], agent: Agent, cases: &[&str]) {
    let mut set_ups = set_ups.to_vec();
    let found = loop {
        match calls.run(&set_ups, agent.words(), cases) {
            Ok(found) => break found,
            Err(why) => {
                say(&format!("not possible on this machine: {why}"));
                set_ups.retain(|set_up| !why.starts_with(set_up.name));
            }
        }
        if set_ups.is_empty() {
            return;
        }
    };
    assert!(!found.is_empty(), "no case in {set_ups:#?}");
    let plain = agent.plain();
    let names: Vec<_> = set_ups.iter().map(|set_up| set_up.name).collect();
    let names = names.join("; ");
    say(&format!("{} verdicts in: {names}", found.len()));
    let moved = found
        .iter()
        .filter(|(case, verdict)| plain[*case] != **verdict);
    for (case, verdict) in moved {
        let both = format!(
            "{case}: {} in a plain set-up, {verdict} in: {names}",
            plain[case]
        );
        let is_nothing = |verdict: &String| verdict == "unknown";
        assert!(is_nothing(&plain[case]) || is_nothing(verdict), "{both}");
        let only = format!("={case}");
        let again = |set_ups| calls.run(set_ups, agent.words(), &[&only]);
        assert_eq!(
            again(&[PLAIN]),
            again(&set_ups),
            "the second time; the first {both}"
        );
    }
}

/// The same for each of these lists of set-ups and every agent, all of them side by side: one case of the stock agent
/// takes a minute and a half in every set-up, and does nothing but wait in it.
fn none_moves(lists: &[&[SetUp]], cases: &[&str]) {
    let calls = Calls::new();
    thread::scope(|scope| {
        for agent in Agent::all() {
            scope.spawn(|| agent.plain());
            for set_ups in lists {
                scope.spawn(|| nothing_moves(&calls, set_ups, *agent, cases));
            }
        }
    });
}

#[test]
fn a_terminal_moves_no_verdict() {
    none_moves(&[&[TERMINAL]], &CASES);
}

#[test]
fn set_ups_of_all_kinds_at_once_move_no_verdict() {
    none_moves(&TOGETHER, &CASES);
}

#[test]
fn no_set_up_alone_moves_a_verdict() {
    let calls = Calls::new();
    let agent = Agent::all().last().copied().unwrap_or(Agent::Reference);
    let queue = Mutex::new(TOGETHER.into_iter().flatten());
    let next = || queue.lock().ok()?.next();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(set_up) = next() {
                    nothing_moves(&calls, &[*set_up], agent, &FEW);
                }
            });
        }
    });
}

#[test]
fn an_ordinary_users_terminal_and_nice_value_move_no_verdict() {
    none_moves(&[&[ORDINARY, NICE, TERMINAL]], &FEW);
}

/// A command that is killed with all that it has started.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The signals that the set-up has ignored, as /proc/PID/status writes them: HUP, QUIT, USR1, USR2, ALRM, TSTP, TTIN,
/// TTOU and XFSZ.
const IGNORED: u64 =
    1 | 1 << 2 | 1 << 9 | 1 << 11 | 1 << 13 | 1 << 19 | 1 << 20 | 1 << 21 | 1 << 24;

/// What a process has of the set-up's.
fn inherited(process: &Process) -> Vec<String> {
    let read = |name: &str| fs::read(format!("/proc/{}/{name}", process.pid)).unwrap_or_default();
    let text = |name: &str| String::from_utf8_lossy(&read(name)).into_owned();
    let (status, limits) = (text("status"), text("limits"));
    let of = |text: &str, name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().trim().to_owned()
    };
    let ignored = u64::from_str_radix(&of(&status, "SigIgn:"), 16).unwrap_or_default();
    let stat = text("stat");
    let after_name = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    let terminal = after_name
        .split_whitespace()
        .nth(4)
        .unwrap_or("0")
        .to_owned();
    let files = fs::read_dir(format!("/proc/{}/fd", process.pid))
        .into_iter()
        .flatten()
        .flatten();
    let mut files = files.filter_map(|file| fs::read_link(file.path()).ok());
    let facts = [
        ("a terminal", terminal != "0"),
        ("an ignored signal", ignored & IGNORED != 0),
        ("its mask", of(&status, "Umask:") == "0077"),
        (
            "its limit",
            of(&limits, "Max open files").starts_with("256 "),
        ),
        ("its file", files.any(|file| file.ends_with("opened"))),
        ("its variables", text("environ").contains("nonsense")),
    ];
    let has = facts.iter().filter(|(_, has)| *has);
    has.map(|(what, _)| format!("{} has {what}", process.command))
        .collect()
}

#[test]
fn no_process_of_a_lab_has_anything_of_its_callers() {
    let calls = Calls::new();
    let (_, mut command) = calls.command(&INHERITED, &["lab", "up"]);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut holding = Killed(command.spawn().expect("it can be started"));
    let out = holding.0.stdout.take().expect("it is a pipe");
    let mut said = BufReader::new(out).lines().map_while(Result::ok);
    let Some(_) = said.by_ref().find(|line| line.contains("ends it")) else {
        return say("not possible on this machine: see what was said above");
    };
    let all = processes::descendants(holding.0.id().cast_signed());
    let is_first = |process: &&Process| process.command.ends_with(" __lab-init");
    let first = all.iter().find(is_first).expect("a lab runs");
    let lab = processes::descendants(first.pid);
    assert!(lab.len() > 8, "{lab:#?}");
    let inherited: Vec<_> = lab.iter().flat_map(inherited).collect();
    assert!(inherited.is_empty(), "{inherited:#?}");
    let callers = all
        .iter()
        .find(|one| one.command.ends_with(" lab"))
        .expect("it runs");
    assert!(
        !self::inherited(callers).is_empty(),
        "the set-up has no effect"
    );
}

/// Runs `start::absent` against the reference agent with a line of shell before it.
fn start_after(line: &str) -> Said {
    let folder = tempfile::tempdir().expect("a folder");
    let agent = folder.path().join("virt-reference-agent");
    let good = binaries().join("virt-reference-agent");
    let script = format!("#!/bin/sh\n{line}\nexec {} \"$@\"\n", good.display());
    fs::write(&agent, script).expect("it can be written");
    fs::set_permissions(&agent, fs::Permissions::from_mode(0o755)).expect("it is ours");
    let words = [
        "run",
        "=start::absent",
        "--jobs=1",
        "--profile=reference",
        "--agent=./virt-reference-agent",
    ];
    virt_ra_tester(folder.path(), &words)
}

#[test]
fn an_agent_may_keep_logs_caches_and_state_where_others_do() {
    let folders = "/var/log /var/cache /var/lib/heartbeat /var/lib/pacemaker /var/run/heartbeat";
    // What stays beside logs and caches would be a leftover.
    let line = format!(
        "for folder in {folders}; do echo \"$1\" >>$folder/mine || exit 1; done\n\
         rm /var/lib/heartbeat/mine /var/lib/pacemaker/mine /var/run/heartbeat/mine"
    );
    let said = start_after(&line);
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
}

#[test]
fn an_agent_that_cannot_write_to_what_a_lab_shows_read_only_is_not_to_blame() {
    let said = start_after("[ \"$1\" = meta-data ] || echo \"$1\" >>/usr/share/mine || exit 1");
    assert_eq!(said.code, Some(3), "{}{}", said.out, said.err);
    let note = "start on a tried to write /usr/share/mine, which is read-only in a lab";
    assert!(said.out.contains(note), "{}", said.out);
}
