//! The Rust that `Cargo.toml` asks for is the one that the dependencies need: no older, and no newer without a reason.

use std::process::Command;

use serde_json::Value;

/// What cargo knows of the workspace and of all that is built for it here.
fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs this test");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).expect("it is JSON")
}

/// A version as numbers: `1.89` is 1, 89, 0.
fn numbers(version: &str) -> [u32; 3] {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    [0; 3].map(|_| parts.next().unwrap_or(0))
}

#[test]
fn the_oldest_rust_is_the_newest_that_a_dependency_asks_for() {
    let metadata = metadata();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let ours = list(&metadata["workspace_members"]);
    let built: Vec<_> = list(&metadata["resolve"]["nodes"])
        .iter()
        .map(|node| node["id"].clone())
        .collect();
    let asked = |package: &Value| {
        let version = package["rust_version"].as_str()?;
        Some((numbers(version), package["name"].to_string()))
    };
    let (own, others): (Vec<_>, Vec<_>) = list(&metadata["packages"])
        .into_iter()
        .filter(|package| built.contains(&package["id"]))
        .partition(|package| ours.contains(&package["id"]));
    let newest = others.iter().filter_map(asked).max().expect("some ask");
    for (version, name) in own.iter().filter_map(asked) {
        assert_eq!(
            version, newest.0,
            "{name} says it, {} asks for it",
            newest.1
        );
    }
}
