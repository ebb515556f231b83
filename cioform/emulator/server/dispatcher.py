"""The way of a request from its path to its handler, and back as a response."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter
from werkzeug.wrappers import Request as WsgiRequest
from werkzeug.wrappers import Response as WsgiResponse

from cioform.emulator.protocol import auth
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.protocol.request import Request, Response
from cioform.emulator.protocol.route import Route
from cioform.emulator.routes import implemented_url_map, not_implemented_url_map
from cioform.emulator.server.rate_limits import RateLimits
from cioform.emulator.server.request_input import read_body, read_query
from cioform.emulator.server.responses import empty_response, error_response, json_response
from cioform.emulator.store.database import EmulatedWorkspace, Store
from cioform.emulator.wire.errors import ApiError, not_found
from cioform.emulator.wire.raw_path import raw_request_path

HTML_PAGE = "<!doctype html><html><head><title>Customer.io</title></head><body></body></html>"
JOURNEYS_PATHS = ("/v1/environments/", "/v1/accounts/", "/v1/service_accounts/")


class Dispatcher:
    """Finds the route of a request, authorizes the request, and runs the handler."""

    def __init__(
        self,
        store: Store,
        behavior: Behavior,
        clock: Callable[[], float],
        rate_limits: RateLimits,
    ) -> None:
        self._store = store
        self._behavior = behavior
        self._clock = clock
        self._rate_limits = rate_limits
        self._error_count = itertools.count(1)
        self._url_adapter = implemented_url_map().bind("emulator")

    def respond(self, wsgi_request: WsgiRequest, effect: str) -> WsgiResponse:
        """Return the response to a request. `effect` is that of its injected fault, or empty."""
        matched = self._match_route(wsgi_request)
        if matched is None:
            return self._unknown_path_response(wsgi_request)
        route, path_params = matched
        try:
            response = self._authorize_and_handle(wsgi_request, route, path_params, effect)
        except ApiError as error:
            return error_response(error, self._next_salt(), route.envelope)
        if response.body is None:
            return empty_response(response.status)
        return json_response(response.body, response.status)

    def _match_route(self, wsgi_request: WsgiRequest) -> tuple[Route, Mapping[str, Any]] | None:
        """Return the route of the raw path, and its decoded path parameters."""
        path, method = raw_request_path(wsgi_request.environ), wsgi_request.method
        matched = _match(self._url_adapter, path, method)
        if matched is None:
            matched = _match(not_implemented_url_map().bind("emulator"), path, method)
        if matched is None:
            return None
        route, encoded_params = matched
        return route, {
            name: unquote(value) if isinstance(value, str) else value
            for name, value in encoded_params.items()
        }

    def _authorize_and_handle(
        self, wsgi_request: WsgiRequest, route: Route, path_params: Mapping[str, Any], effect: str
    ) -> Response:
        caller = route.surface.authenticate(wsgi_request, self._store, self._clock())
        workspace = route.surface.find_workspace(caller, self._store, path_params)
        if caller.read_only and wsgi_request.method != "GET":
            raise ApiError(403, "the token's scope read_only does not allow this")
        self._rate_limits.acquire(route, workspace)
        body = read_body(wsgi_request, route, self._behavior.oversize_status)
        with self._store.transaction():
            request = self._make_request(
                wsgi_request, path_params, body, caller, workspace, effect=effect
            )
            result = self._run_handler(request, route, stale=effect == "stale")
        # An error whose changes are kept must not roll the transaction back.
        if isinstance(result, ApiError):
            raise result
        return result

    def _make_request(
        self,
        wsgi_request: WsgiRequest,
        path_params: Mapping[str, Any],
        body: dict[str, Any],
        caller: auth.Caller,
        workspace: EmulatedWorkspace,
        *,
        effect: str,
    ) -> Request:
        # A write must not be made on top of what was there before the last one.
        reads_stale = effect == "stale" and wsgi_request.method == "GET"
        return Request(
            method=wsgi_request.method,
            path=raw_request_path(wsgi_request.environ),
            path_params=path_params,
            query=read_query(wsgi_request, first_page=effect == "repeat-page"),
            body=body,
            caller=caller,
            workspace=workspace,
            store=self._store,
            workspace_data=self._store.workspace_data(workspace.name, stale=reads_stale),
            behavior=self._behavior,
            now=int(self._clock()),
            ip=wsgi_request.remote_addr or "127.0.0.1",
        )

    def _run_handler(self, request: Request, route: Route, *, stale: bool) -> Response | ApiError:
        """Return the response, or the error whose changes are kept.

        The response to a Journeys PUT may show the previous state (journeys facts, 9.4).
        """
        shows_previous = stale or self._behavior.put_returns_previous
        is_journeys_put = route.surface.is_journeys and route.method == "PUT"
        previous = self._get_same_path(request) if shows_previous and is_journeys_put else None
        try:
            response = route.handler(request)
        except ApiError as error:
            if error.keep_changes:
                return error
            raise
        return previous if previous is not None and response.body is not None else response

    def _get_same_path(self, request: Request) -> Response | None:
        """Return the current response to a GET of the same path, None if there is no such route."""
        matched = _match(self._url_adapter, request.path, "GET")
        return matched[0].handler(request) if matched else None

    def _unknown_path_response(self, wsgi_request: WsgiRequest) -> WsgiResponse:
        """Return HTML with 200 as the browser app does, or the App API's 404.

        Source: journeys facts, 9.14.
        """
        authorization = wsgi_request.headers.get("Authorization", "")
        is_journeys = wsgi_request.path.startswith(JOURNEYS_PATHS)
        if is_journeys or not authorization or auth.looks_like_jwt(authorization):
            return WsgiResponse(HTML_PAGE, mimetype="text/html")
        return error_response(not_found("page"), self._next_salt())

    def _next_salt(self) -> str:
        return str(next(self._error_count))


def _match(
    url_adapter: MapAdapter, path: str, method: str
) -> tuple[Route, Mapping[str, Any]] | None:
    try:
        route, path_params = url_adapter.match(path, method)
    except HTTPException:
        return None
    return route, path_params
