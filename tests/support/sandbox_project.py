"""A project with the workspace `acme` and its sandbox, both in this process.

No test waits: the clock moves only when the code under test sleeps.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from wsgiref.types import WSGIApplication

import httpx
import pytest

from cioform.config.load import load_configuration
from cioform.core.address import Address
from cioform.core.secrets.secret import Secret
from cioform.core.secrets.sensitive import SensitiveValues
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.faults.faults import Fault, FaultInjector
from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.emulator.store.database import Store
from cioform.kinds import find_kinds
from cioform.model.registry import Registry
from cioform.model.remote_access.conversation import Api
from cioform.model.remote_access.endpoints import Credentials, Endpoint
from cioform.model.settings.limits import UNLIMITED, Guards
from cioform.plan.plan import Plan
from cioform.plan.selecting.scope import Scope
from cioform.remote.factory import HttpProvider, connect
from cioform.run.events import Outcome
from cioform.services.context import OpenWorkspace
from cioform.services.workspace import Workspace
from cioform.state.local.local_store import LocalStateStore
from cioform.state.state import StateOwner
from cioform.state.store import StateStore
from tests.support.memory_backend import SharedRemote

ENDPOINT = Endpoint("http://app.test", "http://journeys.test", "http://track.test")
BOTH_APIS = frozenset({Api.APP, Api.JOURNEYS})
NO_GUARDS = Guards(
    allow_delete=True, allow_live=True, allow_replace=True, max_deletes=None, max_percent=100
)
"""Guards that allow every plan."""
TOKEN_PATH = "/v1/service_accounts/oauth/token"
UNSTABLE_COLLECTIONS = ("audit_logs", "deliveries", "counters", "settings")


@dataclass
class SleepClock:
    """A clock that moves only by sleeping."""

    now: float = 1_760_000_000.0
    slept: float = 0.0

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.now += seconds


@dataclass
class Recorder(httpx.BaseTransport):
    """Forward the requests of a project and record them, except for token exchanges."""

    inner: httpx.BaseTransport
    project: SandboxProject

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != TOKEN_PATH:
            self.project.sent.append((request.method, request.url.path))
        self.project.tick()
        response = self.inner.handle_request(request)
        self.project.tick()
        return self.project.alter(request, response)


class TickingStore(LocalStateStore):
    """Call `tick` before and after every save, so that a test can interrupt the run there."""

    tick: Callable[[], None] = staticmethod(lambda: None)

    def save(self, applied: Any) -> None:
        self.tick()
        super().save(applied)
        self.tick()


@dataclass
class SandboxProject:
    """A project folder with its emulated workspace.

    `tick` is called at every step of a run: before each record of the journal, around each
    request and around each save of the state. `alter` returns what takes the place of a response.
    """

    root: Path
    behavior: Behavior = field(default_factory=lambda: Behavior(rate_limit=None))
    store: Store = field(default_factory=lambda: Store.open(":memory:"))
    faults: FaultInjector = field(default_factory=FaultInjector)
    time: SleepClock = field(default_factory=SleepClock)
    kinds: Registry = field(default_factory=find_kinds)
    sent: list[tuple[str, str]] = field(default_factory=list)
    tick: Callable[[], None] = lambda: None
    remote: SharedRemote | None = None
    """Where the state is shared with other projects; None for a local state."""
    alter: Callable[[httpx.Request, httpx.Response], httpx.Response] = lambda _, same: same
    environment: dict[str, str] = field(default_factory=dict)
    """What the settings may read."""

    def __post_init__(self) -> None:
        self.workspace = self.store.workspace("acme")
        self.app: WSGIApplication = make_app(
            self.store, self.behavior, self.faults, self.time.read, self.time.read
        )
        self._providers: dict[tuple[frozenset[Api], str | None], HttpProvider] = {}
        self.write("workspace.yaml", "format: 1\nendpoint: sandbox\n")

    @property
    def folder(self) -> Path:
        """The folder of the workspace's files."""
        return self.root / "workspaces" / "acme"

    @property
    def state_folder(self) -> Path:
        """The folder of the state and the journals."""
        return self.root / ".cioform" / "acme"

    def write(self, name: str, content: str | Mapping[str, Any]) -> None:
        """Write a file of the workspace; a mapping is written as a document."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        path.write_text(text, encoding="utf-8")

    def replace_documents(self, files: Mapping[str, str | Mapping[str, Any]]) -> None:
        """Delete all documents and write these."""
        for path in self.folder.rglob("*.yaml"):
            if path.name != "workspace.yaml":
                path.unlink()
        for name, content in files.items():
            self.write(name, content)

    def remove(self, name: str) -> None:
        """Delete a file."""
        (self.folder / name).unlink()

    def second_checkout(self, root: Path) -> SandboxProject:
        """Return a project for the same workspace that has its own files and state."""
        return SandboxProject(
            root, self.behavior, self.store, self.faults, self.time, self.kinds, self.sent,
            remote=self.remote,
        )  # fmt: skip

    @contextmanager
    def open(
        self, apis: frozenset[Api] = BOTH_APIS, actor: str | None = None, lineage: str = "lineage-1"
    ) -> Iterator[Workspace]:
        """Open the workspace for one command."""
        configuration = load_configuration(self.root, "acme", self.kinds, self.environment)
        provider = self._provider(apis, actor, configuration.settings.sensitive)
        owner = StateOwner("acme", self.workspace.environment_id)
        store = self._open_store(owner, lineage)
        opened = OpenWorkspace(
            self.root, configuration, self.kinds, provider, store,
            self.workspace.environment_id, clock=self._clock,
        )  # fmt: skip
        yield Workspace(opened)

    def _provider(
        self, apis: frozenset[Api], actor: str | None, sensitive: SensitiveValues
    ) -> HttpProvider:
        """Return the connection of earlier commands, or a new one, which exchanges a token."""
        if sensitive.secrets:
            return self._connect(apis, actor, sensitive)
        if (apis, actor) not in self._providers:
            self._providers[apis, actor] = self._connect(apis, actor, sensitive)
        return self._providers[apis, actor]

    def _connect(
        self, apis: frozenset[Api], actor: str | None, sensitive: SensitiveValues
    ) -> HttpProvider:
        keys = self.workspace.credentials
        return connect(
            ENDPOINT,
            Credentials(
                Secret(keys.app_api_key) if Api.APP in apis else None,
                Secret(keys.service_account_token) if Api.JOURNEYS in apis else None,
            ),
            self.workspace.environment_id,
            rates=UNLIMITED,
            sensitive=sensitive,
            transport=Recorder(InProcessTransport(self.app, actor), self),
            max_parallel=1,
            clock=self.time.read,
            monotonic=self.time.read,
            sleep=self.time.sleep,
            jitter=lambda: 1.0,
        )

    def _open_store(self, owner: StateOwner, lineage: str) -> StateStore:
        upgrade = self.kinds.upgrade_attributes
        if self.remote is not None:
            return self.remote.open_store(
                self.root, self.state_folder, owner, upgrade=upgrade, tick=self.tick,
                clock=self.time.read, sleep=self.time.sleep,
            )  # fmt: skip
        store = TickingStore(self.state_folder, owner, upgrade=upgrade, new_lineage=lambda: lineage)
        store.tick = self.tick
        return store

    def _clock(self) -> float:
        self.tick()
        return self.time.read()

    def plan(self, apis: frozenset[Api] = BOTH_APIS, scope: Scope | None = None) -> Plan:
        """Return a new plan."""
        with self.open(apis) as session:
            return session.plan(scope)

    def apply(
        self,
        plan: Plan | None = None,
        guards: Guards = NO_GUARDS,
        apis: frozenset[Api] = BOTH_APIS,
        *,
        keep_going: bool = False,
    ) -> Outcome:
        """Apply a plan; a new one by default."""
        with self.open(apis) as session:
            return session.apply(plan or session.plan(), guards, keep_going=keep_going)

    def apply_until_empty(self, rounds: int = 3) -> Plan:
        """Plan and apply until the plan is empty, at most `rounds` times. Return the last plan."""
        plan = self.plan()
        while not plan.is_empty and rounds:
            self.apply(plan)
            plan, rounds = self.plan(), rounds - 1
        return plan

    def inject_fault(self, effect: str, method: str = "*", path: str = "", **more: int) -> None:
        """Inject a fault into the responses of the emulator."""
        self.faults.add(Fault(method=method, path=path, effect=effect, **more))

    def seed(self, **collections: list[dict[str, Any]]) -> None:
        """Add unmanaged objects to the workspace."""
        self.store.seed("acme", collections)

    def content(self) -> dict[str, Any]:
        """Return the content of the workspace, by collection."""
        dump = self.store.dump("acme")
        return {name: items for name, items in dump.items() if name not in UNSTABLE_COLLECTIONS}

    def names_in(self, collection: str) -> list[str]:
        """Return the sorted names in a collection, duplicates included."""
        return sorted(item["name"] for item in self.content()[collection])

    def bindings(self) -> dict[Address, str]:
        """Return the bindings of the state: address -> remote id."""
        with self.open() as session:
            return {a: b.remote_id for a, b in session.applied().bindings.items()}

    @property
    def writes(self) -> list[str]:
        """The requests sent so far that change something, so without those that only ask."""
        return [
            f"{method} {path}"
            for method, path in self.sent
            if method != "GET" and not path.endswith("/estimate_conditions")
        ]


def fork(work: Callable[[], None]) -> int:
    """Run `work` in a child process. Return its exit code, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.fixture
def project(tmp_path: Path) -> Iterator[SandboxProject]:
    """Yield a new project with a new emulator."""
    new = SandboxProject(tmp_path)
    yield new
    new.store.close()
