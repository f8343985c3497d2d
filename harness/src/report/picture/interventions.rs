//! What the case did from outside to the lab, to the guest or to its domains, read from a history.

use std::collections::BTreeMap;

use crate::history::{FaultName, History, Moment, NodeName, StepKind, StepPath, What};

/// Something that was done on purpose, or went wrong in the lab.
pub(super) struct Intervention {
    pub(super) from: Moment,
    /// When a fault had taken effect.
    pub(super) effect: Moment,
    /// When it was over, for what lasts.
    pub(super) to: Option<Moment>,
    /// Whether the case healed it, and not only the clearing up after the case.
    pub(super) healed: bool,
    pub(super) text: String,
    /// Whether it is a fault, a signal, or trouble of the lab.
    pub(super) harms: bool,
    pub(super) node: Option<NodeName>,
    /// What a fault harms.
    fault: Option<FaultName>,
}

impl Intervention {
    fn new(from: Moment, text: impl Into<String>) -> Self {
        Self {
            from,
            effect: from,
            to: None,
            healed: false,
            text: text.into(),
            harms: false,
            node: None,
            fault: None,
        }
    }

    /// Harm on a node, which took effect at that moment.
    fn harm(self, effect: Moment, node: &NodeName) -> Self {
        Self {
            effect,
            harms: true,
            node: Some(node.clone()),
            ..self
        }
    }
}

/// All that a history tells of, in the order in which it happened.
pub(super) fn interventions(history: &History) -> Vec<Intervention> {
    let mut reader = Reader::default();
    for entry in &history.entries {
        reader.read(entry.at, &entry.what);
    }
    reader.found
}

#[derive(Default)]
struct Reader {
    found: Vec<Intervention>,
    /// The step that began last, until its fault has taken effect.
    step: Option<Begun>,
    /// When each step began.
    began: BTreeMap<StepPath, Moment>,
}

struct Begun {
    at: Moment,
    kind: StepKind,
    text: String,
}

impl Reader {
    fn read(&mut self, at: Moment, what: &What) {
        match what {
            What::Step {
                path, kind, text, ..
            } => self.began(at, path, (*kind, text)),
            What::Fault { kind, node } => self.fault(at, kind, node),
            What::Signal { node } => {
                let signal = Intervention::new(at, "fault: signal").harm(at, node);
                self.found.push(signal);
            }
            What::Healed { kind } => self.healed(at, kind),
            What::Settled { path, held } => self.settled(at, path, *held),
            What::Trouble { text } => self.found.push(Intervention {
                harms: true,
                ..Intervention::new(at, format!("trouble: {text}"))
            }),
            _ => {}
        }
    }

    fn began(&mut self, at: Moment, path: &StepPath, (kind, text): (StepKind, &String)) {
        self.began.insert(path.clone(), at);
        // What the agent does is drawn as its own; faults and waits, when they took effect.
        if matches!(
            kind,
            StepKind::Outside | StepKind::Guest | StepKind::Cluster
        ) {
            self.found.push(Intervention::new(at, text));
        }
        self.step = Some(Begun {
            at,
            kind,
            text: text.clone(),
        });
    }

    fn fault(&mut self, at: Moment, kind: &FaultName, node: &NodeName) {
        let own = self.step.take_if(|step| step.kind == StepKind::Fault);
        let fault = match own {
            Some(step) => Intervention::new(step.at, step.text),
            None => Intervention::new(at, format!("fault: {kind}")),
        };
        self.found.push(Intervention {
            fault: Some(kind.clone()),
            ..fault.harm(at, node)
        });
    }

    fn healed(&mut self, at: Moment, kind: &FaultName) {
        let by_case = { self.step.as_ref() }.is_some_and(|step| step.kind == StepKind::Heal);
        let mut latest = self.found.iter_mut().rev();
        if let Some(fault) = latest.find(|one| one.fault.as_ref() == Some(kind) && one.to.is_none())
        {
            fault.to = Some(at);
            fault.healed = by_case;
        }
    }

    fn settled(&mut self, at: Moment, path: &StepPath, held: bool) {
        let text = if held {
            "waited until it was so"
        } else {
            "timed out waiting"
        };
        let from = self.began.get(path).copied().unwrap_or(at);
        self.found.push(Intervention {
            to: Some(at),
            ..Intervention::new(from, text)
        });
    }
}
