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

def main() -> None:
    for needed in (OFFSHOOT, OFFICIAL):
        if not needed.exists():
            sys.exit(f"bench: {needed.relative_to(ROOT)} is missing")
    with tempfile.TemporaryDirectory() as home:
        server = subprocess.Popen([OFFSHOOT, "sandbox", "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True)
        try:
            url = server.stdout.readline().strip().split("=", 1)[1]
            environment = {"PATH": os.environ["PATH"], "HOME": home}
            all_commands = commands(url)
            memory = {name: peak_memory(command, environment) for name, command in all_commands.items()}
            report(measure(all_commands, environment), memory)
        finally:
            server.terminate()
            server.wait()
    print(f"\nbinary: {OFFSHOOT.stat().st_size / 1e6:.2f} MB")


def commands(url: str) -> dict[str, list[str]]:
    fields = ["--git-repo-name", "shop", "--branch-name", "bench", "--commit-hash", "1f" * 20, "--timestamp", "1700000000"]
    create = ["branch-deployment", "create-or-update", "--url", url, "--api-token", TOKEN]
    # curl sends the very body that offshoot sends.
    planned = subprocess.run([OFFSHOOT, *create, *fields, "--dry-run", "--json"], capture_output=True, check=True).stdout
    call = json.loads(planned)["calls"][0]
    body = {"query": call["query"], "variables": call["variables"]}
    return {
        "curl": [shutil.which("curl") or sys.exit("bench: curl is missing"), "-fsS", f"{url}/graphql", "-H", f"Dagster-Cloud-Api-Token: {TOKEN}",
                 "-H", "Content-Type: application/json", "--data-binary", json.dumps(body)],
        "offshoot": [str(OFFSHOOT), *create, *fields],
        "dagster-cloud": [str(OFFICIAL), *create, "-o", "acme", *fields],
        "offshoot --read-git-state": [str(OFFSHOOT), *create, "--git-repo-name", "shop", "--branch-name", "bench", "--read-git-state"],
        "offshoot --version": [str(OFFSHOOT), "--version"],
    }


def measure(commands: dict[str, list[str]], environment: dict[str, str]) -> dict[str, list[float]]:
    results = {name: [] for name in commands}
    for command in commands.values():
        once(command, environment)
    for turn in range(max(RUNS.values())):
        for name, command in commands.items():
            if turn < RUNS[name]:
                results[name].append(once(command, environment))
    return results


def once(command: list[str], environment: dict[str, str]) -> float:
    """Wall time in seconds."""
    started = time.perf_counter()
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=False)
    elapsed = time.perf_counter() - started
    if done.returncode != 0:
        sys.exit(f"bench: {command[0]} failed: {done.stderr.decode(errors='replace')}")
    return elapsed


def peak_memory(command: list[str], environment: dict[str, str]) -> float:
    """Peak resident memory in MiB, by GNU time: a child of this process would be charged with what this one has."""
    gnu_time = shutil.which("time") or sys.exit("bench: GNU time is missing (Debian: time)")
    done = subprocess.run([gnu_time, "-f", "%M", *command], env=environment, cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stderr.strip().splitlines()[-1]) / 1024


def report(results: dict[str, list[float]], memory: dict[str, float]) -> None:
    wall = {name: statistics.median(runs) for name, runs in results.items()}
    print("| whole process | runs | median ms | min ms | of curl | peak MiB |\n| --- | --- | --- | --- | --- | --- |")
    for name, runs in results.items():
        print(f"| {name} | {len(runs)} | {wall[name] * 1000:.1f} | {min(runs) * 1000:.1f} | {wall[name] / wall['curl']:.2f} | {memory[name]:.1f} |")
    print(f"\nofficial / offshoot: {wall['dagster-cloud'] / wall['offshoot']:.0f} x")


if __name__ == "__main__":
    main()
