"""Asks the official client what it makes of dg projects and workspaces.

Writes tests/fixtures/dg-cases.json. Run it with the Python of any virtual environment that has
dagster-dg-cli==1.13.27, from the root of the repository.
"""

import contextlib
import io
import json
import pathlib
import subprocess
import tempfile

from dagster_dg_cli.cli.plus.deploy.deploy_session import _repo_relative_defs_path
from dagster_dg_cli.cli.utils import create_temp_dagster_cloud_yaml_file
from dagster_dg_core.context import DgContext
from dagster_shared.yaml_utils import safe_load_yaml

OUT = pathlib.Path("tests/fixtures/dg-cases.json")


def project(module="etl", more="", table="tool.dg."):
    head = f"[{table.rstrip('.')}]\n" if table else ""
    return f'{head}directory_type = "project"\n[{table}project]\nroot_module = "{module}"\n{more}'


def workspace(*paths, table="tool.dg."):
    head = f"[{table.rstrip('.')}]\n" if table else ""
    entries = "".join(f'[[{table}workspace.projects]]\npath = "{path}"\n' for path in paths)
    return f'{head}directory_type = "workspace"\n[{table}workspace]\n{entries}'


TWO = {"pyproject.toml": workspace("projects/etl", "./ml/")}
BOTH = {
    **TWO,
    "projects/etl/pyproject.toml": project("etl"),
    "ml/pyproject.toml": project("ml", 'code_location_name = "learn"\n'),
}
BUILD = "registry: r.example/shared\ndirectory: .\n"

CASES = [
    {"pyproject.toml": project()},
    {"pyproject.toml": project(more='code_location_name = "named"\n')},
    {"pyproject.toml": project(more='code_location_target_module = "etl.other"\n')},
    {"pyproject.toml": project(more='agent_queue = "gpu"\nimage = "i:1"\n')},
    {"pyproject.toml": project(more='code_location_name = ""\nagent_queue = ""\nimage = ""\n')},
    {"dg.toml": project(table=""), "pyproject.toml": project("ignored")},
    {"pyproject.toml": "# caf\u00e9\r\n[project]\r\nname = 'x'\r\n\r\n" + project().replace("\n", "\r\n")},
    {"pyproject.toml": project(), "build.yaml": "registry: r.example/etl\ndirectory: src\n"},
    {"pyproject.toml": project(), "build.yaml": "registry: null\n"},
    {"pyproject.toml": project(), "container_context.yaml": "k8s: {env_vars: [A=1], labels: {a: null}}\n"},
    {"pyproject.toml": project(), "container_context.yaml": "{}\n"},
    {"pyproject.toml": workspace()},
    BOTH,
    {**BOTH, "build.yaml": BUILD},
    {**BOTH, "build.yaml": BUILD, "ml/build.yaml": "registry: r.example/ml\n"},
    {**BOTH, "build.yaml": BUILD, "ml/build.yaml": "registry: null\ndirectory: .\n"},
    {
        **BOTH,
        "container_context.yaml": "k8s: {env_vars: [A=1, B=2], volumes: [{name: v, a: 1}], namespace: ns, x: 1, y: null}\n",
        "ml/container_context.yaml": "k8s: {env_vars: [A=3, B=2], volumes: [{name: v, a: 2}], namespace: other, x: null, y: [1]}\n",
    },
    {**BOTH, "container_context.yaml": "k8s: {x: [1]}\n", "ml/container_context.yaml": "k8s: {x: {y: 1}}\n"},
    {**BOTH, "container_context.yaml": "ecs: {env_vars: [A=1]}\n", "ml/container_context.yaml": "k8s: {env_vars: [B=1]}\n"},
    {"dg.toml": workspace("a", table=""), "a/dg.toml": project("a", table="")},
    # Where the components are.
    {"pyproject.toml": project(), "etl/defs/__init__.py": ""},
    {"pyproject.toml": project(), "src/etl/defs/__init__.py": "", "etl/defs/__init__.py": ""},
    {"pyproject.toml": project(), "src/etl/defs.py": "", "src/etl/definitions.py": ""},
    {"pyproject.toml": project(), "src/etl/definitions.py": ""},
    {"pyproject.toml": project(), "src/other/defs.py": ""},
    {"pyproject.toml": project(more='defs_module = "etl.parts.all"\n'), "etl/parts/all/__init__.py": "", "etl/defs.py": ""},
    {"pyproject.toml": project(more='defs_module = "etl.parts"\n'), "etl/defs.py": ""},
    {**BOTH, "ml/ml/defs/__init__.py": ""},
    # What is refused.
    TWO,
    {"pyproject.toml": "[tool.dg]\ndirectory_type = 'project'\n"},
    {"pyproject.toml": "[tool.dg]\ndirectory_type = 'project'\n[tool.dg.project]\n"},
    {"pyproject.toml": "[tool.dg]\ndirectory_type = 'other'\n"},
    {"pyproject.toml": "[tool.dg]\n"},
    {"pyproject.toml": project(more="agent_queue = 1\n")},
    {"pyproject.toml": "[tool.dg]\ndirectory_type = 'workspace'\n[tool.dg.workspace]\nprojects = 'a'\n"},
    {"pyproject.toml": "[tool.dg]\ndirectory_type = 'workspace'\n[tool.dg.workspace]\nprojects = [{}]\n"},
    {"pyproject.toml": "[tool.dg\n"},
    # A workspace is no part of a workspace.
    {"pyproject.toml": workspace("a"), "a/pyproject.toml": workspace()},
]  # fmt: skip


def answer(files):
    """What is written into the session's file, and where the components are; None if the client fails."""
    with tempfile.TemporaryDirectory() as parent, tempfile.TemporaryDirectory() as session:
        top = pathlib.Path(parent).resolve() / "shop"
        subprocess.run(["git", "init", "-q", parent], check=True)
        for name, text in files.items():
            path = top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                context = DgContext.from_file_discovery_and_command_line_config(top, {})
                components = _repo_relative_defs_path(context)
                path = create_temp_dagster_cloud_yaml_file(context, session)
        except (Exception, SystemExit):
            return {"locations": None, "components": None}
        text = pathlib.Path(path).read_text().replace(str(top), "/shop")
        return {"locations": safe_load_yaml(text)["locations"], "components": components}


cases = [{"files": files, **answer(files)} for files in CASES]
OUT.write_text(json.dumps(cases, indent=1, ensure_ascii=False) + "\n")
