//! Finding the locations of a build: dg projects against the official client's own reading of them, from
//! `tests/scripts/make-dg-cases.py`, and which of several files counts.

use std::collections::BTreeMap;

use offshoot_core::{
    error::Explain as _,
    location::{Buildable, LocationError, LocationFlags, discover},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::Fake;

#[derive(Debug, Deserialize)]
struct Case {
    files: BTreeMap<String, String>,
    /// `None` if the client fails.
    locations: Option<Vec<Value>>,
    components: Option<String>,
}

fn found(files: &[(&str, &str)], chosen: &[&str]) -> Result<Option<Vec<Buildable>>, LocationError> {
    let host = Fake::script([]);
    let host = files
        .iter()
        .fold(host, |host, (path, text)| host.with_file(&format!("/shop/{path}"), text));
    let chosen: Vec<String> = chosen.iter().map(|&name| name.to_owned()).collect();
    discover(&host, ["/shop/here", "/shop"], &chosen)
}

/// The location as the client writes it into its file.
fn written(location: Buildable) -> Value {
    let build = location.registry.clone();
    let mut document = location.document(&LocationFlags::default()).unwrap().value;
    assert_eq!(document["git"], json!({}));
    document.as_object_mut().unwrap().remove("git");
    document["build"] = json!({ "registry": build });
    document
}

#[test]
fn dg_projects_are_read_as_the_official_client_reads_them() {
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("../../../../tests/fixtures/dg-cases.json")).unwrap();
    for case in cases {
        let files: Vec<(&str, &str)> =
            case.files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let ours = found(&files, &[]).ok().map(Option::unwrap);
        let components = ours.iter().flatten().find_map(|it| it.components.clone());
        let expected = case.components.as_ref().map(|path| format!("/{path}"));
        assert_eq!(components, expected, "{case:#?}");
        let ours = ours.map(|found| found.into_iter().map(written).collect::<Vec<_>>());
        let expected = case.locations.clone().map(|mut locations| {
            for location in &mut locations {
                // The directory is for those who build.
                location["build"] = json!({ "registry": location["build"]["registry"] });
            }
            locations
        });
        assert_eq!(ours, expected, "{case:#?}");
    }
}

#[test]
fn which_file_counts() {
    const LISTED: &str = "locations: [{location_name: listed}]\n";
    const PROJECT: &str =
        "[tool.dg]\ndirectory_type = 'project'\n[tool.dg.project]\nroot_module = 'etl'\n";
    let names = |files: &[(&str, &str)], chosen: &[&str]| {
        let found = found(files, chosen).unwrap()?;
        Some(found.into_iter().map(|it| it.name).collect::<Vec<_>>())
    };
    let registry = "registry: r.example/x\n";
    assert_eq!(names(&[], &[]), None);
    assert_eq!(names(&[("pyproject.toml", "[project]\n")], &[]), None);
    for (name, files) in [
        ("listed", vec![("build.yaml", LISTED), ("pyproject.toml", PROJECT)]),
        ("listed", vec![("dagster_cloud.yaml", LISTED), ("pyproject.toml", PROJECT)]),
        ("listed", vec![("dagster_cloud.yaml", LISTED), ("build.yaml", registry)]),
        ("shop", vec![("build.yaml", registry), ("pyproject.toml", PROJECT)]),
        ("here", vec![("dagster_cloud.yaml", LISTED), ("here/pyproject.toml", PROJECT)]),
    ] {
        assert_eq!(names(&files, &[]).unwrap(), [name], "{files:?}");
    }
    let bare = found(&[("build.yaml", registry)], &["mine"]).unwrap().unwrap();
    assert_eq!(bare[0].registry.as_deref(), Some("r.example/x"));
    // What is for those who build is not sent.
    assert_eq!(
        bare[0].clone().document(&LocationFlags::default()).unwrap().value,
        json!({"location_name": "mine", "code_source": {}, "git": {}})
    );
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let mut lines = Vec::new();
    let project = "[tool.dg]\ndirectory_type = 'project'\n[tool.dg.project]\n";
    let root = format!("{project}root_module = 'm'\n");
    for files in [
        vec![("pyproject.toml", "[project]\nname = \n")],
        vec![("pyproject.toml", "[tool.dg]\ndirectory_type = 'both'\n")],
        vec![("dg.toml", "# empty\n")],
        vec![("pyproject.toml", project)],
        vec![("pyproject.toml", "[tool.dg]\ndirectory_type = 'project'\nproject = 'etl'\n")],
        vec![(
            "pyproject.toml",
            "[tool.dg]\ndirectory_type = 'workspace'\n[[tool.dg.workspace.projects]]\npath = 'a'\n",
        )],
        vec![("pyproject.toml", &root), ("build.yaml", "registry: [a]\n")],
        vec![("build.yaml", "registry: r.example/x\n")],
        vec![("build.yaml", "- registry\n")],
    ] {
        let error = found(&files, &[]).unwrap_err();
        lines.push(format!(
            "{} {error}\n{}\n  {}\n",
            error.code(),
            error.detail().unwrap(),
            error.hint().unwrap()
        ));
    }
    let two = "[tool.dg]\ndirectory_type = 'workspace'\n[tool.dg.workspace]\nprojects = [{path = 'a/etl'}, {path = 'b/etl'}]\n";
    let twice =
        [("pyproject.toml", two), ("a/etl/pyproject.toml", &root), ("b/etl/pyproject.toml", &root)];
    lines.push(found(&twice, &[]).unwrap_err().to_string());
    lines.push(found(&[("pyproject.toml", &root)], &["ship"]).unwrap_err().to_string());
    insta::assert_snapshot!(lines.join("\n"));
}
