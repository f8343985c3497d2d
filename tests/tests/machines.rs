//! Labs on whole machines, reached by ssh: cases pass there, what is lost is no verdict, and nothing stays behind.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use conformance_tests::faulty;
use conformance_tests::machines::{INVENTORY, Machines, SEEN, WITH_POWER};
use conformance_tests::program::{Said, binaries, program, said};
use nix::unistd::Uid;
use virt_ra_tester::case::Suite;
use virt_ra_tester::equipment::{Cluster, PartId};
use virt_ra_tester::lab::lacking;

/// How long a machine may take to clear what a lab was.
const PATIENCE: Duration = Duration::from_secs(30);

/// Machines that are up, or none for an ordinary user, who cannot make them.
fn machines() -> Option<Machines> {
    Uid::effective().is_root().then(Machines::up)
}

fn run(machines: &Machines, inventory: &str, cases: &[&str]) -> Said {
    said(&mut command(machines, inventory, cases))
}

fn command(machines: &Machines, inventory: &str, cases: &[&str]) -> Command {
    let mut command = Command::new(program());
    let lab = format!("ssh:{}", machines.file(inventory).display());
    command
        .args(["run", "--lab", &lab])
        .args(cases)
        .arg("--report")
        .arg(machines.file("results"));
    command
}

/// Waits until so many cases have begun.
fn await_cases(machines: &Machines, count: usize) {
    let begun = machines.file("results/latest/cases");
    let deadline = Instant::now() + 4 * PATIENCE;
    while fs::read_dir(&begun).map_or(0, Iterator::count) < count {
        assert!(Instant::now() < deadline, "no case begins");
        thread::sleep(Duration::from_millis(10));
    }
}

fn is_empty(machines: &Machines, index: usize) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if machines.running(index).is_empty() {
            return true;
        }
        thread::sleep(Duration::from_millis(50));
    }
    false
}

#[test]
fn cases_run_on_machines_as_they_do_here() {
    let Some(machines) = machines() else { return };
    let cases = [
        "=start::absent",
        "=metadata::bare-environment",
        "=migrate::there-and-back",
        "=migrate::target-cut-off",
        "=monitor::full-disk::running",
        "=migrate::whole::tls",
        "=migrate::whole::ssh",
        "=environment::shell::busybox",
    ];
    let output = run(&machines, INVENTORY, &cases);
    assert_eq!(output.code, Some(0), "{}{}", output.out, output.err);
    assert!(output.out.starts_with("8 cases against"), "{}", output.out);
    assert!(
        output.out.contains("on 1 lab on other machines"),
        "{}",
        output.out
    );
    for index in [0, 1] {
        assert!(is_empty(&machines, index), "{:?}", machines.running(index));
    }
}

#[test]
fn two_machines_more_make_a_lab_more_and_one_that_is_lost_leaves_the_other_lab() {
    if !Uid::effective().is_root() {
        return;
    }
    let machines = Machines::pairs(2);
    let cases = ["=start::absent", "=migrate::there-and-back"];
    let output = run(&machines, INVENTORY, &cases);
    assert_eq!(output.code, Some(0), "{}{}", output.out, output.err);
    let labs = "on 2 labs on other machines";
    assert!(output.out.contains(labs), "{}", output.out);
    for index in 0..4 {
        assert!(is_empty(&machines, index), "{:?}", machines.running(index));
    }

    let text = fs::read_to_string(machines.file(INVENTORY)).expect("it is there");
    let odd = text.replace("  - {host: four, address: 198.51.100.2}\n", "");
    fs::write(machines.file("odd.yaml"), odd).expect("it can be written");
    let output = run(&machines, "odd.yaml", &cases);
    assert_eq!(output.code, Some(2), "{}", output.err);
    let told = "each lab is made of 2 machines, and this names 3";
    assert!(output.err.contains(told), "{}", output.err);

    fs::remove_dir_all(machines.file("results")).expect("it is ours");
    let mut command = command(&machines, INVENTORY, &cases);
    let running = thread::spawn(move || said(&mut command));
    await_cases(&machines, 2);
    machines.kill(3);
    let output = running.join().expect("it ends");
    assert_eq!(output.code, Some(0), "{}{}", output.out, output.err);
    assert!(is_empty(&machines, 0), "{:?}", machines.running(0));
}

#[test]
fn a_package_is_judged_where_it_is_not_installed() {
    let Some(machines) = machines() else { return };
    let folder = machines.file("package/usr/lib/ocf/resource.d/good");
    fs::create_dir_all(&folder).expect("the folder is ours");
    let agent = folder.join("virt-reference-agent");
    fs::copy(binaries().join("virt-reference-agent"), agent).expect("it is built");
    let package = machines.file("package").display().to_string();
    let output = run(
        &machines,
        INVENTORY,
        &[
            "--agent-package",
            &package,
            "=start::absent",
            "=migrate::there-and-back",
        ],
    );
    assert_eq!(output.code, Some(0), "{}{}", output.out, output.err);
    let judged = "2 cases against ocf:good:virt-reference-agent of ";
    assert!(output.out.starts_with(judged), "{}", output.out);
    for index in [0, 1] {
        assert!(is_empty(&machines, index), "{:?}", machines.running(index));
    }
}

#[test]
fn a_machine_that_is_lost_is_not_the_agents_fault() {
    let Some(machines) = machines() else {
        return;
    };
    let mut command = command(&machines, INVENTORY, &["=migrate::there-and-back"]);
    let running = thread::spawn(move || said(&mut command));
    await_cases(&machines, 1);
    machines.kill(1);
    let output = running.join().expect("it ends");
    assert_eq!(output.code, Some(3), "{}{}", output.out, output.err);
    assert!(output.out.contains("machine two: "), "{}", output.out);
    assert!(is_empty(&machines, 0), "{:?}", machines.running(0));
}

#[test]
fn cases_that_cut_the_power_pass_and_are_proven() {
    let Some(machines) = machines() else { return };
    let suite = Suite::shipped().expect("it is sound");
    let cutting = suite.cases.iter().filter(|case| case.spec.needs.power);
    let cutting: Vec<String> = cutting.map(|case| format!("={}", case.id.0)).collect();
    let cases: Vec<&str> = cutting.iter().map(String::as_str).collect();
    let output = run(&machines, WITH_POWER, &cases);
    assert_eq!(output.code, Some(0), "{}{}", output.out, output.err);
    // Where the machines see it: they have a /tmp of their own, and the workspace may lie there.
    fs::copy(
        binaries().join("virt-reference-agent"),
        machines.file("virt-reference-agent"),
    )
    .expect("the folder is ours");
    let agents = faulty::all(faulty::Kind::Faulty).expect("every header is sound");
    for agent in agents {
        let (named, _) = agent.cases(&suite);
        let proven = named.iter().filter(|case| case.spec.needs.power);
        let proven: Vec<String> = proven.map(|case| format!("={}", case.id.0)).collect();
        if proven.is_empty() {
            continue;
        }
        let file = agent.write(&machines.file("faulty"), Path::new(SEEN));
        let file = file.expect("the folder is ours").display().to_string();
        let options = ["--agent", &file, "--profile", &agent.profile];
        let proven: Vec<&str> = proven.iter().map(String::as_str).collect();
        let output = run(&machines, WITH_POWER, &[&proven[..], &options[..]].concat());
        let failed = output.out.matches("\nfail ").count();
        assert!(failed >= proven.len(), "{}{}", output.out, output.err);
    }
    for index in [0, 1] {
        assert!(is_empty(&machines, index), "{:?}", machines.running(index));
    }
}

#[test]
fn a_cluster_of_machines_migrates_and_fences_with_a_power_switch_and_without() {
    let Some(machines) = machines() else { return };
    if lacking(PartId::Cluster(Cluster::Pacemaker)).is_some() {
        return;
    }
    let runs = [
        (
            INVENTORY,
            ["=cluster::moves::move", "=cluster::stop-fails::prompt"],
        ),
        (
            WITH_POWER,
            ["=cluster::ring-cut", "=cluster::node-rejoins::fence"],
        ),
    ];
    for (inventory, cases) in runs {
        let output = run(&machines, inventory, &cases);
        assert_eq!(output.code, Some(0), "{}{}", output.out, output.err);
        assert!(output.out.starts_with("2 cases against"), "{}", output.out);
        for index in [0, 1] {
            assert!(is_empty(&machines, index), "{:?}", machines.running(index));
        }
    }
}

#[test]
fn a_machine_that_a_killed_run_left_without_power_is_given_it() {
    let Some(machines) = machines() else { return };
    machines.kill(0);
    let output = run(&machines, WITH_POWER, &["=metadata::bare-environment"]);
    assert_eq!(output.code, Some(0), "{}{}", output.out, output.err);
}

#[test]
fn what_is_wrong_with_machines_is_told_before_any_case() {
    let Some(machines) = machines() else { return };
    let text = fs::read_to_string(machines.file(INVENTORY)).expect("it is there");
    let wrong = [
        (
            text.replace("ssh_config\n", "wrong_config\n"),
            3,
            "its key must let this user in without a question",
        ),
        (
            text.replace("host: two", "host: nobody.invalid"),
            3,
            "machine nobody.invalid: ssh does not reach it",
        ),
        (
            text.replace("  - {host: two, address: 198.51.100.2}\n", ""),
            2,
            "a lab is made of 2 machines, and this names 1",
        ),
        (
            text.replace("host: two", "host: one"),
            2,
            "the machine `one` is named twice",
        ),
        (
            text.replace("198.51.100.2", "two.example"),
            2,
            "`two.example` is no IP address",
        ),
        (
            text.replace("198.51.100.1", "198.51.100.9"),
            3,
            "at UDP port 4789",
        ),
    ];
    for (text, code, words) in wrong {
        fs::write(machines.file("wrong.yaml"), text).expect("it can be written");
        let output = run(&machines, "wrong.yaml", &["=start::absent"]);
        assert_eq!(
            output.code,
            Some(code),
            "{words}: {}{}",
            output.out,
            output.err
        );
        assert!(output.err.contains(words), "{words}: {}", output.err);
        assert!(is_empty(&machines, 0), "{words}: {:?}", machines.running(0));
    }
    let none = run(&machines, "nowhere.yaml", &["=start::absent"]);
    assert_eq!(none.code, Some(2), "{}", none.err);
}
