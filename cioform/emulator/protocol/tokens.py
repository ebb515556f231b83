"""The signed access tokens of the Journeys API (JWT, HS256)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import TypedDict, cast

_SIGNING_KEY = b"the emulator signs with a key that everybody may know"


class Claims(TypedDict):
    """What a token says about its owner. `sub` is the name of the workspace that issued it."""

    sub: str
    account_id: int
    iat: int
    exp: int
    scope: str


def encode_token(claims: Claims) -> str:
    """Return a signed token that carries `claims`."""
    signed_part = _encode_json({"alg": "HS256", "typ": "JWT"}) + "." + _encode_json(claims)
    return signed_part + "." + _sign(signed_part)


def decode_token(token: str) -> Claims | None:
    """Return the claims of `token`, or None if the emulator did not sign it."""
    signed_part, _, signature = token.rpartition(".")
    if signed_part.count(".") != 1:
        return None
    if not hmac.compare_digest(_sign(signed_part).encode(), signature.encode()):
        return None
    payload = signed_part.split(".")[1]
    decoded = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return cast(Claims, decoded)


def _encode_json(value: Mapping[str, object]) -> str:
    return _encode_base64url(json.dumps(value, separators=(",", ":")).encode())


def _sign(text: str) -> str:
    return _encode_base64url(hmac.new(_SIGNING_KEY, text.encode(), hashlib.sha256).digest())


def _encode_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
