"""The one-hour token of the Journeys API, exchanged for a service account's (journeys facts, 1)."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping
from typing import Final

from cioform.core.data.json_value import Json
from cioform.core.dataclasses import dataclass
from cioform.core.secrets.secret import Secret

TOKEN_PATH: Final = "/v1/service_accounts/oauth/token"

_DEFAULT_LIFETIME = 55 * 60
"""Seconds, where the response names none."""
_RENEWAL_MARGIN = 60
"""Seconds before its end from which a token is renewed."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token that the exchange returned."""

    secret: Secret
    expires_at: float
    """Unix seconds."""
    scopes: frozenset[str] = frozenset()

    @property
    def read_only(self) -> bool:
        """Whether it may only send GET requests."""
        return "read_only" in self.scopes


def parse_access_token(body: Json, now: float) -> AccessToken | None:
    """Return the token in the response of an exchange, or None when there is none in it."""
    if not isinstance(body, Mapping):
        return None
    token = body.get("access_token")
    if not isinstance(token, str) or not token:
        return None
    claims = _claims(token)
    expires_at = claims.get("exp")
    if not isinstance(expires_at, int | float):
        lifetime = body.get("expires_in")
        expires_at = now + (lifetime if isinstance(lifetime, int) else _DEFAULT_LIFETIME)
    scope = body.get("scope") or claims.get("scope") or ""
    return AccessToken(Secret(token), float(expires_at), frozenset(str(scope).split()))


class TokenCache:
    """Keeps the current token and exchanges it when it is missing, expired or rejected.

    Threads that were rejected with the same token wait for a single exchange.
    """

    def __init__(self, exchange: Callable[[], AccessToken], clock: Callable[[], float]) -> None:
        self._exchange = exchange
        self._clock = clock
        self._lock = threading.Lock()
        self._token: AccessToken | None = None

    def current(self) -> AccessToken:
        """Return a token that is valid for at least another minute."""
        with self._lock:
            token = self._token
            if token is None or self._clock() >= token.expires_at - _RENEWAL_MARGIN:
                token = self._token = self._exchange()
            return token

    def invalidate(self, token: AccessToken) -> None:
        """Forget `token`, unless another thread has already replaced it."""
        with self._lock:
            if self._token is token:
                self._token = None


def _claims(token: str) -> Mapping[str, Json]:
    """Return the claims of a JWT, unverified; empty when it is not a JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        raw = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        claims = json.loads(raw)
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}
