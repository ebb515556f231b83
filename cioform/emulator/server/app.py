"""The emulator as a WSGI app."""

import time
from collections.abc import Callable, Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wrappers import Request as WsgiRequest
from werkzeug.wrappers import Response as WsgiResponse

from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.dispatcher import Dispatcher
from cioform.emulator.server.endpoints.browser_sdk import add_cors_headers, preflight_response
from cioform.emulator.server.endpoints.public_endpoints import FaultEndpoint, PublicEndpoints
from cioform.emulator.server.endpoints.regions import wrong_region_response
from cioform.emulator.server.faults.fault_responses import FaultResponses
from cioform.emulator.server.faults.faults import FaultInjector
from cioform.emulator.server.rate_limits import RateLimits, SlidingWindowLimiter
from cioform.emulator.store.database import Store


def make_app(
    store: Store,
    behavior: Behavior | None = None,
    faults: FaultInjector | None = None,
    clock: Callable[[], float] = time.time,
    monotonic: Callable[[], float] = time.monotonic,
) -> WSGIApplication:
    """Return the emulator as a WSGI app.

    `clock` returns Unix seconds; `monotonic` is the clock of the rate limits, in seconds.
    """
    behavior = behavior if behavior is not None else Behavior()
    return EmulatorApp(
        behavior,
        faults if faults is not None else FaultInjector(),
        PublicEndpoints(store, behavior, clock),
        Dispatcher(store, behavior, clock, RateLimits(behavior, SlidingWindowLimiter(monotonic))),
    )


class EmulatorApp:
    """All APIs on one host, under their real paths."""

    def __init__(
        self,
        behavior: Behavior,
        faults: FaultInjector,
        public_endpoints: PublicEndpoints,
        dispatcher: Dispatcher,
    ) -> None:
        self._behavior = behavior
        self._faults = faults
        self._fault_endpoint = FaultEndpoint(faults)
        self._fault_responses = FaultResponses(behavior)
        self._public_endpoints = public_endpoints
        self._dispatcher = dispatcher

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Respond to one request, as WSGI prescribes."""
        wsgi_request = WsgiRequest(environ)
        response = self._fault_endpoint.respond(wsgi_request)
        if response is None:
            response = self._respond_with_faults(wsgi_request)
        return response(environ, start_response)

    def _respond_with_faults(self, wsgi_request: WsgiRequest) -> WsgiResponse:
        url = wsgi_request.full_path.rstrip("?")
        fault = self._faults.match_request(wsgi_request.method, url)
        early_response = self._fault_responses.before(fault, wsgi_request.environ)
        if early_response is not None:
            return early_response
        response = self._respond(wsgi_request, fault.effect if fault else "")
        return self._fault_responses.after(fault, response)

    def _respond(self, wsgi_request: WsgiRequest, effect: str) -> WsgiResponse:
        redirect = wrong_region_response(wsgi_request, self._behavior.region)
        if redirect is not None:
            return redirect
        preflight = preflight_response(wsgi_request)
        if preflight is not None:
            return preflight
        response = self._public_endpoints.respond(wsgi_request)
        if response is None:
            response = self._dispatcher.respond(wsgi_request, effect)
        return add_cors_headers(wsgi_request, response)
