"""The door to a workspace's three surfaces: URLs made, credentials put on, answers decoded."""

from __future__ import annotations

import base64
from collections.abc import Mapping

import httpx

from cioform.core.errors import AuthError, ConfigError, UsageError
from cioform.core.secret import Secret
from cioform.model.conversation import Api, Request, Response
from cioform.model.endpoints import Credentials, Endpoint
from cioform.remote import responses
from cioform.remote.oauth import TOKEN_PATH, AccessToken, TokenCache, parse_access_token
from cioform.remote.rate_limiter import RateLimiter
from cioform.remote.redact import Redactor
from cioform.remote.responses import ParsedResponse
from cioform.remote.transport import Timing, Transport


class _TokenRequest(Request):
    """A POST that changes nothing, so that it may be repeated as a read is."""

    writes = property(lambda _: False)


class ApiConnection:
    """Sends single requests to one workspace and gives their decoded answers."""

    def __init__(
        self,
        endpoint: Endpoint,
        credentials: Credentials,
        environment_id: int | None,
        rate_limiter: RateLimiter,
        timing: Timing,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._endpoint = endpoint
        self._credentials = credentials
        self._environment_id = environment_id
        self._timing = timing
        self._redact = Redactor(credentials.secrets)
        self._transport = Transport(rate_limiter, timing, self._redact, transport)
        self._token_cache = TokenCache(self._exchange_token, timing.clock)

    @property
    def apis(self) -> frozenset[Api]:
        """The APIs whose credentials are at hand."""
        return self._credentials.apis

    @property
    def count(self) -> int:
        """How many requests were sent, retries counted, token exchanges not."""
        return self._transport.count

    def send(self, request: Request) -> Response:
        """Send one request and give its decoded answer; raises as `answers.decode` does."""
        return self.decode(request, self.send_raw(request))

    def decode(self, request: Request, answer: ParsedResponse) -> Response:
        """Give a raw answer decoded; raises as `answers.decode` does."""
        return responses.decode(request, answer, self._redact)

    def base_url(self, api: Api) -> str:
        """Give the URL of an API."""
        return self._endpoint.base_url(api)

    def send_raw(
        self, request: Request, headers: Mapping[str, str] | None = None
    ) -> ParsedResponse:
        """Give the raw answer, whatever its status, after the retries that are safe.

        On the Journeys API a 401 means that nothing was done: the token is exchanged anew, once,
        and the request sent again, be it a write.
        """
        if request.api not in self.apis:
            raise responses.missing_credential_error(request.api)
        if request.api is not Api.JOURNEYS:
            return self._transport.send(
                request, self._build_request(request, headers, self._authorization(request))
            )
        answer = self._send_with_token(request, headers)
        return self._send_with_token(request, headers) if answer.status == 401 else answer

    def access_token(self) -> AccessToken:
        """Give the Journeys token in use: its scopes and its end."""
        if Api.JOURNEYS not in self.apis:
            raise responses.missing_credential_error(Api.JOURNEYS)
        return self._token_cache.current()

    def close(self) -> None:
        """Hang up."""
        self._transport.client.close()

    def _send_with_token(
        self, request: Request, headers: Mapping[str, str] | None
    ) -> ParsedResponse:
        grant = self._token_cache.current()
        sent = self._build_request(request, headers, f"Bearer {grant.token.reveal()}")
        answer = self._transport.send(request, sent)
        if answer.status == 401:
            self._token_cache.invalidate(grant)
        return answer

    def _build_request(
        self, request: Request, headers: Mapping[str, str] | None, authorization: str
    ) -> httpx.Request:
        stamped = dict(headers or {}) | {"Authorization": authorization}
        if request.api is Api.JOURNEYS and request.writes:
            stamped["X-Validate"] = "strict"  # else unknown fields get a silent 200 (journeys, 2)
        if request.raw_body:
            stamped["Content-Type"] = "application/json"
        try:
            return self._transport.client.build_request(
                request.method,
                self._endpoint.base_url(request.api) + self._full_path(request),
                params=dict(request.query) or None,
                json=request.body,
                content=request.raw_body or None,
                headers=stamped,
            )
        except httpx.InvalidURL:
            detail = self._redact(f"{request} does not make a valid URL. Check the names in it.")
            raise ConfigError.of("Path cannot be sent", detail) from None
        except (ValueError, TypeError, RecursionError):
            raise UsageError.not_serializable() from None

    def _full_path(self, request: Request) -> str:
        if not request.path.startswith("~"):
            return request.path
        if self._environment_id is None:
            raise ConfigError.of(
                "Environment id missing",
                "The Journeys API reaches every workspace of an account, so `environment_id` in "
                "`workspace.yaml` must say which is meant. See those there are with\n"
                "    cioform doctor WORKSPACE",
            )
        return f"/v1/environments/{self._environment_id}{request.path[1:]}"

    def _authorization(self, request: Request) -> str:
        given = self._credentials
        if request.api is Api.APP:
            return f"Bearer {_reveal(given.app_api_key)}"
        pair = f"{_reveal(given.site_id)}:{_reveal(given.track_api_key)}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"

    def _exchange_token(self) -> AccessToken:
        """Exchange the service account's token (journeys facts, section 1)."""
        request = _TokenRequest(Api.JOURNEYS, "POST", TOKEN_PATH)
        sent = self._transport.client.build_request(
            "POST",
            self._endpoint.journeys + TOKEN_PATH,
            data={
                "grant_type": "client_credentials",
                "client_secret": _reveal(self._credentials.service_account_token),
            },
        )
        answer = self._transport.send(request, sent, counted=False)
        response = responses.decode(request, answer, self._redact)
        grant = parse_access_token(response.body, self._timing.clock())
        if grant is None:
            raise AuthError.of(
                "Credential not accepted",
                f"The answer to {request} carries no token. Check `service_account_token` and the "
                "`journeys` endpoint.",
            )
        return grant


def _reveal(secret: Secret | None) -> str:
    return "" if secret is None else secret.reveal()
