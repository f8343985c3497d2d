use std::ops::Deref;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::error::LabError;
use super::local::{Equipment, Lab, LabSpec};

/// A bounded number of labs, started when first wanted, each leased to one case at a time.
#[derive(Debug)]
pub struct LabPool {
    spec: LabSpec,
    places: Mutex<Places>,
    returned: Condvar,
}

#[derive(Debug)]
struct Places {
    idle: Vec<Lab>,
    /// How many more labs may be started.
    free: usize,
}

impl LabPool {
    /// A pool of at most that many labs; none is started yet.
    #[must_use]
    pub const fn new(most: usize, spec: LabSpec) -> Self {
        let places = Mutex::new(Places {
            idle: Vec::new(),
            free: most,
        });
        Self {
            spec,
            places,
            returned: Condvar::new(),
        }
    }

    /// Waits for a lab with that equipment that nobody uses, starting one if the pool has room. Where only labs
    /// with another are idle, one of them makes room.
    ///
    /// # Errors
    /// When a lab has to be started and does not come up.
    pub fn lease(&self, equipment: Equipment) -> Result<Lease<'_>, LabError> {
        let mut places = self.lock();
        loop {
            let fits = |lab: &Lab| lab.spec().equipment == equipment;
            let fitting = places.idle.iter().rposition(fits);
            if let Some(lab) = fitting.map(|at| places.idle.swap_remove(at)) {
                return Ok(Lease {
                    pool: self,
                    lab: Some(lab),
                });
            }
            let other = (places.free == 0).then(|| places.idle.pop()).flatten();
            if places.free > 0 || other.is_some() {
                places.free -= usize::from(other.is_none());
                drop(places);
                drop(other);
                // The place goes back with the lease, also if starting fails.
                let mut lease = Lease {
                    pool: self,
                    lab: None,
                };
                let spec = LabSpec {
                    equipment,
                    ..self.spec.clone()
                };
                lease.lab = Some(Lab::start(&spec)?);
                return Ok(lease);
            }
            places = self
                .returned
                .wait(places)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A lab in use. Returned to its pool when dropped: reset, or replaced where that fails.
#[derive(Debug)]
pub struct Lease<'a> {
    pool: &'a LabPool,
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
        let clean = self.lab.take().filter(|lab| lab.reset().is_ok());
        let mut places = self.pool.lock();
        match clean {
            Some(lab) => places.idle.push(lab),
            None => places.free += 1,
        }
        drop(places);
        self.pool.returned.notify_one();
    }
}
