"""One run of each official client, unmodified but for the host, and what came of every call."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from tests.support.clients.browser import SDK, chromium, visit
from tests.support.clients.served_sandbox import CLIENTS, Record, Seen, World, run, world

NODE_PACKAGE: Final = CLIENTS / "node_modules" / "customerio-node"
_BROWSER: Final = {
    f"/v1/{method[0]}": method for method in ("page", "track", "identify", "screen", "group")
}
INSTALL: Final = "npm ci --prefix tests/clients"


class ClientMissingError(Exception):
    """Something that a client needs is not on this machine."""


class Answer(Enum):
    """How the sandbox took a call."""

    SERVED = "served"
    NOTHING_THERE = "404: the sandbox has no newsletters"
    NOT_SERVED = "501"
    WRONG = "refused, without saying that it is not served"


@dataclass(frozen=True)
class Outcome:
    """What came of one call: the requests it made, and a result or an error with its body."""

    client: str
    method: str
    requests: tuple[Seen, ...]
    result: Any = None
    error: str | None = None
    body: str = ""

    @property
    def name(self) -> str:
        """The call as its documentation names it."""
        return f"{self.client}.{self.method}"

    @property
    def status(self) -> int | None:
        """What the last request was answered with."""
        return self.requests[-1].status if self.requests else None

    @property
    def answer(self) -> Answer:
        """How the sandbox took it."""
        if self.error is None and self.status is not None and 200 <= self.status < 300:
            return Answer.SERVED
        if self.status == 501 and "the sandbox does not serve" in self.body:
            return Answer.NOT_SERVED
        if self.status == 404 and "newsletter not found" in self.body:
            return Answer.NOTHING_THERE
        return Answer.WRONG


@dataclass(frozen=True)
class Run:
    """All calls of one client in their order, and what the workspace held afterwards."""

    outcomes: tuple[Outcome, ...]
    uncalled: tuple[str, ...]
    content: Record

    def results(self, method: str) -> list[Any]:
        """What each call of a method gave."""
        return [each.result for each in self.outcomes if each.method == method]

    def result(self, method: str) -> Any:
        """What the only call of a method gave."""
        [result] = self.results(method)
        return result

    def person(self, id_: str) -> Record | None:
        """The person with that id, if there is one."""
        return next((each for each in self.content["people"] if each["id"] == id_), None)

    def done_by(self, id_: str) -> list[tuple[str, str]]:
        """The types and names of what the person with that id did, in order."""
        person = self.person(id_) or {"cio_id": ""}
        own = [each for each in self.content["activities"] if each["cio_id"] == person["cio_id"]]
        return [(each["type"], each["name"]) for each in own]


def node_run() -> Run:
    """Node's own client: Track, Pipelines and App."""
    program = shutil.which("node")
    if program is None:
        raise ClientMissingError("Node is not installed")
    if not NODE_PACKAGE.is_dir():
        raise ClientMissingError(f"customerio-node is not installed: {INSTALL}")
    with world() as served:
        told = run([program, str(CLIENTS / "node" / "run.mjs")], served.opening, dict(os.environ))
        return _run(told, served)


def python_run() -> Run:
    """The Python client: Track, which speaks nothing but https, and App."""
    if importlib.util.find_spec("customerio") is None:
        raise ClientMissingError("the Python package customerio is not installed")
    with world(tls=True) as served:
        trusting = {**os.environ, "REQUESTS_CA_BUNDLE": str(served.authority)}
        told = run([sys.executable, str(CLIENTS / "python" / "run.py")], served.opening, trusting)
        return _run(told, served)


def browser_missing() -> str | None:
    """What the browser's run lacks on this machine, None when it lacks nothing."""
    if chromium() is None:
        return "Chromium is not installed"
    if not SDK.is_dir():
        return f"@customerio/cdp-analytics-browser is not installed: {INSTALL}"
    return None


def browser_run() -> Run:
    """The browser SDK, on a page in Chromium."""
    if reason := browser_missing():
        raise ClientMissingError(reason)
    with world() as served:
        told = visit(served.url, served.opening["write_key"], str(chromium()))
        assert told == "done", told
        outcomes = tuple(_asked(each) for each in served.recorder.seen)
        return Run(outcomes, (), served.content())


def _run(told: Mapping[str, Any], served: World) -> Run:
    outcomes = tuple(_outcome(each) for each in told["results"])
    return Run(outcomes, tuple(told["uncalled"]), served.content())


def _asked(seen: Seen) -> Outcome:
    """The call that a request of the browser SDK stands for: it posts to the first letter."""
    return Outcome("AnalyticsBrowser", _BROWSER.get(seen.path, "load"), (seen,))


def _outcome(told: Mapping[str, Any]) -> Outcome:
    requests = tuple(Seen(**each) for each in told["requests"])
    return Outcome(**{**told, "requests": requests})
