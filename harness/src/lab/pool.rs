//! Labs for cases that run side by side.
//!
//! A lab comes back with proof: every guest gone, the node's files as they were, the daemons answering. One that cannot
//! prove it is thrown away.
//!
//! Most of what cases do is to wait, so there are four labs a processor, and up to ten while the processors have
//! time: one more for every quarter of a second in which tasks waited less than 85 % for a processor, one fewer for
//! every other (`pressure.rs`). Of labs with special equipment, which is other than the pool's own, there are at most three
//! alike, since a start costs as much as a case; three quarters of the usual ones may be a cluster.
//!
//! libvirt keeps what it finds out about QEMU, half of a lab's start, so the pool hands the first lab's files to the
//! others (`init/first_processor.rs`).

use std::ops::Deref;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tracing::debug;

use super::capabilities::Capabilities;
use super::error::LabError;
use super::inventory::Inventory;
use super::lab::Lab;
use super::pairs::{Pair, Pairs};
use super::pressure::Gauge;
use super::processor_time;
use super::queue::{Grant, Queue};
use super::spec::LabSpec;
use crate::equipment::Equipment;

/// A bounded number of labs, started when first wanted, each leased to one case at a time.
#[derive(Debug)]
pub struct LabPool {
    spec: LabSpec,
    /// The machines that the labs are on, if they are on others than this one.
    pairs: Pairs,
    /// What the first lab's libvirt found out about QEMU.
    known: OnceLock<Capabilities>,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Debug)]
struct State {
    queue: Queue<Lab>,
    gauge: Gauge,
    /// How long all labs together took to start and to be reset.
    prepared: Duration,
    /// Whether nobody comes for a lab any more.
    is_winding_down: bool,
}

impl State {
    /// Whether somebody may want a lab with that equipment.
    fn may_want(&self, equipment: Equipment) -> bool {
        !self.is_winding_down || self.queue.is_wanted(equipment)
    }
}

impl LabPool {
    /// A pool of at most that many labs; none is started yet. Few of them have other equipment than that of `spec`.
    #[must_use]
    pub fn new(most: usize, spec: LabSpec) -> Self {
        Self::elastic(most, most, spec)
    }

    /// A pool of `usual` labs, and of up to `most` while nobody waits for this machine's processors: what most cases do
    /// for most of their time is to wait.
    #[must_use]
    pub fn elastic(usual: usize, most: usize, spec: LabSpec) -> Self {
        Self {
            pairs: Pairs::new(spec.machines.as_ref().map_or(0, Inventory::labs)),
            state: Mutex::new(State {
                queue: Queue::new(usual, most, spec.equipment),
                gauge: Gauge::default(),
                prepared: Duration::ZERO,
                is_winding_down: false,
            }),
            spec,
            known: OnceLock::new(),
            returned: Condvar::new(),
        }
    }

    /// Waits for a lab with that equipment that nobody uses, starting one if the pool has room. Where only labs
    /// with another are idle, one of them makes room.
    ///
    /// # Errors
    /// When a lab has to be started and does not come up.
    pub fn lease(&self, equipment: Equipment) -> Result<Lease<'_>, LabError> {
        let began = Instant::now();
        let grant = self.wait_for(equipment);
        let waited = began.elapsed();
        // It goes back to the pool also if starting fails.
        let mut lease = Lease {
            pool: self,
            equipment,
            lab: None,
        };
        lease.lab = Some(match grant {
            Grant::Idle(lab) => {
                lab.span()
                    .in_scope(|| debug!(?waited, ?equipment, "leased"));
                lab
            }
            Grant::New { instead_of } => {
                debug!(?waited, ?equipment, "a lab is started for a lease");
                drop(instead_of);
                let started = self.start(equipment);
                started.inspect_err(|error| debug!("no lab is leased: {error}"))?
            }
        });
        Ok(lease)
    }

    /// How long all labs together took to start and to be reset, so far.
    #[must_use]
    pub fn prepared(&self) -> Duration {
        self.lock().prepared
    }

    /// To be called when nobody will come for a lab any more but those who wait: one that none of them waits for ends
    /// instead of being reset, beside what still runs.
    pub fn wind_down(&self) {
        let mut state = self.lock();
        state.is_winding_down = true;
        let unwanted = state.queue.take_unwanted();
        drop(state);
        drop(unwanted);
    }

    /// How many labs with that equipment are leased at once at most.
    #[must_use]
    pub fn most_alike(&self, equipment: Equipment) -> usize {
        self.lock().queue.most_alike(equipment)
    }

    /// The processor time that this program has taken with all its labs, but for those that are leased.
    #[must_use]
    pub fn processor_time(&self) -> Duration {
        let state = self.lock();
        let idle = state.queue.idle().map(Lab::processor_time);
        idle.sum::<Duration>() + processor_time::of_the_past()
    }

    fn start(&self, equipment: Equipment) -> Result<Lab, LabError> {
        let began = Instant::now();
        let lab = loop {
            let pair = self.pairs.take();
            match self.start_on(equipment, pair.as_ref()) {
                Err(error) if pair.as_ref().is_some_and(Pair::is_replaceable) => {
                    debug!("other machines stand in for those of a lab: {error}");
                }
                Err(error) => return Err(error),
                Ok(mut lab) => {
                    pair.iter().for_each(Pair::is_up);
                    lab._pair = pair;
                    break lab;
                }
            }
        };
        self.known.get_or_init(|| lab.capabilities());
        self.lock().prepared += began.elapsed();
        Ok(lab)
    }

    /// Starts a lab on those of the machines, if there are any.
    fn start_on(&self, equipment: Equipment, pair: Option<&Pair>) -> Result<Lab, LabError> {
        let machines = self.spec.machines.as_ref().zip(pair);
        let spec = LabSpec {
            equipment,
            machines: machines.map(|(all, pair)| all.lab(pair.index)),
            ..self.spec.clone()
        };
        let known = self.known.get().cloned().unwrap_or_default();
        Lab::start_knowing(&spec, &known)
    }

    fn wait_for(&self, equipment: Equipment) -> Grant<Lab> {
        let mut state = self.lock();
        let ticket = state.queue.join(equipment);
        loop {
            let State { queue, gauge, .. } = &mut *state;
            if let Some(grant) = queue.serve(ticket, || gauge.have_time()) {
                return grant;
            }
            let waited = self.returned.wait_timeout(state, Gauge::WINDOW);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lab in use. Returned to its pool when dropped: reset, or replaced where that fails, or ended where nobody wants one.
#[derive(Debug)]
pub struct Lease<'a> {
    pool: &'a LabPool,
    equipment: Equipment,
    lab: Option<Lab>,
}

impl Lease<'_> {
    /// Ends the lab instead of giving it back: another one takes its place.
    pub fn discard(mut self) {
        self.lab = None;
    }

    /// Takes the lab away from its pool, as it is: another one takes its place.
    pub fn take(mut self) -> Option<Lab> {
        self.lab.take()
    }
}

impl Deref for Lease<'_> {
    type Target = Lab;

    fn deref(&self) -> &Lab {
        self.lab
            .as_ref()
            .expect("a lease handed out holds a lab until it is dropped")
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let began = Instant::now();
        let is_wanted = self.pool.lock().may_want(self.equipment);
        let clean = self.lab.take().filter(|lab| {
            if !is_wanted {
                return false;
            }
            let reset = lab.reset();
            let took = began.elapsed();
            lab.span().in_scope(|| match &reset {
                Ok(()) => debug!(?took, "reset and returned"),
                Err(error) => debug!(?took, "{error}"),
            });
            reset.is_ok()
        });
        let mut state = self.pool.lock();
        state.queue.take_back(self.equipment, clean);
        state.prepared += began.elapsed();
        drop(state);
        self.pool.returned.notify_all();
    }
}
