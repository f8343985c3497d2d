//! Who gets a lab, and when: the pool's rules, without labs and without a clock.

use crate::equipment::Equipment;

/// How many labs with the same special equipment there are at most, but for those that are a cluster. Few cases want one: it
/// is better that they wait for each other than that a lab is started for each.
const MOST_ALIKE: usize = 3;

/// The idle and leased labs of a pool, and who waits for one.
#[derive(Debug)]
pub(super) struct Queue<L> {
    /// How many labs are leased at once whatever the machine is doing.
    usual: usize,
    /// How many labs are leased at once, and kept, while the processors have time.
    most: usize,
    /// How many labs beyond the usual number may be leased now.
    beyond: usize,
    /// What every lab has, if it is not special.
    common: Equipment,
    idle: Vec<(Equipment, L)>,
    leased: Vec<Equipment>,
    /// Those who wait, in the order in which they came.
    waiting: Vec<Ticket>,
    arrivals: u64,
}

/// The place in the queue of one who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    number: u64,
    equipment: Equipment,
}

/// What one who waits is given.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Grant<L> {
    /// An idle lab with the right equipment.
    Idle(L),
    /// Room for a new lab. An idle one that nobody waits for makes the room where the pool is full: it ends first.
    New {
        /// The lab that ends.
        instead_of: Option<L>,
    },
}

impl<L> Queue<L> {
    /// An empty pool of `usual` labs, and of up to `most` while the processors have time. Labs with more or less than the
    /// equipment `common` are special.
    pub(super) const fn new(usual: usize, most: usize, common: Equipment) -> Self {
        Self {
            usual,
            most,
            beyond: 0,
            common,
            idle: Vec::new(),
            leased: Vec::new(),
            waiting: Vec::new(),
            arrivals: 0,
        }
    }

    /// Joins the queue for a lab with that equipment.
    pub(super) fn join(&mut self, equipment: Equipment) -> Ticket {
        self.arrivals += 1;
        let ticket = Ticket {
            number: self.arrivals,
            equipment,
        };
        self.waiting.push(ticket);
        ticket
    }

    /// Grants a lab to one who waits, if it is their turn and there is room; they leave the queue then.
    ///
    /// `have_time` says whether the processors have had time since it was last asked, or none when it is too early to say.
    pub(super) fn serve(
        &mut self,
        ticket: Ticket,
        have_time: impl FnOnce() -> Option<bool>,
    ) -> Option<Grant<L>> {
        if self.is_behind(ticket) {
            return None;
        }
        let wanted = ticket.equipment;
        let fitting = { self.idle.iter() }.rposition(|(equipment, _)| *equipment == wanted);
        if fitting.is_none() && self.has_enough_alike(wanted) {
            return None;
        }
        let is_full = self.leased.len() + self.idle.len() >= self.most;
        let unwanted = self.unwanted();
        if fitting.is_none() && is_full && unwanted.is_none() {
            return None;
        }
        if self.leased.len() >= self.limit(have_time()) {
            return None;
        }
        self.waiting.retain(|waiting| *waiting != ticket);
        self.leased.push(wanted);
        Some(match fitting {
            Some(index) => Grant::Idle(self.idle.swap_remove(index).1),
            None => Grant::New {
                instead_of: unwanted
                    .filter(|_| is_full)
                    .map(|index| self.idle.remove(index).1),
            },
        })
    }

    /// Takes a leased lab back: to be leased again, or none when it has ended.
    pub(super) fn take_back(&mut self, equipment: Equipment, lab: Option<L>) {
        let leased = self.leased.iter().position(|leased| *leased == equipment);
        leased.map(|index| self.leased.swap_remove(index));
        self.idle.extend(lab.map(|lab| (equipment, lab)));
    }

    /// The labs that nobody uses.
    pub(super) fn idle(&self) -> impl Iterator<Item = &L> {
        self.idle.iter().map(|(_, lab)| lab)
    }

    /// Whether somebody who came earlier waits for a lab with the same equipment.
    fn is_behind(&self, ticket: Ticket) -> bool {
        let mut waiting = self.waiting.iter();
        waiting.any(|other| other.number < ticket.number && other.equipment == ticket.equipment)
    }

    /// Whether as many labs with this special equipment are leased as there may be.
    fn has_enough_alike(&self, equipment: Equipment) -> bool {
        let alike = self.leased.iter().filter(|leased| **leased == equipment);
        alike.count() >= self.most_alike(equipment)
    }

    /// How many labs with that equipment are leased at most. Cases in a cluster are many, and wait for most of their time;
    /// the others go on beside them.
    pub(super) fn most_alike(&self, equipment: Equipment) -> usize {
        match equipment.cluster {
            Some(_) => MOST_ALIKE.max(self.usual * 3 / 4),
            None if equipment == self.common => self.most,
            None => MOST_ALIKE,
        }
    }

    /// Whether somebody waits for a lab with that equipment.
    pub(super) fn is_wanted(&self, equipment: Equipment) -> bool {
        let mut waiting = self.waiting.iter();
        waiting.any(|other| other.equipment == equipment)
    }

    /// The idle labs that nobody waits for, which are nobody's then.
    pub(super) fn take_unwanted(&mut self) -> Vec<L> {
        let unwanted = std::iter::from_fn(|| Some(self.idle.remove(self.unwanted()?).1));
        unwanted.collect()
    }

    /// The first idle lab with an equipment that nobody waits for.
    fn unwanted(&self) -> Option<usize> {
        { self.idle.iter() }.position(|(equipment, _)| !self.is_wanted(*equipment))
    }

    /// How many labs may be leased: one more for each time that the processors had time, and one less for each that they
    /// had none.
    fn limit(&mut self, have_time: Option<bool>) -> usize {
        self.beyond = match have_time {
            Some(true) => (self.beyond + 1).min(self.most.saturating_sub(self.usual)),
            Some(false) => self.beyond.saturating_sub(1),
            None => self.beyond,
        };
        self.usual + self.beyond
    }
}

#[cfg(test)]
mod tests;
