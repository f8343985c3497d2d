//! The subject as a container of LXC's: asked and told by LXC's own tools.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::contract::{AskSide, Control, Order};
use crate::drive::trouble::Trouble;
use crate::lab::{DomainSpec, Entry, Node, lxc_config};

/// The file that the tools are given: they freeze no container whose configuration they cannot read.
const FILE: &str = "/run/vrt/by-hand.conf";

/// By LXC's tools on a node.
#[derive(Debug)]
pub(super) struct ByLxc {
    pub(super) subject: DomainSpec,
}

impl Control for ByLxc {
    fn create(&self, node: &dyn Node, config: String) -> Result<(), Trouble> {
        self.call(node, config, "lxc-start", &["--daemon"])
    }

    fn order(&self, node: &dyn Node, order: Order) -> Result<(), Trouble> {
        let (tool, args): (_, &[&str]) = match order {
            Order::Suspend => ("lxc-freeze", &[]),
            Order::Resume => ("lxc-unfreeze", &[]),
            Order::Destroy => ("lxc-stop", &["--kill"]),
            Order::AbortMigration => return Err(does_not_migrate()),
        };
        self.call(node, lxc_config(&self.subject), tool, args)
    }

    fn limit_migrations(&self, _node: &dyn Node, _speed: u32) -> Result<(), Trouble> {
        Err(does_not_migrate())
    }

    fn migration_side(&self, _node: &Arc<dyn Node>) -> AskSide {
        Box::new(|_| Ok(None))
    }

    fn pause(&self) -> Duration {
        Duration::from_secs(1)
    }
}

impl ByLxc {
    /// Calls a tool for the subject with that configuration.
    fn call(
        &self,
        node: &dyn Node,
        config: String,
        tool: &str,
        args: &[&str],
    ) -> Result<(), Trouble> {
        node.put(Path::new(FILE), &Entry::File(config.into(), 0o644))?;
        let subject = ["--name", &self.subject.name, "--rcfile", FILE];
        node.run(tool, &[&subject, args].concat())?;
        Ok(())
    }
}

fn does_not_migrate() -> Trouble {
    Trouble::Step("a container does not migrate".to_owned())
}
