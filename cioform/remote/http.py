"""One workspace's connection to the three APIs: builds URLs, authorizes, decodes responses."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from typing_extensions import override

from cioform.core.errors import UsageError
from cioform.core.lazy_modules import lazy_module
from cioform.core.secrets.secret import Secret
from cioform.model.remote_access.conversation import Api, Request, Response
from cioform.model.remote_access.endpoints import Credentials, Endpoint
from cioform.remote.oauth import TOKEN_PATH, AccessToken, TokenCache, parse_access_token
from cioform.remote.responses.response_errors import ResponseErrors
from cioform.remote.responses.responses import RawResponse, decode_response
from cioform.remote.transport import Timing, Transport

if TYPE_CHECKING:
    import httpx
else:
    httpx = lazy_module("httpx")


class _TokenRequest(Request):
    """The POST of a token exchange, which changes nothing and may be retried like a read."""

    @property
    @override
    def writes(self) -> bool:
        return False


class ApiConnection:
    """Sends single requests to one workspace and returns their responses."""

    def __init__(
        self,
        endpoint: Endpoint,
        credentials: Credentials,
        workspace_id: int | None,
        transport: Transport,
        timing: Timing,
        errors: ResponseErrors,
    ) -> None:
        self._endpoint = endpoint
        self._credentials = credentials
        self._workspace_id = workspace_id
        self._transport = transport
        self._clock = timing.clock
        self._errors = errors
        self._token_cache = TokenCache(self._exchange_token, timing.clock)

    @property
    def apis(self) -> frozenset[Api]:
        """The APIs that a credential is set for."""
        return self._credentials.apis

    @property
    def count(self) -> int:
        """The number of requests sent, retries included and token exchanges not."""
        return self._transport.count

    def send(self, request: Request) -> Response:
        """Send one request and return its decoded response.

        Raises as `decode_response` does.
        """
        return self.decode(request, self.send_raw(request))

    def decode(self, request: Request, raw: RawResponse) -> Response:
        """Return a raw response decoded; raises as `decode_response` does."""
        return decode_response(request, raw, self._errors)

    def base_url(self, api: Api) -> str:
        """Return the base URL of an API."""
        return self._endpoint.base_url(api)

    def send_raw(self, request: Request, headers: Mapping[str, str] | None = None) -> RawResponse:
        """Return the raw response, whatever its status, after the retries that are safe.

        A 401 of the Journeys API means that nothing was done: a new token is fetched, once, and
        the request is sent again, even if it writes. Raises AuthError where the API has no
        credential.
        """
        if request.api not in self.apis:
            raise self._errors.missing_credential(request.api)
        if request.api is not Api.JOURNEYS:
            http_request = self._build_request(request, headers, self._authorization(request))
            return self._transport.send(request, http_request)
        response = self._send_with_token(request, headers)
        return self._send_with_token(request, headers) if response.status == 401 else response

    def access_token(self) -> AccessToken:
        """Return the Journeys token in use. Raises AuthError where no credential is set."""
        if Api.JOURNEYS not in self.apis:
            raise self._errors.missing_credential(Api.JOURNEYS)
        return self._token_cache.current()

    def close(self) -> None:
        """Close the connections."""
        self._transport.client.close()

    def _send_with_token(self, request: Request, headers: Mapping[str, str] | None) -> RawResponse:
        token = self._token_cache.current()
        http_request = self._build_request(request, headers, f"Bearer {token.secret.reveal()}")
        response = self._transport.send(request, http_request)
        if response.status == 401:
            self._token_cache.invalidate(token)
        return response

    def _build_request(
        self, request: Request, headers: Mapping[str, str] | None, authorization: str
    ) -> httpx.Request:
        all_headers = dict(headers or {}) | {"Authorization": authorization}
        if request.api is Api.JOURNEYS and request.writes:
            # Without it unknown fields are ignored with status 200 (journeys facts, section 2).
            all_headers["X-Validate"] = "strict"
        if request.raw_body:
            all_headers["Content-Type"] = "application/json"
        try:
            return self._transport.client.build_request(
                request.method,
                _parsed_url(self._endpoint.base_url(request.api) + self._full_path(request)),
                params=dict(request.query) or None,
                json=request.body,
                content=request.raw_body or None,
                headers=all_headers,
            )
        except httpx.InvalidURL:
            raise self._errors.invalid_path(request) from None
        except (ValueError, TypeError, RecursionError):
            raise UsageError.not_serializable() from None

    def _full_path(self, request: Request) -> str:
        if not request.path.startswith("~"):
            return request.path
        if self._workspace_id is None:
            raise self._errors.missing_workspace_id()
        return f"/v1/environments/{self._workspace_id}{request.path[1:]}"

    def _authorization(self, request: Request) -> str:
        credentials = self._credentials
        if request.api is Api.APP:
            return f"Bearer {_reveal(credentials.app_api_key)}"
        pair = f"{_reveal(credentials.site_id)}:{_reveal(credentials.track_api_key)}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"

    def _exchange_token(self) -> AccessToken:
        """Exchange the service account's token (journeys facts, section 1)."""
        request = _TokenRequest(Api.JOURNEYS, "POST", TOKEN_PATH)
        http_request = self._transport.client.build_request(
            "POST",
            _parsed_url(self._endpoint.journeys + TOKEN_PATH),
            data={
                "grant_type": "client_credentials",
                "client_secret": _reveal(self._credentials.service_account_token),
            },
        )
        raw = self._transport.send(request, http_request, counted=False)
        token = parse_access_token(self.decode(request, raw).body, self._clock())
        if token is None:
            raise self._errors.no_token(request)
        return token


@lru_cache(maxsize=1024)
def _parsed_url(text: str) -> httpx.URL:
    """Return a parsed URL from a cache, because parsing one takes 40 us and many are used twice."""
    return httpx.URL(text)


def _reveal(secret: Secret | None) -> str:
    return "" if secret is None else secret.reveal()
