"""A cold plan over HTTP: a served sandbox with a rate limit and 150 ms of latency."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from cioform.config.load import load_configuration
from cioform.core.secrets.secret import Secret
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.transports.serve import serve
from cioform.emulator.store.database import Store
from cioform.kinds import find_kinds
from cioform.model.objects.snapshot import AppliedState
from cioform.model.remote_access.endpoints import Credentials, Endpoint
from cioform.plan.matching.match import match_resources
from cioform.remote.factory import connect
from cioform.run.reading.read import kinds_to_list, read_listing, read_live
from cioform.state.local.local_store import LocalStateStore
from cioform.state.state import StateOwner

LATENCY = 0.150
"""Seconds of latency of each request."""


@dataclass(frozen=True, slots=True)
class PlanCost:
    """The cost of a cold plan."""

    seconds: float
    requests: int
    pages: int
    objects: int
    """Objects that no list returns in full: segments, campaigns, messages and templates."""
    rate_limited: int


class SlowTransport(httpx.BaseTransport):
    """A network with latency, which counts the responses with status 429."""

    def __init__(self) -> None:
        self._inner = httpx.HTTPTransport(limits=httpx.Limits(max_connections=10))
        self.rate_limited = 0
        self.paths: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        time.sleep(LATENCY)
        response = self._inner.handle_request(request)
        self.rate_limited += response.status_code == 429
        self.paths.append(request.url.path)
        return response

    def close(self) -> None:
        self._inner.close()


def cold_plan(root: Path) -> PlanCost:
    """Read everything that a plan of the project needs, without a cache."""
    store = Store.open(root / ".cioform" / "sandbox.sqlite")
    workspace = store.workspace("bench")
    kinds = find_kinds()
    desired = load_configuration(root, "bench", kinds, {}).desired
    owner = StateOwner("bench", workspace.environment_id)
    applied: AppliedState = LocalStateStore(root / ".cioform" / "bench", owner).load()
    transport = SlowTransport()
    with serve(make_app(store, Behavior(rate_limit=10.0, journeys_rate_limit=10.0)), 0) as server:
        provider = connect(
            Endpoint(server.url, server.url, server.url),
            Credentials(
                Secret(workspace.credentials.app_api_key),
                Secret(workspace.credentials.service_account_token),
            ),
            workspace.environment_id,
            transport=transport,
        )
        start = time.perf_counter()
        listing = read_listing(kinds_to_list(kinds, desired, applied), applied, provider)
        pages = provider.count
        matched = match_resources(kinds, desired, applied, listing, workspace="bench")
        read_live(kinds, matched, listing, provider)
        seconds = time.perf_counter() - start
        requests = provider.count
        provider.close()
    store.close()
    return PlanCost(seconds, requests, pages, _objects(transport.paths), transport.rate_limited)


def _objects(paths: list[str]) -> int:
    return len({path for path in paths if path.rsplit("/", 1)[-1].isdecimal()})
