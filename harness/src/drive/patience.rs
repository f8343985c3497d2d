//! More time for an agent that asks for it in its metadata.
//!
//! Cases give short timeouts, for most of what they show shows soon. A timeout shorter than the advertised one proves
//! nothing against an agent that overran it: the case is run again, and each action gets what the agent asks for.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::case::{DEFAULT_TIMEOUT, Millis, PATIENCE, Run};
use crate::history::{History, What};
use crate::ocf::Verb;
use crate::ocf::metadata::advertised_timeout;

/// The timeouts in milliseconds that runs get at least, by action; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patience(BTreeMap<Verb, u64>);

impl Patience {
    /// No more time than a case gives.
    pub const NONE: Self = Self(BTreeMap::new());

    /// What the agent asks for, where a verdict on that history depends on it.
    #[must_use]
    pub fn from_history(history: &History) -> Self {
        let mut asked = history
            .entries
            .iter()
            .filter_map(|entry| match &entry.what {
                What::Advertised(actions) => Some(actions.clone()),
                _ => None,
            });
        Self(asked.next().unwrap_or_default())
    }

    /// The run with that time, where the case gives it less.
    pub(super) fn grant<'r>(&self, run: &'r Run) -> Cow<'r, Run> {
        let given = run.timeout.unwrap_or(DEFAULT_TIMEOUT);
        let asked = advertised_timeout(&self.0, run.action.as_ref()).min(PATIENCE.0);
        if asked <= given.0 {
            return Cow::Borrowed(run);
        }
        let timeout = Some(Millis(asked));
        Cow::Owned(Run {
            timeout,
            ..run.clone()
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::case::{Step, load_text};
    use crate::history::{Entry, Moment};

    fn run(timeout: &str) -> Run {
        let text = format!(
            "case: it stops\nclause: [STOP-06]\nlevel: must\ngiven: {{a: running}}\nwhen:\n  \
             - run: {{action: stop, node: a, {timeout}returns: success}}\n"
        );
        let cases = load_text(Path::new("stop/one.yaml"), &text, None).expect("it is good");
        match &cases[0].spec.when[0] {
            Step::Run(run) => run.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn granted(advertised: u64, timeout: &str) -> Option<u64> {
        let actions = BTreeMap::from([(Verb::Stop, advertised)]);
        let what = What::Advertised(actions);
        let at = Moment(0);
        let entries = vec![Entry { at, what }];
        let patience = Patience::from_history(&History { entries });
        let run = run(timeout);
        let granted = patience.grant(&run).timeout;
        granted.map(|timeout| timeout.0)
    }

    #[test]
    fn an_action_gets_what_its_agent_asks_for_and_never_less_than_the_case_gives() {
        assert_eq!(granted(60_000, ""), Some(60_000));
        assert_eq!(granted(60_000, "timeout: 10s, "), Some(60_000));
        assert_eq!(granted(60_000, "timeout: 90s, "), Some(90_000));
        assert_eq!(granted(10_000, ""), None);
    }

    #[test]
    fn an_action_that_is_not_advertised_gets_the_longest_time_of_all() {
        let advertised = BTreeMap::from([Verb::Start, Verb::Stop].map(|verb| (verb, 50_000)));
        let other = Verb::from("no_such_action");
        assert_eq!(advertised_timeout(&advertised, Some(&other)), 50_000);
    }

    #[test]
    fn no_action_gets_more_than_three_minutes() {
        assert_eq!(granted(3_600_000, ""), Some(180_000));
    }
}
