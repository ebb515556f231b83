"""The APIs of the service as objects: authentication, workspace and rate limit of each."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override
from werkzeug.wrappers import Request as WsgiRequest

from cioform.emulator.protocol import auth
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.store.database import EmulatedWorkspace, Store
from cioform.emulator.wire.errors import not_found
from cioform.emulator.wire.json_input import parse_json

ACTOR_KEY = "cioform.actor"
"""The key of the WSGI environment that names the person who calls. No header can set it."""


class Surface(ABC):
    """One API of the service, or a part of one that has rules of its own."""

    name: ClassVar[str]
    is_journeys: ClassVar[bool] = False
    """Whether the rules of the Journeys API hold: strict validation on request, PUT responses
    with the previous state, and a place in its OpenAPI document."""

    @abstractmethod
    def authenticate(self, wsgi_request: WsgiRequest, store: Store, now: float) -> auth.Caller:
        """Return the caller. Raises ApiError (401) unless the credential is valid at `now`."""

    def find_workspace(
        self, caller: auth.Caller, _store: Store, _path_params: Mapping[str, Any]
    ) -> EmulatedWorkspace:
        """Return the workspace that the request is for. Raises ApiError (404) if there is none."""
        if caller.workspace is None:
            raise TypeError(f"a credential of the {self.name} API belongs to a workspace")
        return caller.workspace

    def requests_per_second(self, _behavior: Behavior) -> float | None:
        """Return the rate limit of one workspace, or None for no limit."""
        return None

    def rate_owner(self, _behavior: Behavior, workspace: EmulatedWorkspace) -> str:
        """Return whose requests the rate limit counts."""
        return workspace.name


class AppSurface(Surface):
    """The App API."""

    name = "app"

    @override
    def authenticate(self, wsgi_request: WsgiRequest, store: Store, now: float) -> auth.Caller:
        return auth.app_caller(store, _authorization(wsgi_request))

    @override
    def requests_per_second(self, behavior: Behavior) -> float | None:
        return behavior.rate_limit


class TriggerSurface(AppSurface):
    """The triggers of broadcasts: part of the App API, with a rate limit of their own."""

    name = "trigger"

    @override
    def requests_per_second(self, behavior: Behavior) -> float | None:
        return 1 / behavior.broadcast_interval if behavior.broadcast_interval else None


class SendSurface(Surface):
    """Transactional sends: part of the App API, open to service accounts, not rate limited."""

    name = "send"

    @override
    def authenticate(self, wsgi_request: WsgiRequest, store: Store, now: float) -> auth.Caller:
        workspace_id = wsgi_request.headers.get("X-Workspace-Id", "")
        return auth.send_caller(store, _authorization(wsgi_request), workspace_id)


class TrackSurface(Surface):
    """The Track API, versions 1 and 2."""

    name = "track"

    @override
    def authenticate(self, wsgi_request: WsgiRequest, store: Store, now: float) -> auth.Caller:
        return auth.track_caller(store, _authorization(wsgi_request))

    @override
    def requests_per_second(self, behavior: Behavior) -> float | None:
        return behavior.track_rate_limit


class PipelinesSurface(Surface):
    """The Pipelines API."""

    name = "pipelines"

    @override
    def authenticate(self, wsgi_request: WsgiRequest, store: Store, now: float) -> auth.Caller:
        authorization = _authorization(wsgi_request)
        return auth.pipelines_caller(store, authorization, _write_key_from_body(wsgi_request))


class AccountSurface(Surface):
    """The part of the Journeys API above the workspaces. It is not rate limited."""

    name = "account"
    is_journeys = True

    @override
    def authenticate(self, wsgi_request: WsgiRequest, store: Store, now: float) -> auth.Caller:
        actor = wsgi_request.environ.get(ACTOR_KEY)
        if actor:
            return auth.person_caller(actor)
        return auth.journeys_caller(_authorization(wsgi_request), now)

    @override
    def find_workspace(
        self, caller: auth.Caller, store: Store, path_params: Mapping[str, Any]
    ) -> EmulatedWorkspace:
        return store.workspaces()[0]


class JourneysSurface(AccountSurface):
    """The Journeys API inside a workspace, which the path names."""

    name = "journeys"

    @override
    def requests_per_second(self, behavior: Behavior) -> float | None:
        return behavior.journeys_rate_limit

    @override
    def rate_owner(self, behavior: Behavior, workspace: EmulatedWorkspace) -> str:
        return "" if behavior.journeys_rate_of == "account" else workspace.name

    @override
    def find_workspace(
        self, caller: auth.Caller, store: Store, path_params: Mapping[str, Any]
    ) -> EmulatedWorkspace:
        workspace = store.find_workspace("environment_id", path_params["environment"])
        if workspace is None:
            raise not_found("environment")
        return workspace


APP = AppSurface()
TRIGGER = TriggerSurface()
SEND = SendSurface()
TRACK = TrackSurface()
PIPELINES = PipelinesSurface()
ACCOUNT = AccountSurface()
JOURNEYS = JourneysSurface()
SURFACES: tuple[Surface, ...] = (APP, TRIGGER, SEND, TRACK, PIPELINES, ACCOUNT, JOURNEYS)


def _authorization(wsgi_request: WsgiRequest) -> str:
    return wsgi_request.headers.get("Authorization", "")


def _write_key_from_body(wsgi_request: WsgiRequest) -> str:
    """Return the write key in a JSON body, or an empty text if there is none."""
    try:
        body = parse_json(wsgi_request.get_data())
    except ValueError:
        return ""
    return str(body.get("writeKey") or "") if isinstance(body, dict) else ""
