use crate::case::MetadataRule::{self, *};
use crate::judge::AgentFacts;
use crate::judge::metadata::faults;
use crate::ocf::Dialect;

const GOOD: &str = r#"<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="Good" version="1">
<version>1.0</version>
<longdesc lang="en">Runs guests. Paused ones run, sleeping and crashed ones do not. It takes no lock.</longdesc>
<shortdesc lang="en">Guests</shortdesc>
<parameters>
<parameter name="config" unique="1" required="1">
<longdesc lang="en">The file.</longdesc><shortdesc lang="en">File</shortdesc>
<content type="string"/>
</parameter>
<parameter name="speed">
<longdesc lang="en">How fast.</longdesc><shortdesc lang="en">Speed</shortdesc>
<content type="integer" default="10"/>
</parameter>
</parameters>
<actions>
<action name="start" timeout="90s"/>
<action name="stop" timeout="90s"/>
<action name="monitor" timeout="60s" interval="10s" depth="0"/>
<action name="migrate_to" timeout="120s"/>
<action name="migrate_from" timeout="60s"/>
<action name="meta-data" timeout="5s"/>
</actions>
</resource-agent>
"#;

const ALL: [MetadataRule; 15] = [
    WellFormed,
    Valid,
    MandatoryActions,
    MonitorInterval,
    MigrationsPaired,
    IdentityUnique,
    Types,
    VersionHonest,
    NoRoles,
    TimeoutsCover,
    Texts,
    Treatment,
    RequiredHasNoDefault,
    NameIsFileName,
    Reloadable,
];

fn facts() -> AgentFacts {
    AgentFacts {
        dialect: Dialect::Ocf10,
        config_parameter: Some("config".to_owned()),
        shared_parameters: vec!["speed".to_owned()],
        file_name: Some("Good".to_owned()),
    }
}

/// The rules that a text breaks.
fn broken(text: &str) -> Vec<MetadataRule> {
    ALL.into_iter()
        .filter(|rule| !faults(*rule, text, None, &facts()).is_empty())
        .collect()
}

#[test]
fn good_metadata_break_no_rule() {
    assert_eq!(broken(GOOD), []);
}

#[test]
fn each_rule_is_broken_by_its_own_fault() {
    let faults = [
        (
            Valid,
            "<version>1.0</version>",
            "<version>1.0</version><odd/>",
        ),
        (
            MandatoryActions,
            "<action name=\"meta-data\" timeout=\"5s\"/>",
            "",
        ),
        (
            MonitorInterval,
            "timeout=\"60s\" interval=\"10s\"",
            "timeout=\"60s\"",
        ),
        (
            MigrationsPaired,
            "<action name=\"migrate_from\" timeout=\"60s\"/>",
            "",
        ),
        (IdentityUnique, "unique=\"1\" ", ""),
        (
            IdentityUnique,
            "name=\"speed\"",
            "name=\"speed\" unique=\"1\"",
        ),
        (Types, "default=\"10\"", "default=\"fast\""),
        (VersionHonest, "<version>1.0", "<version>2.0"),
        (NoRoles, "depth=\"0\"", "role=\"Promoted\""),
        (
            TimeoutsCover,
            "\"stop\" timeout=\"90s\"",
            "\"stop\" timeout=\"40s\"",
        ),
        (
            TimeoutsCover,
            "\"start\" timeout=\"90s\"",
            "\"start\" timeout=\"90000s\"",
        ),
        (
            TimeoutsCover,
            "\"start\" timeout=\"90s\"",
            "\"start\" timeout=\"20000\"",
        ),
        (
            TimeoutsCover,
            "\"start\" timeout=\"90s\"",
            "\"start\" timeout=\"0s\"",
        ),
        (
            Texts,
            "<shortdesc lang=\"en\">Speed<",
            "<shortdesc lang=\"en\">File<",
        ),
        (Treatment, " and crashed ones", " ones"),
        (Treatment, "no lock", "no block"),
        (
            RequiredHasNoDefault,
            "type=\"string\"",
            "type=\"string\" default=\"/etc/x\"",
        ),
        (NameIsFileName, "name=\"Good\"", "name=\"Goods\""),
    ];
    for (rule, from, to) in faults {
        let text = GOOD.replacen(from, to, 1);
        assert_ne!(text, GOOD, "{rule:?}");
        assert_eq!(broken(&text), [rule]);
    }
}

#[test]
fn a_file_need_not_be_unique_where_a_name_that_must_be_given_is() {
    let shared = GOOD.replacen("unique=\"1\" ", "", 1);
    let named = |required: &str| {
        let speed = format!("name=\"speed\" unique-group=\"guest\" required=\"{required}\"");
        shared.replacen("name=\"speed\"", &speed, 1)
    };
    let is_broken = |text: &str| !faults(IdentityUnique, text, None, &facts()).is_empty();
    assert!(is_broken(&shared) && is_broken(&named("0")));
    assert!(!is_broken(&named("1")));
}

#[test]
fn a_header_of_an_init_script_names_and_describes_the_same_agent() {
    let broken = |header: &str| faults(Header, GOOD, Some(header), &facts()).len();
    let header = "### BEGIN INIT INFO\n# Provides: a Good\n# Short-Description:  guests\n### END INIT INFO\n";
    assert_eq!(broken(header), 0);
    assert_eq!(broken(&header.replace("Good", "Better")), 1);
    assert_eq!(broken(&header.replace("guests", "Guests of all kinds")), 1);
    assert_eq!(broken("### BEGIN INIT INFO\n### END INIT INFO\n"), 0);
}

#[test]
fn text_that_is_no_xml_breaks_every_rule() {
    assert_eq!(broken("usage: agent start|stop").len(), ALL.len());
}

#[test]
fn constructs_of_ocf_1_1_are_refused_under_1_0_and_valid_in_1_1() {
    let text = GOOD.replacen("name=\"speed\"", "name=\"speed\" reloadable=\"1\"", 1);
    assert_eq!(broken(&text), [Valid, VersionHonest, Reloadable]);
    // Which of the two it is the metadata say, whatever the profile thinks.
    let text = text.replacen("<version>1.0", "<version>1.1", 1);
    assert_eq!(broken(&text), [Reloadable]);
}

#[test]
fn a_fault_of_shape_names_its_line() {
    let text = GOOD.replacen(
        "<action name=\"start\" timeout=\"90s\"/>",
        "<action name=\"start\"/>",
        1,
    );
    assert_eq!(
        faults(Valid, &text, None, &facts()),
        ["line 18: <action> lacks its attribute `timeout`"]
    );
}
