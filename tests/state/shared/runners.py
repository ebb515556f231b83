"""Several runners change one state on a Git remote at once; no change may be lost.

python -m tests.state.shared.runners --runners 4 --swaps 250
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path
from typing import Final, NamedTuple

from cioform.state.shared.backend import MovedError, Snapshot, StateBackend, SwapNote
from tests.state.shared.git_remote import REF, backend, clone, git, make_remote

_FILE: Final = "state.json"


class Result(NamedTuple):
    """How many swaps were made and how many of them are in the state, and in what time."""

    expected: int
    counted: int
    in_history: int
    seconds: float


def run_together(folder: Path, runners: int, swaps: int) -> Result:
    """Let `runners` processes, each with a shallow clone, make `swaps` increments each."""
    remote = make_remote(folder)
    clones = [clone(remote, folder / f"clone-{n}", "--depth=1") for n in range(runners)]
    backend(clones[0]).swap({_FILE: b"0"}, None, SwapNote("Start", {"Run": "start"}))
    # A fresh process each: a test may have threads.
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=increment, args=(each, swaps)) for each in clones]
    start = time.perf_counter()
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    seconds = time.perf_counter() - start
    last = backend(clones[0]).read()
    assert last is not None
    commits = int(git(remote, "rev-list", "--count", REF)) - 1
    return Result(runners * swaps, int(last.files[_FILE]), commits, seconds)


def increment(project: Path, swaps: int) -> None:
    """Add one to the number in the state, `swaps` times."""
    storage = backend(project)
    for number in range(swaps):
        while not _swap_once(storage, storage.read(), f"{project.name}-{number}"):
            pass


def _swap_once(storage: StateBackend, found: Snapshot | None, name: str) -> bool:
    assert found is not None
    content = str(int(found.files[_FILE]) + 1).encode()
    try:
        storage.swap({_FILE: content}, found.token, SwapNote("Add one", {"Run": name}))
    except MovedError:
        return False
    return True


def main() -> None:
    """Run as the options say and print what was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--runners", type=int, default=4)
    parser.add_argument("--swaps", type=int, default=250)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = run_together(Path(folder), options.runners, options.swaps)
    lost = result.expected - result.counted
    print(  # noqa: T201
        f"{result.expected} swaps by {options.runners} runners in {result.seconds:.0f} s: "
        f"{lost} lost, {result.in_history} commits"
    )
    sys.exit(1 if lost or result.in_history != result.expected else 0)


if __name__ == "__main__":
    main()
