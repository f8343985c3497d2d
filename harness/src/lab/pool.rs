use std::ops::Deref;
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::capabilities::Capabilities;
use super::error::LabError;
use super::lab::Lab;
use super::pressure::Gauge;
use super::spec::{Equipment, LabSpec};

/// How many labs with the same equipment there are at most where it is not the usual one: a few cases want it, which
/// wait for one another rather than for as many labs to start.
const ALIKE: usize = 3;

/// A bounded number of labs, started when first wanted, each leased to one case at a time.
#[derive(Debug)]
pub struct LabPool {
    spec: LabSpec,
    /// How many labs are leased at once whatever the machine is doing.
    usual: usize,
    /// How many are while its processors have nothing better to do.
    most: usize,
    /// What the first lab's libvirt found out about QEMU.
    known: OnceLock<Capabilities>,
    places: Mutex<Places>,
    returned: Condvar,
}

#[derive(Debug, Default)]
struct Places {
    idle: Vec<Lab>,
    leased: Vec<Equipment>,
    /// What those want who wait for a lab, in the order in which they came.
    wanted: Vec<(u64, Equipment)>,
    /// How many have come so far.
    came: u64,
    gauge: Gauge,
    /// How many labs are leased beyond the usual number.
    beyond: usize,
    /// How long all labs together took to start and to be reset.
    prepared: Duration,
}

/// What becomes of a wish for a lab.
enum Place {
    /// It is this one.
    Idle(Lab),
    /// A new one; the one that it stands in for, if any, ends first.
    New(Option<Lab>),
}

impl LabPool {
    /// A pool of at most that many labs; none is started yet.
    #[must_use]
    pub fn new(most: usize, spec: LabSpec) -> Self {
        Self::elastic(most, most, spec)
    }

    /// A pool of `usual` labs, and of up to `most` while nobody waits for this machine's processors: what most cases do
    /// for most of their time is to wait.
    #[must_use]
    pub fn elastic(usual: usize, most: usize, spec: LabSpec) -> Self {
        Self {
            spec,
            usual,
            most,
            known: OnceLock::new(),
            places: Mutex::default(),
            returned: Condvar::new(),
        }
    }

    /// Waits for a lab with that equipment that nobody uses, starting one if the pool has room. Where only labs
    /// with another are idle, one of them makes room.
    ///
    /// # Errors
    /// When a lab has to be started and does not come up.
    pub fn lease(&self, equipment: Equipment) -> Result<Lease<'_>, LabError> {
        let place = self.wait_for(equipment);
        // The place goes back with the lease, also if starting fails.
        let mut lease = Lease {
            pool: self,
            equipment,
            lab: None,
        };
        lease.lab = Some(match place {
            Place::Idle(lab) => lab,
            Place::New(other) => {
                drop(other);
                self.start(equipment)?
            }
        });
        Ok(lease)
    }

    /// How long all labs together took to start and to be reset, so far.
    #[must_use]
    pub fn prepared(&self) -> Duration {
        self.lock().prepared
    }

    fn start(&self, equipment: Equipment) -> Result<Lab, LabError> {
        let began = Instant::now();
        let spec = LabSpec {
            equipment,
            ..self.spec.clone()
        };
        let known = self.known.get().cloned().unwrap_or_default();
        let lab = Lab::start_knowing(&spec, &known)?;
        self.known.get_or_init(|| lab.capabilities());
        self.lock().prepared += began.elapsed();
        Ok(lab)
    }

    fn wait_for(&self, equipment: Equipment) -> Place {
        let mut places = self.lock();
        places.came += 1;
        let turn = places.came;
        places.wanted.push((turn, equipment));
        loop {
            if let Some(place) = places.take(turn, equipment, self) {
                places.wanted.retain(|(other, _)| *other != turn);
                places.leased.push(equipment);
                return place;
            }
            let waited = self.returned.wait_timeout(places, Gauge::WINDOW);
            places = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Places {
    /// How many labs may be leased now: one more for every window in which the processors had time, and one less for
    /// every other.
    fn limit(&mut self, pool: &LabPool) -> usize {
        match self.gauge.have_time() {
            Some(true) => self.beyond = (self.beyond + 1).min(pool.most.saturating_sub(pool.usual)),
            Some(false) => self.beyond = self.beyond.saturating_sub(1),
            None => {}
        }
        pool.usual + self.beyond
    }

    fn take(&mut self, turn: u64, equipment: Equipment, pool: &LabPool) -> Option<Place> {
        let mut wanted = self.wanted.iter();
        if wanted.any(|(other, alike)| *other < turn && *alike == equipment) {
            return None;
        }
        let fits = |lab: &Lab| lab.spec().equipment == equipment;
        let fitting = self.idle.iter().rposition(fits);
        let alike = self.leased.iter().filter(|other| **other == equipment);
        if fitting.is_none() && equipment != Equipment::default() && alike.count() >= ALIKE {
            return None;
        }
        let labs = self.leased.len() + self.idle.len();
        let needless = |lab: &Lab| {
            let mut wanted = self.wanted.iter();
            wanted.all(|(_, equipment)| *equipment != lab.spec().equipment)
        };
        let needless = self.idle.iter().position(needless);
        if fitting.is_none() && labs >= pool.most && needless.is_none() {
            return None;
        }
        if self.leased.len() >= self.limit(pool) {
            return None;
        }
        Some(match fitting {
            Some(at) => Place::Idle(self.idle.swap_remove(at)),
            None if labs < pool.most => Place::New(None),
            None => Place::New(needless.map(|at| self.idle.remove(at))),
        })
    }
}

/// A lab in use. Returned to its pool when dropped: reset, or replaced where that fails.
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
        let clean = self.lab.take().filter(|lab| lab.reset().is_ok());
        let mut places = self.pool.lock();
        let leased = { places.leased.iter() }.position(|one| *one == self.equipment);
        leased.map(|at| places.leased.swap_remove(at));
        places.idle.extend(clean);
        places.prepared += began.elapsed();
        drop(places);
        self.pool.returned.notify_all();
    }
}
