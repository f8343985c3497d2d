//! Our own rules on metadata beside the schemas that `xmllint` reads: resource-agents' two, and OCF 1.1's as Pacemaker
//! brings it.
//!
//! What any of them admits is valid by our rules as well, without exception: else an agent would be accused falsely. All
//! other disagreements stand in `EXPECTED`, each with its reason. A schema that is not on this machine is named, and not
//! asked. `VRT_OCF_RNG` names a file to take for OCF 1.1's, such as `ra-api.rng` of a checkout of the OCF specification.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use virt_ra_tester::ocf::Dialect;

const DTD: &str = "ra-api-1.dtd";
const RNG: &str = "metadata.rng";
const OCF: &str = "ocf-ra-1.1.rng";

/// Metadata that all three admit; every other document is made of it.
const GOOD: &str = r#"<?xml version="1.0"?>
<resource-agent name="Good" version="1">
<version>1.0</version>
<longdesc lang="en">Runs guests.</longdesc>
<shortdesc lang="en">Guests</shortdesc>
<parameters>
<parameter name="config" unique="1" required="1">
<longdesc lang="en">The file.</longdesc>
<shortdesc lang="en">File</shortdesc>
<content type="string" default="x"/>
</parameter>
</parameters>
<actions>
<action name="start" timeout="90s"/>
<action name="monitor" timeout="60s" interval="10s" depth="0"/>
</actions>
</resource-agent>
"#;

/// A document by its name, and what is replaced in [`GOOD`] to make it.
const DOCUMENTS: [(&str, &str, &str); 33] = [
    ("good", "Good", "Good"),
    ("version 1.1", ">1.0<", ">1.1<"),
    ("no interval", " interval=\"10s\"", ""),
    ("no timeout", " timeout=\"90s\"", ""),
    ("no depth", " depth=\"0\"", ""),
    ("a start delay", "depth=\"0\"", "start-delay=\"5s\""),
    ("the role Promoted", "depth=\"0\"", "role=\"Promoted\""),
    ("the role Started", "depth=\"0\"", "role=\"Started\""),
    (
        "an attribute of no schema",
        "depth=\"0\"",
        "on-fail=\"block\"",
    ),
    ("an action of the agent's own", "\"start\"", "\"dance\""),
    ("reload-agent", "\"start\"", "\"reload-agent\""),
    (
        "no actions",
        "<action name=\"start\" timeout=\"90s\"/>\n<action name=\"monitor\" timeout=\"60s\" interval=\"10s\" depth=\"0\"/>\n",
        "",
    ),
    ("no name", " name=\"Good\"", ""),
    ("no version", "<version>1.0</version>\n", ""),
    (
        "no long description",
        "<longdesc lang=\"en\">Runs guests.</longdesc>\n",
        "",
    ),
    (
        "no short description",
        "<shortdesc lang=\"en\">Guests</shortdesc>\n",
        "",
    ),
    (
        "two languages",
        "Guests</shortdesc>",
        "Guests</shortdesc><shortdesc lang=\"de\">Gäste</shortdesc>",
    ),
    (
        "a description without a language",
        "<shortdesc lang=\"en\">File",
        "<shortdesc>File",
    ),
    (
        "a description with an element",
        "The file.",
        "The <b>file</b>.",
    ),
    (
        "no description of a parameter",
        "<longdesc lang=\"en\">The file.</longdesc>\n",
        "",
    ),
    (
        "descriptions in the other order",
        "<version>1.0</version>\n<longdesc lang=\"en\">Runs guests.</longdesc>",
        "<version>1.0</version>\n<shortdesc lang=\"en\">Guests</shortdesc><longdesc lang=\"en\">Runs guests.</longdesc>",
    ),
    (
        "an element of no schema",
        "<actions>",
        "<author>me</author><actions>",
    ),
    (
        "the truth value true",
        "required=\"1\"",
        "required=\"true\"",
    ),
    ("unique-group", "unique=\"1\"", "unique-group=\"file\""),
    ("reloadable", "unique=\"1\"", "reloadable=\"1\""),
    (
        "deprecated",
        "<longdesc lang=\"en\">The file.",
        "<deprecated/><longdesc lang=\"en\">The file.",
    ),
    ("the type bool", "type=\"string\"", "type=\"bool\""),
    ("the type time", "type=\"string\"", "type=\"time\""),
    ("the type second", "type=\"string\"", "type=\"second\""),
    ("no type", " type=\"string\"", ""),
    (
        "a select with options",
        "type=\"string\" default=\"x\"/>",
        "type=\"select\" default=\"x\"><option value=\"x\"/></content>",
    ),
    (
        "a special element",
        "</actions>",
        "</actions><special tag=\"x\"/>",
    ),
    (
        "a special element without a tag",
        "</actions>",
        "</actions><special/>",
    ),
];

/// Where a schema and our rules differ: the document, the schema, and why. All are documents that we admit.
const EXPECTED: [(&str, &str, &str); 22] = [
    (
        "a description with an element",
        RNG,
        "OCF 1.0 and 1.1 admit any element in a description",
    ),
    (
        "a description with an element",
        DTD,
        "the DTD knows none but its own there, OCF 1.0 and 1.1 any",
    ),
    (
        "a description without a language",
        RNG,
        "the DTD does not ask for it; the rule `texts` does (META-15)",
    ),
    (
        "a description without a language",
        OCF,
        "the DTD does not ask for it; the rule `texts` does (META-15)",
    ),
    (
        "a select with options",
        DTD,
        "the DTD is older than that type, which the other two have",
    ),
    ("a special element", RNG, "OCF 1.0 and 1.1 have it"),
    ("a special element", DTD, "OCF 1.0 and 1.1 have it"),
    (
        "an action of the agent's own",
        DTD,
        "OCF 1.0 and 1.1 let an agent have more actions than they name",
    ),
    (
        "no actions",
        RNG,
        "the DTD admits it; the rule `mandatory_actions` does not (META-03)",
    ),
    (
        "no actions",
        OCF,
        "the DTD admits it; the rule `mandatory_actions` does not (META-03)",
    ),
    (
        "no long description",
        RNG,
        "OCF 1.1 does not ask for it; the rule `texts` does (META-15)",
    ),
    (
        "no long description",
        DTD,
        "OCF 1.1 does not ask for it; the rule `texts` does (META-15)",
    ),
    (
        "no short description",
        RNG,
        "OCF 1.1 does not ask for it; the rule `texts` does (META-15)",
    ),
    (
        "no short description",
        DTD,
        "OCF 1.1 does not ask for it; the rule `texts` does (META-15)",
    ),
    (
        "reload-agent",
        DTD,
        "the DTD is older than that action of OCF 1.1",
    ),
    (
        "the role Started",
        RNG,
        "OCF 1.1 admits any text; the rule `no_roles` sees it (META-13)",
    ),
    ("the type second", DTD, "metadata.rng has that type"),
    (
        "the type second",
        OCF,
        "metadata.rng has that type, and agents of resource-agents name 1.1 as well",
    ),
    ("the type time", RNG, "the DTD has that type"),
    (
        "the type time",
        OCF,
        "the DTD has that type, and agents of resource-agents name 1.1 as well",
    ),
    ("two languages", RNG, "OCF 1.1 admits translations"),
    ("two languages", DTD, "OCF 1.1 admits translations"),
];

fn text(document: &(&str, &str, &str)) -> String {
    let (name, from, to) = document;
    assert!(GOOD.contains(from), "{name}");
    GOOD.replacen(from, to, 1)
}

/// The same under OCF 1.1, where the schema in question is that of 1.1.
fn texts(document: &(&str, &str, &str)) -> [(String, Dialect); 2] {
    let text = text(document);
    let newer = text.replacen(">1.0<", ">1.1<", 1);
    [(text, Dialect::Ocf10), (newer, Dialect::Ocf11)]
}

/// The schemas of this machine, by name.
fn schemas() -> Vec<(&'static str, PathBuf)> {
    let newest = env::var_os("VRT_OCF_RNG").map_or(
        "/usr/share/pacemaker/api/ocf-ra-1.1.rng".into(),
        PathBuf::from,
    );
    let all = [
        (DTD, "/usr/share/resource-agents/ra-api-1.dtd".into()),
        (RNG, "/usr/share/resource-agents/metadata.rng".into()),
        (OCF, newest),
    ];
    let there = |(name, path): &(&str, PathBuf)| {
        let there = path.exists();
        if !there {
            print_line(&format!(
                "not run: {name} is not on this machine ({})",
                path.display()
            ));
        }
        there
    };
    all.into_iter().filter(there).collect()
}

fn print_line(what: &str) {
    writeln!(std::io::stdout(), "{what}").expect("it can be said");
}

/// Whether a schema admits a document.
fn admits(schema: &Path, document: &str, folder: &Path) -> bool {
    let file = folder.join("document.xml");
    fs::write(&file, document).expect("the folder can be written");
    let by = match schema
        .extension()
        .is_some_and(|extension| extension == "dtd")
    {
        true => "--dtdvalid",
        false => "--relaxng",
    };
    let call = duct::cmd!("xmllint", "--noout", "--nonet", by, schema, &file);
    let output = call
        .unchecked()
        .stderr_capture()
        .run()
        .expect("xmllint runs");
    match output.status.code() {
        Some(0) => true,
        Some(3 | 4) => false,
        _ => panic!("{}", String::from_utf8_lossy(&output.stderr)),
    }
}

#[test]
fn what_a_schema_admits_is_valid_and_each_other_disagreement_has_its_reason() {
    if duct::cmd!("xmllint", "--version")
        .stderr_null()
        .stdout_null()
        .run()
        .is_err()
    {
        print_line("not run: xmllint is not on this machine (libxml2-utils)");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let schemas = schemas();
    let (mut refused, mut differ) = (Vec::new(), BTreeSet::new());
    for document in &DOCUMENTS {
        let [older, newer] = texts(document);
        for (name, path) in &schemas {
            let (text, dialect) = if *name == OCF { &newer } else { &older };
            let ours = dialect.rules().shape_faults(text);
            match (ours.is_empty(), admits(path, text, folder.path())) {
                (false, true) => refused.push((document.0, *name, ours)),
                (true, false) => {
                    differ.insert((document.0, *name));
                }
                _ => {}
            }
        }
    }
    assert!(
        refused.is_empty(),
        "we refuse what a schema admits: {refused:#?}"
    );
    let asked = |name: &str| schemas.iter().any(|(schema, _)| *schema == name);
    let expected = EXPECTED.iter().filter(|(_, schema, _)| asked(schema));
    let expected: BTreeSet<_> = expected
        .map(|(document, schema, _)| (*document, *schema))
        .collect();
    assert_eq!(
        differ, expected,
        "the documents that we admit and a schema refuses"
    );
}
