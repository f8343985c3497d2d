//! What the CIB says: what a case has put into the configuration, and what the cluster remembers of resources.

use std::collections::BTreeSet;

use roxmltree::{Document, Node};

use super::configuration::{ALERTS, FENCING, OPTIONS, OPTIONS_OF_PACEMAKER, OPTIONS_SET};

/// What of a CIB no lab begins with.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Excess {
    /// Ids in the configuration that were not there.
    pub(super) ids: Vec<String>,
    /// Options that have another value: their names, and the value that they had.
    pub(super) options: Vec<(String, String)>,
}

impl Excess {
    /// Of a CIB as `cibadmin` prints it.
    pub(super) fn from_cib(text: &str) -> Result<Self, String> {
        let document = Document::parse(text).map_err(|error| error.to_string())?;
        let mut excess = Self::default();
        let sections = { document.descendants() }
            .filter(|node| node.has_tag_name("configuration"))
            .flat_map(|configuration| configuration.children())
            .filter(Node::is_element);
        for section in sections {
            for child in section.children().filter(Node::is_element) {
                excess.add(section.tag_name().name(), child);
            }
        }
        Ok(excess)
    }

    /// What finds all that is to go, in the language of XPath: it has to go at once, for a constraint that names a resource
    /// is refused without it. None when nothing has to.
    pub(super) fn xpath(&self) -> Option<String> {
        let ids: Vec<_> = { self.ids.iter() }
            .map(|id| format!("@id='{id}'"))
            .collect();
        (!ids.is_empty()).then(|| format!("//configuration//*[{}]", ids.join(" or ")))
    }

    /// Whether there is nothing of the kind.
    pub(super) fn is_none(&self) -> bool {
        *self == Self::default()
    }

    fn add(&mut self, section: &str, child: Node<'_, '_>) {
        let id = child.attribute("id").unwrap_or_default();
        match section {
            "nodes" => self.add_all(child),
            "crm_config" if id == OPTIONS_SET => self.add_options(child),
            "resources" if id == FENCING => {}
            "alerts" if id == ALERTS => {}
            _ => self.ids.push(id.to_owned()),
        }
    }

    fn add_all(&mut self, parent: Node<'_, '_>) {
        let children = parent.children().filter(Node::is_element);
        let ids = children.filter_map(|child| child.attribute("id"));
        self.ids.extend(ids.map(str::to_owned));
    }

    fn add_options(&mut self, set: Node<'_, '_>) {
        let mut missing: BTreeSet<(&str, &str)> = OPTIONS.into_iter().collect();
        for pair in set.children().filter(Node::is_element) {
            let attribute = |name| pair.attribute(name).unwrap_or_default();
            let name = attribute("name");
            let is_own = OPTIONS.iter().any(|(own, _)| *own == name);
            if missing.remove(&(name, attribute("value"))) || OPTIONS_OF_PACEMAKER.contains(&name) {
                continue;
            } else if !is_own {
                self.ids.push(attribute("id").to_owned());
            }
        }
        let wrong = missing.into_iter();
        self.options
            .extend(wrong.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}

/// The resources that the cluster remembers anything of, on any node: an action, one that has not ended, or a failure. Of
/// the device that fences only a failure counts.
pub(super) fn remembered(text: &str) -> Result<BTreeSet<String>, String> {
    let document = Document::parse(text).map_err(|error| error.to_string())?;
    let resource = |node: Node<'_, '_>| match node.tag_name().name() {
        "lrm_resource" => { node.attribute("id") }
            .filter(|id| *id != FENCING)
            .map(str::to_owned),
        "nvpair" => failed(node.attribute("name")?),
        _ => None,
    };
    let status = document
        .descendants()
        .filter(|node| node.has_tag_name("status"));
    Ok({ status.flat_map(|status| status.descendants()) }
        .filter_map(resource)
        .collect())
}

/// The resource that a transient attribute counts or dates the failures of, such as `fail-count-vm#start_0`.
fn failed(attribute: &str) -> Option<String> {
    let beginnings = ["fail-count-", "last-failure-"];
    let rest = { beginnings.iter() }.find_map(|beginning| attribute.strip_prefix(beginning))?;
    Some(rest.split('#').next().unwrap_or(rest).to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Excess, remembered};

    /// As Pacemaker 2.1.5 has it in the middle of a case, shortened.
    const CIB: &str = r##"<cib crm_feature_set="3.16.1" validate-with="pacemaker-3.7" epoch="9" num_updates="3" admin_epoch="0" dc-uuid="1">
  <configuration>
    <crm_config>
      <cluster_property_set id="cib-bootstrap-options">
        <nvpair id="cib-bootstrap-options-dc-deadtime" name="dc-deadtime" value="100ms"/>
        <nvpair id="cib-bootstrap-options-stonith-enabled" name="stonith-enabled" value="true"/>
        <nvpair id="cib-bootstrap-options-startup-fencing" name="startup-fencing" value="false"/>
        <nvpair id="cib-bootstrap-options-no-quorum-policy" name="no-quorum-policy" value="ignore"/>
        <nvpair id="cib-bootstrap-options-stonith-timeout" name="stonith-timeout" value="10s"/>
        <nvpair id="cib-bootstrap-options-load-threshold" name="load-threshold" value="80%"/>
        <nvpair id="cib-bootstrap-options-have-watchdog" name="have-watchdog" value="false"/>
        <nvpair id="cib-bootstrap-options-dc-version" name="dc-version" value="2.1.5-a3f44794f94"/>
        <nvpair id="cib-bootstrap-options-maintenance-mode" name="maintenance-mode" value="true"/>
      </cluster_property_set>
    </crm_config>
    <nodes>
      <node id="1" uname="a"><instance_attributes id="nodes-1"><nvpair id="nodes-1-standby" name="standby" value="on"/></instance_attributes></node>
      <node id="2" uname="b"/>
    </nodes>
    <resources><primitive id="vm" class="ocf" provider="pacemaker" type="Dummy"/></resources>
    <constraints><rsc_location id="vm-prefers-a" rsc="vm" node="a" score="100"/></constraints>
    <alerts/>
    <rsc_defaults><meta_attributes id="defaults"/></rsc_defaults>
  </configuration>
  <status>
    <node_state id="1" uname="a" in_ccm="true" crmd="online" join="member" expected="member">
      <transient_attributes id="1"><instance_attributes id="status-1">
        <nvpair id="status-1-fail-count-vm.start_0" name="fail-count-vm#start_0" value="1"/>
        <nvpair id="status-1-.feature-set" name="#feature-set" value="3.16.1"/>
      </instance_attributes></transient_attributes>
      <lrm id="1"><lrm_resources><lrm_resource id="other" type="Dummy" class="ocf" provider="pacemaker">
        <lrm_rsc_op id="other_last_0" operation="start" rc-code="193" op-status="-1"/>
      </lrm_resource></lrm_resources></lrm>
    </node_state>
  </status>
</cib>"##;

    #[test]
    fn what_a_case_has_put_in_is_found() {
        let excess = Excess::from_cib(CIB).expect("it is well-formed");
        let ids = [
            "cib-bootstrap-options-maintenance-mode",
            "nodes-1",
            "vm",
            "vm-prefers-a",
            "defaults",
        ];
        assert_eq!(excess.ids, ids);
        let options = [("load-threshold".to_owned(), "10000%".to_owned())];
        assert_eq!(excess.options, options);
        assert!(!excess.is_none());
        let two = Excess {
            ids: vec!["vm".to_owned(), "other".to_owned()],
            ..Excess::default()
        };
        let xpath = "//configuration//*[@id='vm' or @id='other']";
        assert_eq!(two.xpath().as_deref(), Some(xpath));
        assert_eq!(Excess::default().xpath(), None);
    }

    #[test]
    fn a_lab_begins_without_excess_and_without_memory() {
        let text = super::super::configuration::seed(&[]);
        assert!(
            Excess::from_cib(&text)
                .expect("it is well-formed")
                .is_none()
        );
        assert!(remembered(&text).expect("it is well-formed").is_empty());
    }

    #[test]
    fn what_is_remembered_of_a_resource_is_a_history_or_a_failure() {
        let found = remembered(CIB).expect("it is well-formed");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["other", "vm"]);
    }

    #[test]
    fn what_is_no_xml_is_an_error() {
        assert!(Excess::from_cib("Could not connect").is_err());
        assert!(remembered("").is_err());
    }
}
