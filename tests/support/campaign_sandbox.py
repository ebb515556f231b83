"""An emulated workspace with the objects that the campaigns of the tests refer to."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from math import inf
from typing import Any

import yaml

from cioform.core.address import Address
from cioform.core.errors import RemoteError
from cioform.core.secrets.secret import Secret
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.app import make_app
from cioform.emulator.server.transports.in_process import InProcessTransport
from cioform.emulator.store.database import Store
from cioform.kinds.campaign import KIND
from cioform.kinds.campaign.model import Campaign
from cioform.model.objects.live_object import LiveObject, RemoteObject
from cioform.model.references.names import Names
from cioform.model.remote_access.conversation import Api, Conversation, Request
from cioform.model.remote_access.endpoints import Credentials, Endpoint
from cioform.model.routing.operations import WriteContext, WriteResult
from cioform.model.routing.routes import CreateRoute, ReadRoute, UpdateRoute
from cioform.model.settings.limits import Rates
from cioform.plan.compare.diff import compare
from cioform.plan.writes.dry_run import dry_run
from cioform.remote.factory import HttpProvider, connect
from cioform.run.reading.driver import run_conversation
from tests.support.operations import route_of

HOST = "http://emulator.test"
Attributes = dict[str, Any]


def attributes_of(text: str) -> Attributes:
    return KIND.attributes(Campaign.model_validate(yaml.load(text, yaml.CSafeLoader)))


def without_exits(parts: Any) -> dict[str, str]:
    return {step: own_id for step, own_id in parts.items() if not step.startswith("exit")}


@dataclass
class CampaignSandbox:
    """An emulated workspace, and the names and bindings of a plan for it."""

    behavior: Behavior = field(default_factory=lambda: Behavior(rate_limit=None))
    store: Store = field(default_factory=lambda: _first_store().copy())
    names: Names = field(default_factory=lambda: _first_names())
    sent: list[Request] = field(default_factory=list)
    last_kinds: list[str] = field(default_factory=list)
    last_writes: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        workspace = self.store.workspace("acme")
        app = make_app(self.store, self.behavior)
        self.provider: HttpProvider = connect(
            Endpoint(HOST, HOST, HOST),
            credentials(workspace.credentials),
            workspace.environment_id,
            rates=Rates(app=inf, journeys=inf),
            transport=InProcessTransport(app),
            max_parallel=1,
        )

    def copied(self) -> CampaignSandbox:
        """Return a sandbox with the same content, which changes on its own."""
        return CampaignSandbox(self.behavior, self.store.copy(), self.names)

    def segment(self, name: str) -> str:
        leaf = {"event": {"type": "event", "name": name, "filters": {}},
                "times": 1, "within": 0, "inverse": False}  # fmt: skip
        body = {"name": name, "type": "dynamic", "conditions": {"and": [{"or": [leaf]}]}}
        return str(self.send("POST", "~/segments", {"segment": body})["segment"]["id"])

    def send(self, method: str, path: str, body: Any = None) -> Any:
        return self.provider.send(Request(Api.JOURNEYS, method, path, body)).body

    def drive(self, conversation: Any) -> Any:
        """Run a conversation and record its requests. Return its result."""

        def recorded() -> Conversation[Any]:
            response, error = None, None
            while True:
                try:
                    requests = (
                        conversation.send(response) if error is None else conversation.throw(error)
                    )
                except StopIteration as end:
                    return end.value
                self.sent += [requests] if isinstance(requests, Request) else requests
                response, error = None, None
                try:
                    response = yield requests
                except RemoteError as caught:
                    error = caught

        self.sent.clear()
        return run_conversation(recorded(), self.provider)

    def create(self, attributes: Attributes) -> WriteResult:
        bound: WriteResult = self.drive(
            route_of(KIND, CreateRoute).operation(KIND.parse(attributes), WriteContext(self.names))
        )
        self.bind(bound)
        return bound

    def bind(self, bound: WriteResult) -> None:
        parts = {("campaign", bound.remote_id): bound.parts}
        self.names = Names(self.names.ids, self.names.known, parts)

    def forget(self) -> None:
        """Remove the bindings of steps to actions."""
        self.names = Names(self.names.ids, self.names.known)

    def live(self, remote_id: str, api: Api = Api.JOURNEYS) -> LiveObject:
        found = self.drive(
            route_of(KIND, ReadRoute, api).operation(
                RemoteObject(remote_id, "", api, {"id": remote_id})
            )
        )
        return LiveObject("campaign", found, KIND.decode(found, self.names))

    def apply(
        self,
        remote_id: str,
        attributes: Attributes,
        api: Api = Api.JOURNEYS,
        *,
        allow_unchanged: bool = False,
        allow_differences: bool = False,
    ) -> list[str]:
        """Update a campaign to `attributes` and return the writes.

        Assert that no difference remains.
        """
        live = self.live(remote_id, api)
        paths = [change.path for change in compare(KIND, None, attributes, live.attributes)]
        assert paths or allow_unchanged
        wanted, context = KIND.parse(attributes), WriteContext(self.names, paths)
        update = route_of(KIND, UpdateRoute, api).operation
        planned = [r.method for r in dry_run(update(live, wanted, context)) if r.writes]
        self.bind(self.drive(update(live, wanted, context)))
        writes = [str(request) for request in self.sent if request.writes]
        self.last_kinds = self.kinds_sent()
        self.last_writes = [request for request in self.sent if request.writes]
        assert planned == [write.split()[0] for write in writes]
        assert self.differences(remote_id, attributes) == [] or allow_differences
        return writes

    def differences(self, remote_id: str, attributes: Attributes) -> list[Any]:
        return list(compare(KIND, None, attributes, self.live(remote_id).attributes))

    def kinds_sent(self) -> list[str]:
        return [
            str(request.query.get("update_type", str(request).split("/")[-2]))
            for request in self.sent
            if request.writes
        ]


def _first_store() -> Store:
    return _with_objects().store


def _first_names() -> Names:
    return _with_objects().names


@cache
def _with_objects() -> CampaignSandbox:
    """Return the sandbox whose content and names the others begin with."""
    new = CampaignSandbox(store=Store.open(":memory:"), names=Names())
    segments = [new.segment(name) for name in ("Trial", "Paying")]
    team = {"name": "Team", "email": "team@acme.com", "template_type": "email"}
    plain = {"name": "Plain", "body": "{{ content }}"}
    sender = new.send("POST", "~/identities", {"identity": team})["identity"]["id"]
    layout = new.send("POST", "~/layouts", {"layout": plain})["layout"]["id"]
    new.names = Names(
        ids={
            Address("segment", "trial"): segments[0],
            Address("segment", "paying"): segments[1],
            Address("layout", "plain"): str(layout),
        },
        known={"sender": {"team@acme.com": str(sender)}},
    )
    return new


def credentials(keys: Any) -> Credentials:
    return Credentials(
        app_api_key=Secret(keys.app_api_key),
        service_account_token=Secret(keys.service_account_token),
    )
