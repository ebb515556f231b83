"""A cold plan over HTTP: a served sandbox that keeps its rate limit and is 150 ms away."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from cioform.config.load import load_configuration
from cioform.core.secret import Secret
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.serve import serve
from cioform.emulator.store.database import Store
from cioform.kinds import find_kinds
from cioform.model.endpoints import Credentials, Endpoint
from cioform.model.snapshot import AppliedState
from cioform.plan.match import match_resources
from cioform.remote.factory import connect
from cioform.run.read import kinds_to_list, read_listing, read_live
from cioform.state.local import LocalStateStore
from cioform.state.state import StateOwner

LATENCY = 0.150
"""Seconds to Customer.io and back."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a cold plan took."""

    seconds: float
    requests: int
    pages: int
    objects: int
    """Those whose content no list returns: details of segments, campaigns and messages, and the
    templates of campaigns, each an object of its own."""
    refusals: int


class Far(httpx.BaseTransport):
    """The network with a distance, and a count of the refusals that came back over it."""

    def __init__(self) -> None:
        self._inner = httpx.HTTPTransport(limits=httpx.Limits(max_connections=10))
        self.refusals = 0
        self.paths: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        time.sleep(LATENCY)
        response = self._inner.handle_request(request)
        self.refusals += response.status_code == 429
        self.paths.append(request.url.path)
        return response

    def close(self) -> None:
        self._inner.close()


def cold_plan(root: Path) -> Seen:
    """Read everything a plan of the project needs, with no cache of any kind."""
    store = Store.open(root / ".cioform" / "sandbox.sqlite")
    place = store.workspace("bench")
    kinds = find_kinds()
    desired = load_configuration(root, "bench", kinds, {}).desired
    owner = StateOwner("bench", place.environment_id)
    applied: AppliedState = LocalStateStore(root / ".cioform" / "bench", owner).load()
    far = Far()
    with serve(make_app(store, Behavior(rate_limit=10.0, journeys_rate_limit=10.0)), 0) as server:
        provider = connect(
            Endpoint(server.url, server.url, server.url),
            Credentials(
                Secret(place.credentials.app_api_key),
                Secret(place.credentials.service_account_token),
            ),
            place.environment_id,
            transport=far,
        )
        begun = time.perf_counter()
        listing = read_listing(kinds_to_list(kinds, desired, applied), applied, provider)
        pages = provider.count
        matched = match_resources(kinds, desired, applied, listing, workspace="bench")
        read_live(kinds, matched, listing, provider)
        seconds = time.perf_counter() - begun
        requests = provider.count
        provider.close()
    store.close()
    return Seen(seconds, requests, pages, _objects(far.paths), far.refusals)


def _objects(paths: list[str]) -> int:
    return len({path for path in paths if path.rsplit("/", 1)[-1].isdecimal()})
