"""Run a command that is cut off at some step, by whatever can happen to it."""

from __future__ import annotations

import errno
import io
import os
import signal
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

import httpx
import pytest

from cioform.cli.app import run
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.faults.faults import Fault, FaultInjector
from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.emulator.store.database import Store
from cioform.plan.plan import Plan
from cioform.remote.factory import connect
from cioform.services.connections import sandbox
from tests.support.sandbox_project import fork

KILLED: Final = -signal.SIGKILL
EFFECTS: Final = (
    "expire-token",
    "html",
    "timeout-before",
    "timeout-after",
    "cut-before",
    "cut-after",
    "cut-body",
    "status:500",
    "status:500-done",
    "status:503",
    "status:422",
    "status:429:0",
    "bad-json",
)
WRITES: Final = r"^(?!.*(/oauth/|/estimate_conditions))"
"""A pattern for the paths of requests that change something."""
OUTPUT: Final = "output.txt"


class CutError(BaseException):
    """Stands for the end of the process."""


@dataclass(frozen=True)
class Cut:
    """What happens to a command, and when.

    `how` is `nothing`, `kill` (between two steps), `power` (a kill while a file is synced, which
    loses a part of what is new in it), `disk` (full from then on), or an effect of the remote.
    """

    how: str
    step: int = 0
    method: str = "*"
    times: int = 1
    share: float = 1.0

    @property
    def kills(self) -> bool:
        """Whether the process of the command ends by it."""
        return self.how in ("kill", "power")


class Ended(NamedTuple):
    """How a command ended: its exit code, or KILLED, and what it printed."""

    code: int
    output: str


NOTHING: Final = Cut("nothing")


def random_cut(rng: Random, plan: Plan) -> Cut:
    """Return a cut somewhere in the apply of a plan, perhaps at one of its writes, or after it."""
    how = rng.choice(("kill", "kill", "power", "disk", *EFFECTS))
    changes = len(plan.changes)
    requests = [request.method for _, request in plan.own_requests]
    if how not in EFFECTS:
        return Cut(how, rng.randint(1, 40 + 12 * changes + 3 * len(requests)), share=rng.random())
    # Reads are repeated, and a 429 means that nothing was done: many of them are a storm.
    times = rng.choice((1, 1, 2, 60))
    writes = [method for method in requests if method != "GET"]
    if writes and rng.random() < 0.7:
        at = rng.randrange(len(writes))
        return Cut(how, writes[: at + 1].count(writes[at]), writes[at], times)
    return Cut(
        how, rng.randint(1, 20 + 2 * changes + len(requests)), rng.choice(("*", "GET")), times
    )


def run_command(root: Path, words: Sequence[str], cut: Cut, *, in_child: bool) -> Ended:
    """Run a command line in the project at `root`.

    One that is killed has a process of its own if `in_child`. A fork for every other command would
    take as long as the command.
    """
    if not (in_child and cut.kills):
        return _run_here(root, words, cut, _raise_cut)
    code = fork(lambda: _run_in_child(root, words, cut))
    return Ended(code, (root / OUTPUT).read_text(encoding="utf-8"))


def _raise_cut() -> None:
    raise CutError


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _run_in_child(root: Path, words: Sequence[str], cut: Cut) -> None:
    (root / OUTPUT).write_text("", encoding="utf-8")
    ended = _run_here(root, words, cut, _kill)
    (root / OUTPUT).write_text(ended.output, encoding="utf-8")
    os._exit(ended.code)


def _run_here(root: Path, words: Sequence[str], cut: Cut, stop: Callable[[], None]) -> Ended:
    output = io.StringIO()
    with chdir(root), redirect_stdout(output), redirect_stderr(output), _cut_off(cut, stop):
        try:
            code = run(words)
        except CutError:
            code = KILLED
    return Ended(code, output.getvalue())


@contextmanager
def _cut_off(cut: Cut, stop: Callable[[], None]) -> Iterator[None]:
    """Let the cut happen inside of the block. Nothing waits, and no file is synced."""
    faults = FaultInjector()
    if cut.how in EFFECTS:
        path = "" if cut.method in ("*", "GET") else WRITES
        faults.add(Fault(cut.method, path, cut.step, cut.times, cut.how))
    ticks = _Ticks(cut, stop)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "make_app", partial(_make_app, faults))
        patch.setattr(sandbox, "connect", partial(connect, sleep=lambda _seconds: None))
        patch.setattr(InProcessTransport, "handle_request", ticks.around_requests())
        patch.setattr(os, "fsync", ticks.sync)
        yield


def _make_app(faults: FaultInjector, store: Store, behavior: Behavior) -> Any:
    return make_app(store, behavior, faults)


class _Ticks:
    """Counts the steps of a command: before and after each request, and each synced file."""

    def __init__(self, cut: Cut, stop: Callable[[], None]) -> None:
        self.cut = cut
        self.stop = stop
        self.count = 0
        self.synced: dict[int, int] = {}
        """The size of each file, by its number, when it was synced last."""

    def tick(self) -> None:
        """Count a step; end the process if it is the one."""
        self.count += 1
        if self.count == self.cut.step and self.cut.how == "kill":
            self.stop()

    def sync(self, file: int) -> None:
        """Stand for `os.fsync`."""
        self.tick()
        status = os.fstat(file)
        synced = self.synced.get(status.st_ino, 0)
        if self.count >= self.cut.step and stat.S_ISREG(status.st_mode):
            if self.cut.how == "disk":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if self.cut.how == "power":
                os.ftruncate(file, synced + int((status.st_size - synced) * self.cut.share))
                self.stop()
        self.synced[status.st_ino] = status.st_size

    def around_requests(self) -> Callable[[InProcessTransport, httpx.Request], httpx.Response]:
        """Return a method that counts a step before and after each request."""
        send = InProcessTransport.handle_request

        def handle(transport: InProcessTransport, request: httpx.Request) -> httpx.Response:
            self.tick()
            response = send(transport, request)
            self.tick()
            return response

        return handle
