"""Divide workspaces among processes, kill two of them, run one again, and count what came out.

python -m tests.bench.shards             # 200 workspaces over 8 shards
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tests.bench.fleet import use_served, write_fleet
from tests.bench.sandbox import served

_CIOFORM = [sys.executable, "-c", "from cioform.cli.main import main; main()"]
_FINISHED = re.compile(r"^\[ *\d+/\d+\] (\S+)  ", re.MULTILINE)
_KILLED = {2: signal.SIGTERM, 5: signal.SIGKILL}
"""The shards that are killed, and how."""


def main(workspaces: int = 200, shards: int = 8) -> None:
    """Print what each shard did, and what is doubled or missing at the end."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "fleet"
        names = write_fleet(root, workspaces, 5)
        serve = [*_CIOFORM, "sandbox", "serve", names[0], "--json"]
        with served(serve, str(root)) as info:
            environment = {**os.environ, **use_served(root, info["app"]), "CIOFORM_RUN_ID": "1"}
            _run(root, environment, names, shards)


def _run(root: Path, environment: Mapping[str, str], names: list[str], shards: int) -> None:
    listed = _output(root, environment, "workspaces", "--json")
    (root / "expected.json").write_text(listed)
    numbers = range(1, shards + 1)
    running = {number: _start(root, environment, number, shards) for number in numbers}
    for number, how in _KILLED.items():
        _kill(running[number], root / f"{number}.log", how)
    codes = {number: process.wait() for number, process in running.items()}
    print("exit codes", codes)
    print("merged before", *_merged(root, environment))
    again = _start(root, environment, 2, shards, "--resume")
    print("exit code of shard 2 again", again.wait())
    print("merged after", *_merged(root, environment))
    finished = Counter(
        name for log in root.glob("*.log") for name in _FINISHED.findall(log.read_text())
    )
    print("doubled", [name for name, count in finished.items() if count > 1])
    results = {file.stem for file in (root / "results").iterdir()}
    missing = set(names) - results
    named = set(json.loads(_output(root, environment, *_MERGE, "--json"))["not_looked_at"])
    print("without a result", len(missing), "silently skipped", sorted(missing ^ named))


_MERGE = ("report", "merge", "results", "--expect", "expected.json")


def _start(
    root: Path, environment: Mapping[str, str], number: int, shards: int, *options: str
) -> subprocess.Popen[str]:
    command = [*_CIOFORM, "drift", "--all", "--shard", f"{number}/{shards}", "--parallel", "4"]
    with (root / f"{number}.log").open("a") as log:
        return subprocess.Popen(
            [*command, "--reports", "results", *options], cwd=root, env=environment, text=True,
            stdout=subprocess.DEVNULL, stderr=log,
        )  # fmt: skip


def _kill(process: subprocess.Popen[str], log: Path, how: signal.Signals) -> None:
    """Kill a shard when it has finished some of its workspaces."""
    while process.poll() is None and len(_FINISHED.findall(log.read_text())) < 3:
        time.sleep(0.02)
    process.send_signal(how)


def _merged(root: Path, environment: Mapping[str, str]) -> tuple[str, str]:
    done = subprocess.run(
        [*_CIOFORM, *_MERGE], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    return f"exit {done.returncode}:", done.stdout.partition("\n")[0]


def _output(root: Path, environment: Mapping[str, str], *words: str) -> str:
    return subprocess.run(
        [*_CIOFORM, *words], cwd=root, env=environment, capture_output=True, text=True, check=False
    ).stdout


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
