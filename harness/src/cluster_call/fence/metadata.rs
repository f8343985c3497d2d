//! What the fence agent says of itself. Since version 3 Pacemaker sends no `port` to an agent that does not advertise it.

pub(super) const METADATA: &str = r#"<?xml version="1.0" ?>
<resource-agent name="fence_vrt" shortdesc="Fence agent of virt-ra-tester's labs">
<longdesc>Pulls the cables of a lab's node and kills all of its processes, as the loss of its power does.</longdesc>
<vendor-url>https://clusterlabs.org</vendor-url>
<parameters>
<parameter name="action" unique="0" required="1"><getopt mixed="-o, --action=[action]"/><content type="string" default="reboot"/><shortdesc lang="en">Fencing action</shortdesc></parameter>
<parameter name="port" unique="0" required="1"><getopt mixed="-n, --plug=[id]"/><content type="string"/><shortdesc lang="en">Name of the node</shortdesc></parameter>
</parameters>
<actions>
<action name="on" automatic="0"/>
<action name="off"/>
<action name="reboot"/>
<action name="status"/>
<action name="monitor"/>
<action name="metadata"/>
</actions>
</resource-agent>
"#;

#[cfg(test)]
mod tests {
    use super::METADATA;

    #[test]
    fn it_is_well_formed_and_advertises_the_nodes_name() {
        let document = roxmltree::Document::parse(METADATA).expect("it is well-formed");
        let mut parameters = { document.descendants() }.filter(|it| it.has_tag_name("parameter"));
        assert!(parameters.any(|it| it.attribute("name") == Some("port")));
    }
}
