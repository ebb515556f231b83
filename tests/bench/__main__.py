"""The benchmarks: run by hand, printed as ratios, recorded in docs/benchmarks.md.

pip install '.[bench]'
python -m tests.bench            # all; about ten minutes, most of it making the projects
python -m tests.bench startup    # some of: startup, local, wire, events, workflow
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.measure import Cost, cost_of

HERE = Path(__file__).parent

ENVIRONMENT = {
    "PYTHONPATH": str(HERE.parent.parent),
    "NO_COLOR": "1",
    # As installed packages are, the peer among them: compiled once and not at every start.
    "PYTHONDONTWRITEBYTECODE": "",
}


def main() -> None:
    """Run the benchmarks named on the command line, all when none is."""
    benches = {"startup": startup, "local": local, "wire": wire, "events": events,
               "workflow": workflow}  # fmt: skip
    wanted = sys.argv[1:] or list(benches)
    print("| what | cioform | peer or bound | ratio | target |")
    print("|---|---|---|---|---|")
    for name in wanted:
        for row in benches[name]():
            print(row, flush=True)


def startup() -> Iterator[str]:
    """`--help` against the peer's, and `--version`, which imports nothing."""
    peer = cost_of(_tool("octodns-sync", "--help"), ENVIRONMENT, 9)
    ours = cost_of(_tool("cioform", "--help"), ENVIRONMENT, 9)
    version = cost_of(_tool("cioform", "--version"), ENVIRONMENT, 9)
    yield _row("`--help`", _ms(ours), f"octodns-sync {_ms(peer)}", ours.wall / peer.wall, "<= 2")
    yield _row("`--version`", _ms(version), f"octodns-sync --help {_ms(peer)}",
               version.wall / peer.wall, "")  # fmt: skip


def local() -> Iterator[str]:
    """All local work of a plan, live from a file, against octoDNS planning as many records."""
    from tests.bench.peer import write_peer

    costs: dict[int, Cost] = {}
    for size in (1_000, 10_000):
        with tempfile.TemporaryDirectory() as place:
            root = Path(place)
            environment_id = _make(root / "ours", size)
            ours = cost_of(
                [sys.executable, str(HERE / "plan_offline.py"), str(root / "ours"),
                 str(environment_id)], ENVIRONMENT)  # fmt: skip
            config = write_peer(root / "peer", size)
            peer = cost_of(_tool("octodns-sync", f"--config-file={config}"), ENVIRONMENT)
            costs[size] = ours
            yield _row(
                f"plan of {size:,}, local work", f"{ours.cpu:.2f} s cpu, {ours.memory:.0f} MB",
                f"octodns-sync {peer.cpu:.2f} s cpu, {peer.memory:.0f} MB", ours.cpu / peer.cpu,
                "<= 1")  # fmt: skip
    small, large = costs[1_000], costs[10_000]
    yield _row("growth from 1,000 to 10,000", f"{large.cpu:.2f} s", f"{small.cpu:.2f} s",
               large.cpu / small.cpu, "<= 12")  # fmt: skip
    yield _row("memory at 10,000", f"{large.memory:.0f} MB", "400 MB", large.memory / 400, "<= 1")


def wire() -> Iterator[str]:
    """A cold plan over a served sandbox with its rate limit and 150 ms of latency."""
    from tests.bench.wire import cold_plan

    for size in (100, 300):
        with tempfile.TemporaryDirectory() as place:
            root = Path(place)
            _make(root, size)
            seen = cold_plan(root)
        bound = seen.requests / 10
        yield _row(f"cold plan of {size}, 150 ms away", f"{seen.seconds:.1f} s",
                   f"{seen.requests} requests / 10 = {bound:.1f} s", seen.seconds / bound,
                   "<= 1.1")  # fmt: skip
        yield _row("its requests", str(seen.requests),
                   f"{seen.pages} pages + {seen.objects} objects", seen.requests
                   / (seen.pages + seen.objects), "<= 1")  # fmt: skip
        yield _row("its refusals (429)", str(seen.refusals), "0", float(seen.refusals), "0")


def events() -> Iterator[str]:
    """100,000 events from a file into the served sandbox, against a bare loop of the same
    batches; each into a sandbox of its own, in turns, and the median of three."""
    from statistics import median

    pairs = [(_events_cost(ours=False), _events_cost(ours=True)) for _ in range(3)]
    bare, ours = ([pair[at] for pair in pairs] for at in (0, 1))
    wall, bound = median(cost.wall for cost in ours), median(cost.wall for cost in bare)
    yield _row("100,000 events imported", f"{wall:.1f} s", f"bare httpx loop {bound:.1f} s",
               wall / bound, "<= 1.5")  # fmt: skip
    memory = max(cost.memory for cost in ours)
    yield _row("its memory", f"{memory:.0f} MB", "150 MB", memory / 150, "<= 1")


def _events_cost(*, ours: bool) -> Cost:
    from tests.bench.sandbox import served

    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        folder = root / "workspaces" / "bench"
        folder.mkdir(parents=True)
        (folder / "workspace.yaml").write_text("endpoint: sandbox\n")
        file = root / "events.ndjson"
        with file.open("w", encoding="utf-8") as lines:
            lines.writelines(
                f'{{"id":"person-{number % 1000}","name":"lesson_done",'
                f'"data":{{"lesson":{number},"minutes":4,"course":"Spanish for travellers"}}}}\n'
                for number in range(100_000)
            )
        serve = _tool("cioform", "sandbox", "serve", "bench", "--json", "--no-limit")
        with served(serve, place) as info:
            if not ours:
                return cost_of([sys.executable, str(HERE / "bare_loop.py"), json.dumps(dict(info)),
                                str(file)], ENVIRONMENT, 1)  # fmt: skip
            (folder / "workspace.yaml").write_text(_REMOTE.format(**info))
            command = _tool("cioform", "events", "import", "bench", str(file),
                            "--project", place)  # fmt: skip
            keys = {"SITE": info["site_id"], "KEY": info["track_api_key"]}
            return cost_of(command, {**ENVIRONMENT, **keys}, 1)


_REMOTE = """\
endpoint: {{app: {app}, journeys: {journeys}, track: {track}}}
environment_id: {environment_id}
credentials: {{site_id: "${{env.SITE}}", track_api_key: "${{env.KEY}}"}}
rate: {{track: 100000}}
"""


def workflow() -> Iterator[str]:
    """A campaign of 200 steps, read and compiled again."""
    from tests.bench.workflow import there_and_back

    seconds, steps = there_and_back()
    yield _row(f"workflow of {steps} steps, there and back", f"{1000 * seconds:.1f} ms", "10 ms",
               100 * seconds, "<= 1")  # fmt: skip


def _make(root: Path, size: int) -> int:
    """Have a project made, with its sandbox; give its environment id. In a process of its own:
    a child's peak of memory is counted from what its parent holds when it is started."""
    command = [sys.executable, str(HERE / "project.py"), str(root), str(size)]
    made = subprocess.run(
        command, env={**os.environ, **ENVIRONMENT}, capture_output=True, text=True, check=True
    )
    return int(made.stdout)


def _tool(name: str, *arguments: str) -> list[str]:
    path = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if path is None:
        raise SystemExit(f"{name} is not installed: pip install '.[bench]'")
    return [path, *arguments]


def _row(what: str, ours: str, peer: str, ratio: float, target: str) -> str:
    return f"| {what} | {ours} | {peer} | {ratio:.2f} | {target} |"


def _ms(cost: Cost) -> str:
    return f"{1000 * cost.wall:.0f} ms"


if __name__ == "__main__":
    main()
