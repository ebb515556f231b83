"""An open workspace on an emulator in this process, and a provider with scripted responses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import pytest

from cioform.config.load import load_configuration
from cioform.core.address import Address
from cioform.core.secrets.secret import Secret
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.faults.faults import Fault, FaultInjector
from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.emulator.store.database import Store
from cioform.kinds import find_kinds
from cioform.model.objects.snapshot import AppliedState, Binding
from cioform.model.remote_access.conversation import Api, Request, Response
from cioform.model.remote_access.endpoints import Credentials, Endpoint
from cioform.model.settings.limits import UNLIMITED
from cioform.operate.address_resolver import AddressResolver
from cioform.remote.factory import connect
from cioform.services.context import OpenWorkspace
from cioform.services.workspace import Workspace
from cioform.state.local.local_store import LocalStateStore
from cioform.state.state import StateOwner
from tests.support.fake_provider import FakeProvider

ENDPOINT = Endpoint("http://app.test", "http://journeys.test", "http://track.test")


@dataclass
class Time:
    """A clock that moves only by sleeping."""

    now: float = 1_790_000_000.0

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Recorder(httpx.BaseTransport):
    """Forward requests and record them as they were sent."""

    inner: httpx.BaseTransport
    sent: list[tuple[str, str, Any]]
    alter: Callable[[httpx.Request, httpx.Response], httpx.Response] = lambda _, same: same

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        self.sent.append((request.method, request.url.raw_path.decode(), body))
        return self.alter(request, self.inner.handle_request(request))


@dataclass
class Sandbox:
    """The workspace `acme` and its emulator."""

    acme: Workspace
    store: Store
    faults: FaultInjector
    time: Time
    folder: Path
    recorder: Recorder

    @property
    def sent(self) -> list[tuple[str, str, Any]]:
        """The requests so far."""
        return self.recorder.sent

    def order(self, effect: str, path: str, **more: int) -> None:
        """Inject a fault into the responses of the emulator."""
        self.faults.add(Fault(method="*", path=path, effect=effect, **more))

    def bind(self, **ids: str) -> None:
        """Bind addresses, written as `segment__vips="3"`."""
        addresses = {Address(*name.split("__", 1)): remote for name, remote in ids.items()}
        bindings = {a: Binding(a, remote, a.name) for a, remote in addresses.items()}
        state = LocalStateStore(
            self.folder / ".cioform" / "acme", StateOwner("acme", self.workspace_id)
        )
        state.save(AppliedState("lineage-1", 1, bindings))

    @property
    def workspace_id(self) -> int | None:
        return self.acme.workspace_id

    @property
    def paths(self) -> list[str]:
        """The requests so far, as `GET /v1/...`."""
        return [f"{method} {path}" for method, path, _ in self.sent]

    def events(self, who: str = "u1") -> list[Any]:
        """Return the data of each event of a person."""
        found = self.acme.people.activities(who, kind="event", limit=100_000)
        return [each.data for each in found]


@pytest.fixture
def sandbox(project_root: Path, request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Yield a workspace with the content of the demo and without people.

    An indirect parameter sets the behavior of the emulator.
    """
    behavior = Behavior(**{"rate_limit": None, **getattr(request, "param", {})})
    (project_root / "workspaces/acme").mkdir()
    (project_root / "workspaces/acme/workspace.yaml").write_text("format: 1\nendpoint: sandbox\n")
    store, faults, time = Store.open(":memory:"), FaultInjector(), Time()
    emulated = store.workspace("acme")
    seed = (files("cioform.emulator") / "seeds/demo.json").read_text(encoding="utf-8")
    store.seed("acme", json.loads(seed))
    app = make_app(store, behavior, faults, time.read, time.read)
    keys, recorder = emulated.credentials, Recorder(InProcessTransport(app), [])
    provider = connect(
        ENDPOINT,
        Credentials(
            Secret(keys.app_api_key),
            Secret(keys.service_account_token),
            Secret(keys.site_id),
            Secret(keys.track_api_key),
        ),
        emulated.environment_id,
        rates=UNLIMITED,
        transport=recorder,
        clock=time.read,
        monotonic=time.read,
        sleep=time.sleep,
        jitter=lambda: 1.0,
    )
    kinds = find_kinds()
    opened = OpenWorkspace(
        project_root,
        load_configuration(project_root, "acme", kinds, {}),
        kinds,
        provider,
        LocalStateStore(
            project_root / ".cioform" / "acme", StateOwner("acme", emulated.environment_id)
        ),
        emulated.environment_id,
        clock=time.read,
        sleep=time.sleep,
    )
    yield Sandbox(Workspace(opened), store, faults, time, project_root, recorder)
    provider.close()
    store.close()


Answer = Callable[[Request], Any]


class Scripted(FakeProvider):
    """A provider that gets its responses from a function, and records the requests.

    A response that is an exception is raised.
    """

    def __init__(self, answer: Answer, apis: frozenset[Api] = frozenset(Api)) -> None:
        self._answer = answer
        self.apis = apis
        self.asked: list[Request] = []

    def send(self, request: Request) -> Response:
        self.asked.append(request)
        self.count = len(self.asked)
        answer = self._answer(request)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Response) else Response(200, answer)


@pytest.fixture
def scripted() -> Callable[[Answer], Scripted]:
    """Return a function that makes a provider from a function."""
    return Scripted


@pytest.fixture
def targets() -> Callable[..., AddressResolver]:
    """Return a function that makes a resolver of bindings, written as `segment__vips="3"`."""

    def make(**ids: str) -> AddressResolver:
        bindings: Mapping[Address, Binding] = {
            a: Binding(a, remote, a.name)
            for a, remote in ((Address(*n.split("__", 1)), r) for n, r in ids.items())
        }
        return AddressResolver("acme", find_kinds(), lambda: AppliedState("lineage-1", 1, bindings))

    return make
