use std::collections::BTreeMap;

use crate::history::{
    Actor, AskedBy, Belief, ClusterEvent, Decision, DomainState, Emulator, Entry, Exit,
    FenceOutcome, Fenced, Guest, History, Invocation, LabFacts, Moment, NodeBelief, NodeName,
    Order, Outcome, Output, ResourceBelief, Sighting, StepKind, StepPath, ToolCall, What,
};
use crate::millis::Millis;
use crate::ocf::{Code, Verb};

/// A history in the making; time goes on by 100 ms with every entry.
#[derive(Clone, Default)]
pub(crate) struct Tale {
    now: u64,
    runs: u32,
    step: Option<StepPath>,
    entries: Vec<Entry>,
}

/// How a told run ends, where it matters.
pub(crate) struct End {
    pub(crate) exit: Exit,
    pub(crate) took: u64,
    pub(crate) label: Option<&'static str>,
    pub(crate) stdout: Output,
    pub(crate) reason: Option<&'static str>,
    pub(crate) stderr: &'static str,
    pub(crate) pressure: Option<u8>,
    pub(crate) calls: Vec<ToolCall>,
}

impl From<Code> for End {
    fn from(code: Code) -> Self {
        Self::from(Exit::Code(code))
    }
}

impl From<Exit> for End {
    fn from(exit: Exit) -> Self {
        Self {
            exit,
            took: 100,
            label: None,
            stdout: Output::default(),
            reason: None,
            stderr: "",
            pressure: None,
            calls: Vec::new(),
        }
    }
}

impl End {
    pub(crate) fn labelled(mut self, label: &'static str) -> Self {
        self.label = Some(label);
        self
    }
}

impl Tale {
    /// A world in which the subject runs on `a` as process 10, and nothing on `b`.
    pub(crate) fn running_on_a() -> Self {
        let tale = Self::empty().emulator("a", &[10]).emulator("b", &[]);
        tale.domain("a", DomainState::Running)
            .domain("b", DomainState::Absent)
            .writes("a", 7, 1..4)
    }

    /// A world without the subject.
    pub(crate) fn empty() -> Self {
        Self::default().told(What::Ready {
            lab: LabFacts::default(),
        })
    }

    pub(crate) fn told(mut self, what: What) -> Self {
        self.now += 100;
        let at = Moment(self.now);
        self.entries.push(Entry { at, what });
        self
    }

    /// Lets time pass.
    pub(crate) fn after(mut self, ms: u64) -> Self {
        self.now += ms;
        self
    }

    /// Lets the next entry come in the same millisecond as the last.
    pub(crate) fn at_once(mut self) -> Self {
        self.now -= 100;
        self
    }

    /// The step at an index of `when` begins, or one of a `together` below it.
    pub(crate) fn step(mut self, path: &[usize]) -> Self {
        let (index, together) = path.split_first().expect("a step has an index");
        let path = StepPath::when(*index);
        let path = { together.iter() }.fold(path, |path, index| path.together(*index));
        self.step = Some(path.clone());
        self.told(What::Step {
            path,
            kind: StepKind::Run,
            actor: Actor::Case,
            node: None,
            text: "a step".to_owned(),
        })
    }

    pub(crate) fn begins(self, action: &str, node: &str) -> Self {
        let by = self.step.clone().map_or(AskedBy::World, AskedBy::Step);
        self.begins_by(by, action, node)
    }

    fn begins_by(mut self, by: AskedBy, action: &str, node: &str) -> Self {
        self.runs += 1;
        let invocation = Invocation {
            id: self.runs,
            by,
            label: None,
            node: NodeName::from(node),
            verb: Some(Verb::from(action)),
            to: None,
            from: None,
            interval: None,
            args: Vec::new(),
            env: BTreeMap::new(),
            timeout: 20_000,
            user: "root".to_owned(),
        };
        self.told(What::Began(invocation))
    }

    /// Gives the last run a parameter.
    pub(crate) fn given(mut self, parameter: &str, value: &str) -> Self {
        let name = format!("OCF_RESKEY_{parameter}");
        self.last_run(|run| drop(run.env.insert(name, value.to_owned())));
        self
    }

    /// Ends the run of that number; runs are counted from 1.
    pub(crate) fn ends(mut self, id: u32, end: impl Into<End>) -> Self {
        let end = end.into();
        for entry in &mut self.entries {
            if let What::Began(invocation) = &mut entry.what
                && invocation.id == id
            {
                invocation.label = end.label.map(str::to_owned);
            }
        }
        self.told(What::Ended(Outcome {
            id,
            exit: end.exit,
            took: end.took,
            stdout: end.stdout,
            stderr: Output {
                text: end.stderr.to_owned(),
                ..Output::default()
            },
            reason: end.reason.map(str::to_owned),
            left_running: Vec::new(),
            calls: end.calls,
            pressure: end.pressure,
            header: None,
            answered: false,
        }))
    }

    /// A whole run.
    pub(crate) fn run(self, action: &str, node: &str, end: impl Into<End>) -> Self {
        let tale = self.begins(action, node);
        let id = tale.runs;
        tale.ends(id, end)
    }

    /// A whole run as a fence agent, about the subject.
    pub(crate) fn fences(self, action: &str, node: &str, end: impl Into<End>) -> Self {
        let mut tale = self.begins(&format!("fence {action}"), node);
        let args = ["nodename=vm1", "port=vm1"].map(str::to_owned).to_vec();
        tale.last_run(|run| run.args = args);
        let id = tale.runs;
        tale.ends(id, end)
    }

    /// The cluster begins an action.
    pub(crate) fn asks(self, action: &str, node: &str) -> Self {
        self.begins_by(AskedBy::Cluster, action, node)
    }

    /// A whole run that the cluster asks for.
    pub(crate) fn asked(self, action: &str, node: &str, end: impl Into<End>) -> Self {
        let tale = self.asks(action, node);
        let id = tale.runs;
        tale.ends(id, end)
    }

    /// A recurring monitor of the cluster.
    pub(crate) fn monitored(self, node: &str, end: impl Into<End>) -> Self {
        let mut tale = self.asked("monitor", node, end);
        tale.last_run(|run| run.interval = Some(Millis(1000)));
        tale
    }

    /// Lets the last run go to that node.
    pub(crate) fn to(mut self, node: &str) -> Self {
        self.last_run(|run| run.to = Some(node.into()));
        self
    }

    /// Lets the last run take over from that node.
    pub(crate) fn from(mut self, node: &str) -> Self {
        self.last_run(|run| run.from = Some(node.into()));
        self
    }

    /// Lets the case have answered the last run.
    pub(crate) fn answered(mut self) -> Self {
        if let Some(What::Ended(outcome)) = self.entries.last_mut().map(|entry| &mut entry.what) {
            outcome.answered = true;
        }
        self
    }

    fn last_run(&mut self, change: impl FnOnce(&mut Invocation)) {
        let last = self.entries.iter_mut().rev();
        let mut runs = last.filter_map(|entry| match &mut entry.what {
            What::Began(invocation) => Some(invocation),
            _ => None,
        });
        change(runs.next().expect("a run was told"));
    }

    /// The idle cluster of `a` and `b` believes the guest started on these nodes.
    pub(crate) fn believes(self, started_on: &[&str]) -> Self {
        self.believes_so(started_on, |_| {})
    }

    /// The same with a change.
    pub(crate) fn believes_so(self, started_on: &[&str], change: impl FnOnce(&mut Belief)) -> Self {
        let node = |name: &str| {
            let (online, dc) = (true, name == "a");
            let belief = NodeBelief {
                online,
                dc,
                ..NodeBelief::default()
            };
            (name.into(), belief)
        };
        let started_on = started_on
            .iter()
            .map(|name| NodeName::from(*name))
            .collect();
        let mut belief = Belief {
            version: "2.1.5".to_owned(),
            nodes: ["a", "b"].map(node).into(),
            subject: Some(ResourceBelief {
                started_on,
                managed: true,
                ..ResourceBelief::default()
            }),
            ..Belief::default()
        };
        change(&mut belief);
        self.told(What::Cluster(ClusterEvent::Belief(belief)))
    }

    /// The cluster's node `a` decides: action, resource, source and destination of each order.
    pub(crate) fn decides(self, orders: &[(&str, Option<&str>, &str, &str)]) -> Self {
        let place = |name: &str| (!name.is_empty()).then(|| NodeName::from(name));
        let order = |(action, resource, source, dest): &(&str, Option<&str>, &str, &str)| Order {
            action: (*action).to_owned(),
            resource: resource.map(str::to_owned),
            source: place(source),
            dest: place(dest),
            reason: None,
        };
        self.told(What::Cluster(ClusterEvent::Decision(Decision {
            by: "a".into(),
            input: "pe-input-1.bz2".to_owned(),
            orders: orders.iter().map(order).collect(),
        })))
    }

    /// The other node has a node fenced.
    pub(crate) fn fenced(self, node: &str, outcome: FenceOutcome) -> Self {
        let by = if node == "a" { "b" } else { "a" };
        self.told(What::Cluster(ClusterEvent::Fenced(Fenced {
            node: node.into(),
            by: by.into(),
            action: "off".to_owned(),
            outcome,
        })))
    }

    /// The agent advertises these actions with these timeouts.
    pub(crate) fn advertises(self, actions: &[(&str, u64)]) -> Self {
        let actions = actions
            .iter()
            .map(|(word, time)| (Verb::from(*word), *time));
        self.told(What::Advertised(actions.collect()))
    }

    pub(crate) fn emulator(self, node: &str, pids: &[i32]) -> Self {
        let found = pids
            .iter()
            .map(|pid| (*pid, Guest::Subject, false))
            .collect();
        self.emulators(node, found)
    }

    pub(crate) fn emulators(self, node: &str, found: Vec<(i32, Guest, bool)>) -> Self {
        let found = found
            .into_iter()
            .map(|(pid, guest, frozen)| Emulator { pid, guest, frozen });
        let found = found.collect();
        self.told(What::Saw(Sighting::Emulators {
            node: NodeName::from(node),
            found,
        }))
    }

    pub(crate) fn domain(self, node: &str, state: DomainState) -> Self {
        self.domain_of(Guest::Subject, node, Some(state), 1)
    }

    pub(crate) fn domain_of(
        self,
        guest: Guest,
        node: &str,
        state: Option<DomainState>,
        reason: i32,
    ) -> Self {
        let node = NodeName::from(node);
        let (persistent, autostart) = (false, false);
        self.told(What::Saw(Sighting::Domain {
            node,
            guest,
            state,
            reason,
            persistent,
            autostart,
        }))
    }

    pub(crate) fn writes(
        self,
        node: &str,
        incarnation: u64,
        counters: std::ops::Range<u64>,
    ) -> Self {
        counters.fold(self, |tale, counter| {
            tale.write_of(Guest::Subject, node, incarnation, counter)
        })
    }

    pub(crate) fn write_of(self, guest: Guest, node: &str, incarnation: u64, counter: u64) -> Self {
        let node = NodeName::from(node);
        self.told(What::Saw(Sighting::Write {
            node,
            guest,
            incarnation,
            counter,
            clean: false,
        }))
    }

    pub(crate) fn config(self, node: &str, digest: &str) -> Self {
        let digest = (!digest.is_empty()).then(|| digest.to_owned());
        self.told(What::Saw(Sighting::Config {
            node: NodeName::from(node),
            whole: digest.is_some(),
            digest,
        }))
    }

    pub(crate) fn remains(self, node: &str, files: &[&str]) -> Self {
        self.told(What::Saw(Sighting::Remains {
            node: NodeName::from(node),
            domains: Vec::new(),
            files: files.iter().map(|file| (*file).to_owned()).collect(),
            processes: Vec::new(),
        }))
    }

    pub(crate) fn trouble(self, text: &str) -> Self {
        self.told(What::Trouble {
            text: text.to_owned(),
        })
    }

    pub(crate) fn done(self) -> Self {
        self.told(What::Done)
    }

    pub(crate) fn history(&self) -> History {
        History {
            entries: self.entries.clone(),
        }
    }
}
