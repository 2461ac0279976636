"""Counts what CONTRIBUTING.md promises: sizes of files, no `allow`, a short `main`, glue without logic."""

import re
import statistics
import subprocess
import sys
from pathlib import Path

HARD_STOP = 800
MEDIAN = 150
MAIN = 60

root = Path(__file__).resolve().parents[2]
listed = subprocess.run(["git", "ls-files", "*.rs"], cwd=root, check=True, capture_output=True, text=True).stdout.split()
sources = [path for path in listed if "/tests/" not in f"/{path}" and not path.startswith("tests/")]
problems = []


def text_of(path: str) -> str:
    return (root / path).read_text(encoding="utf-8")


sizes = sorted(len(text_of(path).splitlines()) for path in sources)
median, p90 = statistics.median(sizes), sizes[len(sizes) * 9 // 10]
print(f"{len(sizes)} files: median {median:.0f}, 90 % within {p90}, longest {sizes[-1]} lines")
if median > MEDIAN:
    problems.append(f"the median file has {median:.0f} lines, more than {MEDIAN}")
for path in listed:
    text = text_of(path)
    lines = text.splitlines()
    if len(lines) > HARD_STOP:
        problems.append(f"{path}: {len(lines)} lines, more than {HARD_STOP}")
    if re.search(r"#!?\[allow\(", text):
        problems.append(f"{path}: `allow`; use `expect` with a reason")
    if path.endswith("/main.rs") and "/tests/" not in f"/{path}" and len(lines) > MAIN:
        problems.append(f"{path}: {len(lines)} lines; `main` is a table of contents of at most {MAIN}")
    if re.search(r"\bTODO\b|\bFIXME\b", text):
        problems.append(f"{path}: something is left to do")

for problem in problems:
    print(problem, file=sys.stderr)
sys.exit(bool(problems))
