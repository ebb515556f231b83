"""Who is calling: App keys, service accounts and their hour-long tokens, Track pairs, people."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from enum import Enum
from typing import Any

from cioform.emulator.store.database import EmulatedWorkspace, Store, write_key
from cioform.emulator.wire.errors import ApiError
from cioform.emulator.wire.json_input import parse_integer

ACCOUNT_ID = 4242
SIGNING_KEY = b"the emulator signs with a key that everybody may know"


class AuthMethod(Enum):
    """What let the caller in."""

    APP_KEY = "App API"
    SERVICE_ACCOUNT = "API"
    TRACK_KEY = "Track API"
    PERSON = "UI"


@dataclass(frozen=True)
class Caller:
    """Somebody who may act. `workspace` is None where the credential reaches the whole account."""

    auth_method: AuthMethod
    workspace: EmulatedWorkspace | None = None
    read_only: bool = False
    actor_id: int | None = None
    name: str | None = None
    email: str | None = None


def person_caller(email: str) -> Caller:
    """Somebody at the browser."""
    return Caller(AuthMethod.PERSON, actor_id=stable_id(email), name=email, email=email)


def app_caller(store: Store, authorization: str) -> Caller:
    """The caller of the App API; 401 unless the bearer is the App key of a workspace."""
    workspace = store.find_workspace("app_api_key", _bearer_token(authorization))
    if workspace is None:
        raise invalid_credentials()
    return Caller(AuthMethod.APP_KEY, workspace)


def sending_caller(store: Store, authorization: str, workspace_id: str) -> Caller:
    """The caller of a send: an App key, or `sa_live_` with `X-Workspace-Id` (app facts, 2)."""
    if not _bearer_token(authorization).startswith("sa_"):
        return app_caller(store, authorization)
    return _service_account_sender(store, authorization, workspace_id)


def _service_account_sender(store: Store, authorization: str, workspace_id: str) -> Caller:
    owner, read_only = find_service_account(store, _bearer_token(authorization))
    workspace = store.find_workspace("environment_id", parse_integer(workspace_id))
    if workspace is None:
        raise ApiError(400, "X-Workspace-Id header is missing or not a workspace")
    return _service_account_caller(owner.name, workspace, read_only)


def track_caller(store: Store, authorization: str) -> Caller:
    """The caller of the Track API: Basic, site id and key; no service account (app facts, 2)."""
    site_id, key = _basic_credentials(authorization)
    workspace = store.find_workspace("site_id", site_id)
    if workspace is None or workspace.credentials.track_api_key != key:
        raise invalid_credentials()
    return Caller(AuthMethod.TRACK_KEY, workspace)


def pipelines_caller(store: Store, authorization: str, key: str) -> Caller:
    """The caller of the Pipelines API: the write key, as Basic user or inside the body."""
    given = _basic_credentials(authorization)[0] if authorization else key
    workspace = find_workspace_by_write_key(store, given)
    if workspace is None:
        raise invalid_credentials()
    return Caller(AuthMethod.TRACK_KEY, workspace)


def find_workspace_by_write_key(store: Store, key: str) -> EmulatedWorkspace | None:
    """The workspace of a write key."""
    return next((each for each in store.workspaces() if write_key(each.name) == key), None)


def _basic_credentials(authorization: str) -> tuple[str, str]:
    try:
        pair = base64.b64decode(_credential(authorization, "basic"), validate=True).decode()
    except ValueError:
        raise invalid_credentials() from None
    user, _, password = pair.partition(":")
    return user, password


def journeys_caller(authorization: str, now: float) -> Caller:
    """The caller of the Journeys API; 401 when the token is not ours, or has run out.

    A bare `sa_live_` token is no bearer here (journeys facts, 1).
    """
    claims = _verify_token(_bearer_token(authorization))
    if claims is None:
        raise ApiError(401, "unauthorized", code="invalid_credentials")
    if now >= claims["exp"]:
        raise ApiError(401, "token is expired", code="invalid_credentials")
    return _service_account_caller(claims["sub"], None, "read_only" in claims["scope"].split())


def looks_like_jwt(authorization: str) -> bool:
    """Whether the bearer has the three parts of a JWT."""
    return _bearer_token(authorization).count(".") == 2


def exchange_token(
    store: Store, client_secret: str, scope: str, now: float, lifetime: int
) -> dict[str, Any]:
    """The answer to a token exchange (journeys facts, 1); 401 for an unknown secret."""
    owner, read_only = find_service_account(store, client_secret)
    granted = "read_only" if read_only or "read_only" in scope.split() else ""
    claims = {
        "sub": owner.name,
        "account_id": ACCOUNT_ID,
        "iat": int(now),
        "exp": int(now) + lifetime,
        "scope": granted,
    }
    answer: dict[str, Any] = {
        "access_token": _encode_token(claims),
        "token_type": "Bearer",
        "expires_in": lifetime,
    }
    if granted:
        answer["scope"] = granted
    return answer


def find_service_account(store: Store, secret: str) -> tuple[EmulatedWorkspace, bool]:
    """The workspace a `sa_live_` token was made in, and whether it may only read."""
    for column, read_only in (
        ("service_account_token", False),
        ("read_only_service_account_token", True),
    ):
        found = store.find_workspace(column, secret)
        if found:
            return found, read_only
    raise invalid_credentials()


def invalid_credentials() -> ApiError:
    """The documented 401 (app facts, 2)."""
    return ApiError(401, "invalid credentials", code="invalid_credentials")


def stable_id(text: str) -> int:
    """A stable id for a person or service account."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:6], 16)


def _service_account_caller(
    owner: str, workspace: EmulatedWorkspace | None, read_only: bool
) -> Caller:
    name = f"{owner} service account"
    return Caller(AuthMethod.SERVICE_ACCOUNT, workspace, read_only, stable_id(name), name)


def _bearer_token(authorization: str) -> str:
    return _credential(authorization, "bearer")


def _credential(authorization: str, scheme: str) -> str:
    """The credential of that scheme; "" where there is another, or none."""
    named, _, given = authorization.strip().partition(" ")
    return given.strip() if named.lower() == scheme else ""


def _encode_token(claims: dict[str, Any]) -> str:
    head = _base64url_json({"alg": "HS256", "typ": "JWT"}) + "." + _base64url_json(claims)
    return head + "." + _sign(head)


def _verify_token(token: str) -> dict[str, Any] | None:
    head, _, signature = token.rpartition(".")
    if head.count(".") != 1 or not hmac.compare_digest(_sign(head).encode(), signature.encode()):
        return None
    text = head.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return claims


def _base64url_json(value: dict[str, Any]) -> str:
    raw = json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _sign(text: str) -> str:
    digest = hmac.new(SIGNING_KEY, text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
