"""Authentication: who sends a request, by the credential of each API."""

import base64
import hashlib
from enum import Enum
from typing import NotRequired, TypedDict

from cioform.core.dataclasses import dataclass
from cioform.emulator.protocol.tokens import Claims, decode_token, encode_token
from cioform.emulator.store.database import EmulatedWorkspace, Store, write_key
from cioform.emulator.wire.errors import ApiError
from cioform.emulator.wire.json_input import parse_integer

ACCOUNT_ID = 4242


class AuthMethod(Enum):
    """The kind of credential that a caller was authenticated by."""

    APP_KEY = "App API"
    SERVICE_ACCOUNT = "API"
    TRACK_KEY = "Track API"
    PERSON = "UI"


@dataclass(frozen=True)
class Caller:
    """An authenticated caller. `workspace` is None if the credential covers the whole account."""

    auth_method: AuthMethod
    workspace: EmulatedWorkspace | None = None
    read_only: bool = False
    actor_id: int | None = None
    name: str | None = None
    email: str | None = None


class TokenResponse(TypedDict):
    """The body of a successful token exchange (journeys facts, 1)."""

    access_token: str
    token_type: str
    expires_in: int
    scope: NotRequired[str]


def person_caller(email: str) -> Caller:
    """Return the caller for a person in the browser."""
    return Caller(AuthMethod.PERSON, actor_id=stable_id(email), name=email, email=email)


def app_caller(store: Store, authorization: str) -> Caller:
    """Return the caller of the App API. Raises ApiError (401) unless the bearer is an App key."""
    workspace = store.find_workspace("app_api_key", _bearer_token(authorization))
    if workspace is None:
        raise invalid_credentials()
    return Caller(AuthMethod.APP_KEY, workspace)


def send_caller(store: Store, authorization: str, workspace_id: str) -> Caller:
    """Return the caller of a send: an App key, or a service account token (app facts, 2).

    A service account token needs the workspace in the header `X-Workspace-Id`.
    """
    secret = _bearer_token(authorization)
    if not secret.startswith("sa_"):
        return app_caller(store, authorization)
    owner, read_only = _find_service_account(store, secret)
    workspace = store.find_workspace("environment_id", parse_integer(workspace_id))
    if workspace is None:
        raise ApiError(400, "X-Workspace-Id header is missing or not a workspace")
    return _service_account_caller(owner.name, workspace, read_only=read_only)


def track_caller(store: Store, authorization: str) -> Caller:
    """Return the caller of the Track API: site ID and API key, by Basic auth (app facts, 2)."""
    site_id, api_key = _basic_credentials(authorization)
    workspace = store.find_workspace("site_id", site_id)
    if workspace is None or workspace.credentials.track_api_key != api_key:
        raise invalid_credentials()
    return Caller(AuthMethod.TRACK_KEY, workspace)


def pipelines_caller(store: Store, authorization: str, body_write_key: str) -> Caller:
    """Return the caller of the Pipelines API: the write key, as Basic user or in the body."""
    key = _basic_credentials(authorization)[0] if authorization else body_write_key
    workspace = find_workspace_by_write_key(store, key)
    if workspace is None:
        raise invalid_credentials()
    return Caller(AuthMethod.TRACK_KEY, workspace)


def journeys_caller(authorization: str, now: float) -> Caller:
    """Return the caller of the Journeys API. Raises ApiError (401) for an invalid or expired token.

    The `sa_live_` secret itself is not accepted as a bearer token (journeys facts, 1).
    """
    claims = decode_token(_bearer_token(authorization))
    if claims is None:
        raise ApiError(401, "unauthorized", code="invalid_credentials")
    if now >= claims["exp"]:
        raise ApiError(401, "token is expired", code="invalid_credentials")
    read_only = "read_only" in claims["scope"].split()
    return _service_account_caller(claims["sub"], None, read_only=read_only)


def find_workspace_by_write_key(store: Store, key: str) -> EmulatedWorkspace | None:
    """Return the workspace whose Pipelines source has that write key."""
    return next((each for each in store.workspaces() if write_key(each.name) == key), None)


def looks_like_jwt(authorization: str) -> bool:
    """Return whether the bearer token has the three parts of a JWT."""
    return _bearer_token(authorization).count(".") == 2


def exchange_token(
    store: Store, client_secret: str, scope: str, now: float, lifetime: int
) -> TokenResponse:
    """Return an access token for a service account (journeys facts, 1).

    `lifetime` is in seconds. Raises ApiError (401) for an unknown secret.
    """
    workspace, read_only = _find_service_account(store, client_secret)
    granted_scope = "read_only" if read_only or "read_only" in scope.split() else ""
    claims = Claims(
        sub=workspace.name,
        account_id=ACCOUNT_ID,
        iat=int(now),
        exp=int(now) + lifetime,
        scope=granted_scope,
    )
    response = TokenResponse(
        access_token=encode_token(claims), token_type="Bearer", expires_in=lifetime
    )
    if granted_scope:
        response["scope"] = granted_scope
    return response


def invalid_credentials() -> ApiError:
    """Return the documented 401 (app facts, 2)."""
    return ApiError(401, "invalid credentials", code="invalid_credentials")


def stable_id(text: str) -> int:
    """Return an ID that is derived from the name of a person or a service account."""
    return int(hashlib.sha256(text.encode()).hexdigest()[:6], 16)


def _find_service_account(store: Store, secret: str) -> tuple[EmulatedWorkspace, bool]:
    """Return the workspace of a `sa_live_` secret, and whether the secret is read-only."""
    for column, read_only in (
        ("service_account_token", False),
        ("read_only_service_account_token", True),
    ):
        workspace = store.find_workspace(column, secret)
        if workspace:
            return workspace, read_only
    raise invalid_credentials()


def _service_account_caller(
    owner: str, workspace: EmulatedWorkspace | None, *, read_only: bool
) -> Caller:
    name = f"{owner} service account"
    return Caller(AuthMethod.SERVICE_ACCOUNT, workspace, read_only, stable_id(name), name)


def _bearer_token(authorization: str) -> str:
    return _credential(authorization, "bearer")


def _basic_credentials(authorization: str) -> tuple[str, str]:
    """Return user and password. Raises ApiError (401) if they are not valid Base64."""
    try:
        pair = base64.b64decode(_credential(authorization, "basic"), validate=True).decode()
    except ValueError:
        raise invalid_credentials() from None
    user, _, password = pair.partition(":")
    return user, password


def _credential(authorization: str, scheme: str) -> str:
    """Return the credential if the header uses `scheme`, else an empty text."""
    actual_scheme, _, credential = authorization.strip().partition(" ")
    return credential.strip() if actual_scheme.lower() == scheme else ""
