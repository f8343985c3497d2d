//! What a fence agent says of a guest, against what was seen of it on all nodes.

use super::tale::{End, Tale};
use super::{assert_finds, assert_passes, steps};
use crate::case::CaseSpec;
use crate::history::{DomainState, Exit, Guest};
use crate::ocf::FenceCode;

fn fence(action: &str) -> CaseSpec {
    steps(&format!(
        "  - fence: {{node: b, do: \"{action}\", returns: anything}}"
    ))
}

fn ended(tale: Tale, action: &str, code: FenceCode) -> Tale {
    let tale = tale.step(&[0]);
    tale.fences(action, "b", End::from(Exit::Fence(code)))
}

#[test]
fn off_that_succeeded_leaves_no_emulator_on_any_node() {
    let left = ended(Tale::running_on_a(), "off", FenceCode::Success);
    assert_finds(&fence("off"), &left.after(3000).done(), "invariant 14");
    let gone = Tale::running_on_a().emulator("a", &[]);
    let gone = gone.domain("a", DomainState::Absent);
    assert_passes(
        &fence("off"),
        &ended(gone, "off", FenceCode::Success).done(),
    );
}

#[test]
fn off_that_failed_claims_nothing() {
    let left = ended(Tale::running_on_a(), "off", FenceCode::Failure);
    assert_passes(&fence("off"), &left.after(3000).done());
}

#[test]
fn off_that_succeeded_ends_every_write() {
    let gone = Tale::running_on_a().emulator("a", &[]);
    let off = ended(gone, "off", FenceCode::Success);
    let wrote = off.after(1000).write_of(Guest::Subject, "b", 7, 9);
    assert_finds(&fence("off"), &wrote.done(), "invariant 14");
}

#[test]
fn a_reboot_may_bring_up_another_instance_but_leaves_none_of_before() {
    let another = ended(Tale::running_on_a(), "reboot", FenceCode::Success);
    let another = another.emulator("a", &[11]).writes("a", 8, 1..3);
    assert_passes(&fence("reboot"), &another.done());
    let same = ended(Tale::running_on_a(), "reboot", FenceCode::Success);
    assert_finds(&fence("reboot"), &same.after(3000).done(), "invariant 14");
}

#[test]
fn status_tells_whether_an_instance_is_on_any_node() {
    let says = |tale: Tale, code| ended(tale, "status", code).after(3000).done();
    let running = Tale::running_on_a;
    assert_finds(
        &fence("status"),
        &says(running(), FenceCode::Off),
        "invariant 14",
    );
    assert_passes(&fence("status"), &says(running(), FenceCode::Success));
    let none = || Tale::empty().emulator("a", &[]).emulator("b", &[]);
    assert_finds(
        &fence("status"),
        &says(none(), FenceCode::Success),
        "invariant 14",
    );
    assert_passes(&fence("status"), &says(none(), FenceCode::Off));
}

#[test]
fn how_a_fence_agent_ends_is_judged_by_its_own_codes() {
    let spec = steps("  - fence: {node: b, do: monitor, returns: success}");
    let told = |code| ended(Tale::running_on_a(), "monitor", code).done();
    assert_passes(&spec, &told(FenceCode::Success));
    assert_finds(&spec, &told(FenceCode::Failure), "when[0].fence.returns");
}
