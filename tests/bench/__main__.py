"""Run the benchmarks and print them as ratios: `python -m tests.bench`.

They need the packages of `pip install '.[bench]'`; all of them take about ten minutes.
docs/benchmarks.md has recorded results.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.bench.measure import Cost, cost_of

HERE = Path(__file__).parent

ENVIRONMENT = {
    "PYTHONPATH": str(HERE.parent.parent),
    "NO_COLOR": "1",
    # Installed packages are compiled once; without this, cioform would be compiled at every start.
    "PYTHONDONTWRITEBYTECODE": "",
}


def main() -> None:
    """Run the benchmarks named on the command line, or all."""
    benches = {"startup": startup, "local": local, "wire": wire, "events": events,
               "workflow": workflow, "state": state, "preview": preview, "mails": mails,
               "liquid": liquid, "report": report, "history": history, "fleet": fleet}  # fmt: skip
    wanted = _options(list(benches)).names or benches
    print("| benchmark | cioform | peer or bound | ratio | target |")
    print("|---|---|---|---|---|")
    for name in wanted:
        for row in benches[name]():
            print(row, flush=True)


def _options(names: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", choices=names, metavar="NAME", help=f"one of {', '.join(names)}"
    )
    return parser.parse_args()


def startup() -> Iterator[str]:
    """Compare `--help` and `--version` with `--help` of the peer."""
    peer = cost_of(_tool("octodns-sync", "--help"), ENVIRONMENT, 9)
    cost = cost_of(_tool("cioform", "--help"), ENVIRONMENT, 9)
    version = cost_of(_tool("cioform", "--version"), ENVIRONMENT, 9)
    yield _row("`--help`", _ms(cost), f"octodns-sync {_ms(peer)}", cost.wall / peer.wall, "<= 2")
    yield _row("`--version`", _ms(version), f"octodns-sync --help {_ms(peer)}",
               version.wall / peer.wall, "")  # fmt: skip


def preview() -> Iterator[str]:
    """Render a mail of 10 KB for the five stand-in people, and write the page."""
    from tests.bench.preview import seconds_per_message

    first, following = seconds_per_message()
    yield _row("preview of the first message", f"{first * 1000:.0f} ms", "1 s", first, "<= 1")
    yield _row("preview of each following one", f"{following * 1000:.0f} ms", "1 s", following,
               "<= 1")  # fmt: skip


def state() -> Iterator[str]:
    """Commit and push a shared state of 10,000 bindings to a bare remote on this machine."""
    from tests.bench.state import commit_and_push_seconds

    seconds, processor = commit_and_push_seconds(10_000)
    measured = f"{seconds * 1000:.0f} ms, {processor * 1000:.0f} ms of cpu"
    yield _row("state of 10,000 bindings, commit and push", measured, "500 ms", seconds / 0.5,
               "<= 1")  # fmt: skip


def history() -> Iterator[str]:
    """List the 1,000 runs of a local state."""
    from tests.bench.history import history_cost

    cost = history_cost(_tool("cioform"), 1_000)
    measured = f"{cost.wall * 1000:.0f} ms, {cost.cpu * 1000:.0f} ms of cpu"
    yield _row("history of 1,000 runs", measured, "1 s", cost.wall, "<= 1")


def fleet() -> Iterator[str]:
    """Compare the drift of 40 workspaces side by side with that of the slowest one alone."""
    from tests.bench.fleet import fleet_cost

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "fleet"
        _run_script("fleet.py", str(root), "40", "150")
        cost = fleet_cost(root, _tool("cioform"))
    yield _row("drift of 40 workspaces of 150", f"{cost.together:.1f} s",
               f"the slowest alone {cost.alone:.1f} s", cost.together / cost.alone,
               "<= 1.3")  # fmt: skip
    yield _row("its cpu and memory", f"{cost.cpu:.1f} s, {cost.memory:.0f} MB", "", 0, "")


def report() -> Iterator[str]:
    """Measure the page and the comment of a plan of 10,000 changes."""
    from time import process_time

    from cioform.report.page.render import MAX_SIZE, render_page
    from cioform.report.plan.comments.markdown import render_markdown
    from cioform.report.plan.report import plan_report
    from cioform.report.plan.view import view_plan
    from tests.support.plans import large_plan

    plan = large_plan(10_000)
    start = process_time()
    shown = plan_report(view_plan(plan))
    page = len(render_page(shown).encode())
    middle = process_time()
    comment = len(render_markdown(shown))
    end = process_time()
    yield _row("page of 10,000 changes", f"{middle - start:.1f} s", "5 s", (middle - start) / 5,
               "<= 1")  # fmt: skip
    yield _row("its size", f"{page / 1e6:.1f} MB", "20 MB", page / MAX_SIZE, "<= 1")
    yield _row("comment of 10,000 changes", f"{end - middle:.2f} s", "2 s", (end - middle) / 2,
               "<= 1")  # fmt: skip
    yield _row("its length", f"{comment:,}", "65,536", comment / 65_536, "<= 1")


def mails() -> Iterator[str]:
    """Parse, lint and contract 1,000 e-mails of 10 KB, without the cache of texts and with it."""
    from tests.bench.mails import NUMBER, write_mails

    for name, outputs, cold, warm in (("typical", 30, 10, 1), ("dense", 150, 30, 3)):
        with tempfile.TemporaryDirectory() as project:
            write_mails(Path(project), NUMBER, outputs)
            for state, target in (("cold", cold), ("warm", warm)):
                seconds = float(_run_script("mails.py", project))
                yield _row(f"{NUMBER:,} {name} e-mails checked, {state}", f"{seconds:.1f} s cpu",
                           f"{target} s", seconds / target, "<= 1")  # fmt: skip


def liquid() -> Iterator[str]:
    """Compare a plan of 10,000 with names in Liquid with an octoDNS plan of as many records."""
    from tests.bench.peer import write_peer

    size = 10_000
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        workspace_id = _make(root / "cioform", size, "liquid")
        command = [sys.executable, str(HERE / "plan_offline.py"), str(root / "cioform"),
                   str(workspace_id)]  # fmt: skip
        config = write_peer(root / "peer", size)
        peer = cost_of(_tool("octodns-sync", f"--config-file={config}"), ENVIRONMENT)
        for state, runs, target in (("cold", 1, "2.5"), ("warm", 3, "0.75")):
            cost = cost_of(command, ENVIRONMENT, runs)
            yield _row(f"plan of {size:,} with Liquid, {state}", f"{cost.cpu:.2f} s cpu",
                       f"octodns-sync {peer.cpu:.2f} s cpu", cost.cpu / peer.cpu,
                       f"<= {target}")  # fmt: skip


def local() -> Iterator[str]:
    """Compare a plan of a recorded workspace with an octoDNS plan of as many records."""
    from tests.bench.peer import write_peer

    costs: dict[int, Cost] = {}
    for size in (1_000, 10_000):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            workspace_id = _make(root / "cioform", size)
            cost = cost_of(
                [sys.executable, str(HERE / "plan_offline.py"), str(root / "cioform"),
                 str(workspace_id)], ENVIRONMENT)  # fmt: skip
            config = write_peer(root / "peer", size)
            peer = cost_of(_tool("octodns-sync", f"--config-file={config}"), ENVIRONMENT)
            costs[size] = cost
            yield _row(
                f"plan of {size:,}, local work", f"{cost.cpu:.2f} s cpu, {cost.memory:.0f} MB",
                f"octodns-sync {peer.cpu:.2f} s cpu, {peer.memory:.0f} MB", cost.cpu / peer.cpu,
                "<= 1")  # fmt: skip
    small, large = costs[1_000], costs[10_000]
    yield _row("growth from 1,000 to 10,000", f"{large.cpu:.2f} s", f"{small.cpu:.2f} s",
               large.cpu / small.cpu, "<= 12")  # fmt: skip
    yield _row("memory at 10,000", f"{large.memory:.0f} MB", "400 MB", large.memory / 400, "<= 1")


def wire() -> Iterator[str]:
    """Measure a cold plan of a served sandbox with a rate limit and 150 ms of latency."""
    from tests.bench.wire import cold_plan

    for size in (100, 300):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            _make(root, size)
            cost = cold_plan(root)
        bound = cost.requests / 10
        yield _row(f"cold plan of {size}, 150 ms away", f"{cost.seconds:.1f} s",
                   f"{cost.requests} requests / 10 = {bound:.1f} s", cost.seconds / bound,
                   "<= 1.1")  # fmt: skip
        yield _row("its requests", str(cost.requests),
                   f"{cost.pages} pages + {cost.objects} objects", cost.requests
                   / (cost.pages + cost.objects), "<= 1")  # fmt: skip
        yield _row(
            "its responses with status 429",
            str(cost.rate_limited),
            "0",
            float(cost.rate_limited),
            "0",
        )


def events() -> Iterator[str]:
    """Compare an import of 100,000 events with a plain loop that sends the same batches.

    Each has its own sandbox. They alternate, and the median of three runs counts.
    """
    from statistics import median

    pairs = [(_events_cost(use_cioform=False), _events_cost(use_cioform=True)) for _ in range(3)]
    loop, cioform = ([pair[index] for pair in pairs] for index in (0, 1))
    wall, bound = median(cost.wall for cost in cioform), median(cost.wall for cost in loop)
    yield _row("100,000 events imported", f"{wall:.1f} s", f"plain httpx loop {bound:.1f} s",
               wall / bound, "<= 1.5")  # fmt: skip
    memory = max(cost.memory for cost in cioform)
    yield _row("its memory", f"{memory:.0f} MB", "150 MB", memory / 150, "<= 1")


def _events_cost(*, use_cioform: bool) -> Cost:
    from tests.bench.sandbox import served

    with tempfile.TemporaryDirectory() as project:
        root = Path(project)
        folder = root / "workspaces" / "bench"
        folder.mkdir(parents=True)
        (folder / "workspace.yaml").write_text("format: 1\nendpoint: sandbox\n")
        file = root / "events.ndjson"
        with file.open("w", encoding="utf-8") as lines:
            lines.writelines(
                f'{{"id":"person-{number % 1000}","name":"lesson_done",'
                f'"data":{{"lesson":{number},"minutes":4,"course":"Spanish for travellers"}}}}\n'
                for number in range(100_000)
            )
        serve = _tool("cioform", "sandbox", "serve", "bench", "--json", "--no-limit")
        with served(serve, project) as info:
            if not use_cioform:
                return cost_of([sys.executable, str(HERE / "bare_loop.py"), json.dumps(dict(info)),
                                str(file)], ENVIRONMENT, 1)  # fmt: skip
            (folder / "workspace.yaml").write_text(_REMOTE.format(**info))
            command = _tool("cioform", "events", "import", "bench", str(file),
                            "--project", project)  # fmt: skip
            keys = {
                "CUSTOMERIO_SITE_ID": info["site_id"],
                "CUSTOMERIO_TRACK_API_KEY": info["track_api_key"],
            }
            return cost_of(command, {**ENVIRONMENT, **keys}, 1)


_REMOTE = """\
format: 1
endpoint: {{app: {app}, journeys: {journeys}, track: {track}}}
workspace_id: {workspace_id}
credentials:
  site_id: ${{env.CUSTOMERIO_SITE_ID}}
  track_api_key: ${{env.CUSTOMERIO_TRACK_API_KEY}}
rate: {{track: 100000}}
"""


def workflow() -> Iterator[str]:
    """Measure decoding and compiling a campaign of 200 steps."""
    from tests.bench.workflow import round_trip

    seconds, steps = round_trip()
    yield _row(f"workflow of {steps} steps, round trip", f"{1000 * seconds:.1f} ms", "10 ms",
               100 * seconds, "<= 1")  # fmt: skip


def _make(root: Path, size: int, *options: str) -> int:
    """Make a project with its sandbox, in a new process. Return its environment id.

    In this process it would raise the measured peak memory of every later child process.
    """
    return int(_run_script("project.py", str(root), str(size), *options))


def _run_script(name: str, *arguments: str) -> str:
    process = subprocess.run(
        [sys.executable, str(HERE / name), *arguments],
        env={**os.environ, **ENVIRONMENT}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return process.stdout


def _tool(name: str, *arguments: str) -> list[str]:
    path = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if path is None:
        raise SystemExit(f"{name} is not installed: pip install '.[bench]'")
    return [path, *arguments]


def _row(name: str, cioform: str, peer: str, ratio: float, target: str) -> str:
    return f"| {name} | {cioform} | {peer} | {ratio:.2f} | {target} |"


def _ms(cost: Cost) -> str:
    return f"{1000 * cost.wall:.0f} ms"


if __name__ == "__main__":
    main()
