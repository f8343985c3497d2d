//! The schemas that editors and programs read are those of the model.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;
use virt_ra_tester::cli;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../harness/schema")
}

/// Compares a checked-in schema with the model's; `BLESS=1` writes it anew.
fn is_the_models(name: &str, schema: &Value) {
    let path = folder().join(name);
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
fn the_schemas_checked_in_are_the_models_and_no_others() {
    let schemas = cli::schemas().into_iter();
    let models: Vec<_> = schemas
        .map(|(name, schema)| (format!("{name}.json"), schema))
        .collect();
    for (name, schema) in &models {
        is_the_models(name, schema);
    }
    let entries = std::fs::read_dir(folder()).expect("it is there");
    let names = entries.map(|entry| entry.expect("it can be read").file_name());
    let found: BTreeSet<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    let known: BTreeSet<String> = models.into_iter().map(|(name, _)| name).collect();
    assert_eq!(found, known);
}
