//! The schemas that editors read are those of the model.

use std::path::Path;

use serde_json::Value;
use virt_ra_tester::{
    case,
    plan::{Baseline, Profile},
};

/// Compares a checked-in schema with the model's; `BLESS=1` writes it anew.
fn is_the_models(name: &str, schema: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../harness/schema")
        .join(name);
    let text = format!(
        "{}\n",
        serde_json::to_string_pretty(schema).expect("a schema is JSON")
    );
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &text).expect("it can be written");
    }
    let checked_in = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        checked_in == text,
        "harness/schema/{name} is not the model's schema any more; write it anew with\n\
         BLESS=1 cargo test -p conformance-tests --test schema"
    );
}

#[test]
fn the_schema_of_cases_is_the_one_checked_in() {
    is_the_models("case.json", &case::schema());
}

#[test]
fn the_schema_of_baselines_is_the_one_checked_in() {
    is_the_models("baseline.json", &Baseline::schema());
}

#[test]
fn the_schema_of_profiles_is_the_one_checked_in() {
    is_the_models("profile.json", &Profile::schema());
}
