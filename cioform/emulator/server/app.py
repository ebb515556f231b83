"""The WSGI app: one request in, through fault, route, door, limit and handler, one answer out."""

import itertools
import json
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote

from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request, Response

from cioform.emulator.apis.pipelines import pipelines
from cioform.emulator.protocol import auth
from cioform.emulator.protocol.behavior import Rules
from cioform.emulator.protocol.request import Call, Reply
from cioform.emulator.protocol.route import Route, Surface
from cioform.emulator.routes import route_map
from cioform.emulator.server import regions
from cioform.emulator.server.fault_responses import FaultAnswers
from cioform.emulator.server.faults import Fault, Faults
from cioform.emulator.server.public_endpoints import OpenDoors
from cioform.emulator.server.rate_limits import Limit, Limiter
from cioform.emulator.store.database import Store, Workspace
from cioform.emulator.validation.body_validation import fitted
from cioform.emulator.wire.errors import Envelope, Refusal, not_found
from cioform.emulator.wire.json_input import json_of
from cioform.emulator.wire.raw_path import path_sent

HTML = "<!doctype html><html><head><title>Customer.io</title></head><body></body></html>"
ACTOR = "cioform.actor"
"""Where the carrier says which person calls. No header can set it."""

WsgiApp = Callable[[dict[str, Any], Any], Iterable[bytes]]


def make_app(
    store: Store,
    rules: Rules | None = None,
    faults: Faults | None = None,
    clock: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
) -> WsgiApp:
    """The emulator as a WSGI app. `clock` gives Unix seconds, `monotonic` paces the rate limit."""
    return Server(
        store,
        rules if rules is not None else Rules(),
        faults if faults is not None else Faults(),
        clock,
        Limiter(monotonic),
    )


class Server:
    """All surfaces on one host, under their real paths."""

    def __init__(
        self,
        store: Store,
        rules: Rules,
        faults: Faults,
        clock: Callable[[], float],
        limiter: Limiter,
    ) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock
        self._limiter = limiter
        self._faults = faults
        self._trouble = FaultAnswers(rules)
        self._doors = OpenDoors(store, rules, faults, clock)
        self._count = itertools.count(1)
        self._paths = route_map().bind("emulator")

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        response = self._doors.sandbox(request) or self._troubled(request)
        return response(environ, start_response)

    def _troubled(self, request: Request) -> Response:
        fault = self._faults.meet(request.method, request.full_path.rstrip("?"))
        early = self._trouble.before(fault, request.environ)
        if early is not None:
            return early
        response = (
            regions.elsewhere(request, self._rules.region)
            or pipelines.cross_origin(request, self._doors.open(request))
            or pipelines.cross_origin(request, self._answer(request, fault))
        )
        assert response is not None
        return self._trouble.after(fault, response)

    def _answer(self, request: Request, fault: Fault | None) -> Response:
        matched = self._match(request)
        if matched is None:
            return self._unknown_path(request)
        route, arguments = matched
        try:
            reply = self._admit(request, route, arguments, fault)
        except Refusal as refusal:
            return self._refused(refusal, route.envelope)
        if reply.body is None:
            return Response(status=reply.status)
        return json_response(reply.body, reply.status)

    def _admit(
        self, request: Request, route: Route, arguments: Mapping[str, Any], fault: Fault | None
    ) -> Reply:
        caller = self._caller(request, route.surface)
        workspace = self._workspace(route.surface, caller, arguments)
        if caller.read_only and request.method != "GET":
            raise Refusal(403, "the token's scope read_only does not allow this")
        self._limit(route, workspace)
        effect = fault.effect if fault else ""
        body = _body(request, route, self._rules.oversize_status) if route.reads_body else {}
        with_refusal: Refusal | None = None
        with self._store.transaction():
            call = Call(
                method=request.method,
                path=path_sent(request.environ),
                args=arguments,
                query=_query(request, effect),
                body=body,
                caller=caller,
                workspace=workspace,
                store=self._store,
                space=self._store.space(workspace.name, stale=effect == "stale"),
                rules=self._rules,
                now=int(self._clock()),
                ip=request.remote_addr or "127.0.0.1",
            )
            try:
                reply = self._handle(call, route, effect)
            except Refusal as refusal:
                if not refusal.keep:
                    raise
                with_refusal = refusal
        if with_refusal is not None:
            raise with_refusal
        return reply

    def _handle(self, call: Call, route: Route, effect: str) -> Reply:
        """Run the handler; a Journeys PUT may show the state before it (journeys facts, 9.4)."""
        stale = self._rules.stale_echo or effect == "stale"
        if not (stale and route.method == "PUT" and route.surface is Surface.JOURNEYS):
            return route.handler(call)
        before = self._sibling(call)
        reply = route.handler(call)
        return before if before is not None and reply.body is not None else reply

    def _sibling(self, call: Call) -> Reply | None:
        """What GET of the same path answers now."""
        try:
            route, _ = self._paths.match(call.path, "GET")
        except HTTPException:
            return None
        reader: Route = route
        return reader.handler(call)

    def _match(self, request: Request) -> tuple[Route, Mapping[str, Any]] | None:
        """The route, found by the path as it was sent, and what it carries in the clear."""
        try:
            route, sent = self._paths.match(path_sent(request.environ), request.method)
        except HTTPException:
            return None
        clear = {key: unquote(v) if isinstance(v, str) else v for key, v in sent.items()}
        return route, clear

    def _caller(self, request: Request, surface: Surface) -> auth.Caller:
        authorization = request.headers.get("Authorization", "")
        workspace_id = request.headers.get("X-Workspace-Id", "")
        if surface is Surface.TRACK:
            return auth.track_caller(self._store, authorization)
        if surface in (Surface.APP, Surface.TRIGGER):
            return auth.app_caller(self._store, authorization)
        if surface is Surface.PIPELINES:
            return auth.pipelines_caller(self._store, authorization, pipelines.key_in(request))
        if surface is Surface.SEND:
            return auth.sending_caller(self._store, authorization, workspace_id)
        actor = request.environ.get(ACTOR)
        if actor:
            return auth.person(actor)
        return auth.journeys_caller(authorization, self._clock())

    def _workspace(
        self, surface: Surface, caller: auth.Caller, arguments: Mapping[str, Any]
    ) -> Workspace:
        if caller.workspace is not None:
            return caller.workspace
        if surface is Surface.ACCOUNT:
            return self._store.workspaces()[0]
        found = self._store.find_workspace("environment_id", arguments["environment"])
        if found is None:
            raise not_found("environment")
        return found

    def _limit(self, route: Route, workspace: Workspace) -> None:
        """App requests share 10 a second, triggers have 1 in 10 s; sends share no limit here."""
        surface = route.surface
        every = self._rules.broadcast_interval
        rate = {
            Surface.APP: self._rules.rate_limit,
            Surface.TRIGGER: 1 / every if every else None,
            Surface.TRACK: self._rules.track_rate_limit,
            Surface.JOURNEYS: self._rules.journeys_rate_limit,
        }.get(surface)
        if rate is not None:
            bucket = f"{surface.value}/{workspace.name}"
            self._limiter.take(bucket, Limit.of(rate), retry_after=self._rules.retry_after)
        # Who lifts the limit of the App API lifts all of it.
        if route.scarce and rate is not None:
            limit = Limit(self._rules.scarce_a_day, 86_400)
            self._limiter.take(f"{route.path}/{workspace.name}", limit, retry_after=False)

    def _unknown_path(self, request: Request) -> Response:
        """HTML with 200 as the browser app gives, or the App API's 404 (journeys facts, 9.14)."""
        authorization = request.headers.get("Authorization", "")
        journeys = request.path.startswith(
            ("/v1/environments/", "/v1/accounts/", "/v1/service_accounts/")
        )
        if journeys or not authorization or auth.looks_like_token(authorization):
            return Response(HTML, mimetype="text/html")
        return self._refused(not_found("page"), Envelope.ERRORS)

    def _refused(self, refusal: Refusal, envelope: Envelope) -> Response:
        if refusal.status == 401 and envelope is Envelope.META_LIST:
            envelope = Envelope.META
        elif refusal.status in (401, 403, 429):
            envelope = Envelope.ERRORS
        body = refusal.body(envelope, str(next(self._count)))
        response = json_response(body, refusal.status)
        response.headers.extend(refusal.headers)
        return response


def json_response(body: Any, status: int = 200) -> Response:
    """`body` as JSON."""
    text = json.dumps(body, ensure_ascii=False, allow_nan=False)
    return Response(text, status=status, mimetype="application/json")


def _query(request: Request, effect: str) -> "MultiDict[str, str]":
    query: MultiDict[str, str] = MultiDict(request.args)
    if effect == "repeat-page":
        for key in ("page", "start", "cursor", "offset", "continuation"):
            query.poplist(key)
    return query


def _body(request: Request, route: Route, oversize_status: int) -> dict[str, Any]:
    raw = request.get_data()
    if route.largest is not None and len(raw) > route.largest:
        raise Refusal(oversize_status, f"the request is larger than {route.largest} bytes")
    if not raw or request.method in ("GET", "DELETE"):
        return {}
    try:
        value = json_of(raw)
    except ValueError:
        raise Refusal(400, "malformed JSON in request body") from None
    if not isinstance(value, dict):
        raise Refusal(400, "json: cannot unmarshal the body into an object")
    if route.shape is None:
        return value
    strict = (
        route.surface in (Surface.JOURNEYS, Surface.ACCOUNT)
        and request.headers.get("X-Validate") == "strict"
    )
    cleaned: dict[str, Any] = fitted(value, route.shape, strict=strict)
    return cleaned
