//! What the cluster asks of the agent, as it is recorded and answered in its place. The tests do nothing on a machine
//! without Pacemaker.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use virt_ra_tester::history::{Exit, Fenced, NodeName};
use virt_ra_tester::lab::{
    AgentInCluster, ClusterObserver, ClusterRun, Lab, LabSpec, RunEnd, RunFilter, ScriptedAnswer,
};
use virt_ra_tester::ocf::{Code, Verb};

use super::cluster::{count, demand_quiet, in_cluster_of, put_resource};
use super::{node, ok, spec, until};

/// A resource that remembers in a file whether it runs, and writes down what it was given in each action.
const AGENT: &str = r#"#!/bin/sh
state=/tmp/$OCF_RESOURCE_INSTANCE.runs
stat() { sed 's/.*) //' /proc/$1/stat | cut -d' ' -f$2; }
dump() {
    echo "called $0 $*"
    echo "in $(pwd -P) with umask $(umask)"
    # The shell itself reads it: while it waits for a child it blocks signals.
    while read -r line; do
        case $line in Uid* | Gid* | Groups* | Sig[BIC]* | NoNewPrivs* | Seccomp:*) echo "$line" ;; esac
    done </proc/$$/status
    cat /proc/$$/limits
    echo "nice $(stat $$ 17)"
    cat /proc/$$/oom_score_adj
    # Its group's first process was begun by the executor, in whose session it is.
    cat /proc/$(stat $(stat $$ 3) 2)/comm
    cat /proc/$(stat $$ 4)/comm
    for file in 0 1 2 3 4 5 6 7 8 9; do
        # No pipe: the shell itself would have it open.
        readlink /proc/$$/fd/$file || echo closed
    done
    tr '\0' '\n' </proc/$$/environ | sort
}
case $1 in
    meta-data) echo '<resource-agent name="x"><version>1.0</version><parameters/><actions/></resource-agent>' ;;
    *)
        dumped=/tmp/$OCF_RESOURCE_INSTANCE.$1.${OCF_RESKEY_CRM_meta_interval:-0}
        dump "$@" 8>&1 9>&2 >$dumped.part 2>&1
        mv $dumped.part $dumped
        ;;
esac
echo "$1 was called"
case $1 in
    start)
        [ "$OCF_RESKEY_ends" != late ] || sleep 30
        touch $state
        ;;
    stop)
        [ "$OCF_RESKEY_ends" != by-signal ] || rm $state
        [ "$OCF_RESKEY_ends" != by-signal ] || kill -s USR1 0
        rm -f $state
        ;;
    monitor) [ -e $state ] || exit 7 ;;
esac
"#;

const PROVIDER: &str = "vrt-test";

/// A lab whose nodes have that agent installed.
fn spec_with_agent(folder: &Path) -> LabSpec {
    let agent = folder.join(format!("usr/lib/ocf/resource.d/{PROVIDER}/recorded"));
    std::fs::create_dir_all(agent.parent().unwrap()).unwrap();
    std::fs::write(&agent, AGENT).unwrap();
    std::fs::set_permissions(&agent, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    LabSpec {
        packages: Some(folder.to_owned()),
        ..spec()
    }
}

fn agent() -> AgentInCluster {
    AgentInCluster {
        program: format!("/usr/lib/ocf/resource.d/{PROVIDER}/recorded"),
        provider: PROVIDER.to_owned(),
        kind: "recorded".to_owned(),
        stand_ins: Vec::new(),
    }
}

/// Remembers what it is told.
#[derive(Debug, Default)]
pub(super) struct Heard {
    next: AtomicU32,
    pub(super) runs: Mutex<Vec<(ClusterRun, Option<RunEnd>)>>,
    pub(super) alerts: Mutex<Vec<BTreeMap<String, String>>>,
    pub(super) fencings: Mutex<Vec<Fenced>>,
}

impl Heard {
    /// Attaches one to a lab, with the agent as its cluster's resource.
    pub(super) fn in_lab(lab: &Lab, agent: AgentInCluster) -> Arc<Self> {
        let heard = Arc::new(Self::default());
        let calls = lab.calls().unwrap();
        calls.name_agent(agent);
        calls.observe(Some(Arc::clone(&heard) as Arc<dyn ClusterObserver>));
        heard
    }

    /// How an action on a node ended, as often as it has begun.
    pub(super) fn ends(&self, verb: &str, on: &str) -> Vec<Option<Exit>> {
        let runs = self.runs.lock().unwrap();
        let meant = |run: &ClusterRun| run.args == [verb] && run.node == NodeName::from(on);
        let meant = runs.iter().filter(|(run, _)| meant(run));
        meant
            .map(|(_, end)| end.as_ref().map(|end| end.exit))
            .collect()
    }
}

impl ClusterObserver for Heard {
    fn run_begins(&self, run: &ClusterRun) -> u32 {
        self.runs.lock().unwrap().push((run.clone(), None));
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    fn run_ended(&self, _run: &ClusterRun, number: u32, end: RunEnd) {
        self.runs.lock().unwrap()[number as usize].1 = Some(end);
    }

    fn alert(&self, _node: &NodeName, variables: &BTreeMap<String, String>) {
        self.alerts.lock().unwrap().push(variables.clone());
    }

    fn fenced(&self, fencing: Fenced) {
        self.fencings.lock().unwrap().push(fencing);
    }
}

/// The agent of the resource that is recorded.
pub(super) const SUBJECT: &str = r#"provider="vrt" type="subject""#;

fn with_agent(test: impl FnOnce(&Lab)) {
    let folder = tempfile::tempdir().unwrap();
    in_cluster_of(spec_with_agent(folder.path()), test);
}

const SUCCESS: Option<Exit> = Some(Exit::Code(Code::Success));

fn filter(action: Verb, node: &str) -> RunFilter {
    let node = node.into();
    RunFilter { action, node }
}

#[test]
fn what_the_cluster_asks_for_is_heard_with_its_output_and_a_reset_runs_no_agent() {
    with_agent(|lab| {
        let heard = Heard::in_lab(lab, agent());
        put_resource(node(lab, "a"), SUBJECT, "a", "");
        until("it has started", || heard.ends("start", "a") == [SUCCESS]);
        let not_running = Some(Exit::Code(Code::NotRunning));
        assert_eq!(heard.ends("monitor", "b"), [not_running]);
        until("the cluster has told of it", || {
            let alerts = heard.alerts.lock().unwrap();
            let started = |alert: &BTreeMap<String, String>| {
                alert.get("task").is_some_and(|task| task == "start")
            };
            alerts
                .iter()
                .any(|alert| started(alert) && alert["rsc"] == "d")
        });
        let runs = heard.runs.lock().unwrap().clone();
        let (run, end) = { runs.iter() }
            .find(|(run, _)| run.args == ["start"])
            .unwrap();
        assert_eq!(end.as_ref().unwrap().stdout.text, "start was called\n");
        assert_eq!(run.meta("timeout"), Some("20000"));
        demand_quiet(lab);
        assert_eq!(heard.runs.lock().unwrap().len(), runs.len());
        let file = Path::new("/tmp/d.stop.0");
        assert_eq!(node(lab, "a").read(file).unwrap(), None);
    });
}

#[test]
fn an_agent_gets_the_same_from_the_recording_agent_as_from_the_executor_itself() {
    with_agent(|lab| {
        let _heard = Heard::in_lab(lab, agent());
        let a = node(lab, "a");
        let primitive = |id: &str, agent: &str| {
            format!(
                r#"<primitive id="{id}" class="ocf" {agent}><instance_attributes id="{id}-p"><nvpair id="{id}-x" name="x" value="a b"/></instance_attributes><operations><op id="{id}-m" name="monitor" interval="1s" timeout="9s"/></operations></primitive>"#
            )
        };
        let dump = |id: &str, action: &str| {
            let read = |name: &str| {
                let file = format!("/tmp/{id}.{action}");
                let read = node(lab, name).read(Path::new(&file)).unwrap();
                read.map(|text| String::from_utf8(text).unwrap().replace(id, "ID"))
            };
            // The cluster chooses the node.
            let on = ["a", "b"].map(read);
            on.into_iter()
                .flatten()
                .next()
                .map(|text| without_node(&text))
        };
        let direct = format!(r#"provider="{PROVIDER}" type="recorded""#);
        // One after the other: an agent that begins while another is begun gets the other's pipe from the executor.
        for (id, agent) in [("direct", direct.as_str()), ("through", SUBJECT)] {
            let xml = format!("<resources>{}</resources>", primitive(id, agent));
            ok(
                a,
                "cibadmin",
                &["--modify", "--allow-create", "--xml-text", &xml],
            );
            until("it is watched", || dump(id, "monitor.1000").is_some());
            let path = format!("//primitive[@id='{id}']");
            ok(a, "cibadmin", &["--delete", "--xpath", &path]);
            until("it has stopped", || dump(id, "stop.0").is_some());
        }
        for action in ["monitor.0", "start.0", "monitor.1000", "stop.0"] {
            let direct = dump("direct", action).unwrap();
            assert!(direct.contains("pacemaker-execd\n"), "{direct}");
            assert!(direct.contains("\npipe\npipe\n"), "{direct}");
            assert_eq!(direct, dump("through", action).unwrap(), "{action}");
        }
        demand_quiet(lab);
    });
}

/// What an action was given, but for the node that the cluster has chosen.
fn without_node(text: &str) -> String {
    let mut lines: Vec<_> = text.lines().collect();
    lines.retain(|line| !line.contains("CRM_meta_on_node"));
    let numberless = |line: &str| match line.split_once(":[") {
        Some((kind, _)) => format!("{kind}\n"),
        None => format!("{line}\n"),
    };
    lines.into_iter().map(numberless).collect()
}

#[test]
fn an_agent_that_ends_its_whole_group_is_recorded_and_the_cluster_sees_its_end() {
    with_agent(|lab| {
        let heard = Heard::in_lab(lab, agent());
        let a = node(lab, "a");
        let ends = r#"<nvpair id="d-e" name="ends" value="by-signal"/>"#;
        put_resource(a, SUBJECT, "b", ends);
        until("it has started", || heard.ends("start", "b") == [SUCCESS]);
        let calls = lab.calls().unwrap();
        calls.harm_fencing(&"b".into(), Some(virt_ra_tester::lab::FencingHarm::Fails));
        a.run("crm_resource", &["--ban", "--resource", "d", "--node", "b"])
            .unwrap();
        let signal = Some(Exit::Signal(nix::sys::signal::Signal::SIGUSR1 as i32));
        until("it has ended by a signal", || {
            heard.ends("stop", "b") == [signal]
        });
        until("the cluster takes it for a failure", || {
            count(a, "failure", &[("op_key", "d_stop_0")]) == 1
        });
    });
}

#[test]
fn an_answer_is_given_in_the_agents_place_and_a_run_waits_until_it_is_let_go() {
    with_agent(|lab| {
        let heard = Heard::in_lab(lab, agent());
        let calls = lab.calls().unwrap();
        calls.answer(ScriptedAnswer {
            to: filter(Verb::Monitor, "a"),
            code: Code::ErrInstalled,
            times: 1,
        });
        calls.hold(filter(Verb::Start, "b"));
        put_resource(node(lab, "a"), SUBJECT, "b", "");
        until("its start waits", || heard.ends("start", "b") == [None]);
        let refused = Some(Exit::Code(Code::ErrInstalled));
        assert_eq!(heard.ends("monitor", "a"), [refused]);
        let file = Path::new("/tmp/d.start.0");
        assert_eq!(node(lab, "b").read(file).unwrap(), None);
        calls.let_go(&filter(Verb::Start, "b"));
        until("it has started", || heard.ends("start", "b") == [SUCCESS]);
        calls.hold(filter(Verb::Stop, "b"));
        node(lab, "a")
            .run("crm_resource", &["--ban", "--resource", "d", "--node", "b"])
            .unwrap();
        until("its stop waits", || heard.ends("stop", "b") == [None]);
        demand_quiet(lab);
    });
}

#[test]
fn a_run_that_the_executor_kills_has_timed_out_and_what_it_printed_is_kept() {
    with_agent(|lab| {
        let heard = Heard::in_lab(lab, agent());
        let a = node(lab, "a");
        a.run(
            "crm_attribute",
            &[
                "--type",
                "op_defaults",
                "--name",
                "timeout",
                "--update",
                "2s",
            ],
        )
        .unwrap();
        let late = r#"<nvpair id="d-e" name="ends" value="late"/>"#;
        put_resource(a, SUBJECT, "b", late);
        until("its start was killed", || {
            heard.ends("start", "b") == [Some(Exit::TimedOut)]
        });
        let runs = heard.runs.lock().unwrap().clone();
        let (_, start) = { runs.iter() }
            .find(|(run, _)| run.args == ["start"])
            .unwrap();
        assert_eq!(start.as_ref().unwrap().stdout.text, "start was called\n");
        demand_quiet(lab);
    });
}
