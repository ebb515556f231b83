"""The door to a workspace's three surfaces: URLs made, credentials put on, answers decoded."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import httpx

from cioform.core.errors import CredentialRefused, FilesWrong, UsageWrong
from cioform.core.json_value import Secret
from cioform.model.conversation import Api, Request, Response
from cioform.model.endpoints import Credentials, Endpoint
from cioform.remote import responses
from cioform.remote.journeys import EXCHANGE_PATH, Grant, TokenKeeper, read_grant
from cioform.remote.rate_limiter import PaceMaker
from cioform.remote.redact import Redactor
from cioform.remote.responses import Answer
from cioform.remote.transport import Line, Timing


class _Exchange(Request):
    """A POST that changes nothing, so that it may be repeated as a read is."""

    writes = property(lambda _: False)


class Door:
    """Sends single requests to one workspace and gives their decoded answers."""

    def __init__(
        self,
        endpoint: Endpoint,
        credentials: Credentials,
        environment_id: int | None,
        pace: PaceMaker,
        timing: Timing,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._credentials = credentials
        self._environment_id = environment_id
        self._timing = timing
        self._redact = Redactor(credentials.secrets)
        self._line = Line(pace, timing, self._redact, transport)
        self._tokens = TokenKeeper(self._exchange, timing.clock)

    @property
    def apis(self) -> frozenset[Api]:
        """The APIs whose credentials are at hand."""
        return self._credentials.apis

    @property
    def count(self) -> int:
        """How many requests were sent, retries counted, token exchanges not."""
        return self._line.count

    def send(self, request: Request) -> Response:
        """Send one request and give its decoded answer; raises as `answers.decode` does."""
        return self.decode(request, self.fetch(request))

    def decode(self, request: Request, answer: Answer) -> Response:
        """Give a raw answer decoded; raises as `answers.decode` does."""
        return responses.decode(request, answer, self._redact)

    def base(self, api: Api) -> str:
        """Give the URL of an API."""
        return self._endpoint.base(api)

    def fetch(self, request: Request, headers: Mapping[str, str] | None = None) -> Answer:
        """Give the raw answer, whatever its status, after the retries that are safe.

        On the Journeys API a 401 means that nothing was done: the token is exchanged anew, once,
        and the request sent again, be it a write.
        """
        if request.api not in self.apis:
            raise responses.missing_credential(request.api)
        if request.api is not Api.JOURNEYS:
            return self._line.carry(request, self._build(request, headers, self._pass(request)))
        answer = self._with_token(request, headers)
        return self._with_token(request, headers) if answer.status == 401 else answer

    def grant(self) -> Grant:
        """Give the Journeys token in use: its scopes and its end."""
        if Api.JOURNEYS not in self.apis:
            raise responses.missing_credential(Api.JOURNEYS)
        return self._tokens.current()

    def close(self) -> None:
        """Hang up."""
        self._line.client.close()

    def _with_token(self, request: Request, headers: Mapping[str, str] | None) -> Answer:
        grant = self._tokens.current()
        sent = self._build(request, headers, f"Bearer {grant.token.reveal()}")
        answer = self._line.carry(request, sent)
        if answer.status == 401:
            self._tokens.refused(grant)
        return answer

    def _build(
        self, request: Request, headers: Mapping[str, str] | None, authorization: str
    ) -> httpx.Request:
        stamped = dict(headers or {}) | {"Authorization": authorization}
        if request.api is Api.JOURNEYS and request.writes:
            stamped["X-Validate"] = "strict"  # else unknown fields get a silent 200 (journeys, 2)
        if request.text:
            stamped["Content-Type"] = "application/json"
        try:
            return self._line.client.build_request(
                request.method,
                self._endpoint.base(request.api) + self._path(request),
                params=dict(request.query) or None,
                json=request.body,
                content=request.text or None,
                headers=stamped,
            )
        except httpx.InvalidURL:
            detail = self._redact(f"{request} does not make a valid URL. Check the names in it.")
            raise FilesWrong.of("Path cannot be sent", detail) from None
        except (ValueError, TypeError, RecursionError):
            raise UsageWrong.unsendable() from None

    def _path(self, request: Request) -> str:
        if not request.path.startswith("~"):
            return request.path
        if self._environment_id is None:
            raise FilesWrong.of(
                "Environment id missing",
                "The Journeys API reaches every workspace of an account, so `environment_id` in "
                "`workspace.yaml` must say which is meant. See those there are with\n"
                "    cioform doctor WORKSPACE",
            )
        return f"/v1/environments/{self._environment_id}{request.path[1:]}"

    def _pass(self, request: Request) -> str:
        given = self._credentials
        if request.api is Api.APP:
            return f"Bearer {_text(given.app_api_key)}"
        pair = f"{_text(given.site_id)}:{_text(given.track_api_key)}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"

    def _exchange(self) -> Grant:
        """Exchange the service account's token (journeys facts, section 1)."""
        request = _Exchange(Api.JOURNEYS, "POST", EXCHANGE_PATH)
        sent = self._line.client.build_request(
            "POST",
            self._endpoint.journeys + EXCHANGE_PATH,
            data={
                "grant_type": "client_credentials",
                "client_secret": _text(self._credentials.service_account_token),
            },
        )
        answer = self._line.carry(request, sent, counted=False)
        response = responses.decode(request, answer, self._redact)
        grant = read_grant(response.body, self._timing.clock())
        if grant is None:
            raise CredentialRefused.of(
                "Credential not accepted",
                f"The answer to {request} carries no token. Check `service_account_token` and the "
                "`journeys` endpoint.",
            )
        return grant


def _text(secret: Secret | None) -> str:
    return "" if secret is None else secret.reveal()
