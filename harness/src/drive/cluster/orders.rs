//! What the scheduler orders and why, by the XML that `crm_simulate` prints.

use roxmltree::{Document, Node};

use crate::history::{NodeName, Order};

/// Reads what `crm_simulate --xml-file FILE --simulate --output-as=xml` printed: the orders of that transition.
///
/// # Errors
/// When it is no XML document.
pub(super) fn read(text: &str) -> Result<Vec<Order>, String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let sections = { document.root_element().children() }.filter(|it| it.has_tag_name("actions"));
    let each = sections.flat_map(|section| section.children());
    Ok(each.filter_map(order).collect())
}

fn order(element: Node<'_, '_>) -> Option<Order> {
    let text = |name: &str| element.attribute(name).map(str::to_owned);
    let node = |name: &str| element.attribute(name).map(NodeName::from);
    match element.tag_name().name() {
        "rsc_action" => {
            let action = text("action")?;
            // Where one node is named, the action says what becomes of it.
            let (leaves, comes) = (action != "start", action != "stop");
            Some(Order {
                resource: Some(text("resource")?),
                source: node("source").or_else(|| node("node").filter(|_| leaves)),
                dest: node("dest").or_else(|| node("node").filter(|_| comes)),
                reason: text("reason"),
                action,
            })
        }
        // The task has the way of fencing behind the word, as in `Fence (reboot)`.
        "node_action" => Some(Order {
            action: element
                .attribute("task")?
                .split(' ')
                .next()?
                .to_ascii_lowercase(),
            resource: None,
            source: node("node"),
            dest: None,
            reason: text("reason"),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::history::Order;

    /// As Pacemaker 2.1.5 printed it, without the states before and after.
    const MOVE: &str = include_str!("recorded/crm_simulate-move.xml");
    const STANDBY: &str = include_str!("recorded/crm_simulate-standby.xml");
    const FAILED_STOP: &str = include_str!("recorded/crm_simulate-failed-stop.xml");
    const RECOVER: &str = include_str!("recorded/crm_simulate-recover.xml");
    const QUIET: &str = include_str!("recorded/crm_simulate-quiet.xml");

    fn orders(text: &str) -> Vec<Order> {
        read(text).expect("it is XML")
    }

    fn told(order: &Order) -> [&str; 5] {
        let node = |node: &'_ Option<crate::history::NodeName>| match node.as_ref() {
            Some(node) if node.0 == "a" => "a",
            Some(_) => "b",
            None => "",
        };
        let (source, dest) = (node(&order.source), node(&order.dest));
        [
            &order.action,
            order.resource.as_deref().unwrap_or_default(),
            source,
            dest,
            order.reason.as_deref().unwrap_or_default(),
        ]
    }

    #[test]
    fn a_live_migration_has_its_two_nodes() {
        let orders = orders(MOVE);
        assert_eq!(told(&orders[0]), ["migrate", "vm", "a", "b", ""]);
        assert_eq!(orders.len(), 3);
    }

    #[test]
    fn a_stop_has_its_reason() {
        let orders = orders(STANDBY);
        let wanted = ["stop", "lock:0", "a", "", "node availability"];
        assert_eq!(told(&orders[1]), wanted);
    }

    #[test]
    fn a_recovery_in_place_leaves_its_node_and_comes_back_to_it() {
        assert_eq!(told(&orders(RECOVER)[0]), ["recover", "vm", "b", "b", ""]);
    }

    #[test]
    fn a_fencing_names_its_node_and_no_resource() {
        let orders = orders(FAILED_STOP);
        let wanted = ["fence", "", "a", "", "vm failed there"];
        assert_eq!(told(&orders[0]), wanted);
        assert_eq!(told(&orders[2]), ["recover", "vm", "a", "b", ""]);
    }

    #[test]
    fn a_transition_that_changes_nothing_has_no_orders() {
        assert_eq!(orders(QUIET), []);
        assert!(read("crm_simulate: Could not load").is_err());
    }
}
