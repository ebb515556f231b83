"""The access that each credential has, as Customer.io reports it: for `doctor`."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import TypeAlias

from cioform.core.data.json_value import Json, as_mapping
from cioform.core.dataclasses import dataclass, replace
from cioform.core.errors import CioformError
from cioform.model.remote_access.conversation import Api, Request
from cioform.remote.factory import HttpProvider
from cioform.remote.own_workspace import (
    CURRENT_ACCOUNT,
    LIST_WORKSPACES,
    READ_REGION,
    WorkspaceAccess,
    environments_of,
    parse_workspaces,
    workspace_of_region,
)

Clock: TypeAlias = Callable[[], float]
"""Returns Unix seconds."""


@dataclass(frozen=True, slots=True)
class ApiAccess:
    """What one API reported about its credential."""

    api: Api
    error: CioformError | None = None
    """Why access was denied; None where it was granted."""
    workspaces: tuple[WorkspaceAccess, ...] = ()
    account: str = ""
    data_center: str = ""
    read_only: bool = False
    expires_at: float | None = None
    """When the token in use expires, in Unix seconds; it is renewed automatically."""
    clock_skew: float | None = None
    """How many seconds Customer.io's clock is ahead of ours; None where it is unknown."""


def probe_apis(provider: HttpProvider, clock: Clock) -> tuple[ApiAccess, ...]:
    """Return the access of every credential that is set, in the order app, journeys, track.

    Sends at most three reads for each API. An API that denies access is reported, not raised.
    """
    probes = {Api.APP: _probe_app, Api.JOURNEYS: _probe_journeys, Api.TRACK: _probe_track}
    found = []
    for api in sorted(provider.apis):
        try:
            found.append(probes[api](provider, clock))
        except CioformError as error:
            found.append(ApiAccess(api, error))
    return tuple(found)


def check_credentials(provider: HttpProvider, clock: Clock) -> None:
    """Raise the error of the first credential that does not give access to its API or workspace.

    A plan that has nothing to list would otherwise send no request, and accept a wrong credential.
    """
    for access in probe_apis(provider, clock):
        if access.error is not None:
            raise access.error
        provider.own_workspace.require_among(access.api, access.workspaces)


def _probe_app(provider: HttpProvider, clock: Clock) -> ApiAccess:
    """List the workspaces: of the whole account, though the key belongs to one (app facts, 5.6)."""
    body, skew = _get_with_clock_skew(provider, LIST_WORKSPACES, clock)
    return ApiAccess(Api.APP, workspaces=parse_workspaces(body, "workspaces"), clock_skew=skew)


def _probe_journeys(provider: HttpProvider, clock: Clock) -> ApiAccess:
    token = provider.connection.access_token()
    body, skew = _get_with_clock_skew(provider, CURRENT_ACCOUNT, clock)
    account = as_mapping(as_mapping(body).get("account"))
    access = ApiAccess(
        Api.JOURNEYS,
        account=str(account.get("name") or ""),
        data_center=str(account.get("data_center") or "us"),
        read_only=token.read_only,
        expires_at=token.expires_at,
        clock_skew=skew,
    )
    try:
        body, _ = _get_with_clock_skew(provider, environments_of(body), clock)
    except CioformError as error:
        return replace(access, error=error)
    return replace(access, workspaces=parse_workspaces(body, "environments"))


def _probe_track(provider: HttpProvider, clock: Clock) -> ApiAccess:
    """Ask for the region and the one workspace of the key (app facts, section 2)."""
    body, skew = _get_with_clock_skew(provider, READ_REGION, clock)
    workspaces = workspace_of_region(body)
    region = str(as_mapping(body).get("region") or "")
    return ApiAccess(Api.TRACK, workspaces=workspaces, data_center=region, clock_skew=skew)


def _get_with_clock_skew(
    provider: HttpProvider, request: Request, clock: Clock
) -> tuple[Json, float | None]:
    """Return the body and the clock skew in seconds, None without a valid Date header."""
    raw = provider.connection.send_raw(request)
    body = provider.connection.decode(request, raw).body
    try:
        remote_time = parsedate_to_datetime(raw.headers.get("date", "")).timestamp()
    except (ValueError, TypeError):
        return body, None
    return body, remote_time - clock()
