"""The WSGI app: one request in, through fault, route, door, limit and handler, one answer out."""

import itertools
import json
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request as WsgiRequest
from werkzeug.wrappers import Response as WsgiResponse

from cioform.emulator.apis.pipelines import pipelines
from cioform.emulator.protocol import auth
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import Route, Surface
from cioform.emulator.routes import url_map
from cioform.emulator.server import regions
from cioform.emulator.server.fault_responses import FaultResponses
from cioform.emulator.server.faults import Fault, FaultInjector
from cioform.emulator.server.public_endpoints import PublicEndpoints
from cioform.emulator.server.rate_limits import RateLimit, SlidingWindowLimiter
from cioform.emulator.store.database import EmulatedWorkspace, Store
from cioform.emulator.validation.body_validation import validate_body
from cioform.emulator.wire.errors import ApiError, Envelope, not_found
from cioform.emulator.wire.json_input import parse_json
from cioform.emulator.wire.raw_path import raw_request_path

HTML_PAGE = "<!doctype html><html><head><title>Customer.io</title></head><body></body></html>"
ACTOR_KEY = "cioform.actor"
"""Where the carrier says which person calls. No header can set it."""

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


def make_app(
    store: Store,
    behavior: Behavior | None = None,
    faults: FaultInjector | None = None,
    clock: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
) -> WsgiApp:
    """The emulator as a WSGI app. `clock` gives Unix seconds, `monotonic` paces the rate limit."""
    return EmulatorApp(
        store,
        behavior if behavior is not None else Behavior(),
        faults if faults is not None else FaultInjector(),
        clock,
        SlidingWindowLimiter(monotonic),
    )


class EmulatorApp:
    """All surfaces on one host, under their real paths."""

    def __init__(
        self,
        store: Store,
        behavior: Behavior,
        faults: FaultInjector,
        clock: Callable[[], float],
        limiter: SlidingWindowLimiter,
    ) -> None:
        self._store = store
        self._behavior = behavior
        self._clock = clock
        self._limiter = limiter
        self._faults = faults
        self._fault_responses = FaultResponses(behavior)
        self._public_endpoints = PublicEndpoints(store, behavior, faults, clock)
        self._error_count = itertools.count(1)
        self._url_adapter = url_map().bind("emulator")

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = WsgiRequest(environ)
        response = self._public_endpoints.manage_faults(request) or self._respond_with_faults(
            request
        )
        return response(environ, start_response)

    def _respond_with_faults(self, request: WsgiRequest) -> WsgiResponse:
        fault = self._faults.match_request(request.method, request.full_path.rstrip("?"))
        early = self._fault_responses.before(fault, request.environ)
        if early is not None:
            return early
        response = (
            regions.wrong_region_response(request, self._behavior.region)
            or pipelines.add_cors_headers(request, self._public_endpoints.respond(request))
            or pipelines.add_cors_headers(request, self._respond(request, fault))
        )
        assert response is not None
        return self._fault_responses.after(fault, response)

    def _respond(self, request: WsgiRequest, fault: Fault | None) -> WsgiResponse:
        matched = self._match_route(request)
        if matched is None:
            return self._unknown_path(request)
        route, arguments = matched
        try:
            reply = self._authorize_and_handle(request, route, arguments, fault)
        except ApiError as refusal:
            return self._error_response(refusal, route.envelope)
        if reply.body is None:
            return WsgiResponse(status=reply.status)
        return json_response(reply.body, reply.status)

    def _authorize_and_handle(
        self, request: WsgiRequest, route: Route, arguments: Mapping[str, Any], fault: Fault | None
    ) -> Response:
        caller = self._authenticate(request, route.surface)
        workspace = self._find_workspace(route.surface, caller, arguments)
        if caller.read_only and request.method != "GET":
            raise ApiError(403, "the token's scope read_only does not allow this")
        self._apply_rate_limits(route, workspace)
        effect = fault.effect if fault else ""
        body = (
            _read_body(request, route, self._behavior.oversize_status) if route.reads_body else {}
        )
        with_refusal: ApiError | None = None
        with self._store.transaction():
            call = Request(
                method=request.method,
                path=raw_request_path(request.environ),
                path_params=arguments,
                query=_read_query(request, effect),
                body=body,
                caller=caller,
                workspace=workspace,
                store=self._store,
                workspace_data=self._store.workspace_data(workspace.name, stale=effect == "stale"),
                behavior=self._behavior,
                now=int(self._clock()),
                ip=request.remote_addr or "127.0.0.1",
            )
            try:
                reply = self._handle(call, route, effect)
            except ApiError as refusal:
                if not refusal.keep_changes:
                    raise
                with_refusal = refusal
        if with_refusal is not None:
            raise with_refusal
        return reply

    def _handle(self, call: Request, route: Route, effect: str) -> Response:
        """Run the handler; a Journeys PUT may show the state before it (journeys facts, 9.4)."""
        stale = self._behavior.put_returns_previous or effect == "stale"
        if not (stale and route.method == "PUT" and route.surface is Surface.JOURNEYS):
            return route.handler(call)
        before = self._read_same_path(call)
        reply = route.handler(call)
        return before if before is not None and reply.body is not None else reply

    def _read_same_path(self, call: Request) -> Response | None:
        """What GET of the same path answers now."""
        try:
            route, _ = self._url_adapter.match(call.path, "GET")
        except HTTPException:
            return None
        reader: Route = route
        return reader.handler(call)

    def _match_route(self, request: WsgiRequest) -> tuple[Route, Mapping[str, Any]] | None:
        """The route, found by the path as it was sent, and what it carries in the clear."""
        try:
            route, sent = self._url_adapter.match(raw_request_path(request.environ), request.method)
        except HTTPException:
            return None
        clear = {key: unquote(v) if isinstance(v, str) else v for key, v in sent.items()}
        return route, clear

    def _authenticate(self, request: WsgiRequest, surface: Surface) -> auth.Caller:
        authorization = request.headers.get("Authorization", "")
        workspace_id = request.headers.get("X-Workspace-Id", "")
        if surface is Surface.TRACK:
            return auth.track_caller(self._store, authorization)
        if surface in (Surface.APP, Surface.TRIGGER):
            return auth.app_caller(self._store, authorization)
        if surface is Surface.PIPELINES:
            return auth.pipelines_caller(
                self._store, authorization, pipelines.write_key_from_body(request)
            )
        if surface is Surface.SEND:
            return auth.sending_caller(self._store, authorization, workspace_id)
        actor = request.environ.get(ACTOR_KEY)
        if actor:
            return auth.person_caller(actor)
        return auth.journeys_caller(authorization, self._clock())

    def _find_workspace(
        self, surface: Surface, caller: auth.Caller, arguments: Mapping[str, Any]
    ) -> EmulatedWorkspace:
        if caller.workspace is not None:
            return caller.workspace
        if surface is Surface.ACCOUNT:
            return self._store.workspaces()[0]
        found = self._store.find_workspace("environment_id", arguments["environment"])
        if found is None:
            raise not_found("environment")
        return found

    def _apply_rate_limits(self, route: Route, workspace: EmulatedWorkspace) -> None:
        """App requests share 10 a second, triggers have 1 in 10 s; sends share no limit here."""
        surface = route.surface
        every = self._behavior.broadcast_interval
        rate = {
            Surface.APP: self._behavior.rate_limit,
            Surface.TRIGGER: 1 / every if every else None,
            Surface.TRACK: self._behavior.track_rate_limit,
            Surface.JOURNEYS: self._behavior.journeys_rate_limit,
        }.get(surface)
        if rate is not None:
            bucket = f"{surface.value}/{workspace.name}"
            self._limiter.acquire(
                bucket, RateLimit.per_second(rate), retry_after=self._behavior.retry_after
            )
        # Who lifts the limit of the App API lifts all of it.
        if route.has_daily_limit and rate is not None:
            limit = RateLimit(self._behavior.archived_messages_per_day, 86_400)
            self._limiter.acquire(f"{route.path}/{workspace.name}", limit, retry_after=False)

    def _unknown_path(self, request: WsgiRequest) -> WsgiResponse:
        """HTML with 200 as the browser app gives, or the App API's 404 (journeys facts, 9.14)."""
        authorization = request.headers.get("Authorization", "")
        journeys = request.path.startswith(
            ("/v1/environments/", "/v1/accounts/", "/v1/service_accounts/")
        )
        if journeys or not authorization or auth.looks_like_jwt(authorization):
            return WsgiResponse(HTML_PAGE, mimetype="text/html")
        return self._error_response(not_found("page"), Envelope.ERRORS)

    def _error_response(self, refusal: ApiError, envelope: Envelope) -> WsgiResponse:
        if refusal.status == 401 and envelope is Envelope.META_LIST:
            envelope = Envelope.META
        elif refusal.status in (401, 403, 429):
            envelope = Envelope.ERRORS
        body = refusal.body(envelope, str(next(self._error_count)))
        response = json_response(body, refusal.status)
        response.headers.extend(refusal.headers)
        return response


def json_response(body: Any, status: int = 200) -> WsgiResponse:
    """`body` as JSON."""
    text = json.dumps(body, ensure_ascii=False, allow_nan=False)
    return WsgiResponse(text, status=status, mimetype="application/json")


def _read_query(request: WsgiRequest, effect: str) -> "MultiDict[str, str]":
    query: MultiDict[str, str] = MultiDict(request.args)
    if effect == "repeat-page":
        for key in ("page", "start", "cursor", "offset", "continuation"):
            query.poplist(key)
    return query


def _read_body(request: WsgiRequest, route: Route, oversize_status: int) -> dict[str, Any]:
    raw = request.get_data()
    if route.max_body_bytes is not None and len(raw) > route.max_body_bytes:
        raise ApiError(oversize_status, f"the request is larger than {route.max_body_bytes} bytes")
    if not raw or request.method in ("GET", "DELETE"):
        return {}
    try:
        value = parse_json(raw)
    except ValueError:
        raise ApiError(400, "malformed JSON in request body") from None
    if not isinstance(value, dict):
        raise ApiError(400, "json: cannot unmarshal the body into an object")
    if route.shape is None:
        return value
    strict = (
        route.surface in (Surface.JOURNEYS, Surface.ACCOUNT)
        and request.headers.get("X-Validate") == "strict"
    )
    cleaned: dict[str, Any] = validate_body(value, route.shape, strict=strict)
    return cleaned
