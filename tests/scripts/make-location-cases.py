"""Asks the official client what it makes of location files, flags and answers.

Writes tests/fixtures/location-cases.json. Run it with the Python of any virtual environment that has
dagster-cloud-cli==1.13.27, from the root of the repository.
"""

import contextlib
import io
import itertools
import json
import pathlib
import tempfile

import yaml
from dagster_cloud_cli.commands.workspace import format_workspace_config
from dagster_cloud_cli.config_utils import get_location_document
from dagster_shared.yaml_utils import safe_load_yaml

OUT = pathlib.Path("tests/fixtures/location-cases.json")

TEXT_FLAGS = [
    "location_name",
    "python_file",
    "module_name",
    "package_name",
    "autoload_defs_module_name",
    "working_directory",
    "image",
    "executable_path",
    "attribute",
    "commit_hash",
    "git_url",
    "git_provider",
    "repo_owner",
    "repo_name",
    "base_branch",
    "defs_base_path",
]

SINGLE = "location_name: a\ncode_source:\n  package_name: pkg\n"
FULL = """\
location_name: a
code_source: {module_name: m}
working_directory: ./src
image: repo/image:1
executable_path: /usr/bin/python
attribute: defs
git: {commit_hash: old, url: 'https://example.com'}
container_context:
  k8s:
    env_vars: [A=1, B]
    resources: {limits: {cpu: 0.5, memory: 1Gi}}
    run_k8s_config: {container_config: {nothing: null}}
agent_queue: on
build: {directory: ., registry: r.example.com/x}
"""
SEVERAL = """\
defaults: &defaults
  executable_path: /venv/bin/python
  container_context: {k8s: {namespace: ns}}
locations:
  - location_name: a
    code_source: {package_name: one}
    build: {directory: .}
  - <<: *defaults
    location_name: b
    code_source:
      python_file: two.py
  - location_name: twice
    image: first
  - location_name: twice
    image: second
"""
LEGACY = """\
locations:
  a:
    python_file: a.py
    image: i
    build: {directory: .}
  b: {package_name: p, module_name: m, autoload_defs_module_name: x, code_source: {gone: 1}}
  3: {}
other: dropped
"""

SINGLE_CASES = [
    (None, {}),
    (None, {"location_name": "a"}),
    (None, {"location_name": ""}),
    (None, {"image": "i"}),
    *((None, {"location_name": "a", flag: "x"}) for flag in TEXT_FLAGS[1:]),
    *((FULL, {flag: "a" if flag == "location_name" else "y"}) for flag in TEXT_FLAGS),
    *((SINGLE, {flag: ""}) for flag in TEXT_FLAGS),
    *((SEVERAL, {"location_name": "b", flag: "z"}) for flag in TEXT_FLAGS[1:]),
    *(
        (None, {"location_name": "a", "python_file": path})
        for path in [".", "./a//b.py", "a/../b.py", "/a/./b", "//a", "///a", "/", "a/", "..", "a b.py", ".//", "~/x"]
    ),
    (SINGLE, {}),
    (FULL, {}),
    (FULL, {flag: "all" if flag != "location_name" else "a" for flag in TEXT_FLAGS}),
    (SINGLE, {"location_name": "b"}),
    (SEVERAL, {}),
    (SEVERAL, {"location_name": "a"}),
    (SEVERAL, {"location_name": "b", "image": "new"}),
    (SEVERAL, {"location_name": "twice"}),
    (SEVERAL, {"location_name": "c"}),
    (SEVERAL, {"location_name": ""}),
    (LEGACY, {"location_name": "a"}),
    ("locations: []\n", {"location_name": "a"}),
    ("locations: []\n", {}),
    ("locations:\n", {"location_name": "a"}),
    ("locations: 5\n", {"location_name": "a"}),
    ("locations: [5]\n", {"location_name": "a"}),
    ("locations: [{image: x}]\n", {"location_name": "a"}),
    ("locations: [{location_name: 5}]\n", {"location_name": "5"}),
    ("locations: [{location_name: null}, {location_name: a}]\n", {"location_name": "a"}),
    ("locations: [{location_name: a}]\nbuild: 1\nimage: x\n", {"location_name": "a"}),
    ("", {"location_name": "a"}),
    ("", {}),
    ("- a\n", {"location_name": "a"}),
    ("just text\n", {"location_name": "a"}),
    ("{}\n", {"location_name": "a"}),
    ("image: x\n", {"location_name": "a"}),
    ("location_name:\n", {"location_name": "a"}),
    ("location_name: ''\n", {"location_name": "a"}),
    ("location_name: 0\n", {"location_name": "a"}),
    ("location_name: 5\n", {"location_name": "5"}),
    ("location_name: 5\n", {}),
    ("location_name: off\n", {"location_name": "a"}),
    ("location_name: [a]\n", {"location_name": "a"}),
    ("location_name: a\ngit:\ncode_source:\n", {}),
    ("location_name: a\ngit: text\ncode_source: [x]\n", {"git_url": "u"}),
    ("location_name: a\ngit: {url: null, extra: 1}\nimage: ~\n", {"commit_hash": "c"}),
    ("location_name: a\nimage: x\nimage: y\n", {}),
    ("location_name: a\nflags: {yes: 1, 1: 2, 1.5: 3, ~: 4, '1': 5, no: 6}\n", {}),
    ("location_name: a\nports: [80:80, 22:22]\nversion: 3.10\nday: 2024-01-01\nmode: 0755\nbig: 1_000\n", {}),
    ("location_name: a\nvalue: .nan\n", {}),
    ("location_name: a\nvalue: -.inf\n", {}),
    ("location_name: a\n.inf: 1\n", {}),
    ("location_name: a\nvalue: !!binary aGk=\n", {}),
    ("location_name: a\nvalue: !!set {x}\n", {}),
    ("location_name: a\nvalue: !!timestamp 2024-01-01\n", {}),
    ("location_name: a\nvalue: !!omap [x: 1]\n", {}),
    ("location_name: a\n!!binary aGk=: 1\n", {}),
    ("location_name: a\nbuild: {value: .nan, set: !!set {x}}\n", {}),
    ("location_name: a\nvalue: !ENV x\n", {}),
    ("location_name: a\n\tvalue: 1\n", {}),
    ("location_name: a\nscript: |\n  one\n  \ttwo\n", {}),
    ("\ufefflocation_name: a\r\nimage: x\r\n", {}),
    ("location_name: a\nlist: [\n1,\n2\n]\ntext: 'x\ny'\n", {}),
    (None, {"location_name": "a", "pex_tag": "t", "python_version": "3.12"}),
    (None, {"location_name": "a", "pex_tag": "t"}),
    (None, {"location_name": "a", "pex_tag": "", "python_version": "3.12"}),
    (None, {"location_name": "a", "python_version": "3.12"}),
    (None, {"location_name": "a", "pex_bundle": True}),
    (None, {"location_name": "a", "pex_bundle": False}),
    (None, {"location_name": "a", "defs_state_info": {"info_mapping": {"k": None, "v": {"version": "1"}, "l": [None, 1]}}}),
    (SINGLE, {"defs_state_info": None, "image": None}),
    ("location_name: a\ndefs_state_info: {kept: null}\npex_metadata: {other: 1}\n", {"pex_tag": "t", "defs_state_info": {"new": 1}}),
]

RECONCILE_CASES = [
    SEVERAL,
    LEGACY,
    FULL,
    "locations: []\n",
    "locations: {}\n",
    "locations:\n",
    "locations: text\n",
    "locations: [1, {location_name: a, build: {x: null}}]\nextra: {kept: yes}\n",
    "locations: {a: null}\n",
    "locations: {a: text}\n",
    "locations: {~: {}, yes: {python_file: null}}\n",
    "other: 1\n",
    "[]\n",
    "",
    "text\n",
    "locations: [{value: .nan}]\n",
]

WORDS = [
    "", "a", "true", "Yes", "off", "null", "~", "12", "0x1F", "1_000", "1e3", "1.0e+3", "1:30", "01:30", ".5", "-.inf", "nan",
    "2024-01-01", "2024-1-1", "2024-01-01 10:00:00", "2024-01-01T10:00:00Z", "=", "<<", "-", "- a", "-a", "?", "? a", "?a",
    ":", ": a", ":a", "a: b", "a:", "a:b", "a #b", "a#b", "#a", "'a'", "it's", '"a"', "@a", "`a", "%a", "&a", "*a", "!a", "|", ">",
    "[a]", "{a}", ",a", "a,b", "---", "--- a", "...", " a", "a ", "a\n", "\na", "a\nb", "a\n\nb", "a \nb", "a\n b", "\ta", "a\tb",
    "é", "日本", "\U0001f600", "\x00", "\x7f", "\u2028", "\u0085", "\ufeff", "\u00a0", "a\\b", 'a"b\\n\t', "\r\n", "word " * 30,
    "it's " * 30, "é " * 60, "x" * 200, "a  b " * 30, "line " * 20 + "\n" + "more " * 20, "é" * 60, "a" * 81 + " " + "b", "'" * 90 + " x y",
    "\t" * 50 + " a b", "k" * 122, "k" * 123, "k" * 128, "é  é" * 30,
]  # fmt: skip
NUMBERS = [0, -1, 2**63, -(2**63), 2**64 - 1, 0.0, -0.0, 1.5, 1e16, 1e15, 1e-5, 0.0001, 1.5e300, -2.5e-7, 5e-324]
YAML_CASES = [
    *WORDS,
    *NUMBERS,
    None,
    True,
    [],
    {},
    [[]],
    [{}],
    {"a": []},
    {"a": {}},
    {word: word for word in WORDS},
    WORDS,
    NUMBERS,
    {"a": WORDS},
    {"a": {"b": {"c": {"d": ["word " * 30, {"e": "it's " * 30, "f": "é " * 60}]}}}},
    [[1, [2, [3, {"a": [4]}]]], {"b": {"c": [5]}, "a": None}],
    {"": [1], "a\nb": [1, {"x": [2]}], "k" * 130: {"a": {"b": 1}}, "é": [[1]]},
    safe_load_yaml(SEVERAL),
    safe_load_yaml(FULL),
]


def answer(compute):
    """What `compute` returns as it would travel as JSON, or what it raises."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return {"value": json.loads(json.dumps(compute(), allow_nan=False))}
    except Exception as error:
        return {"error": type(error).__name__}


def single(text, flags, directory):
    arguments = dict(flags)
    if "python_file" in arguments:
        arguments["python_file"] = pathlib.Path(arguments["python_file"])
    if text is not None:
        arguments["location_file"] = directory / "location.yaml"
        arguments["location_file"].write_bytes(text.encode())
    return get_location_document(None, arguments)


def main():
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        singles = [
            {"file": text, "flags": flags, **answer(lambda: single(text, flags, directory))} for text, flags in SINGLE_CASES
        ]
    reconciles = [
        {"file": text, **answer(lambda: format_workspace_config(safe_load_yaml(text)))} for text in RECONCILE_CASES
    ]
    # What travelled as JSON shares no objects, so that the printer makes no anchors.
    printed = [{"value": value, "yaml": yaml.dump(json.loads(json.dumps(value)))} for value in YAML_CASES]
    for case in printed:
        assert safe_load_yaml(case["yaml"]) == case["value"], case
    cases = {"single": singles, "reconcile": reconciles, "to_yaml": printed}
    lines = [f' "{kind}": [\n' + ",\n".join("  " + json.dumps(case) for case in group) + "\n ]" for kind, group in cases.items()]
    OUT.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print({kind: len(group) for kind, group in cases.items()}, sum("error" in case for case in itertools.chain(singles, reconciles)))


if __name__ == "__main__":
    main()
