//! What the cluster says of itself, by the XML that its tools print.

use roxmltree::{Document, Node};

use super::configuration::FENCING;

/// What `crm_mon` says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct View {
    /// The node that decides for the cluster, once one does.
    pub(super) dc: Option<String>,
    /// The nodes that are not as at a lab's beginning: their names.
    pub(super) unready: Vec<String>,
    /// How many nodes the cluster has.
    pub(super) nodes: usize,
    /// The resources, those that only run and are no longer configured included, without the device that fences.
    pub(super) resources: Vec<String>,
    /// Whether that device can be used.
    pub(super) can_fence: bool,
    /// Failed actions, as operation and node.
    pub(super) failures: Vec<String>,
}

/// What a node's entry says when it is whole: it is a member, and nobody has taken it out of work.
const READY: [(&str, &str); 5] = [
    ("online", "true"),
    ("standby", "false"),
    ("maintenance", "false"),
    ("pending", "false"),
    ("unclean", "false"),
];

/// What the entry of the device that fences says when it can be used.
const STARTED: [(&str, &str); 4] = [
    ("role", "Started"),
    ("active", "true"),
    ("failed", "false"),
    ("blocked", "false"),
];

impl View {
    /// Reads what `crm_mon --one-shot --output-as xml` printed.
    pub(super) fn from_crm_mon(text: &str) -> Result<Self, String> {
        let document = Document::parse(text).map_err(|error| error.to_string())?;
        let below = |section: &str, tags: &[&str]| -> Vec<Node<'_, '_>> {
            let root = document.root_element();
            let sections = root.children().filter(|node| node.has_tag_name(section));
            { sections.flat_map(|section| section.descendants()) }
                .filter(|node| tags.contains(&node.tag_name().name()))
                .collect()
        };
        let text = |node: &Node<'_, '_>, name| node.attribute(name).unwrap_or_default().to_owned();
        let dc = below("summary", &["current_dc"]);
        let nodes = below("nodes", &["node"]);
        let is_ready = |node: &Node<'_, '_>| {
            let mut wanted = READY.iter();
            wanted.all(|(name, value)| node.attribute(*name) == Some(value))
        };
        let unready = nodes.iter().filter(|node| !is_ready(node));
        let resources = below("resources", &["resource", "clone", "group", "bundle"]);
        let (device, resources): (Vec<_>, Vec<_>) = { resources.into_iter() }
            .partition(|resource| resource.attribute("id") == Some(FENCING));
        let is_started = |device: &Node<'_, '_>| {
            let mut wanted = STARTED.iter();
            wanted.all(|(name, value)| device.attribute(*name) == Some(value))
        };
        let failures = below("failures", &["failure"]);
        let failure = |node: &Node<'_, '_>| {
            let key = text(node, "op_key");
            format!("{key} on {}", text(node, "node"))
        };
        Ok(Self {
            dc: { dc.iter() }.find_map(|dc| dc.attribute("name").map(str::to_owned)),
            unready: unready.map(|node| text(node, "name")).collect(),
            nodes: nodes.len(),
            resources: resources.iter().map(|it| text(it, "id")).collect(),
            can_fence: device.iter().any(is_started),
            failures: failures.iter().map(failure).collect(),
        })
    }

    /// Whether all nodes are members that work, one of them is the DC, and nodes can be fenced.
    pub(super) fn is_whole(&self) -> bool {
        self.dc.is_some() && self.nodes > 0 && self.unready.is_empty() && self.can_fence
    }

    /// The DC of a whole cluster, if it is not that node.
    pub(super) fn other_dc(&self, first: &str) -> Option<&str> {
        let dc = self.dc.as_deref()?;
        (self.is_whole() && dc != first).then_some(dc)
    }

    /// What is not as at a lab's beginning; none when all is.
    pub(super) fn trouble(&self) -> Option<String> {
        if !self.is_whole() {
            let dc = self.dc.as_deref().unwrap_or("none");
            let nodes = self.unready.join(" ");
            Some(format!(
                "the cluster is not whole: DC {dc}, not ready: {nodes}, can fence: {}",
                self.can_fence
            ))
        } else if let Some(resource) = self.resources.first() {
            Some(format!("the cluster still has the resource {resource}"))
        } else {
            let failure = self.failures.first()?;
            Some(format!("the cluster still shows a failure: {failure}"))
        }
    }
}

/// The state of a node's controller, such as `S_IDLE`, by what `crmadmin --status NODE --output-as xml` printed.
pub(super) fn controller_state(text: &str) -> Option<String> {
    let document = Document::parse(text).ok()?;
    let mut nodes = document.descendants();
    let state = nodes.find_map(|node| node.attribute("state"))?;
    Some(state.to_owned())
}

/// How many fencings `stonith_admin --history '*' --output-as xml` has printed.
pub(super) fn fencings(text: &str) -> Result<usize, String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let events = { document.descendants() }.filter(|node| node.has_tag_name("fence_event"));
    Ok(events.count())
}

#[cfg(test)]
mod tests {
    use super::{View, controller_state, fencings};

    /// As Pacemaker 2.1.5 prints it, shortened.
    fn said(b_online: bool, rest: &str) -> String {
        format!(
            r#"<pacemaker-result api-version="2.25" request="crm_mon --one-shot --output-as xml">
  <summary><current_dc present="true" version="2.1.5-a3f44794f94" name="a" id="1" with_quorum="true" mixed_version="false"/></summary>
  <nodes>
    <node name="a" id="1" online="true" standby="false" standby_onfail="false" maintenance="false" pending="false" unclean="false" is_dc="true" type="member"/>
    <node name="b" id="2" online="{b_online}" standby="false" standby_onfail="false" maintenance="false" pending="false" unclean="false" is_dc="false" type="member"/>
  </nodes>
  <resources>
    <resource id="fencing" resource_agent="stonith:fence_vrt" role="Started" active="true" orphaned="false" blocked="false" managed="true" failed="false" failure_ignored="false" nodes_running_on="1"><node name="a" id="1" cached="true"/></resource>
  </resources>
  {rest}
  <status code="0" message="OK"/>
</pacemaker-result>"#
        )
    }

    fn view(b_online: bool, rest: &str) -> View {
        View::from_crm_mon(&said(b_online, rest)).expect("it is well-formed")
    }

    #[test]
    fn a_whole_quiet_cluster_has_no_trouble() {
        let view = view(true, "");
        assert!(view.is_whole());
        assert_eq!(view.trouble(), None);
        assert_eq!((view.other_dc("a"), view.other_dc("b")), (None, Some("a")));
    }

    #[test]
    fn a_member_that_is_away_a_resource_and_a_failure_are_named() {
        let resource = r#"<resources><resource id="vm" role="Started"><node name="a" id="1"/></resource></resources>"#;
        let failure =
            r#"<failures><failure op_key="vm_start_0" node="b" exitstatus="error"/></failures>"#;
        for (online, rest, trouble) in [
            (
                false,
                "",
                "the cluster is not whole: DC a, not ready: b, can fence: true",
            ),
            (true, resource, "the cluster still has the resource vm"),
            (
                true,
                failure,
                "the cluster still shows a failure: vm_start_0 on b",
            ),
        ] {
            assert_eq!(view(online, rest).trouble().as_deref(), Some(trouble));
        }
    }

    #[test]
    fn a_cluster_without_a_dc_is_not_whole() {
        let text = said(true, "").replace(r#"name="a" id="1" with_quorum="true""#, "");
        assert!(
            !View::from_crm_mon(&text)
                .expect("it is well-formed")
                .is_whole()
        );
        assert!(View::from_crm_mon("Connection refused").is_err());
    }

    #[test]
    fn a_controllers_state_and_fencings_are_read() {
        let said = r#"<pacemaker-result><crmd node_name="a" state="S_IDLE" result="ok"/><status code="0" message="OK"/></pacemaker-result>"#;
        assert_eq!(controller_state(said).as_deref(), Some("S_IDLE"));
        assert_eq!(controller_state("error"), None);
        let history = r#"<pacemaker-result><fence_history status="0"><fence_event status="failed" action="off" target="b"/></fence_history></pacemaker-result>"#;
        assert_eq!(fencings(history), Ok(1));
        assert_eq!(fencings("<pacemaker-result/>"), Ok(0));
        assert!(fencings("").is_err());
    }
}
