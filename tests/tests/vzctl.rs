//! The stand-in for `vzctl` answers as vzctl(8) and its sources say, call by call, in a container's life.

use conformance_tests::program::lab_shell;

/// The calls in their order: exit code, words, standard output on one line, the first line of standard error.
const LIFE: [&str; 22] = [
    "0 status 101: CTID 101 exist unmounted down;",
    "0 status 7: CTID 7 deleted unmounted down;",
    "14 start 7: Container config file does not exist",
    "0 stop 101: Unable to stop: container is not running",
    "31 chkpnt 101: Unable to setup checkpointing: container is not running",
    "17 restore 101: Restoring container ...;Unable to open /run/vrt/shared/Dump.101: No such file or directory",
    "0 start 101: Starting container...;Container start in progress...;",
    "32 start 101: Container is already running",
    "0 status 101: CTID 101 exist mounted running;",
    "0 status 1011: CTID 1011 exist mounted running;",
    "0 chkpnt 101: Setting up checkpoint...;\tsuspend...;\tdump...;\tkill...;Checkpointing completed successfully;",
    "0 status 101: CTID 101 exist unmounted down suspended;",
    "0 restore 101: Restoring container ...;\tundump...;\tresume...;Restoring completed successfully;",
    "31 restore 101: Unable to perform restore: container already running",
    "0 stop 101 --fast: Killing container ...;Container was stopped;",
    // What was kept is still there, until a start.
    "0 status 101: CTID 101 exist unmounted down suspended;",
    "0 start 101: Starting container...;Container start in progress...;",
    "9 stop 101: Container already locked",
    "0 stop 101 --fast: Killing container ...;Container was stopped;",
    "0 status 101: CTID 101 exist unmounted down;",
    "20 pause 101: Bad command: pause",
    "5 status 101: Unable to open /dev/vzctl: No such file or directory",
];

/// Makes the calls in the shell of a node.
fn typed() -> String {
    let ask = "ask() { vzctl \"$@\" >/tmp/out 2>/tmp/err; code=$?; \
               echo \"$code $*: $(tr '\\n' ';' </tmp/out)$(head -n 1 /tmp/err)\"; }\n";
    let calls = LIFE.iter().map(|call| {
        let words = call
            .split_once(' ')
            .and_then(|(_, rest)| rest.split_once(": "));
        let (words, _) = words.expect("each call has words");
        match call.split(' ').next() {
            Some("9") => format!("(flock 9; ask {words}) 9>/run/vrt/shim/vzctl.lock.101\n"),
            Some("5") => format!("echo '\"Fails\"' >/run/vrt/shim/engine.down.a; ask {words}\n"),
            _ => format!("ask {words}\n"),
        }
    });
    let calls: String = calls.collect();
    format!("{ask}{calls}")
}

#[test]
fn the_stand_in_answers_every_call_of_a_containers_life_as_vzctl_does() {
    let said = lab_shell(&["--agent=ocf:heartbeat:ManageVE"], &typed());
    let answers = said.out.lines();
    let answers: Vec<&str> = answers
        .filter(|line| line.starts_with(|first: char| first.is_ascii_digit()))
        .collect();
    assert_eq!(answers, LIFE, "{}\n{}", said.out, said.err);
}
