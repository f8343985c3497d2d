//! Sequences around a real Pacemaker: operators change their minds, bad luck strikes, and the cluster decides what is
//! done about it.
//!
//! `deed` knows what may be done, `standing` what an operator may do next and what a conforming agent must survive,
//! `chance` chooses among both, and `course` plays one deed after the other. At its end a sequence undoes every harm
//! and every wish (`Standing::closing`), waits until the cluster is idle, and then exactly one guest runs.

mod chance;
mod course;
mod deed;
mod in_cluster;
mod standing;
#[cfg(test)]
mod tests;
mod world;

pub(super) use in_cluster::InCluster;
