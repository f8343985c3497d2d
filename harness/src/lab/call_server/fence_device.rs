//! The device behind the fence agent: it takes a node's power, as it does where a case cuts it.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use crate::cluster_call::{FenceAction, FenceAnswer, FenceRequest};
use crate::history::{FenceOutcome, NodeName};
use crate::lab::node::PowerControl;

/// What is wrong with the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FencingHarm {
    /// It fails, and does nothing.
    Fails,
    /// It says that it has done what it was asked for, and does nothing.
    Lies,
    /// It does it so much later.
    Slow(Duration),
}

/// The code for success. Source of all three: ClusterLabs' "Fence Agent API".
const SUCCESS: u8 = 0;

const FAILED: u8 = 1;

/// Of `status`: the node has no power.
const IS_OFF: u8 = 2;

/// The device of one lab.
#[derive(Debug)]
pub(super) struct FenceDevice {
    power: Weak<dyn PowerControl>,
    /// What is wrong with it where it is to fence a node.
    harms: Mutex<BTreeMap<NodeName, FencingHarm>>,
    /// Whether it fences nobody, for the lab is being reset.
    rests: AtomicBool,
}

impl FenceDevice {
    /// The device of the lab whose power that is, with nothing wrong.
    pub(super) fn new(power: Weak<dyn PowerControl>) -> Self {
        Self {
            power,
            harms: Mutex::default(),
            rests: AtomicBool::new(false),
        }
    }

    /// Harms it where it is to fence that node, or mends it.
    pub(super) fn harm(&self, node: &NodeName, harm: Option<FencingHarm>) {
        let mut harms = self.harms();
        match harm {
            Some(harm) => harms.insert(node.clone(), harm),
            None => harms.remove(node),
        };
    }

    /// Fences nobody, or begins anew with nothing wrong.
    pub(super) fn rest(&self, rests: bool) {
        self.harms().clear();
        self.rests.store(rests, Ordering::Relaxed);
    }

    /// Whether a node has its power.
    pub(super) fn has_power(&self, node: &NodeName) -> bool {
        { self.power.upgrade() }.is_some_and(|power| power.has_power(node))
    }

    /// Does what a node's cluster asks for over `connection`; with the answer, what came of a fencing. None when the
    /// asking node has lost its power meanwhile: nobody waits any longer.
    pub(super) fn obey(
        &self,
        by: &NodeName,
        request: &FenceRequest,
        connection: &UnixStream,
    ) -> Option<(FenceAnswer, Option<FenceOutcome>)> {
        let target = NodeName::from(request.target.as_deref().unwrap_or_default());
        match request.action {
            FenceAction::Monitor => return Some((answer(SUCCESS, ""), None)),
            FenceAction::Status if self.has_power(&target) => {
                return Some((answer(SUCCESS, ""), None));
            }
            FenceAction::Status => return Some((answer(IS_OFF, ""), None)),
            FenceAction::Off | FenceAction::On | FenceAction::Reboot => {}
        }
        let rests = self.rests.load(Ordering::Relaxed);
        let harm = match rests {
            true => Some(FencingHarm::Fails),
            false => self.harms().get(&target).copied(),
        };
        let (code, says, outcome) = match harm {
            Some(FencingHarm::Fails) => (FAILED, "the device fails".into(), FenceOutcome::Failed),
            Some(FencingHarm::Lies) => (SUCCESS, String::new(), FenceOutcome::Lied),
            Some(FencingHarm::Slow(time)) if is_gone_after(connection, time) => return None,
            Some(FencingHarm::Slow(_)) | None => match self.act(by, request.action, &target) {
                Ok(true) => (SUCCESS, String::new(), FenceOutcome::Done),
                Ok(false) => return None,
                Err(why) => (FAILED, why, FenceOutcome::Failed),
            },
        };
        Some((answer(code, &says), Some(outcome)))
    }

    /// Whether it was done.
    fn act(&self, by: &NodeName, action: FenceAction, target: &NodeName) -> Result<bool, String> {
        let power = self.power.upgrade().ok_or("the lab has ended")?;
        let off = || power.cut_power(target, Some(by));
        let on = || {
            power.raise_again(target)?;
            power.join_again(target).map(|()| true)
        };
        let done = match action {
            FenceAction::On => on(),
            FenceAction::Reboot => off().and_then(|is_off| if is_off { on() } else { Ok(false) }),
            _ => off(),
        };
        done.map_err(|error| error.to_string())
    }

    fn harms(&self) -> MutexGuard<'_, BTreeMap<NodeName, FencingHarm>> {
        self.harms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits that long; whether the other end has gone before. The fence agent says nothing while it waits.
fn is_gone_after(mut connection: &UnixStream, time: Duration) -> bool {
    let waits = !time.is_zero() && connection.set_read_timeout(Some(time)).is_ok();
    let gone = waits && matches!(connection.read(&mut [0]), Ok(0));
    let _ = connection.set_read_timeout(None);
    gone
}

fn answer(code: u8, says: &str) -> FenceAnswer {
    let says = says.to_owned();
    FenceAnswer { code, says }
}
