"""Run each official client, changed only in its host, and collect the outcome of every call."""

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
from tests.support.clients.served_sandbox import (
    CLIENTS,
    Record,
    SeenRequest,
    ServedSandbox,
    run,
    serve_demo,
)

NODE_PACKAGE: Final = CLIENTS / "node_modules" / "customerio-node"
_BROWSER: Final = {
    f"/v1/{method[0]}": method for method in ("page", "track", "identify", "screen", "group")
}
INSTALL: Final = "npm ci --prefix tests/clients"


class ClientMissingError(Exception):
    """Something that a client needs is not installed."""


class Support(Enum):
    """How the sandbox answered a call."""

    SERVED = "served"
    NOT_FOUND = "404: the sandbox has no newsletters"
    NOT_SERVED = "501"
    WRONG = "an error that does not say that the operation is unsupported"


@dataclass(frozen=True)
class Outcome:
    """The outcome of a call: its requests, and a result or an error with its body."""

    client: str
    method: str
    requests: tuple[SeenRequest, ...]
    result: Any = None
    error: str | None = None
    body: str = ""

    @property
    def name(self) -> str:
        """The name of the call in the documentation."""
        return f"{self.client}.{self.method}"

    @property
    def status(self) -> int | None:
        """The status of the response to the last request."""
        return self.requests[-1].status if self.requests else None

    @property
    def support(self) -> Support:
        """How the sandbox answered it."""
        if self.error is None and self.status is not None and 200 <= self.status < 300:
            return Support.SERVED
        if self.status == 501 and "the sandbox does not serve" in self.body:
            return Support.NOT_SERVED
        if self.status == 404 and "newsletter not found" in self.body:
            return Support.NOT_FOUND
        return Support.WRONG


@dataclass(frozen=True)
class Run:
    """All calls of one client in order, and the content of the workspace afterwards."""

    outcomes: tuple[Outcome, ...]
    uncalled: tuple[str, ...]
    content: Record

    def results(self, method: str) -> list[Any]:
        """Return the result of each call of a method."""
        return [each.result for each in self.outcomes if each.method == method]

    def result(self, method: str) -> Any:
        """Return the result of the only call of a method."""
        [result] = self.results(method)
        return result

    def person(self, id_: str) -> Record | None:
        """Return the person with that id, or None."""
        return next((each for each in self.content["people"] if each["id"] == id_), None)

    def activities_of(self, id_: str) -> list[tuple[str, str]]:
        """Return type and name of each activity of the person with that id, in order."""
        person = self.person(id_) or {"cio_id": ""}
        own = [each for each in self.content["activities"] if each["cio_id"] == person["cio_id"]]
        return [(each["type"], each["name"]) for each in own]


def node_run() -> Run:
    """Run the Node.js client: Track, Pipelines and App."""
    program = shutil.which("node")
    if program is None:
        raise ClientMissingError("Node.js is not installed")
    if not NODE_PACKAGE.is_dir():
        raise ClientMissingError(f"customerio-node is not installed: {INSTALL}")
    with serve_demo() as served:
        output = run(
            [program, str(CLIENTS / "node" / "run.mjs")], served.connection, dict(os.environ)
        )
        return _run(output, served)


def python_run() -> Run:
    """Run the Python client: Track, which supports only HTTPS, and App."""
    if importlib.util.find_spec("customerio") is None:
        raise ClientMissingError("the Python package customerio is not installed")
    with serve_demo(tls=True) as served:
        environment = {**os.environ, "REQUESTS_CA_BUNDLE": str(served.ca_file)}
        output = run(
            [sys.executable, str(CLIENTS / "python" / "run.py")], served.connection, environment
        )
        return _run(output, served)


def browser_missing() -> str | None:
    """Return why the browser SDK cannot run on this machine, or None if it can."""
    if chromium() is None:
        return "Chromium is not installed"
    if not SDK.is_dir():
        return f"@customerio/cdp-analytics-browser is not installed: {INSTALL}"
    return None


def browser_run() -> Run:
    """Run the browser SDK on a page in Chromium."""
    if reason := browser_missing():
        raise ClientMissingError(reason)
    with serve_demo() as served:
        result = visit(served.url, served.connection["write_key"], str(chromium()))
        assert result == "done", result
        outcomes = tuple(_browser_outcome(each) for each in served.recorder.requests)
        return Run(outcomes, (), served.content())


def _run(output: Mapping[str, Any], served: ServedSandbox) -> Run:
    outcomes = tuple(_outcome(each) for each in output["results"])
    return Run(outcomes, tuple(output["uncalled"]), served.content())


def _browser_outcome(request: SeenRequest) -> Outcome:
    """Return the outcome of a browser call. The path of its request is its first letter."""
    return Outcome("AnalyticsBrowser", _BROWSER.get(request.path, "load"), (request,))


def _outcome(call: Mapping[str, Any]) -> Outcome:
    requests = tuple(SeenRequest(**each) for each in call["requests"])
    return Outcome(**{**call, "requests": requests})
