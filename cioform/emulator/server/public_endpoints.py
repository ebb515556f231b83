"""Paths that need no credential: token exchange, the API's own description, the sandbox's knobs."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Request, Response

from cioform.emulator.apis.pipelines import pipelines
from cioform.emulator.protocol import auth
from cioform.emulator.protocol.behavior import Rules
from cioform.emulator.server.faults import Fault, Faults
from cioform.emulator.server.openapi import document
from cioform.emulator.store.database import Store
from cioform.emulator.wire.errors import Envelope, Refusal
from cioform.emulator.wire.json_input import json_of

TOKEN_PATH = "/v1/service_accounts/oauth/token"
OPENAPI_PATH = "/v1/openapi.json"
FAULTS_PATH = "/_sandbox/faults"


class OpenDoors:
    """Answers requests to those paths, and None to all others."""

    def __init__(
        self, store: Store, rules: Rules, faults: Faults, clock: Callable[[], float]
    ) -> None:
        self._store = store
        self._rules = rules
        self._faults = faults
        self._clock = clock

    def open(self, request: Request) -> Response | None:
        """Token exchange and OpenAPI (journeys facts, 1), and the settings of the browser SDK."""
        if request.path == TOKEN_PATH and request.method == "POST":
            return self._token(request)
        if request.path == OPENAPI_PATH and request.method == "GET":
            return self._openapi(request)
        return pipelines.settings(request, lambda key: auth.holder(self._store, key) is not None)

    def sandbox(self, request: Request) -> Response | None:
        """Orders faults: POST a JSON list of them, DELETE to clear, GET to see. Ours alone."""
        if request.path != FAULTS_PATH:
            return None
        if request.method == "DELETE":
            self._faults.clear()
            return Response(status=204)
        if request.method == "POST":
            try:
                ordered = [Fault(**each) for each in json_of(request.get_data())]
            except (TypeError, ValueError) as error:
                return _json({"error": str(error)}, 400)
            for fault in ordered:
                self._faults.add(fault)
        return _json({"faults": [vars(fault) for fault in self._faults.pending()]})

    def _token(self, request: Request) -> Response:
        form = request.form
        secret = form.get("client_secret", "")
        if request.authorization and request.authorization.type == "basic":
            secret = secret or request.authorization.password or ""
        try:
            if form.get("grant_type") != "client_credentials":
                raise Refusal(400, "unsupported grant_type")
            answer = auth.exchange(
                self._store,
                secret,
                form.get("scope", ""),
                self._clock(),
                self._rules.token_lifetime,
            )
        except Refusal as refusal:
            return _json(refusal.body(Envelope.ERRORS, "token"), refusal.status)
        return _json(answer)

    def _openapi(self, request: Request) -> Response:
        text = json.dumps(document(), sort_keys=True)
        response = Response(text, mimetype="application/json")
        response.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
        response.make_conditional(request)
        return response


def _json(body: Any, status: int = 200) -> Response:
    return Response(json.dumps(body), status=status, mimetype="application/json")
