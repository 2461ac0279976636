//! `defaults` of a location file: what `deploy` sends is what the real CLI's `ci template` makes of them.

use std::{fs, path::Path};

use offshoot_tests::{
    official, ours,
    process::{Invocation, Outcome},
};
use serde_json::Value as Json;

/// Files that both understand.
const MERGED: &[&str] = &[
    // Scalars, mappings and what only one side has.
    "defaults: {build: {registry: r.example/x, directory: .}, image: a:1, agent_queue: gpu, executable_path: /p}
locations:
- {location_name: one, code_source: {module_name: m}}
- {location_name: two, code_source: {module_name: m}, agent_queue: cpu, working_directory: src, attribute: x}
- {location_name: three, code_source: {python_file: a.py}, build: {registry: r.example/y}, image: b:1}
",
    // Lists, each by what it is for.
    "defaults:
  container_context:
    docker: {env_vars: [A=1, B, C=3], networks: [x]}
    ecs:
      env_vars: [A=1]
      secrets: [{name: s, valueFrom: a}, {name: t, valueFrom: b}]
      volumes: [{name: v, host: {sourcePath: /a}}]
      run_sidecar_containers: [{name: s, image: a}]
      server_sidecar_containers: [{name: s, image: a}]
      run_ecs_tags: [{key: k, value: '1'}, {key: l}]
      server_ecs_tags: [{key: k, value: '1'}]
    k8s:
      env_vars: [A=1, B=2]
      env_config_maps: [one, two]
      image_pull_secrets: [{name: a}]
      volumes: [{name: v, configMap: {name: a}}]
      volume_mounts: [{name: v, mountPath: /a}]
      resources: {limits: {cpu: 1, memory: 1Gi}}
      run_k8s_config:
        container_config: {args: [a], command: [b], env: [{name: X, value: '1'}]}
        pod_spec_config: {tolerations: [{key: a}]}
      server_k8s_config: {container_config: {args: [a], command: [b]}}
locations:
- location_name: one
  code_source: {module_name: m}
  container_context:
    docker: {env_vars: [B=5, D, D=6], networks: [x, y, y]}
    ecs:
      env_vars: [A=2]
      secrets: [{name: t, valueFrom: c}, {name: u}, {name: u, valueFrom: d}]
      volumes: [{name: v, host: {sourcePath: /b}}, {name: w}]
      run_sidecar_containers: [{name: s, image: b}]
      server_sidecar_containers: [{name: t, image: b}]
      run_ecs_tags: [{key: k, value: '2'}]
      server_ecs_tags: [{key: m, value: '2'}]
    k8s:
      env_vars: [A]
      env_config_maps: [two, three]
      image_pull_secrets: [{name: b}, {name: a}]
      volumes: [{name: v, configMap: {name: b}}]
      volume_mounts: [{name: w, mountPath: /b}]
      resources: {limits: {cpu: 2}, requests: {cpu: 1}}
      run_k8s_config:
        container_config: {args: [c], command: [d], env: [{name: X, value: '2'}]}
        pod_spec_config: {tolerations: [{key: a}, {key: b}]}
      server_k8s_config: {container_config: {args: [c], command: []}}
- location_name: two
  code_source: {package_name: p}
",
    // Nulls say nothing, and nor do empty defaults.
    "defaults: {image: a:1, container_context: {k8s: {env_vars: [A=1, null], labels: {a: null, b: x}}}, agent_queue: null}
locations:
- {location_name: one, code_source: {module_name: m}, image: null, container_context: {k8s: {env_vars: null, labels: {c: null}}}}
- {location_name: two, code_source: {module_name: m}, container_context: null}
",
    "defaults: {}\nlocations:\n- {location_name: one, code_source: {module_name: m}, image: b:1}\n",
    "defaults:\nlocations:\n- {location_name: one, code_source: {module_name: m}, image: b:1}\n",
    // A scalar takes the place of anything.
    "defaults: {container_context: {k8s: {labels: {a: b}, x: [1]}}, image: i:1}
locations:
- {location_name: one, code_source: {module_name: m}, container_context: {k8s: {labels: none, x: 2}}}
",
];

/// Files that both refuse.
const REFUSED: &[&str] = &[
    "defaults: {code_source: {module_name: m}}\nlocations:\n- {location_name: one}\n",
    "defaults: {location_name: one}\nlocations:\n- {location_name: one, code_source: {module_name: m}}\n",
    "defaults: [image]\nlocations:\n- {location_name: one, code_source: {module_name: m}}\n",
    "defaults: {image: a:1}\nlocation_name: one\n",
    "defaults: {container_context: {k8s: {x: 1}}}
locations:\n- {location_name: one, code_source: {module_name: m}, container_context: {k8s: {x: [1]}}}\n",
    "defaults: {container_context: {k8s: {x: [1]}}}
locations:\n- {location_name: one, code_source: {module_name: m}, container_context: {k8s: {x: {y: 1}}}}\n",
    "defaults: {container_context: {k8s: {volumes: [{name: a}]}}}
locations:\n- {location_name: one, code_source: {module_name: m}, container_context: {k8s: {volumes: [{nam: a}]}}}\n",
    "defaults: {container_context: {k8s: {env_vars: [A=1]}}}
locations:\n- {location_name: one, code_source: {module_name: m}, container_context: {k8s: {env_vars: [1]}}}\n",
];

#[test]
fn what_is_sent_is_what_ci_template_makes_of_the_file() {
    let folder = tempfile::tempdir().expect("there is room for files");
    for text in MERGED {
        write(folder.path(), "dagster_cloud.yaml", text);
        let template = template(folder.path());
        assert_eq!(template.code, 0, "{text}{}", template.stderr);
        write(folder.path(), "rendered.yaml", &template.stdout);
        let wanted = plan(folder.path(), "rendered.yaml");
        assert_eq!(wanted.code, 0, "{text}{}", wanted.stderr);
        let sent = plan(folder.path(), "dagster_cloud.yaml");
        assert_eq!(json(&sent), json(&wanted), "{text}\n{}", template.stdout);
    }
}

#[test]
fn what_ci_template_refuses_is_refused() {
    let folder = tempfile::tempdir().expect("there is room for files");
    let mut record = String::new();
    for text in REFUSED {
        write(folder.path(), "dagster_cloud.yaml", text);
        let template = template(folder.path());
        assert_ne!(template.code, 0, "{text}{}", template.stdout);
        let refused = plan(folder.path(), "dagster_cloud.yaml");
        assert_eq!(refused.code, 11, "{text}{}", refused.stderr);
        // The lines before it are about the folder.
        let said = refused.stderr.lines().skip_while(|line| !line.contains(" | "));
        record += &format!("{text}{}\n\n", said.collect::<Vec<_>>().join("\n"));
    }
    insta::with_settings!({omit_expression => true}, { insta::assert_snapshot!(record) });
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).expect("there is room for files");
}

fn template(folder: &Path) -> Outcome {
    official::run(&Invocation::new("ci template", folder))
}

/// What ours would send. Nothing is asked: the deployment is named.
fn plan(folder: &Path, file: &str) -> Outcome {
    let command = format!(
        "deploy --dry-run --json --full-deployment prod --url http://127.0.0.1:9 -u t --location-file {file}
         --image one=one:1"
    );
    ours::run(&Invocation::new(&command, folder).with([("OFFSHOOT_BRANCH", "feature")]))
}

fn json(plan: &Outcome) -> Json {
    serde_json::from_str(&plan.stdout).expect("a plan is JSON")
}
