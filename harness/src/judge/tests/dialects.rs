use super::tale::Tale;
use super::{places, steps};
use crate::case::CaseId;
use crate::judge::{AgentFacts, judge};
use crate::ocf::{Code, Dialect};

#[test]
fn a_demand_that_a_dialect_does_not_make_is_no_finding() {
    let spec = steps("  - run: {action: stop, node: a, returns: anything}");
    let tale = Tale::running_on_a().step(&[0]);
    let history = tale.run("stop", "a", Code::NotRunning).done().history();
    let found = |dialect| {
        let facts = AgentFacts {
            dialect,
            ..AgentFacts::default()
        };
        let verdict = judge(&CaseId("area::case".to_owned()), &spec, &history, &facts);
        places(&verdict).len()
    };
    assert_eq!(found(Dialect::Ocf11), 1);
    assert_eq!(found(Dialect::Rgmanager), 0);
}
