//! `lab`: labs without a case. Each lives as long as the command that holds it, and no list of them is kept. Vagrant's
//! machines live on, and the script that provisions them reports their state.

use std::io::Write;
use std::thread;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};

use super::conduct::listen;
use super::exit::Exit;
use super::failure::Failure;
use super::hold::{enter_commands, hold};
use super::in_cluster::{equipment, refuse_without_cluster};
use super::lab_shell::{self, node_of};
use super::lab_target::LabTarget;
use super::vagrant;
use crate::lab::{Holder, Lab, LabSpec, Lacks};

/// How long a command may take to exit: a run waits for the agents' actions.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: What,
    /// Where labs run: `local`, `vagrant`, or `ssh:INVENTORY` for the machines of an inventory file
    #[arg(long, value_name = "LAB", default_value = "local", global = true)]
    lab: LabTarget,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Start a lab, print how to enter its nodes, and hold it until Ctrl-C or `lab down`; Vagrant's machines stay up
    /// without being held
    Up {
        /// Make the nodes of a local lab a cluster, which runs no resource yet
        #[arg(long)]
        cluster: bool,
    },
    /// Stop the lab of a `lab up`, by asking the command that holds it to exit
    Down {
        /// Process id of the command, as `lab status` shows it; required if there are several
        #[arg(value_parser = process_id)]
        pid: Option<i32>,
    },
    /// List this user's commands that hold labs
    Status,
    /// Open a shell on a node of a new lab, which ends with it, or of Vagrant's machines, which must be up; with an agent
    /// or a case, one with the agent's variables, in whose history its actions are
    Shell(Box<lab_shell::Arguments>),
}

fn process_id(asked: &str) -> Result<i32, &'static str> {
    let number: Option<i32> = asked.parse().ok();
    number
        .filter(|pid| *pid > 0)
        .ok_or("expected a process id, as `virt-ra-tester lab status` shows it")
}

pub(super) fn run(arguments: &Arguments, out: &mut impl Write) -> Result<Exit, Failure> {
    let target = &arguments.lab;
    match &arguments.command {
        What::Up { cluster: true } if *target != LabTarget::Local => {
            return Err(Failure::usage(
                "`lab up --cluster` starts a local lab; omit `--lab`",
            ));
        }
        What::Up { .. } if *target == LabTarget::Vagrant => vagrant::call(&["up"])?,
        What::Down { .. } if *target == LabTarget::Vagrant => vagrant::call(&["down"])?,
        What::Status if *target == LabTarget::Vagrant => vagrant::status()?,
        What::Shell(asked) if *target == LabTarget::Vagrant && !asked.has_agent() => {
            vagrant::shell(&node_of(&LabSpec::default(), &asked.node)?.0)?;
        }
        What::Down { .. } | What::Status if *target != LabTarget::Local => {
            return Err(no_target());
        }
        What::Up { cluster: true } => up(&in_cluster()?, out)?,
        What::Up { cluster: false } => up(&spec(target)?, out)?,
        What::Down { pid } => down(*pid, out)?,
        What::Status => status(out)?,
        What::Shell(asked) => lab_shell::run(asked, target.inventory()?)?,
    }
    Ok(Exit::Conforms)
}

/// Labs are found by the commands that hold them, which are processes of this machine.
fn no_target() -> Failure {
    Failure::usage(
        "`lab status` and `lab down` cover all labs that commands on this machine hold, whatever machines their nodes \
         are on; omit `--lab ssh:…`",
    )
}

/// The lab of that target.
fn spec(target: &LabTarget) -> Result<LabSpec, Failure> {
    Ok(LabSpec {
        machines: target.inventory()?,
        ..LabSpec::default()
    })
}

/// A local lab whose nodes are a cluster.
fn in_cluster() -> Result<LabSpec, Failure> {
    refuse_without_cluster(&Lacks::here(), "lab up --cluster")?;
    Ok(LabSpec {
        equipment: equipment(),
        ..LabSpec::default()
    })
}

fn up(spec: &LabSpec, out: &mut impl Write) -> Result<(), Failure> {
    listen()?;
    let lab = Lab::start(spec).map_err(|error| Failure::of_lab(&error))?;
    let own = std::process::id();
    write!(
        out,
        "the lab is up; its nodes:\n{}Ctrl-C, or `virt-ra-tester lab down {own}`, ends it\n",
        enter_commands(&lab)
    )?;
    out.flush()?;
    hold(&lab, || false)
}

fn status(out: &mut impl Write) -> Result<(), Failure> {
    let holders = Holder::all();
    if holders.is_empty() {
        return Ok(writeln!(out, "no lab of this user runs")?);
    }
    writeln!(out, "{:>8}  {:>9}  {:>4}  COMMAND", "PID", "AGE", "LABS")?;
    for holder in &holders {
        let (pid, labs, age) = (holder.pid(), holder.labs(), age(holder.age));
        writeln!(out, "{pid:>8}  {age:>9}  {labs:>4}  {}", holder.typed())?;
    }
    Ok(())
}

fn age(age: Duration) -> String {
    match age.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3600 => format!("{} m {:02} s", seconds / 60, seconds % 60),
        seconds => format!("{} h {:02} m", seconds / 3600, seconds / 60 % 60),
    }
}

fn down(asked: Option<i32>, out: &mut impl Write) -> Result<(), Failure> {
    let Some(holder) = held_by(asked)? else {
        return Ok(writeln!(out, "no lab is up")?);
    };
    holder.end().map_err(|error| Failure::of_lab(&error))?;
    let deadline = Instant::now() + PATIENCE;
    while !holder.has_ended() {
        if Instant::now() > deadline {
            return Err(Failure::inconclusive(format!(
                "process {} was asked to exit {} s ago and still runs; kill it, and its labs end with it",
                holder.pid(),
                PATIENCE.as_secs()
            )));
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(writeln!(
        out,
        "process {} and its lab have ended",
        holder.pid()
    )?)
}

/// The command with that process id, or the only `lab up`, if there is one.
fn held_by(asked: Option<i32>) -> Result<Option<Holder>, Failure> {
    let mut all = Holder::all();
    if let Some(pid) = asked {
        all.retain(|holder| holder.pid() == pid);
        return all.pop().map(Some).ok_or_else(|| {
            Failure::usage(format!(
                "process {pid} holds no lab of this user; `virt-ra-tester lab status` lists those that do"
            ))
        });
    }
    all.retain(Holder::only_holds);
    if all.len() > 1 {
        let pids: Vec<_> = all.iter().map(|holder| holder.pid().to_string()).collect();
        return Err(Failure::usage(format!(
            "{} labs are up, held by the processes {}; choose one: `virt-ra-tester lab down {}`",
            all.len(),
            pids.join(", "),
            pids[0]
        )));
    }
    Ok(all.pop())
}
