//! Which faults and actions of others a conforming agent must survive.
//!
//! There is one fault at a time for each thing on each node, and only for things that exist. Excluded is what no agent
//! is responsible for:
//!
//! - a second instance that an operator starts, and a `resume` of a guest that the operator did not suspend: the
//!   operator would run the guest twice;
//! - harm to a daemon, an emulator or the network while a daemon may still work on what a killed action began: until
//!   Pacemaker's stops, nobody knows what a frozen daemon does when it goes on;
//! - a command for a guest that may not hear it: the next one would obey at its boot;
//! - a reboot, since the guest's writes would no longer show whether a migration kept it or lost it;
//! - a configuration file that names another domain (a `should`: DBL-17).

use super::facts::{Answered, LastSeen};
use super::manager::Manager;
use super::moves::{Act, Cure, Harm, Move, Side};
use crate::case::{ConfigForm, DaemonDo, GuestDo, Pause};
use crate::history::DomainState;

/// The forms that a configuration file may take for a while.
pub const FORMS: [ConfigForm; 7] = [
    ConfigForm::Missing,
    ConfigForm::Empty,
    ConfigForm::Truncated,
    ConfigForm::Unreadable,
    ConfigForm::OneLine,
    ConfigForm::Commented,
    ConfigForm::SecondName,
];

/// What is harmed now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Harmed {
    daemons: [Option<DaemonDo>; 2],
    frozen: [bool; 2],
    configs: [bool; 2],
    cut: bool,
    /// Where the operator suspended the guest.
    suspended: Option<Side>,
    /// Whether an action was killed, and the cluster is still unsure of what it left.
    adrift: bool,
}

impl Harmed {
    /// Whether a move that is not the cluster's is fair now.
    #[must_use]
    pub fn allows(&self, what: Move, manager: &Manager, facts: &LastSeen) -> bool {
        if manager.is_over() {
            return false;
        }
        match what {
            Move::Act { .. } | Move::StopBoth => true,
            Move::Harm(harm) => self.allows_harm(harm, facts),
            Move::Heal(cure) => self.heals(cure),
            Move::Suspend(on) => {
                self.suspended.is_none() && self.is_well(on) && manager.is_content(on) && {
                    facts.hears(on)
                }
            }
            Move::Resume(on) => {
                self.suspended == Some(on)
                    && self.is_well(on)
                    && manager.is_content(on)
                    && facts.is(on, DomainState::Paused)
            }
            Move::Guest(command, on) => {
                !matches!(command, GuestDo::Reboot)
                    && self.is_well(on)
                    && manager.is_content(on)
                    && facts.hears(on)
            }
        }
    }

    /// Whether what a move undoes has been done; true for all that undoes nothing.
    #[must_use]
    pub fn has_begun(&self, what: Move) -> bool {
        match what {
            Move::Heal(cure) => self.heals(cure),
            Move::Resume(on) => self.suspended == Some(on),
            _ => true,
        }
    }

    fn allows_harm(&self, harm: Harm, facts: &LastSeen) -> bool {
        match harm {
            Harm::Config(on, form) => !self.configs[on as usize] && FORMS.contains(&form),
            _ if self.adrift => false,
            Harm::Daemon(on, DaemonDo::Forget) => self.is_well(on) && facts.has_emulator(on),
            Harm::Daemon(on, _) => self.is_well(on),
            Harm::Emulator(on, _) => self.is_well(on) && facts.has_emulator(on),
            Harm::Cut(_) => !self.cut,
        }
    }

    /// Whether there is anything to heal, and it may be healed.
    fn heals(&self, cure: Cure) -> bool {
        match cure {
            Cure::Config => self.configs.contains(&true),
            _ if self.adrift => false,
            Cure::Daemon => self.daemons.iter().any(Option::is_some),
            Cure::Emulator => self.frozen.contains(&true),
            Cure::Network => self.cut,
        }
    }

    /// Whether daemon and emulator of that node are as they should be.
    const fn is_well(&self, on: Side) -> bool {
        self.daemons[on as usize].is_none() && !self.frozen[on as usize]
    }

    /// Takes note of a move that was made, with the answers that the agent gave.
    pub fn note(&mut self, what: Move, answers: &[Answered], manager: &Manager) {
        match what {
            Move::Act { act, .. } if !matches!(act, Act::Probe | Act::Monitor) => {
                self.suspended = None;
            }
            Move::StopBoth => self.suspended = None,
            Move::Harm(Harm::Daemon(_, DaemonDo::Restart | DaemonDo::Forget)) => {}
            Move::Harm(Harm::Daemon(on, what)) => self.daemons[on as usize] = Some(what),
            Move::Harm(Harm::Emulator(on, Pause::Freeze)) => self.frozen[on as usize] = true,
            Move::Harm(Harm::Config(on, _)) => self.configs[on as usize] = true,
            Move::Harm(Harm::Cut(_)) => self.cut = true,
            Move::Heal(Cure::Daemon) => self.daemons = [None; 2],
            Move::Heal(Cure::Emulator) => self.frozen = [false; 2],
            Move::Heal(Cure::Config) => self.configs = [false; 2],
            Move::Heal(Cure::Network) => self.cut = false,
            Move::Suspend(on) => self.suspended = Some(on),
            Move::Resume(_) => self.suspended = None,
            Move::Act { .. } | Move::Guest(..) | Move::Harm(Harm::Emulator(_, Pause::Kill)) => {}
        }
        let killed = |answered: &Answered| {
            answered.how == super::Answer::Failed
                && !matches!(answered.act, Act::Probe | Act::Monitor)
        };
        self.adrift = manager.doubts() && (self.adrift || answers.iter().any(killed));
    }
}
