"""An emulator in this process, with a client for each API."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.faults.faults import FaultInjector
from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.emulator.store.database import EmulatedWorkspace, Store
from cioform.emulator.wire.filter_encoding import encode_filter

HOST = "http://emulator.test"
START = 1_760_000_000


@dataclass
class Clock:
    """A clock that stands still until a test sets it."""

    now: float = START

    def __call__(self) -> float:
        return self.now


@dataclass
class Emulator:
    """One store with the workspace `acme`, and a client for each API."""

    behavior: Behavior = field(default_factory=lambda: Behavior(rate_limit=None))
    store: Store = field(default_factory=lambda: Store.open(":memory:"))
    faults: FaultInjector = field(default_factory=FaultInjector)
    clock: Clock = field(default_factory=Clock)
    monotonic: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.wsgi = make_app(self.store, self.behavior, self.faults, self.clock, self.monotonic)
        self.workspace: EmulatedWorkspace = self.store.workspace("acme")
        keys = self.workspace.credentials
        self.environment = f"/v1/environments/{self.workspace.environment_id}"
        self.app = self.client(keys.app_api_key, "/v1")
        self.journeys = self.client(self.token(keys.service_account_token), self.environment)
        self.track = httpx.Client(
            transport=InProcessTransport(self.wsgi),
            base_url=HOST + "/api/v1",
            auth=(keys.site_id, keys.track_api_key),
        )
        self.ui = self.person("ann@acme.example")

    def client(self, bearer: str, base: str = "") -> httpx.Client:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return httpx.Client(
            transport=InProcessTransport(self.wsgi),
            base_url=HOST + base,
            headers=headers,
            timeout=5,
        )

    def person(self, email: str) -> httpx.Client:
        return httpx.Client(
            transport=InProcessTransport(self.wsgi, actor=email), base_url=HOST + self.environment
        )

    def token(self, secret: str, scope: str = "") -> str:
        form = {"grant_type": "client_credentials", "client_secret": secret, "scope": scope}
        answer = self.client("").post("/v1/service_accounts/oauth/token", data=form)
        return str(answer.raise_for_status().json()["access_token"])

    def audit(self, **query: Any) -> list[dict[str, Any]]:
        answer = self.journeys.get("/audit_logs", params=query)
        return list(answer.raise_for_status().json()["audit_logs"])

    def segment(self, name: str = "Trial users", client: httpx.Client | None = None) -> int:
        """Create a data-driven segment, and return its id."""
        conditions = self.attribute_became("plan", "trial")
        body = {"segment": {"name": name, "type": "dynamic", "conditions": conditions}}
        answer = (client or self.journeys).post("/segments", json=body)
        return int(answer.raise_for_status().json()["segment"]["id"])

    def event_campaign(
        self, name: str = "Welcome", client: httpx.Client | None = None
    ) -> tuple[int, int]:
        """Create an event campaign without steps; return its id and that of its exit."""
        to = client or self.journeys
        body = {"campaign": {"name": name, "type": "none"}}
        campaign = to.post("/campaigns", json=body).raise_for_status().json()["campaign"]
        self.put(
            campaign["id"], "recipients", client=to, type="transactional", event="signed_up"
        ).raise_for_status()
        return campaign["id"], campaign["workflow_action_ids"][-1]

    def email_campaign(self, name: str = "Welcome") -> tuple[int, int]:
        """Create an event campaign with one email; return its id and that of the email."""
        campaign, end = self.event_campaign(name)
        self.add(campaign, [{"type": "email_action", "name": "hello"}], [self.edge(-1, end)])
        return campaign, self.read(campaign)["actions"][1]["id"]

    def put(
        self,
        campaign: int,
        kind: str,
        top: dict[str, Any] | None = None,
        client: httpx.Client | None = None,
        **inner: Any,
    ) -> httpx.Response:
        """Return the response to a campaign write of that update type."""
        body = {"campaign": {"update_type": kind, **inner}, **(top or {})}
        return (client or self.journeys).put(f"/campaigns/{campaign}", json=body)

    def add(
        self, campaign: int, actions: list[dict[str, Any]], edges: list[dict[str, Any]]
    ) -> httpx.Response:
        """Add steps, and return the response."""
        return self.put(campaign, "add_actions", {"actions": actions}, edges=edges)

    def read(self, campaign: int) -> dict[str, Any]:
        """Return the campaign with its steps."""
        return dict(self.journeys.get(f"/campaigns/{campaign}").raise_for_status().json())

    def run(self, campaign: int) -> None:
        """Start the campaign as a person in the browser."""
        self.put(campaign, "state", client=self.ui, state="running").raise_for_status()

    @staticmethod
    def edge(source: object, target: object, branch: int | None = None) -> dict[str, Any]:
        """Return an edge; with `branch`, one of several branches."""
        ends = {"from": str(source), "to": str(target)}
        if branch is None:
            return {**ends, "type": "continue"}
        return {**ends, "type": "branch", "index": branch}

    @staticmethod
    def attribute_became(name: str, value: str, operator: str = "eq") -> dict[str, Any]:
        """Return segment conditions: the attribute became `value` (journeys facts, section 3)."""
        to = {"field": "to", "operator": operator, "value": value, "inverse": False}
        event = {
            "type": "attribute_change",
            "name": name,
            "filters": {"and": [to, {**to, "field": "from", "inverse": True}]},
        }
        return {"and": [{"or": [{"event": event, "times": 1, "within": 0, "inverse": False}]}]}

    @staticmethod
    def encoded(value: Any) -> str:
        """Return an encoded filter."""
        return encode_filter(value)

    @staticmethod
    def attribute_is(name: str, value: str) -> str:
        """Return an encoded condition on an attribute."""
        return encode_filter(
            [{"type": "attribute", "field": name, "operator": "eq", "value": value}]
        )


@pytest.fixture
def make_emulator() -> Iterator[Callable[..., Emulator]]:
    """Return a function that makes an emulator: `make_emulator(page_base=0)`."""
    made: list[Emulator] = []

    def build(**behavior: Any) -> Emulator:
        made.append(Emulator(Behavior(**{"rate_limit": None, **behavior})))
        return made[-1]

    yield build
    for emulator in made:
        emulator.store.close()


@pytest.fixture
def emulator(make_emulator: Callable[..., Emulator]) -> Emulator:
    return make_emulator()
