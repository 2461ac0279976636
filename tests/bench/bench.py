"""Whole processes side by side, in turn (A B C A B C ...), on a sandbox on loopback: medians and ratios.

Run by `just bench`. Times of shared machines are noisy: the ratios are what counts.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OFFSHOOT = ROOT / "target/x86_64-unknown-linux-musl/release/offshoot"
OFFICIAL = ROOT / ".venv/bin/dagster-cloud"
TOKEN = "user:acme:sandbox"
RUNS = {"curl": 60, "offshoot": 60, "dagster-cloud": 8, "offshoot --read-git-state": 60, "offshoot --version": 60}

MUTATION = """mutation Create($branchData: CreateOrUpdateBranchDeploymentInput!, $commit: DeploymentCommitInput!) {
  createOrUpdateBranchDeployment(branchData: $branchData, commit: $commit) {
    __typename ... on DagsterCloudDeployment { deploymentName } } }"""


def main() -> None:
    for needed in (OFFSHOOT, OFFICIAL):
        if not needed.exists():
            sys.exit(f"bench: {needed.relative_to(ROOT)} is missing")
    with tempfile.TemporaryDirectory() as home:
        server = subprocess.Popen([OFFSHOOT, "sandbox", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        try:
            url = server.stdout.readline().strip().split("=", 1)[1]
            report(measure(commands(url), home))
        finally:
            server.terminate()
            server.wait()
    print(f"\nbinary: {OFFSHOOT.stat().st_size / 1e6:.2f} MB")


def commands(url: str) -> dict[str, list[str]]:
    fields = ["--git-repo-name", "shop", "--branch-name", "bench", "--commit-hash", "1f" * 20, "--timestamp", "1700000000"]
    create = ["branch-deployment", "create-or-update", "--url", url, "--api-token", TOKEN]
    body = {"query": MUTATION, "variables": {
        "branchData": {"repoName": "shop", "branchName": "bench"}, "commit": {"commitHash": "1f" * 20, "timestamp": 1700000000.0}}}
    return {
        "curl": [shutil.which("curl") or sys.exit("bench: curl is missing"), "-fsS", f"{url}/graphql", "-H", f"Dagster-Cloud-Api-Token: {TOKEN}",
                 "-H", "Content-Type: application/json", "--data-binary", json.dumps(body)],
        "offshoot": [str(OFFSHOOT), *create, *fields],
        "dagster-cloud": [str(OFFICIAL), *create, "-o", "acme", *fields],
        "offshoot --read-git-state": [str(OFFSHOOT), *create, "--git-repo-name", "shop", "--branch-name", "bench", "--read-git-state"],
        "offshoot --version": [str(OFFSHOOT), "--version"],
    }


def measure(commands: dict[str, list[str]], home: str) -> dict[str, list[tuple[float, int]]]:
    environment = {"PATH": os.environ["PATH"], "HOME": home}
    results = {name: [] for name in commands}
    for command in commands.values():
        once(command, environment)
    for turn in range(max(RUNS.values())):
        for name, command in commands.items():
            if turn < RUNS[name]:
                results[name].append(once(command, environment))
    return results


def once(command: list[str], environment: dict[str, str]) -> tuple[float, int]:
    """Wall time in seconds and peak resident memory in KiB."""
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"bench: {command[0]} failed: {said.decode(errors='replace')}")
    return elapsed, usage.ru_maxrss


def report(results: dict[str, list[tuple[float, int]]]) -> None:
    wall = {name: statistics.median(run[0] for run in runs) for name, runs in results.items()}
    print("| whole process | runs | median ms | min ms | of curl | peak MiB |\n| --- | --- | --- | --- | --- | --- |")
    for name, runs in results.items():
        fastest = min(run[0] for run in runs)
        memory = max(run[1] for run in runs) / 1024
        print(f"| {name} | {len(runs)} | {wall[name] * 1000:.1f} | {fastest * 1000:.1f} | {wall[name] / wall['curl']:.2f} | {memory:.1f} |")
    print(f"\nofficial / offshoot: {wall['dagster-cloud'] / wall['offshoot']:.0f} x")


if __name__ == "__main__":
    main()
