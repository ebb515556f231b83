"""The Journeys API's hour-long token, exchanged for the service account's (journeys facts, 1)."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from cioform.core.json_value import JsonValue
from cioform.core.secret import Secret

TOKEN_PATH: Final = "/v1/service_accounts/oauth/token"

_DEFAULT_LIFETIME = 55 * 60
_RENEWAL_MARGIN = 60
"""Seconds before its end that a token is no longer used."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """What an exchange gave. `expires_at` is in Unix seconds."""

    token: Secret
    expires_at: float
    scopes: frozenset[str] = frozenset()

    @property
    def read_only(self) -> bool:
        """Tell whether it may only GET."""
        return "read_only" in self.scopes


def parse_access_token(body: JsonValue, now: float) -> AccessToken | None:
    """Give the grant in the answer of an exchange, or None when there is none in it."""
    token = body.get("access_token") if isinstance(body, dict) else None
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
    """Holds the current token and has it exchanged when it is missing, stale or refused.

    Threads that were refused with the same token wait for a single exchange.
    """

    def __init__(self, exchange: Callable[[], AccessToken], clock: Callable[[], float]) -> None:
        self._exchange = exchange
        self._clock = clock
        self._lock = threading.Lock()
        self._access_token: AccessToken | None = None

    def current(self) -> AccessToken:
        """Give a grant that is good for another minute at least."""
        with self._lock:
            if (
                self._access_token is None
                or self._clock() >= self._access_token.expires_at - _RENEWAL_MARGIN
            ):
                self._access_token = self._exchange()
            return self._access_token

    def invalidate(self, grant: AccessToken) -> None:
        """Forget `grant`, unless another thread has already had it replaced."""
        with self._lock:
            if self._access_token is grant:
                self._access_token = None


def _claims(token: str) -> dict[str, JsonValue]:
    """Give what a JWT says of itself, unverified; empty when it is no JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        raw = base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))
        claims = json.loads(raw)
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}
