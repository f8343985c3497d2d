//! The files and the output that the pages show.

use std::fs;
use std::path::Path;

use conformance_tests::book::Page;
use conformance_tests::program::virt_ra_tester;
use conformance_tests::shown::{self, file_name};
use virt_ra_tester::case::{Clause, ClauseId, Suite};
use virt_ra_tester::judge::{AgentFacts, judge};
use virt_ra_tester::lab::Inventory;
use virt_ra_tester::plan::{Baseline, Profile};
use virt_ra_tester::report::{Demand, Diagnosis, SourceLine};

use super::{none, own_pages};

/// A text with single blanks between its words.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What a run says of a case whose history was recorded with the stock agent.
fn explained(id: &str) -> String {
    let suite = Suite::shipped().expect("the suite is sound");
    let case = suite.case(id).expect("it is in the suite");
    let profile = Profile::builtin("virtualdomain").expect("it is built in");
    let history = shown::recorded(case).expect("it was recorded");
    let demand = |id: &ClauseId| {
        let Clause { text, source, .. } = suite.register.find(id)?.clone();
        Some(Demand { text, source })
    };
    let diagnosis = Diagnosis {
        verdict: &judge(&case.id, &case.spec, &history, &AgentFacts::of(&profile)),
        sentence: &case.spec.case,
        history: &history,
        demand: &demand,
        locate: &|place| SourceLine::of(case, place),
        again: &format!("virt-ra-tester run --agent ocf:heartbeat:VirtualDomain ={id}"),
    };
    diagnosis.text()
}

#[test]
fn a_failure_is_explained_in_the_words_that_the_page_shows() {
    let page = Page::read(Path::new("docs/src/first-verdict.md"));
    let is = plain(&explained("stop::broken-config-while-running::missing"));
    let blocks = page.blocks();
    let shown = blocks
        .iter()
        .find(|block| block.language == "text")
        .expect("it shows a failure");
    let parts = shown.text.split("     ...\n").map(plain);
    none(parts.filter(|part| !is.contains(part)));
}

#[test]
fn every_yaml_block_is_read_as_the_file_that_it_shows() {
    let pages = own_pages();
    let sandbox = shown::folder(&pages);
    let suite = Suite::shipped().expect("the suite is sound");
    let blocks = pages.iter().flat_map(Page::blocks);
    none(
        blocks
            .filter(|block| block.language == "yaml")
            .filter_map(|block| {
                let file = sandbox
                    .path()
                    .join(file_name(&block).unwrap_or("included.yaml"));
                fs::write(&file, &block.text).expect("it can be written");
                let value: serde_yaml::Value =
                    serde_yaml::from_str(&block.text).expect("it is YAML");
                let mistake = if value.get("case").is_some() {
                    let said =
                        virt_ra_tester(sandbox.path(), &["lint", &file.display().to_string()]);
                    (said.code != Some(0)).then_some(said.err)
                } else if value.get("agent").is_some() {
                    Profile::parse(&file, &block.text)
                        .err()
                        .map(|error| error.to_string())
                } else if value.get("deviations").is_some() {
                    Baseline::read(&file, &suite)
                        .err()
                        .map(|error| error.to_string())
                } else if value.get("nodes").is_some() {
                    Inventory::read(&file).err().map(|error| error.to_string())
                } else {
                    value
                        .get("jobs")
                        .is_none()
                        .then(|| "nobody knows what it is".to_owned())
                };
                mistake.map(|mistake| format!("{mistake}\n{}", block.text))
            }),
    );
}
