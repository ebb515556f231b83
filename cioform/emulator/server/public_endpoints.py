"""Paths that need no credential: token exchange, the API's own description, the sandbox's knobs."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request as WsgiRequest
from werkzeug.wrappers import Response as WsgiResponse

from cioform.emulator.apis.pipelines import pipelines
from cioform.emulator.protocol import auth
from cioform.emulator.protocol.behavior import Behavior
from cioform.emulator.server.faults import Fault, FaultInjector
from cioform.emulator.server.openapi import openapi_document
from cioform.emulator.store.database import Store
from cioform.emulator.wire.errors import ApiError, Envelope
from cioform.emulator.wire.json_input import parse_json

TOKEN_PATH = "/v1/service_accounts/oauth/token"
OPENAPI_PATH = "/v1/openapi.json"
FAULTS_PATH = "/_sandbox/faults"


class PublicEndpoints:
    """Answers requests to those paths, and None to all others."""

    def __init__(
        self, store: Store, behavior: Behavior, faults: FaultInjector, clock: Callable[[], float]
    ) -> None:
        self._store = store
        self._behavior = behavior
        self._faults = faults
        self._clock = clock

    def respond(self, request: WsgiRequest) -> WsgiResponse | None:
        """Token exchange and OpenAPI (journeys facts, 1), and the settings of the browser SDK."""
        if request.path == TOKEN_PATH and request.method == "POST":
            return self._exchange_token(request)
        if request.path == OPENAPI_PATH and request.method == "GET":
            return self._openapi(request)
        return pipelines.settings_response(
            request, lambda key: auth.find_workspace_by_write_key(self._store, key) is not None
        )

    def manage_faults(self, request: WsgiRequest) -> WsgiResponse | None:
        """Orders faults: POST a JSON list of them, DELETE to clear, GET to see. Ours alone."""
        if request.path != FAULTS_PATH:
            return None
        if request.method == "DELETE":
            self._faults.clear()
            return WsgiResponse(status=204)
        if request.method == "POST":
            try:
                ordered = [Fault(**each) for each in parse_json(request.get_data())]
            except (TypeError, ValueError) as error:
                return _json_response({"error": str(error)}, 400)
            for fault in ordered:
                self._faults.add(fault)
        return _json_response({"faults": [vars(fault) for fault in self._faults.pending()]})

    def _exchange_token(self, request: WsgiRequest) -> WsgiResponse:
        form = request.form
        secret = form.get("client_secret", "")
        if request.authorization and request.authorization.type == "basic":
            secret = secret or request.authorization.password or ""
        try:
            if form.get("grant_type") != "client_credentials":
                raise ApiError(400, "unsupported grant_type")
            answer = auth.exchange_token(
                self._store,
                secret,
                form.get("scope", ""),
                self._clock(),
                self._behavior.token_lifetime,
            )
        except ApiError as refusal:
            return _json_response(refusal.body(Envelope.ERRORS, "token"), refusal.status)
        return _json_response(answer)

    def _openapi(self, request: WsgiRequest) -> WsgiResponse:
        text = json.dumps(openapi_document(), sort_keys=True)
        response = WsgiResponse(text, mimetype="application/json")
        response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
        response.make_conditional(request)
        return response


def _json_response(body: Any, status: int = 200) -> WsgiResponse:
    return WsgiResponse(json.dumps(body), status=status, mimetype="application/json")
