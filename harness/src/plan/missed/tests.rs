use super::*;

fn found(text: &str) -> Vec<Need> {
    let agent = Agent {
        path: "/opt/agents/machine".into(),
        name: "machine".to_owned(),
        ocf_name: None,
    };
    needs_of(&agent, text, Dialect::Ocf10)
}

fn file(name: &str) -> Need {
    Need::File(name.to_owned())
}

fn tool(name: &str) -> Need {
    Need::Tool(name.to_owned())
}

#[test]
fn files_are_found_by_the_variables_of_the_text() {
    let text = "#!/bin/sh\n: ${OCF_FUNCTIONS_DIR=${OCF_ROOT}/lib/heartbeat}\n. ${OCF_FUNCTIONS_DIR}/ocf-shellfuncs\n\
                . $(dirname $0)/functions || exit 1\nLIB=\"/opt/lib\"\nsource \"$LIB/vm.sh\"\n";
    let wanted = [
        file("/usr/lib/ocf/lib/heartbeat/ocf-shellfuncs"),
        Need::Neighbour("/opt/agents/functions".to_owned()),
        file("/opt/lib/vm.sh"),
    ];
    assert_eq!(found(text)[1..], wanted);
}

#[test]
fn a_file_that_is_asked_for_first_or_that_only_a_run_can_tell_is_not_needed() {
    let text = "if [ -f /etc/default/machine ]; then\n  . /etc/default/machine\nfi\n. $OCF_RESKEY_script\n. $(find_it)\n";
    assert_eq!(found(text), []);
}

#[test]
fn tools_are_those_that_it_checks_for_and_its_interpreter() {
    let text = "#!/usr/bin/env -S python3 -u\n";
    assert_eq!(found(text), [tool("python3")]);
    let text =
        "#!/bin/bash\nVZCTL=/usr/sbin/vzctl\ncheck_binary $VZCTL\ncheck_binary $AWK virsh; fi\n";
    assert_eq!(
        found(text),
        ["/bin/bash", "/usr/sbin/vzctl", "virsh"].map(tool)
    );
}

#[test]
fn tools_that_it_checks_for_are_found_though_it_can_do_without_them() {
    let text = "VZ=/usr/sbin/vzctl\ncheck_binary $VZ || exit\nif have_binary xl; then :; fi\nhave_binary $unknown\n";
    assert_eq!(checked_tools(text), ["vzctl", "xl"]);
}

#[test]
fn programs_are_those_that_parameters_name_which_the_profile_does_not_set() {
    let parameter = |name: &str, default: &str| {
        format!(
            "<parameter name=\"{name}\"><content type=\"string\" default=\"{default}\"/></parameter>"
        )
    };
    let printed = format!(
        "<resource-agent name=\"m\"><version>1.0</version><parameters>{}{}{}</parameters><actions/></resource-agent>",
        parameter("tool", "/usr/bin/vm-cmd"),
        parameter("other", "/usr/sbin/vm"),
        parameter("folder", "/var/run/vm")
    );
    let set = BTreeMap::from([("other".to_owned(), "/opt/vm".to_owned())]);
    let only = Need::Default {
        parameter: "tool".to_owned(),
        file: "/usr/bin/vm-cmd".to_owned(),
    };
    assert_eq!(default_programs(&printed, &set), [only]);
}

#[test]
fn the_advice_names_the_place_for_the_profile() {
    let advice = |need: Need| need.to_string();
    assert!(advice(file("/usr/lib/x/lib.sh")).contains("`folders: {/usr/lib/x: FOLDER}`"));
    assert!(advice(tool("/opt/bin/vm")).contains("`folders: {/opt/bin: FOLDER}`"));
    for name in ["vzctl", "/usr/sbin/vzctl"] {
        assert!(advice(tool(name)).contains("`tools: [./FOLDER]`"));
    }
}

#[test]
fn a_tool_that_only_the_profile_lists_may_be_taken_out_of_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("mine.yaml");
    let lines = "name: mine\nagent: /opt/agents/machine\ntools: [virsh, xen-list]\n";
    std::fs::write(&file, lines).expect("it can be written");
    let described = Described::named(&file.to_string_lossy()).expect("it is good");
    let agent = Agent {
        path: "/opt/agents/machine".into(),
        name: "machine".to_owned(),
        ocf_name: None,
    };
    let needs = needs(&agent, "check_binary virsh\n", &described);
    let wanted = [tool("virsh"), Need::Listed("xen-list".to_owned())];
    assert_eq!(needs.into_iter().collect::<Vec<_>>(), wanted);
    let advice = Need::Listed("xen-list".to_owned()).to_string();
    assert!(advice.contains("or take it out"), "{advice}");
}
