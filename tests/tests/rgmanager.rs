//! The bundled agent for rgmanager meets the demands of that dialect.

use conformance_tests::program::virt_ra_tester;

#[test]
fn the_agent_for_rgmanager_conforms() {
    let folder = tempfile::tempdir().expect("a folder");
    let cases = [
        "area:rgm",
        "area:start",
        "=migrate::repeated-to",
        "=migrate::from-while-copying",
    ];
    let run = ["run", "--profile=reference-vm"];
    let said = virt_ra_tester(folder.path(), &[&run[..], &cases[..]].concat());
    assert_eq!(said.code, Some(0), "{}{}", said.out, said.err);
}
