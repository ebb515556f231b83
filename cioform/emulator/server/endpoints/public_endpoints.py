"""The paths that need no credential: token exchange, OpenAPI, SDK settings, fault injection."""

import hashlib
import json
from collections.abc import Callable
from functools import cache

from werkzeug.wrappers import Request as WsgiRequest
from werkzeug.wrappers import Response as WsgiResponse

from cioform.emulator.protocol import auth
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.endpoints.browser_sdk import settings_response
from cioform.emulator.server.endpoints.openapi import openapi_document
from cioform.emulator.server.faults.faults import FaultInjector, parse_faults
from cioform.emulator.server.responses import error_response, json_response
from cioform.emulator.store.database import Store
from cioform.emulator.wire.errors import ApiError
from cioform.emulator.wire.json_input import parse_json

TOKEN_PATH = "/v1/service_accounts/oauth/token"
OPENAPI_PATH = "/v1/openapi.json"
FAULTS_PATH = "/_sandbox/faults"


class PublicEndpoints:
    """The endpoints of the service that need no credential."""

    def __init__(self, store: Store, behavior: Behavior, clock: Callable[[], float]) -> None:
        self._store = store
        self._behavior = behavior
        self._clock = clock

    def respond(self, wsgi_request: WsgiRequest) -> WsgiResponse | None:
        """Return the response, or None for any other path.

        Token exchange and OpenAPI: journeys facts, 1.
        """
        if wsgi_request.path == TOKEN_PATH and wsgi_request.method == "POST":
            return self._token_response(wsgi_request)
        if wsgi_request.path == OPENAPI_PATH and wsgi_request.method == "GET":
            return _openapi_response(wsgi_request, self._behavior.conditions_described)
        return settings_response(wsgi_request, self._store)

    def _token_response(self, wsgi_request: WsgiRequest) -> WsgiResponse:
        try:
            return json_response(self._exchange_token(wsgi_request))
        except ApiError as error:
            return error_response(error, "token")

    def _exchange_token(self, wsgi_request: WsgiRequest) -> auth.TokenResponse:
        form = wsgi_request.form
        secret = form.get("client_secret", "")
        if wsgi_request.authorization and wsgi_request.authorization.type == "basic":
            secret = secret or wsgi_request.authorization.password or ""
        if form.get("grant_type") != "client_credentials":
            raise ApiError(400, "unsupported grant_type")
        scope, lifetime = form.get("scope", ""), self._behavior.token_lifetime
        return auth.exchange_token(self._store, secret, scope, self._clock(), lifetime)


class FaultEndpoint:
    """Lists and changes the injected faults. It exists in the emulator only."""

    def __init__(self, faults: FaultInjector) -> None:
        self._faults = faults

    def respond(self, wsgi_request: WsgiRequest) -> WsgiResponse | None:
        """Return the response, or None for any other path.

        POST adds a JSON list of faults, DELETE removes all, and GET lists those still pending.
        """
        if wsgi_request.path != FAULTS_PATH:
            return None
        if wsgi_request.method == "DELETE":
            self._faults.clear()
            return WsgiResponse(status=204)
        if wsgi_request.method == "POST":
            try:
                faults = parse_faults(parse_json(wsgi_request.get_data()))
            except ValueError as error:
                return json_response({"error": str(error)}, 400)
            for fault in faults:
                self._faults.add(fault)
        return json_response({"faults": [vars(fault) for fault in self._faults.pending()]})


def _openapi_response(wsgi_request: WsgiRequest, conditions_described: str) -> WsgiResponse:
    text = _openapi_text(conditions_described)
    response = WsgiResponse(text, mimetype="application/json")
    response.set_etag(hashlib.sha256(text).hexdigest()[:32])
    response.make_conditional(wsgi_request)
    return response


@cache
def _openapi_text(conditions_described: str) -> bytes:
    return json.dumps(openapi_document(conditions_described), sort_keys=True).encode()
