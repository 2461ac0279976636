//! Location documents against the official client's own, from `tests/scripts/make-location-cases.py`.

use offshoot_core::location::{LocationFlags, SourceFile, reconcile, single, to_yaml, yaml};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Cases {
    single: Vec<SingleCase>,
    reconcile: Vec<ReconcileCase>,
    to_yaml: Vec<YamlCase>,
}

#[derive(Debug, Deserialize)]
struct SingleCase {
    file: Option<String>,
    flags: LocationFlags,
    /// Absent if the client fails.
    value: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct ReconcileCase {
    file: String,
    /// Absent if the client fails.
    value: Option<Value>,
}

#[derive(Deserialize)]
struct YamlCase {
    value: Value,
    yaml: String,
}

fn cases() -> serde_json::Result<Cases> {
    serde_json::from_str(include_str!("../../../tests/fixtures/location-cases.json"))
}

#[test]
fn single_documents_are_the_same() {
    let mut wrong = Vec::new();
    for case in cases().unwrap().single {
        let file = case.file.as_deref().map(|text| SourceFile { name: "location.yaml", text });
        let ours = single(file, &case.flags);
        // The client sends a document without a name, and then fails over it.
        let expected = case.value.clone().filter(|value| !value["location_name"].is_null());
        if ours.as_ref().ok().map(|document| document.value.to_string())
            != expected.map(|value| value.to_string())
        {
            wrong.push(format!("{case:?}\n  ours: {ours:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn reconciled_documents_are_the_same() {
    for case in cases().unwrap().reconcile {
        let ours = reconcile(SourceFile { name: "workspace.yaml", text: &case.file });
        assert_eq!(
            ours.as_ref().ok().map(Value::to_string),
            case.value.as_ref().map(Value::to_string),
            "{case:?} {ours:?}"
        );
    }
}

#[test]
fn values_are_printed_the_same_and_read_back() {
    let mut wrong = Vec::new();
    for case in cases().unwrap().to_yaml {
        let ours = to_yaml(&case.value);
        if ours != case.yaml {
            let differing =
                ours.lines().zip(case.yaml.lines()).find(|(ours, theirs)| ours != theirs);
            wrong.push(format!("{differing:?} in {}", case.value));
        }
        if !case.yaml.contains('\u{feff}') {
            let read = yaml::to_json(&yaml::load(&ours).unwrap()).unwrap();
            assert_eq!(read, case.value, "{ours}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
